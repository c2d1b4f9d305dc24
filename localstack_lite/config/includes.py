"""Local files that a template takes in: OpenAPI definitions and `AWS::Include`. Pure: loading is a callable.

In the cloud they come from S3 after packaging; here they are put in place before anything else is read. What cannot be
had is told and costs the part that it would have been. Paths are relative to the file that they stand in.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.yaml_cfn import Document
from localstack_lite.errors import UserError
from localstack_lite.model.project import Problem


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file's content, and how to load what is relative to it. `key` tells one file from another."""

    key: str
    values: Mapping[str, Any]
    load: Load


Load = Callable[[str], Loaded]
"""A file by its path. Raises Refusal when it is not there, UserError (with file and line) when it cannot be read."""

Resolve = Callable[[object], object]

#: The property that names a definition, the one that holds it, and one without any path, by type.
_DEFINITIONS: Mapping[str, tuple[str, str, str]] = {
    "AWS::Serverless::Api": ("DefinitionUri", "DefinitionBody", "swagger"),
    "AWS::Serverless::HttpApi": ("DefinitionUri", "DefinitionBody", "openapi"),
    "AWS::ApiGateway::RestApi": ("BodyS3Location", "Body", "swagger"),
    "AWS::ApiGatewayV2::Api": ("BodyS3Location", "Body", "openapi"),
}
_EMPTY: Mapping[str, Mapping[str, Any]] = {
    "swagger": {"swagger": "2.0", "info": {"version": "1.0", "title": ""}, "paths": {}},
    "openapi": {"openapi": "3.0.1", "info": {"version": "1.0", "title": ""}, "paths": {}},
}
_INCLUDE = "AWS::Include"
_ELSEWHERE = ("s3://", "http://", "https://")
_MOST_LEVELS = 120


def include(
    name: str, document: Document, load: Load, resolve: Resolve, key: str = ""
) -> tuple[Document, tuple[Problem, ...]]:
    """The document with every local file in place (itself when there is none), and what could not be had. `name` is
    the file's, for messages; `key` is what `load` calls it."""
    work = _Including(name, document, resolve)
    try:
        values = work.whole(load, key)
    except RecursionError:
        raise UserError(name, "nested too deep for a template") from None
    if not work.touched:
        return document, tuple(work.found)
    return Document(values, document.lines, document.repeated), tuple(work.found)


@dataclass(slots=True)
class _Including:
    name: str
    source: Document
    resolve: Resolve
    found: list[Problem] = field(default_factory=list)
    touched: bool = False

    def whole(self, load: Load, key: str) -> Mapping[str, Any]:
        values = dict(self.source.values)
        above = (key,)
        transform = values.get("Transform")
        listed = transform if isinstance(transform, list) else [transform]
        if any(_is_include(one) for one in listed):
            self.touched = True
            values["Transform"] = [one for one in listed if not _is_include(one)]
            for one in listed:
                if _is_include(one):
                    values = _beneath(values, self._content(one, ("Transform",), load, above))
        for section, content in values.items():
            if section not in ("Transform", "Parameters"):
                values[section] = self._walk(content, (section,), load, above)
        resources = values.get("Resources")
        if isinstance(resources, Mapping):
            values["Resources"] = {
                logical_id: self._definition(logical_id, resource, load, above)
                for logical_id, resource in resources.items()
            }
        return values

    def _walk(self, value: Any, path: tuple[str, ...], load: Load, above: tuple[str, ...]) -> Any:
        if len(path) > _MOST_LEVELS:
            return value
        if isinstance(value, list):
            return [self._walk(item, (*path, str(at)), load, above) for at, item in enumerate(value)]
        if not isinstance(value, Mapping):
            return value
        rest = dict(value)
        macro = rest.get("Fn::Transform")
        if _is_include(macro):
            self.touched = True
            del rest["Fn::Transform"]
            rest = {**self._content(macro, path, load, above), **rest}
        return {key: self._walk(item, (*path, key), load, above) for key, item in rest.items()}

    def _content(self, macro: Any, path: tuple[str, ...], load: Load, above: tuple[str, ...]) -> Mapping[str, Any]:
        """What an include puts in its place; nothing, and a problem, when it cannot be had."""
        parameters = macro.get("Parameters")
        try:
            location = self.resolve(parameters.get("Location") if isinstance(parameters, Mapping) else None)
            return self._loaded(location, path, load, above)
        except Refusal as refusal:
            self._tell(path, f"{_INCLUDE}: {refusal.what}", refusal.hint)
        except UserError as error:
            self._tell(path, error.what, error.hint, error.where)
        return {}

    def _definition(self, logical_id: str, resource: Any, load: Load, above: tuple[str, ...]) -> Any:
        """An API with the definition that its file holds."""
        properties = resource.get("Properties") if isinstance(resource, Mapping) else None
        named, held, empty = _DEFINITIONS.get(str(resource.get("Type")) if properties else "", ("", "", ""))
        if not named or not isinstance(properties, Mapping):
            return resource
        uri = properties.get(named)
        if not isinstance(uri, str) or uri.startswith(_ELSEWHERE):
            return resource
        path = ("Resources", logical_id, "Properties", named)
        self.touched = True
        content: Mapping[str, Any] = copy.deepcopy(_EMPTY[empty])
        try:
            content = self._loaded(uri, path, load, above)
        except Refusal as refusal:
            self._tell(path, f"{logical_id}: {named}: {refusal.what}", refusal.hint)
        except UserError as error:
            self._tell(path, f"{logical_id}: {named}: {error.what}", error.hint, error.where)
        rest = {key: value for key, value in properties.items() if key != named}
        return {**resource, "Properties": {**rest, held: content}}

    def _loaded(self, location: object, path: tuple[str, ...], load: Load, above: tuple[str, ...]) -> Mapping[str, Any]:
        if not isinstance(location, str) or not location:
            raise Refusal("has no Location", "name a file beside the template")
        if location.startswith(_ELSEWHERE):
            raise Refusal(f"{location} is not here", "name a local file; `sam package` uploads it")
        loaded = load(location)
        if loaded.key in above:
            raise Refusal(f"{location} includes itself", "break the circle")
        made = self._walk(copy.deepcopy(dict(loaded.values)), path, loaded.load, (*above, loaded.key))
        assert isinstance(made, dict)
        return made

    def _tell(self, path: tuple[str, ...], what: str, hint: str, where: str = "") -> None:
        line = self.source.line(*path)
        subject = path[1] if path[0] == "Resources" and len(path) > 1 else ""
        self.found.append(Problem(where or (f"{self.name}:{line}" if line else self.name), what, hint, subject))


def _is_include(macro: object) -> bool:
    return isinstance(macro, Mapping) and macro.get("Name") == _INCLUDE


def _beneath(values: dict[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """A template over what it takes in at its top: sections of both become one, what the template says wins."""
    made = dict(values)
    for section, given in content.items():
        own = made.get(section)
        made[section] = {**given, **own} if isinstance(own, Mapping) and isinstance(given, Mapping) else own or given
    return made

"""Models of a REST API → JSON schemas that stand alone: every other model that one refers to is inside of it. Pure.

Models refer to each other by `https://apigateway.amazonaws.com/restapis/ID/models/NAME`, and inside of a body by
`#/definitions/NAME` or `#/components/schemas/NAME`; what comes of it is `#/definitions/NAME`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.stack import Resource

_MODEL = re.compile(r"https?://apigateway\.[\w.-]+/restapis/[^/]+/models/([^/#?]+)")
_OF_BODY = re.compile(r"#/(?:definitions|components/schemas)/([^/]+)")
#: Models that every REST API has from the beginning (AWS docs).
_BUILT_IN: Mapping[str, Mapping[str, object]] = {
    "Empty": {"title": "Empty Schema", "type": "object"},
    "Error": {"title": "Error Schema", "type": "object", "properties": {"message": {"type": "string"}}},
}


@dataclass(frozen=True, slots=True)
class Model:
    """`schema` as the template has it: raw, or JSON as text. One of a body speaks of its siblings in the body's way."""

    owner: Resource
    schema: object
    of_body: bool = False
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schemas:
    """`declared` are the models of one API by name."""

    declared: Mapping[str, Model] = field(default_factory=dict)

    def named(self, name: str) -> Mapping[str, object]:
        """The model with that name, standing alone. Refused when there is none, or when it is no schema."""
        return _Assembly(self, self.parsed(name)).made(self.is_of_body(name))

    def inline(self, schema: Mapping[str, object]) -> Mapping[str, object]:
        """A schema that an operation of a body writes out, resolved."""
        return _Assembly(self, schema).made(True)

    def is_of_body(self, name: str) -> bool:
        return name in self.declared and self.declared[name].of_body

    def parsed(self, name: str) -> Mapping[str, object]:
        if name not in self.declared:
            if name in _BUILT_IN:
                return _BUILT_IN[name]
            raise Refusal(f"there is no model {name}", did_you_mean(name, self.declared))
        model = self.declared[name]
        found = model.owner.resolve(model.schema, model.path)
        if isinstance(found, str):
            try:
                found = json.loads(found)
            except ValueError:
                raise Refusal(f"the schema of model {name} is no JSON") from None
        if not isinstance(found, Mapping):
            raise Refusal(f"the schema of model {name} is no mapping")
        return found


class _Assembly:
    """One schema on its way to stand alone: which models it needs, and what they are called inside of it."""

    def __init__(self, schemas: Schemas, schema: Mapping[str, object]) -> None:
        self._schemas, self._schema = schemas, schema
        own = schema.get("definitions")
        self._own = own if isinstance(own, Mapping) else {}
        self._names: dict[str, str] = {}
        self._waiting: list[str] = []

    def made(self, of_body: bool) -> Mapping[str, object]:
        made = self._part(self._schema, of_body, "")
        inside = {str(name): self._moved(item, of_body, "") for name, item in self._own.items()}
        while self._waiting:
            name = self._waiting.pop()
            called = self._names[name]
            schema = self._schemas.parsed(name)
            inside[called] = self._moved(schema, self._schemas.is_of_body(name), f"/definitions/{called}")
        return {**made, "definitions": inside} if inside else made

    def _moved(self, value: object, of_body: bool, place: str) -> object:
        """A part of a schema that now stands at `place`, its references set right."""
        match value:
            case Mapping():
                return self._part(value, of_body, place)
            case list():
                return [self._moved(item, of_body, place) for item in value]
        return value

    def _part(self, value: Mapping[str, object], of_body: bool, place: str) -> dict[str, object]:
        made = {str(key): self._moved(item, of_body, place) for key, item in value.items()}
        if isinstance(link := made.get("$ref"), str):
            made["$ref"] = self._link(link, of_body, place)
        return made

    def _link(self, link: str, of_body: bool, place: str) -> str:
        found = _MODEL.fullmatch(link) or (_OF_BODY.fullmatch(link) if of_body else None)
        if found is not None:
            return self._definition(found[1].replace("~1", "/").replace("~0", "~"))
        return f"#{place}{link.removeprefix('#')}" if link.startswith("#") else link

    def _definition(self, name: str) -> str:
        if name not in self._names:
            called = name.replace("/", "_").replace("~", "_")
            while called in self._own or called in self._names.values():
                called += "_"
            self._names[name] = called
            self._waiting.append(name)
        return f"#/definitions/{self._names[name]}"

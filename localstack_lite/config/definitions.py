"""Small local files that a resource names → their text inside the template, so that a change of one is a change of the
template: definitions of state machines, schemas and resolvers of AppSync. Pure: reading a file is a callable.

API definitions and `AWS::Include` are in place before (see `includes`). Source of the properties: AWS docs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localstack_lite.config.yaml_cfn import parse
from localstack_lite.errors import UserError
from localstack_lite.model.project import Problem

STATE_MACHINE = "AWS::StepFunctions::StateMachine"
#: The property that names a file and the one that takes its text, by type.
_TEXTS: Mapping[str, Mapping[str, str]] = {
    STATE_MACHINE: {"DefinitionS3Location": "DefinitionString"},
    "AWS::AppSync::GraphQLSchema": {"DefinitionS3Location": "Definition"},
    "AWS::AppSync::Resolver": {
        "CodeS3Location": "Code",
        "RequestMappingTemplateS3Location": "RequestMappingTemplate",
        "ResponseMappingTemplateS3Location": "ResponseMappingTemplate",
    },
    "AWS::AppSync::FunctionConfiguration": {
        "CodeS3Location": "Code",
        "RequestMappingTemplateS3Location": "RequestMappingTemplate",
        "ResponseMappingTemplateS3Location": "ResponseMappingTemplate",
    },
}
#: Properties that AWS reads from a bucket of the user's own, and nothing else can stand there.
_ONLY_IN_S3: Mapping[str, tuple[str, ...]] = {
    "AWS::Glue::Job": ("Command", "ScriptLocation"),
    "AWS::ElasticBeanstalk::ApplicationVersion": ("SourceBundle",),
}
_ELSEWHERE = ("s3://", "https://", "http://", "arn:")


@dataclass(frozen=True, slots=True)
class Definitions:
    """`folder` is what paths are relative to; `text` reads a file and raises UserError when it cannot."""

    folder: Path
    text: Callable[[Path], str]

    def inlined(self, place: tuple[str, str], declared: Mapping[str, Any], found: list[Problem]) -> Mapping[str, Any]:
        """The resource with its local files in place. `place` is where it stands, and its id; what cannot be had is
        added to `found`."""
        kind, properties = str(declared.get("Type")), declared.get("Properties")
        if not isinstance(properties, Mapping):
            return declared
        where, name = place
        made = dict(properties)
        for named, held in _TEXTS.get(kind, {}).items():
            match properties.get(named):
                case str(uri) if kind == STATE_MACHINE and uri.startswith("s3://"):
                    bucket, _, key = uri.removeprefix("s3://").partition("/")
                    made[named] = {"Bucket": bucket, "Key": key}
                case str(path) if not path.startswith(_ELSEWHERE):
                    del made[named]
                    try:
                        made[held] = self._content(path, kind)
                    except UserError as error:
                        found.append(Problem(error.where, f"{name}: {named}: {error.what}", error.hint, name))
        found.extend(_not_in_s3(where, name, kind, properties))
        return {**declared, "Properties": made}

    def _content(self, path: str, kind: str) -> str:
        text = self.text((self.folder / path).resolve())
        if kind != STATE_MACHINE:
            return text
        if path.endswith((".yaml", ".yml")):  # in a template only JSON is taken
            return json.dumps(parse(text, path).values, indent=2, default=str)
        return text.removeprefix("\ufeff")


def files_named(resources: Mapping[str, Any], folder: Path) -> Iterator[Path]:
    """The local files that the resources of a template in this folder name, there or not."""
    for declared in resources.values():
        match declared:
            case {"Type": str(kind), "Properties": Mapping() as properties}:
                given = (properties.get(name) for name in _TEXTS.get(kind, {}))
                paths = (path for path in given if isinstance(path, str) and not path.startswith(_ELSEWHERE))
                yield from (folder / path for path in paths)


def _not_in_s3(where: str, name: str, kind: str, properties: Mapping[str, Any]) -> Iterator[Problem]:
    value: object = properties
    for key in _ONLY_IN_S3.get(kind, ()):
        value = value.get(key) if isinstance(value, Mapping) else None
    if isinstance(value, str) and not value.startswith(_ELSEWHERE):
        what = f"{name}: {'.'.join(_ONLY_IN_S3[kind])} is a local file, which is not uploaded by this version"
        yield Problem(where, what, "put it into a bucket and name it: s3://BUCKET/KEY", name)

"""The CloudFormation template that is made of a service, as it grows: resources, and the line of the service that each
of their properties comes from. The place where the framework's own rules for single resources stand too. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.serverless.names import function_id, permission_id
from localstack_lite.config.serverless.service import Service
from localstack_lite.config.serverless.variables import NEXT_FILE
from localstack_lite.config.yaml_cfn import KeyPath
from localstack_lite.model.project import Problem

Values = Mapping[str, Any]


@dataclass(slots=True)
class Made:
    """`rights` are statements of the functions' common role: (actions, resources). `names` are all functions."""

    service: Service
    deploying: bool = False
    """Whether it is for CloudFormation: what is elsewhere in the cloud is then named, not stood in for."""
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rights: list[tuple[tuple[str, ...], list[Any]]] = field(default_factory=list)
    principals: list[str] = field(default_factory=lambda: ["lambda.amazonaws.com"])

    def add(
        self,
        logical_id: str,
        kind: str,
        properties: Values,
        origin: KeyPath,
        places: Mapping[str, KeyPath] | None = None,
        **beside: Any,
    ) -> dict[str, Any]:
        """`origin` is where the service says it; `places` where single properties come from. Properties of None are
        left out, as is what stands beside them (`DependsOn`, `Condition`)."""
        made: dict[str, Any] = {
            "Type": kind,
            "Properties": {name: value for name, value in properties.items() if value is not None},
            **{name: value for name, value in beside.items() if value is not None},
        }
        self.resources[logical_id] = made
        self.note(("Resources", logical_id), origin)
        for name, path in (places or {}).items():
            self.note(("Resources", logical_id, "Properties", *name.split(".")), path)
        return made

    def note(self, at: KeyPath, path: KeyPath) -> None:
        if line := self.service.line(path):
            self.lines[at] = line

    def right(self, actions: Sequence[str], resource: Any) -> None:
        key = tuple(actions)
        listed = next((resources for known, resources in self.rights if known == key), None)
        if listed is None:
            self.rights.append((key, [resource]))
        elif resource not in listed:
            listed.append(resource)

    def permission(self, function: str, rest: str, principal: Any, origin: KeyPath, **more: Any) -> str:
        """A permission to call a function; its logical id."""
        logical_id = permission_id(function, rest)
        properties = {
            "FunctionName": arn_of(function),
            "Action": "lambda:InvokeFunction",
            "Principal": principal,
            **more,
        }
        self.add(logical_id, "AWS::Lambda::Permission", properties, origin)
        return logical_id

    def tell(self, path: KeyPath, what: str, hint: str, subject: str = "", *, warning: bool = True) -> None:
        file, line = divmod(self.service.line(path), NEXT_FILE)
        where = f"{self.service.file}:{file * NEXT_FILE + line}" if line else self.service.file
        self.problems.append(Problem(where, what, hint, subject or ".".join(path), warning=warning))


def arn_of(function: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [function_id(function), "Arn"]}


def invocation_uri(arn: Any) -> dict[str, Any]:
    """Where API Gateway calls a function."""
    return joined(
        "arn:", {"Ref": "AWS::Partition"}, ":apigateway:", {"Ref": "AWS::Region"},
        ":lambda:path/2015-03-31/functions/", arn, "/invocations",
    )  # fmt: skip


def joined(*parts: Any) -> dict[str, Any]:
    return {"Fn::Join": ["", list(parts)]}


def regional_arn(service: str, *rest: Any) -> dict[str, Any]:
    """`arn:PARTITION:SERVICE:REGION:ACCOUNT:...`."""
    parts = ("arn:", {"Ref": "AWS::Partition"}, f":{service}:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"})
    return joined(*parts, ":", *rest)


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def long_form(event: object) -> Values:
    """An event as a mapping; empty for its short form, which may be a reference."""
    said = as_mapping(event)
    return {} if any(key == "Ref" or str(key).startswith("Fn::") for key in said) else said


def as_mapping(value: object) -> Values:
    return value if isinstance(value, dict) else {}

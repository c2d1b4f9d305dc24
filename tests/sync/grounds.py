"""Grounds of plans for tests of one rule: what is wanted, what is deployed, and what answers for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localstack_lite.model.blueprint import Blueprint
from localstack_lite.model.package import Package
from localstack_lite.sync.ground import Ground
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.remote import Remote, RemoteFunction, RemoteResource, RemoteStack
from tests.sync.modelled_stage import ACCOUNT, REGION, STACK, STACK_ID, STAGE, blueprint


def resolved(path: str, value: Any) -> Any:
    """References to what begins with a capital letter are known, those to `Secret` are not."""
    match value:
        case {"Ref": "AWS::NoValue"}:
            return None
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            if name == "Secret":
                raise LookupError("only CloudFormation knows it")
            return f"{path}{name}!"
        case Mapping():
            made = {key: resolved(path, inner) for key, inner in value.items()}
            return {key: inner for key, inner in made.items() if inner is not None}
        case list():
            return [resolved(path, inner) for inner in value]
        case _:
            return value


def ground(
    wanted: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
    *,
    packages: Mapping[str, Package] | None = None,
    physical: Mapping[str, str] | None = None,
    has: Mapping[str, Any] | None = None,
    sha256: str = "",
    parameters: Mapping[str, str] | None = None,
    sections: Mapping[str, Any] | None = None,
    old_sections: Mapping[str, Any] | None = None,
    stack_parameters: Mapping[str, str] | None = None,
    stack: bool = True,
    **manifest: Any,
) -> Ground:
    """`before` are the deployed resources, the wanted ones unless given. `has` is the configuration of all functions,
    `physical` are physical ids where they matter; all else goes into the manifest."""
    old = wanted if before is None else before
    names = {id: f"{STACK}-{id}" for id in old} | dict(physical or {})
    made: Blueprint = blueprint(wanted, parameters, **(sections or {}))
    remote = Remote(
        ACCOUNT,
        REGION,
        RemoteStack(STACK_ID, STACK, "UPDATE_COMPLETE", parameters=stack_parameters or {}) if stack else None,
        tuple(RemoteResource(id, str(old[id]["Type"]), names[id]) for id in old),
        {"": {**(old_sections or {}), "Resources": old}},
        {
            id: RemoteFunction(id, names[id], f"arn:{id}", sha256, "rev-1", configuration=has or {})
            for id in old
            if old[id]["Type"] == "AWS::Lambda::Function"
        },
    )
    return Ground(STAGE, made, remote.templates, packages or {}, remote, Manifest(**manifest), resolved)

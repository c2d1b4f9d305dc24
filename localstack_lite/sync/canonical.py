"""A template with the logical ids taken back that only say what something else is. Pure.

SAM and CDK name an API's deployment by a hash of the API, and a function's version by one of its code: a change there
is told by another logical id. Where there is one such resource of its owner, it is compared under its owner's name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from localstack_lite.sync.values import names, renamed

VERSION = "AWS::Lambda::Version"
#: The property that says whose snapshot a resource is, by type.
_OWNER = {VERSION: "FunctionName", "AWS::ApiGateway::Deployment": "RestApiId", "AWS::ApiGatewayV2::Deployment": "ApiId"}


def owners(template: Mapping[str, Any]) -> Mapping[str, str]:
    """Logical ids of versions and deployments → that of the function or API, of those whose owner has one only."""
    found: dict[str, str] = {}
    for id, each in resources(template).items():
        name = _OWNER.get(str(each.get("Type")))
        owner = list(names(properties(each).get(name))) if name else []
        if len(owner) == 1:
            found[id] = owner[0]
    kinds = {id: (owner, resource(template, id).get("Type")) for id, owner in found.items()}
    alike = Counter(kinds.values())
    return {id: owner for id, owner in found.items() if alike[kinds[id]] == 1}


def canonical(template: Mapping[str, Any]) -> Mapping[str, Any]:
    """The template with its snapshots named `OWNER.Version` and `OWNER.Deployment`, and all that refers to them."""
    ids = {id: f"{owner}.{_kind(template, id)}" for id, owner in owners(template).items()}
    if not ids:
        return template
    made = dict(renamed(template, ids))
    made["Resources"] = {ids.get(id, id): _without_hash(each) for id, each in made["Resources"].items()}
    return made


def _kind(template: Mapping[str, Any], id: str) -> str:
    return str(resource(template, id)["Type"]).rpartition("::")[2]


def _without_hash(resource: Any) -> Any:
    if not isinstance(resource, Mapping) or not str(resource.get("Type")).endswith("::Deployment"):
        return resource
    # SAM writes the hash into the description as well.
    kept = {name: value for name, value in properties(resource).items() if name != "Description"}
    return {**resource, "Properties": kept}


def resources(template: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The resources of a template that are any."""
    found = template.get("Resources")
    if not isinstance(found, Mapping):
        return {}
    return {str(id): each for id, each in found.items() if isinstance(each, Mapping)}


def resource(template: Mapping[str, Any], id: str) -> Mapping[str, Any]:
    """One of them; empty when there is none. Asked for many times, so without making a list of all."""
    found = template.get("Resources")
    each = found.get(id) if isinstance(found, Mapping) else None
    return each if isinstance(each, Mapping) else {}


def properties(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    found = resource.get("Properties")
    return found if isinstance(found, Mapping) else {}

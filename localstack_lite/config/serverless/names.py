"""The names that the Serverless Framework gives to resources. Pure. Recorded with osls 3.77 (`package`)."""

from __future__ import annotations

import re
from collections.abc import Mapping


def normalized(name: str) -> str:
    """A function's or layer's name in logical ids: `hello-world` → `HelloDashworld`, `a_b` → `AUnderscoreb`."""
    return upper_first(name.replace("-", "Dash").replace("_", "Underscore"))


def plain(name: str) -> str:
    """Letters and digits only: `topic-one` → `Topicone`."""
    return upper_first(re.sub(r"[^0-9A-Za-z]", "", name))


def upper_first(name: str) -> str:
    return name[:1].upper() + name[1:]


def function_id(name: str) -> str:
    return f"{normalized(name)}LambdaFunction"


def layer_id(name: str) -> str:
    return f"{normalized(name)}LambdaLayer"


def log_group_id(name: str) -> str:
    return f"{normalized(name)}LogGroup"


def permission_id(name: str, rest: str) -> str:
    return f"{normalized(name)}LambdaPermission{rest}"


def path_part(part: str) -> str:
    """One segment of a path: `{id}` → `IdVar`, `a-b` → `ADashb`."""
    named = re.sub(r"\{(.*)\}", r"\1Var", part.lower().replace("-", "Dash"))
    found = re.sub(r"[^0-9A-Za-z]", "", named)
    return upper_first(found)


def path_id(path: str) -> str:
    return "".join(path_part(part) for part in path.split("/"))


def rest_resource_id(path: str) -> str:
    return f"ApiGatewayResource{path_id(path)}"


def rest_method_id(path: str, method: str) -> str:
    return f"ApiGatewayMethod{path_id(path)}{upper_first(method.lower())}"


def http_route_id(key: str) -> str:
    """Of `GET /x` or `*`: `HttpApiRouteGetX`, `HttpApiRouteDefault`."""
    if key == "$default":
        return "HttpApiRouteDefault"
    method, _, path = key.partition(" ")
    return f"HttpApiRoute{upper_first(method.lower())}{path_id(path)}"


def source_name(arn: object) -> str:
    """What stands for an event source in the id of its mapping: the queue's, table's or stream's name, or the logical
    id that a reference names."""
    match arn:
        case str(text):
            last = text.rpartition(":")[2]
            parts = last.split("/")
            return plain(parts[1] if len(parts) > 1 else parts[0])
        case {"Fn::GetAtt": [str(logical_id), *_]} | {"Ref": str(logical_id)}:
            return plain(logical_id)
        case {"Fn::GetAtt": str(text)}:
            return plain(text.partition(".")[0])
        case {"Fn::ImportValue": str(text)}:
            return plain(text)
        case Mapping() as joined:
            parts = _last_texts(joined)
            return plain(parts[-1]) if parts else "Source"
    return "Source"


def _last_texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [part for part in re.split(r"[:/]", value) if plain(part)]
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _last_texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _last_texts(each)]
    return []

"""A fact as one line of JSON, for programs: `type` and the fact's fields in camelCase. The first line is `ready`."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from localstack_lite.model import addresses
from localstack_lite.model.called import function_of
from localstack_lite.model.facts import DebuggerWaits, Fact, Ready
from localstack_lite.model.project import Project
from localstack_lite.observe import launch


def line(fact: Fact) -> str:
    """With its newline. A number that JSON does not know is null, a character that UTF-8 does not know `?`."""
    import orjson

    record = ready(fact) if isinstance(fact, Ready) else {"type": fact.type, **_fields(fact)}
    if isinstance(fact, DebuggerWaits):
        record["launch"] = launch.configuration(fact)  # what an editor needs to attach, ready to use
    try:
        return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE).decode()
    except TypeError:
        return orjson.dumps(_printable(record), option=orjson.OPT_APPEND_NEWLINE).decode()


def dropped(lines: int) -> str:
    """No fact, but like one: so many lines are missing here, because nobody read them."""
    return f'{{"type":"dropped","lines":{lines}}}\n'


def ready(fact: Ready) -> dict[str, object]:
    """Where everything answers. A function's `url` is null when it has none, a route's `function` when it calls none;
    a route's `api` is the API's logical id. `ms` since the command started."""
    project = fact.project
    return {
        "type": fact.type,
        "gateway": fact.gateway,
        "lambda": fact.lambda_endpoint,
        "apis": [
            {
                "name": api.name,
                "logicalId": api.logical_id,
                "id": api.id,
                "type": str(api.kind),
                "stage": api.stage,
                "url": addresses.url(project, api, fact.gateway),
            }
            for api in project.apis
        ],
        "functions": [
            {
                "name": function.name,
                "logicalId": function.logical_id,
                "url": addresses.function_url(project, function.logical_id, fact.gateway) or None,
            }
            for function in project.functions
        ],
        "routes": [
            {
                "method": route.method,
                "path": route.path,
                "api": api.logical_id,
                "function": _name(project, called) if (called := function_of(route.integration)) else None,
            }
            for api in project.apis
            for route in api.routes
        ],
        "sandbox": fact.sandbox,
        "ms": round(fact.ms),
    }


def _name(project: Project, logical_id: str) -> str:
    function = project.function(logical_id)
    return function.name if function else logical_id


def _fields(value: Any) -> dict[str, object]:
    return {_camel(field.name): _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _plain(value: object) -> object:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, (tuple, list, frozenset)):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return str(value)


def _printable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_printable(each) for each in value]
    if isinstance(value, dict):
        return {key: _printable(each) for key, each in value.items()}
    return value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)

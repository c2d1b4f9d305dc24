"""Short ways to make the values that tests are about: `function("hello", timeout=3)`, `api("GET /x -> hello")`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from localstack_lite.model.api import Api, ApiKind, Cors, LambdaProxy, Route
from localstack_lite.model.function import Code, Function
from localstack_lite.model.invocation import Invocation
from localstack_lite.model.project import Project

ROOT = Path("/project")


def function(name: str = "hello", **changes: Any) -> Function:
    """A Python function whose logical id is its name with a capital first letter."""
    one = Function(name.capitalize(), name, "python3.13", "app.handler", Code(ROOT))
    return replace(one, **changes)


def api(
    *routes: str,
    kind: ApiKind = ApiKind.HTTP,
    name: str = "web",
    stage: str = "$default",
    payload: str = "2.0",
    cors: Cors | None = None,
    **changes: Any,
) -> Api:
    """Routes are written `METHOD /path -> function` or `$default -> function`, functions by name."""
    timeout = 29.0 if kind is ApiKind.REST else 30.0
    made = []
    for text in routes:
        key, _, target = text.partition(" -> ")
        method, _, path = key.rpartition(" ")
        made.append(Route(method or "ANY", path, LambdaProxy(target.strip().capitalize(), payload, timeout)))
    one = Api(name.capitalize(), name, kind, tuple(made), stage, cors)
    return replace(one, **changes)


def project(*parts: Function | Api, **changes: Any) -> Project:
    functions = tuple(part for part in parts if isinstance(part, Function))
    apis = tuple(part for part in parts if isinstance(part, Api))
    return replace(Project(ROOT, functions, apis), **changes)


def invocation(request_id: str = "r1", payload: bytes = b"{}", function: str = "Hello", **changes: Any) -> Invocation:
    return replace(Invocation(function, payload, request_id), **changes)

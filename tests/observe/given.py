"""Facts for the tests of the views, with the figures of the examples that people know from the documentation."""

from __future__ import annotations

import json
from typing import Any

from localstack_lite.model.environment_facts import InitEnded, InitStarted
from localstack_lite.model.facts import InvocationEnded, InvocationStarted, LogWritten, Ready, RequestAnswered
from localstack_lite.model.invocation import Report, Status
from localstack_lite.model.project import Project
from tests.builders import api, function, project

T0 = 1_700_000_000.0
SHOP = project(
    function("orders", memory=512, timeout=10),
    function("users"),
    api("GET /orders/{id} -> orders", "POST /orders -> orders", "ANY /{proxy+} -> users"),
)


def report(request_id: str = "r1", **changes: Any) -> Report:
    values: dict[str, Any] = {"duration_ms": 18.2, "billed_ms": 19, "memory_mb": 512, "max_memory_mb": 94, **changes}
    return Report(request_id, **values)


def init_started(at: float = T0, environment: str = "orders#1") -> InitStarted:
    return InitStarted(at, "Orders", environment, "stream", "python:3.13.v66", "arn:runtime")


def init_ended(at: float = T0, environment: str = "orders#1", status: str = "success", error: str = "") -> InitEnded:
    return InitEnded(at, "Orders", environment, "stream", "init", status, 371.0, error)


def started(request_id: str = "r1", at: float = T0, environment: str = "orders#1") -> InvocationStarted:
    return InvocationStarted(at, "Orders", environment, "stream", request_id, "$LATEST")


def wrote(message: str, request_id: str = "r1", at: float = T0 + 0.003, environment: str = "orders#1") -> LogWritten:
    return LogWritten(at, "Orders", environment, "stream", request_id, message)


def ended(
    request_id: str = "r1",
    at: float = T0 + 0.018,
    environment: str = "orders#1",
    error: str = "",
    cold: bool = False,
    **changes: Any,
) -> InvocationEnded:
    if error:
        changes = {"status": Status.ERROR, **changes}
    return InvocationEnded(at, "Orders", environment, "stream", report(request_id, **changes), cold, error)


def answered(request_id: str = "r1", at: float = T0, **changes: Any) -> RequestAnswered:
    values: dict[str, Any] = {
        "method": "GET",
        "path": "/dev/orders/7",
        "status": 200,
        "duration_ms": 18.2,
        "api": "Web",
        "route": "GET /orders/{id}",
        "function": "Orders",
        "request_id": request_id,
        "environment": "orders#1",
        **changes,
    }
    return RequestAnswered(at, **values)


def ready(shop: Project = SHOP, **changes: Any) -> Ready:
    values: dict[str, Any] = {
        "gateway": "http://127.0.0.1:3000",
        "lambda_endpoint": "http://127.0.0.1:3001",
        "sandbox": "process",
        "sandbox_reason": "no Docker engine answers",
        "ms": 212.4,
        **changes,
    }
    return Ready(T0, shop, **values)


def raised(kind: str, message: str, *frames: tuple[str, int, str, str], request_id: str = "r1") -> str:
    """An error payload as a Python function returns it; frames are (file, line, function, code)."""
    trace = [f'  File "{file}", line {line}, in {name}\n    {code}\n' for file, line, name, code in frames]
    return json.dumps({"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": trace})

"""Facts as lines of JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from localstack_lite.model import facts
from localstack_lite.model.api import ApiKind, Route
from localstack_lite.model.integration import IntegrationKind, TemplatedIntegration
from localstack_lite.model.project import Problem
from localstack_lite.observe.ndjson import dropped, line
from tests.builders import api, function, project
from tests.observe.given import T0, answered, ended, init_ended, init_started, ready, report, started, wrote


def parsed(fact: facts.Fact) -> Any:
    text = line(fact)
    assert text.endswith("\n")
    assert text.count("\n") == 1
    return json.loads(text)


def test_ready_tells_every_address_and_nothing_else() -> None:
    shop = project(
        function("orders"),
        function("users"),
        api("GET /x -> orders", name="shop", kind=ApiKind.REST, stage="dev"),
        api("$default -> users", name="UsersUrl", kind=ApiKind.FUNCTION_URL),
    )
    assert parsed(ready(shop)) == {
        "type": "ready",
        "gateway": "http://127.0.0.1:3000",
        "lambda": "http://127.0.0.1:3001",
        "apis": [
            {
                "name": "shop",
                "logicalId": "Shop",
                "id": "shop",
                "type": "REST",
                "stage": "dev",
                "url": "http://127.0.0.1:3000/",
            },
            {
                "name": "UsersUrl",
                "logicalId": "Usersurl",
                "id": "usersurl",
                "type": "FUNCTION_URL",
                "stage": "$default",
                "url": "http://users.lambda-url.localhost:3000/",
            },
        ],
        "functions": [
            {"name": "orders", "logicalId": "Orders", "url": None},
            {"name": "users", "logicalId": "Users", "url": "http://users.lambda-url.localhost:3000/"},
        ],
        "routes": [
            {"method": "GET", "path": "/x", "api": "Shop", "function": "orders"},
            {"method": "ANY", "path": "$default", "api": "Usersurl", "function": "users"},
        ],
        "sandbox": "process",
        "ms": 212,
    }


def test_a_route_without_a_function_says_so() -> None:
    fixed = replace(api(), routes=(Route("OPTIONS", "/x", TemplatedIntegration(IntegrationKind.MOCK)),))
    assert parsed(ready(project(fixed)))["routes"] == [
        {"method": "OPTIONS", "path": "/x", "api": "Web", "function": None}
    ]


def test_a_fact_is_its_fields_in_camel_case_with_its_type() -> None:
    assert parsed(answered(report=report(init_ms=371.5), note="hm")) == {
        "type": "request",
        "at": T0,
        "method": "GET",
        "path": "/dev/orders/7",
        "status": 200,
        "durationMs": 18.2,
        "api": "Web",
        "route": "GET /orders/{id}",
        "function": "Orders",
        "requestId": "r1",
        "environment": "orders#1",
        "cold": False,
        "report": {
            "requestId": "r1",
            "durationMs": 18.2,
            "billedMs": 19,
            "memoryMb": 512,
            "maxMemoryMb": 94,
            "initMs": 371.5,
            "status": "success",
            "errorType": "",
            "restoreMs": None,
            "overheadMs": None,
        },
        "note": "hm",
        "differences": [],
    }


EVERY = [
    ready(),
    init_started(),
    init_ended(),
    started(),
    wrote("x\n"),
    ended(),
    facts.InvocationRefused(T0, "Orders", "r1", "ReservedFunctionConcurrentInvocationLimitExceeded", 2),
    facts.InvocationWaits(T0, "Orders", "orders#1", "r1", "the function", 2.0),
    facts.EnvironmentStopped(T0, "Orders", "orders#1", "stale"),
    answered(),
    facts.Reloaded(T0, ("orders",), ("app.py",), 41.0),
    facts.ProjectRejected(T0, "template.yaml:3", "what", "hint"),
    facts.ProblemFound(T0, Problem("template.yaml:3", "what")),
]


@pytest.mark.parametrize("fact", EVERY, ids=lambda fact: fact.type)
def test_every_fact_is_one_line_with_its_type(fact: facts.Fact) -> None:
    assert parsed(fact)["type"] == fact.type


def test_what_json_and_utf8_do_not_know_does_not_break_the_line() -> None:
    assert parsed(answered(duration_ms=float("nan")))["durationMs"] is None
    assert parsed(wrote("half \ud83d and a line\nbreak"))["message"] == "half ? and a line\nbreak"


def test_lines_that_are_missing_are_a_line_like_a_facts() -> None:
    assert dropped(3) == '{"type":"dropped","lines":3}\n'

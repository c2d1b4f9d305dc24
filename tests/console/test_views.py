"""What the console answers."""

from __future__ import annotations

import json
from typing import Any

from localstack_lite.console import views
from localstack_lite.model.pending_event import PendingEvent
from localstack_lite.model.project import Problem
from localstack_lite.model.trigger import Schedule
from localstack_lite.wire.messages import Response
from tests.builders import api, function, project

SHOP = project(
    function("orders", memory=512, timeout=10, where="template.yaml:4"),
    function("users"),
    api("GET /orders -> orders", "$default -> users"),
    problems=(Problem("template.yaml:9", "what", "hint"),),
)


def body(response: Response) -> Any:
    assert dict(response.headers)["Content-Type"] == "application/json"
    return json.loads(response.body)


def test_health_is_ok() -> None:
    assert (views.health().status, body(views.health())) == (200, {"status": "ok"})


def test_a_function_is_found_by_logical_id_and_by_name() -> None:
    assert views.function_named(SHOP, "orders") is SHOP.functions[0]
    assert views.function_named(SHOP, "Users") is SHOP.functions[1]
    assert views.function_named(SHOP, "nobody") is None


def test_a_logical_id_wins_over_another_functions_name() -> None:
    one, two = function("Two", logical_id="One"), function("b", logical_id="Two")
    assert views.function_named(project(one, two), "Two") is two


def test_an_unknown_function_is_one_clear_message() -> None:
    refused = views.unknown(SHOP, "nobody")
    assert refused.status == 404
    assert body(refused) == {
        "message": "There is no function 'nobody' in this project; its functions are: orders, users"
    }
    assert views.unknown(SHOP, "").status == 400


def test_log_events_are_passed_on_whatever_characters_they_hold() -> None:
    events: list[dict[str, object]] = [{"timestamp": 1, "message": "half \ud83d ü\n"}]
    assert body(views.logs(events)) == {"events": events}


def test_functions_are_listed_with_their_routes_and_the_problems() -> None:
    listed = body(views.functions(SHOP))
    assert listed["functions"][0] == {
        "name": "orders",
        "logicalId": "Orders",
        "runtime": "python3.13",
        "handler": "app.handler",
        "memory": 512,
        "timeout": 10,
        "where": "template.yaml:4",
        "routes": ["GET /orders"],
    }
    assert listed["functions"][1]["routes"] == ["$default"]
    assert listed["problems"] == [{"where": "template.yaml:9", "what": "what", "hint": "hint", "warning": False}]


def test_the_description_describes_what_is_answered() -> None:
    paths = body(views.openapi())["paths"]
    assert sorted(paths) == [
        "/_devserve/api/events",
        "/_devserve/api/functions",
        "/_devserve/api/logs",
        "/_devserve/api/recycle",
        "/_devserve/api/schedules",
        "/_devserve/api/schedules/{name}/run",
        "/_devserve/health",
    ]
    schema = paths["/_devserve/api/functions"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    listed = body(views.functions(SHOP))
    assert sorted(schema["properties"]) == sorted(listed)
    for kind in ("functions", "problems"):
        assert sorted(schema["properties"][kind]["items"]["properties"]) == sorted(listed[kind][0])
    forget = paths["/_devserve/api/events"]["delete"]
    assert sorted(forget["responses"]) == ["200", "400", "404", "409"]
    logs = paths["/_devserve/api/logs"]["get"]
    assert sorted(logs["responses"]) == ["200", "400", "404"]


def test_no_other_site_may_embed_or_read_an_answer() -> None:
    for response in (views.health(), views.failure(403, "no"), views.file("text/css", b"")):
        headers = dict(response.headers)
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert not [name for name in headers if name.lower().startswith("access-control")]


def test_a_schedule_is_told_with_its_functions_name_and_its_next_run_in_utc() -> None:
    schedule = Schedule("s", "Orders", "rate(1 hour)", description="often", where="template.yaml:7")
    off = Schedule("off", "Gone", "rate(1 hour)", enabled=False)
    assert body(views.schedules(SHOP, [(schedule, 1_795_334_400.0), (off, None)]))["schedules"] == [
        {
            "name": "s",
            "function": "orders",
            "expression": "rate(1 hour)",
            "timezone": "UTC",
            "enabled": True,
            "next": "2026-11-22T08:00:00Z",
            "description": "often",
            "where": "template.yaml:7",
        },
        {
            "name": "off",
            "function": "Gone",
            "expression": "rate(1 hour)",
            "timezone": "UTC",
            "enabled": False,
            "next": None,
            "description": "",
            "where": "",
        },
    ]


def test_a_schedule_that_was_fired_is_taken_with_its_request_ids() -> None:
    found = views.fired(["a", "b"])
    assert (found.status, body(found)) == (202, {"requestId": "a", "requestIds": ["a", "b"]})


def test_a_waiting_event_is_told_with_its_functions_name_and_its_next_try() -> None:
    waits = PendingEvent("r1", "Orders", "$LATEST", 1, 1_795_334_400.0, 1_795_334_460.0)
    unsent = PendingEvent("r2", "Gone", "live", 3, 1_795_334_400.0, None, "arn:aws:sqs:us-east-1:1:q")
    assert body(views.events(SHOP, [waits, unsent]))["events"] == [
        {
            "requestId": "r1",
            "function": "orders",
            "qualifier": "$LATEST",
            "tries": 1,
            "since": "2026-11-22T08:00:00Z",
            "next": "2026-11-22T08:01:00Z",
            "target": None,
        },
        {
            "requestId": "r2",
            "function": "Gone",
            "qualifier": "live",
            "tries": 3,
            "since": "2026-11-22T08:00:00Z",
            "next": None,
            "target": "arn:aws:sqs:us-east-1:1:q",
        },
    ]

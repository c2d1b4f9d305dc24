"""The log store."""

from __future__ import annotations

import json
from pathlib import Path

from localstack_lite.model.facts import InvocationEnded, InvocationRefused
from localstack_lite.model.function import Code, Function, LogFormat, Logging
from localstack_lite.model.invocation import Report
from localstack_lite.observe.store import LogStore
from tests.observe.given import T0, answered, ended, init_ended, init_started, started, wrote


def test_events_are_what_cloudwatch_stores_in_order() -> None:
    store = LogStore()
    for fact in (init_started(), init_ended(), started(at=T0 + 0.4), wrote("one\n", at=T0 + 0.4015), ended(at=T0 + 1)):
        store(fact)
    at = int(T0 * 1000)
    assert store.events("Orders") == [
        {
            "timestamp": at,
            "message": "INIT_START Runtime Version: python:3.13.v66\tRuntime Version ARN: arn:runtime\n",
        },
        {"timestamp": at + 400, "message": "START RequestId: r1 Version: $LATEST\n"},
        {"timestamp": at + 401, "message": "one\n"},
        {"timestamp": at + 1000, "message": "END RequestId: r1\n"},
        {
            "timestamp": at + 1000,
            "message": "REPORT RequestId: r1\tDuration: 18.20 ms\tBilled Duration: 19 ms\tMemory Size: 512 MB"
            "\tMax Memory Used: 94 MB\t\n",
        },
    ]


def test_what_aws_does_not_log_is_not_kept() -> None:
    store = LogStore()
    store(answered())
    store(InvocationRefused(T0, "Orders", "r1", "x"))
    assert store.events("Orders") == []
    assert store.events("Nobody") == []


def test_only_the_last_facts_are_kept_per_function() -> None:
    store = LogStore(keep=3)
    for number in range(10):
        store(wrote(f"{number}\n"))
    assert [event["message"] for event in store.events("Orders")] == ["7\n", "8\n", "9\n"]


def test_long_messages_push_out_old_ones_but_the_last_is_always_there() -> None:
    store = LogStore(keep_text=10)
    for text in ("aaaa", "bbbb", "cccc"):
        store(wrote(text))
    assert [event["message"] for event in store.events("Orders")] == ["bbbb", "cccc"]
    store(wrote("d" * 100))
    assert [event["message"] for event in store.events("Orders")] == ["d" * 100]
    store(wrote("e"))
    assert [event["message"] for event in store.events("Orders")] == ["e"]


def test_what_ran_in_a_stage_is_in_the_functions_log_like_the_rest() -> None:
    store = LogStore()
    there = {"environment": "orders@dev"}
    unmeasured = InvocationEnded(T0 + 2, "Orders", "orders@dev", "cloud", Report("r2", 30.0, 0, 0, 0), cold=False)
    for fact in (started(**there), wrote("in the cloud\n", **there), ended(at=T0 + 1, **there), unmeasured):
        store(fact)
    messages = [str(event["message"]) for event in store.events("Orders")]
    assert messages[:3] == ["START RequestId: r1 Version: $LATEST\n", "in the cloud\n", "END RequestId: r1\n"]
    assert "Memory Size: 512 MB" in messages[3]
    assert messages[4:] == ["END RequestId: r2\n"]


def test_a_function_s_own_format_is_used() -> None:
    logging = Logging(LogFormat.JSON)
    function = Function("Orders", "orders", "python3.13", "app.handler", Code(Path("/nowhere")), logging=logging)
    store = LogStore(function={"Orders": function}.get)
    store(started(at=T0))
    (event,) = store.events("Orders")
    assert json.loads(str(event["message"]))["type"] == "platform.start"

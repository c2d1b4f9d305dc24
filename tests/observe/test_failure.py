"""Cause and place out of error payloads."""

from __future__ import annotations

import json

import pytest

from localstack_lite.observe.failure import Failure, Frame, aftermath, read
from tests.observe.given import raised


def test_a_python_error_is_where_the_users_own_code_failed() -> None:
    payload = raised(
        "KeyError",
        "'id'",
        ("/opt/app/runtimes/python/bootstrap.py", 9, "run", "handler(event)"),
        ("/shop/app.py", 12, "handler", 'order = find(event["id"])'),
        ("/shop/.venv/lib/python3.13/site-packages/db.py", 80, "get", "raise"),
    )
    frame = Frame("/shop/app.py", 12, "handler", 'order = find(event["id"])')
    assert read(payload) == Failure("KeyError", "'id'", frame, fatal=False)
    assert frame.name == "app.py"


def test_a_syntax_error_names_file_and_line() -> None:
    trace = ['  File "/shop/app.py" Line 3\n    def x(\n']
    payload = json.dumps({"errorType": "Runtime.UserCodeSyntaxError", "errorMessage": "m", "stackTrace": trace})
    assert read(payload).frame == Frame("/shop/app.py", 3, "", "def x(")


def test_a_node_error_is_where_it_was_thrown() -> None:
    trace = ["TypeError: no", "    at find (/shop/db.js:7:11)", "    at handler (file:///shop/index.mjs:3:9)"]
    payload = json.dumps({"errorType": "TypeError", "errorMessage": "no", "trace": trace})
    assert read(payload).frame == Frame("/shop/db.js", 7, "find", "")


@pytest.mark.parametrize("payload", ["", "null", "[]", "not json", '"text"', '{"errorType": null}'])
def test_any_text_is_a_failure_of_some_kind(payload: str) -> None:
    assert read(payload).frame is None


@pytest.mark.parametrize(
    ("payload", "fatal"),
    [
        (raised("ValueError", "x"), False),
        (raised("ImportError", "x", request_id=""), True),
        ('{"errorType":"Sandbox.Timedout","errorMessage":"x"}', True),
        ('{"errorType":"Runtime.ExitError","errorMessage":"x"}', True),
        ('{"errorType":"Runtime.MarshalError","errorMessage":"x"}', False),
    ],
)
def test_what_becomes_of_the_environment_follows_from_the_error(payload: str, fatal: bool) -> None:
    expected = "orders#1 was reset: its next use starts it again" if fatal else "orders#1 goes on"
    assert aftermath(read(payload), "orders#1") == expected


def test_without_an_environment_there_is_nothing_to_say_about_it() -> None:
    assert aftermath(read("x"), "") == ""

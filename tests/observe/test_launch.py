"""What an editor needs to attach, as people and programs get it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from localstack_lite.model.facts import DebuggerWaits
from localstack_lite.observe import launch, ndjson
from localstack_lite.observe.palette import Palette
from localstack_lite.observe.plain_log import PlainLog
from localstack_lite.observe.transcript import Transcript
from tests.observe.given import T0


def waits(language: str = "python", environment: str = "orders#1", address: str = "127.0.0.1:5890") -> DebuggerWaits:
    return DebuggerWaits(T0, "Orders", environment, language, address, "/home/me/shop", "/var/task")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "python",
            {
                "type": "debugpy",
                "connect": {"host": "127.0.0.1", "port": 5890},
                "pathMappings": [{"localRoot": "/home/me/shop", "remoteRoot": "/var/task"}],
            },
        ),
        (
            "nodejs",
            {
                "type": "node",
                "address": "127.0.0.1",
                "port": 5890,
                "localRoot": "/home/me/shop",
                "remoteRoot": "/var/task",
                "restart": True,
            },
        ),
        ("java", {"type": "java", "hostName": "127.0.0.1", "port": 5890}),
    ],
)
def test_each_language_has_the_keys_of_its_debugger(language: str, expected: dict[str, Any]) -> None:
    named = {"name": "devserve: orders", "request": "attach"}
    assert launch.configuration(waits(language)) == {**named, **expected}


def test_a_language_without_a_debugger_in_the_editor_is_only_told() -> None:
    assert launch.configuration(waits("provided")) == {}
    (line,) = launch.lines(waits("provided"), "12:00:00", Palette(False), explain=True)
    assert line == "12:00:00 orders#1 waits for a debugger at 127.0.0.1:5890"


def test_the_configuration_is_printed_once_for_an_address() -> None:
    transcript = Transcript(Palette(False), lambda at: "12:00:00", lambda file, line: ())
    first = transcript.render([waits()], T0)
    again = transcript.render([waits(environment="orders#2")], T0)
    other = transcript.render([waits(environment="users#1", address="127.0.0.1:5891")], T0)
    assert first[0] == "12:00:00 orders#1 waits for a debugger at 127.0.0.1:5890"
    assert json.loads("".join(first[2:])) == launch.configuration(waits())
    assert len(first[2:]) == len(launch.configuration(waits())) + 2  # a line for each key
    assert again == ["12:00:00 orders#2 waits for a debugger at 127.0.0.1:5890"]
    assert len(other) > 2


def test_it_is_said_even_when_only_warnings_are() -> None:
    quiet = Transcript(Palette(False), lambda at: "12:00:00", lambda file, line: (), quiet=True)
    assert quiet.render([waits()], T0)


def test_a_program_gets_it_with_the_fact() -> None:
    found = json.loads(ndjson.line(waits()))
    assert (found["type"], found["address"], found["localRoot"]) == ("debugger", "127.0.0.1:5890", "/home/me/shop")
    assert found["launch"] == launch.configuration(waits())


def test_one_invocation_says_it_in_its_log() -> None:
    out = io.StringIO()
    PlainLog(out)(waits())
    assert out.getvalue().startswith("devserve: orders#1 waits for a debugger at 127.0.0.1:5890\n")

"""The log of one invocation."""

from __future__ import annotations

import io
import json
from pathlib import Path

from localstack_lite.model.facts import InvocationWaits
from localstack_lite.model.function import Code, Function, LogFormat, Logging
from localstack_lite.observe.plain_log import PlainLog
from tests.observe.given import T0, answered, ended, started, wrote


def test_the_platforms_lines_and_the_functions_own_as_they_come() -> None:
    stream = io.StringIO()
    log = PlainLog(stream)
    log(started())
    log(wrote("one\n"))
    log(wrote("no newline"))
    assert stream.getvalue() == "START RequestId: r1 Version: $LATEST\none\nno newline\n"
    log(ended())
    assert stream.getvalue().splitlines()[-2] == "END RequestId: r1"
    assert stream.getvalue().endswith("Max Memory Used: 94 MB\t\n")


def test_what_is_no_log_line_is_left_out_except_what_is_waited_for() -> None:
    stream = io.StringIO()
    log = PlainLog(stream)
    log(answered())
    assert stream.getvalue() == ""
    log(InvocationWaits(T0, "Orders", "orders#1", "r1", "still initialising", 2.0))
    assert stream.getvalue() == "devserve: orders#1: still initialising\n"


def test_half_characters_and_readers_that_left_are_no_error() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8")
    PlainLog(stream)(wrote("half \ud83d\n"))
    assert raw.getvalue() == b"half ?\n"

    class ClosedPipe(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    PlainLog(ClosedPipe())(wrote("x\n"))


def test_a_function_s_own_format_is_used() -> None:
    logging = Logging(LogFormat.JSON)
    function = Function("Orders", "orders", "python3.13", "app.handler", Code(Path("/nowhere")), logging=logging)
    stream = io.StringIO()
    PlainLog(stream, {"Orders": function}.get)(started())
    assert json.loads(stream.getvalue())["type"] == "platform.start"

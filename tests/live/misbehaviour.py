"""Tables of misbehaving handlers: what each does, and what AWS answers; run side by side on one devserve.

A table maps a name to `(body of the handler, Expected)`. Each case has a function of its own, so that what one breaks
is its own; after it has misbehaved it is asked again, with the event `again`, and has to answer `fine`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from tests.live.devserver import Devserve, Invoked

#: Side by side: enough that those which wait for their timeout wait together.
AT_ONCE = 12
TIMEOUT = 20
"""Seconds that a case may take that should not; one that is to be timed out has 2."""


@dataclass(frozen=True, slots=True)
class Expected:
    """`kind` is the error type, empty for a result; `payload` the result or, of an error, what its message has to
    match."""

    kind: str
    payload: Any = None
    timeout: int = TIMEOUT
    recovers: bool | None = True
    """Whether the next invocation of the function works, or ends as this one; None: either."""


def fine(value: Any) -> Expected:
    return Expected("", value)


def raised(kind: str, message: str = "") -> Expected:
    """The function's own exception, or one of the runtime's errors."""
    return Expected(kind, re.escape(message))


def exits(how: str) -> Expected:
    return Expected("Runtime.ExitError", rf"RequestId: \S+ Error: Runtime exited {re.escape(how)}\Z")


def times_out() -> Expected:
    message = r"RequestId: \S+ Error: Task timed out after 2\.00 seconds\Z"
    return Expected("Sandbox.Timedout", message, timeout=2)


def too_large() -> Expected:
    message = r"Response payload size exceeded maximum allowed payload size \(6291556 bytes\)\.\Z"
    return Expected("Function.ResponseSizeTooLarge", message)


def for_good(expected: Expected) -> Expected:
    """It misbehaves while it is initialised, so every time."""
    return replace(expected, recovers=False)


SILENT = "with error: exit status {}".format
NO_REASON = "without providing a reason"


def by_signal(name: str) -> Expected:
    return exits(f"with error: signal: {name}")


Table = Mapping[str, tuple[str, Expected]]


@dataclass(frozen=True, slots=True)
class Outcome:
    first: Invoked
    again: Invoked


def play(server: Devserve, table: Table) -> dict[str, Outcome]:
    """Every case and the invocation after it."""

    def one(name: str) -> tuple[str, Outcome]:
        function = function_name(name)
        return name, Outcome(server.invoke(function, {}), server.invoke(function, "again"))

    # Those that wait first, so that they wait while the others work.
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(pool.map(one, sorted(table, key=lambda name: table[name][1].timeout)))


def check(expected: Expected, outcome: Outcome, shapes: Callable[[str], Iterable[str]]) -> None:
    """`shapes` gives the keys of an error of that type."""
    _check_answer(expected, outcome.first, shapes)
    if expected.recovers is None:
        assert outcome.again.status == 200
    elif expected.recovers:
        assert (outcome.again.status, outcome.again.error, outcome.again.payload) == (200, None, "fine")
    else:
        _check_answer(expected, outcome.again, shapes)


def _check_answer(expected: Expected, answer: Invoked, shapes: Callable[[str], Iterable[str]]) -> None:
    assert answer.status == 200, answer.reply.text
    if not expected.kind:
        assert answer.error is None, answer.reply.text
        if isinstance(expected.payload, bytes):
            assert answer.reply.body == expected.payload
        else:
            assert answer.payload == expected.payload
        return
    assert answer.error == "Unhandled", answer.reply.text[:500]
    error = json.loads(answer.reply.body)
    assert error["errorType"] == expected.kind, error
    assert re.search(expected.payload, error["errorMessage"]), error
    assert set(error) == set(shapes(error["errorType"])), error


def function_name(case: str) -> str:
    return re.sub(r"\W+", "-", case)


def logical_id(case: str) -> str:
    return "".join(part.capitalize() for part in re.split(r"\W+", case))

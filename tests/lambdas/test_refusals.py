"""What is refused although the phase knows it. That nothing changes then is proved in `test_environment`."""

from __future__ import annotations

import pytest

from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.events import (
    Assigned,
    ErrorPosted,
    Event,
    ExtensionExited,
    ExtensionFailed,
    ExtensionsLaunched,
    Polled,
    Registered,
    Responded,
    ResponseBegun,
    ResponseEnded,
    RestoreErrorPosted,
    RestorePolled,
    WarmRequested,
)
from localstack_lite.lambdas.environments.phases import InvalidRequestID, InvalidTransition
from localstack_lite.lambdas.refusals import check
from tests.builders import function, invocation

R1 = Assigned(invocation("r1"))
OTEL = Registered("otel")
LAUNCHED = ExtensionsLaunched(("otel",))


def after(*events: Event) -> Environment:
    one = Environment(1, "hello#1", function("hello"), "stream")
    for event in events:
        one.handle(event, 1.0)
    return one


@pytest.mark.parametrize(
    ("before", "event", "refusal"),
    [
        ((R1,), Assigned(invocation("r2")), InvalidTransition),
        ((WarmRequested(),), Polled("stranger"), InvalidTransition),
        ((), Polled(), InvalidTransition),
        ((R1, Polled()), Polled(), InvalidTransition),
        ((R1, OTEL), OTEL, InvalidTransition),
        ((R1, OTEL, Polled()), Registered("late"), InvalidTransition),
        ((R1, Polled()), Responded("r2", b"1"), InvalidRequestID),
        ((R1, Polled()), ErrorPosted("r2", b"{}", "Function.Unknown"), InvalidRequestID),
        ((WarmRequested(), Polled()), Responded("r1", b"1"), InvalidRequestID),
        ((R1, LAUNCHED), Polled(), InvalidTransition),
        ((R1, LAUNCHED), Polled("otel"), InvalidTransition),
        ((R1, Polled()), ResponseBegun("r2"), InvalidRequestID),
        ((R1, Polled()), ResponseEnded("r2"), InvalidRequestID),
        ((R1, Polled()), ResponseEnded("r1"), InvalidTransition),
        ((R1, Polled(), ResponseBegun("r1")), ResponseBegun("r1"), InvalidTransition),
        ((R1, Polled(), ResponseBegun("r1")), Responded("r1", b"1"), InvalidTransition),
        ((R1,), RestorePolled(), InvalidTransition),
        ((R1,), RestoreErrorPosted(b"", ""), InvalidTransition),
        ((R1,), ExtensionExited("otel"), InvalidTransition),
        ((R1, OTEL), ExtensionFailed("stranger", "init", ""), InvalidTransition),
        ((R1, OTEL), ExtensionExited("runtime"), InvalidTransition),
    ],
)
def test_it_is_refused(before: tuple[Event, ...], event: Event, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check(after(*before), event)


@pytest.mark.parametrize(
    ("before", "event"),
    [
        ((), R1),
        ((WarmRequested(),), Polled()),
        ((WarmRequested(),), OTEL),
        ((R1, OTEL), Polled("otel")),
        ((R1, LAUNCHED), OTEL),
        ((R1, LAUNCHED), ExtensionExited("otel")),
        ((R1, Polled()), ResponseBegun("r1")),
        ((R1, Polled(), ResponseBegun("r1")), ResponseEnded("r1")),
        ((R1, Polled()), Responded("r1", b"1")),
        ((R1, Polled()), ErrorPosted("r1", b"{}", "Function.Unknown")),
    ],
)
def test_it_is_taken(before: tuple[Event, ...], event: Event) -> None:
    one = after(*before)
    check(one, event)
    assert repr(one) == repr(after(*before)), "a check changes nothing"

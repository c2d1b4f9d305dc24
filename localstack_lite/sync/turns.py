"""When to push while somebody types: one push at a time, and a newer save wins. Pure."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    IDLE = "idle"
    PUSHING = "pushing"
    AGAIN = "again"
    """Pushing what is old already: another push follows."""
    CLOSING = "closing"
    CLOSED = "closed"


class Event(StrEnum):
    REQUESTED = "requested"
    ENDED = "ended"
    CLOSED = "closed"


class Action(StrEnum):
    NONE = "none"
    START = "start"
    CANCEL = "cancel"


_TABLE: dict[tuple[State, Event], tuple[State, Action]] = {
    (State.IDLE, Event.REQUESTED): (State.PUSHING, Action.START),
    (State.PUSHING, Event.REQUESTED): (State.AGAIN, Action.CANCEL),
    (State.PUSHING, Event.ENDED): (State.IDLE, Action.NONE),
    (State.AGAIN, Event.ENDED): (State.PUSHING, Action.START),
    (State.IDLE, Event.CLOSED): (State.CLOSED, Action.NONE),
    (State.PUSHING, Event.CLOSED): (State.CLOSING, Action.CANCEL),
    (State.AGAIN, Event.CLOSED): (State.CLOSING, Action.NONE),
    (State.CLOSING, Event.ENDED): (State.CLOSED, Action.NONE),
}


def handle(state: State, event: Event) -> tuple[State, Action]:
    """What becomes of it, and what to do. What is not in the table changes nothing."""
    return _TABLE.get((state, event), (state, Action.NONE))

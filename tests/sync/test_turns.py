from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.sync.turns import Action, Event, State, handle

TABLE = [
    (State.IDLE, Event.REQUESTED, State.PUSHING, Action.START),
    (State.IDLE, Event.ENDED, State.IDLE, Action.NONE),
    (State.IDLE, Event.CLOSED, State.CLOSED, Action.NONE),
    (State.PUSHING, Event.REQUESTED, State.AGAIN, Action.CANCEL),
    (State.PUSHING, Event.ENDED, State.IDLE, Action.NONE),
    (State.PUSHING, Event.CLOSED, State.CLOSING, Action.CANCEL),
    (State.AGAIN, Event.REQUESTED, State.AGAIN, Action.NONE),
    (State.AGAIN, Event.ENDED, State.PUSHING, Action.START),
    (State.AGAIN, Event.CLOSED, State.CLOSING, Action.NONE),
    (State.CLOSING, Event.REQUESTED, State.CLOSING, Action.NONE),
    (State.CLOSING, Event.ENDED, State.CLOSED, Action.NONE),
    (State.CLOSING, Event.CLOSED, State.CLOSING, Action.NONE),
    (State.CLOSED, Event.REQUESTED, State.CLOSED, Action.NONE),
    (State.CLOSED, Event.ENDED, State.CLOSED, Action.NONE),
    (State.CLOSED, Event.CLOSED, State.CLOSED, Action.NONE),
]


@pytest.mark.parametrize(("state", "event", "then", "action"), TABLE)
def test_every_event_in_every_state(state: State, event: Event, then: State, action: Action) -> None:
    assert handle(state, event) == (then, action)


def test_the_table_has_all_of_them() -> None:
    assert len({(state, event) for state, event, _, _ in TABLE}) == len(State) * len(Event)


@given(st.lists(st.sampled_from(Event)))
def test_at_most_one_push_runs_and_the_last_save_is_never_lost(events: list[Event]) -> None:
    state, running, newest_pushed = State.IDLE, 0, True
    for event in events:
        if event is Event.ENDED:
            if not running:
                continue
            running -= 1
        if event is Event.REQUESTED and state is not State.CLOSED:
            newest_pushed = False
        state, action = handle(state, event)
        if action is Action.START:
            running, newest_pushed = running + 1, True
        assert running <= 1
    if state is State.IDLE:
        assert newest_pushed

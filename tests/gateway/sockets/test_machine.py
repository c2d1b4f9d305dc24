"""Conversations with the machine of one connection, and a storm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.sockets.machine import (
    ABNORMAL,
    AT_ONCE,
    DELETED,
    GOING_AWAY,
    NO_STATUS,
    PATIENCE,
    Action,
    Broke,
    Close,
    Disconnect,
    Drop,
    Ended,
    Event,
    Left,
    Pause,
    Phase,
    Posted,
    Replied,
    Resume,
    Run,
    Send,
    SocketMachine,
    TextCame,
    TimeUp,
    Touched,
    Vanished,
    Wake,
)

START = 1_000.0


class Talk:
    """A machine with a clock. `after` lets time pass, and rings when the machine wanted to be woken."""

    def __init__(self, idle: float = 600.0, duration: float = 7200.0) -> None:
        self.machine = SocketMachine(START, idle, duration)
        self.now = START
        self.wake = self.machine.begin().at
        self.said: list[Action] = []

    def send(self, event: Event) -> list[Action]:
        actions = self.machine.handle(event, self.now)
        for action in actions:
            if isinstance(action, Wake):
                self.wake = action.at
        self.said += actions
        return actions

    def after(self, seconds: float) -> list[Action]:
        end, heard = self.now + seconds, list[Action]()
        while self.wake <= end:
            self.now = self.wake
            self.wake = float("inf")
            heard += self.send(TimeUp())
        self.now = end
        return heard


def test_a_message_is_run_and_its_reply_sent() -> None:
    talk = Talk()
    assert talk.send(TextCame("hi")) == [Run("hi")]
    assert talk.send(Replied("ho")) == [Send("ho")]
    assert talk.send(TextCame("again")) == [Run("again")]
    assert talk.send(Replied()) == []


def test_what_the_backend_posts_is_sent() -> None:
    assert Talk().send(Posted("news")) == [Send("news")]


def test_messages_run_side_by_side_and_the_flood_waits_in_order() -> None:
    talk = Talk()
    for at in range(AT_ONCE):
        assert talk.send(TextCame(str(at))) == [Run(str(at))]
    assert talk.send(TextCame("first")) == [Pause()]
    assert talk.send(TextCame("second")) == []
    assert talk.send(Replied("x")) == [Send("x"), Run("first")]
    assert talk.send(Replied()) == [Run("second"), Resume()]
    assert talk.send(Replied()) == []


def test_a_client_that_leaves_gets_its_answer_and_disconnect_its_words() -> None:
    talk = Talk()
    assert talk.send(Left(4001, "enough")) == [Close(4001, "enough"), Disconnect(4001, "enough")]
    assert talk.machine.phase is Phase.CLOSED


def test_a_close_frame_without_a_code_has_awss_words() -> None:
    talk = Talk()
    assert talk.send(Left(NO_STATUS, "")) == [
        Close(NO_STATUS, ""),
        Disconnect(NO_STATUS, "Client-side close frame status not set"),
    ]


def test_a_client_that_vanishes_is_disconnected_too() -> None:
    assert Talk().send(Vanished()) == [Disconnect(ABNORMAL, "")]


@pytest.mark.parametrize("end", [Ended(*DELETED), Broke(1009, "Message too long"), Broke(1003, "x")])
def test_an_end_from_here_waits_for_the_clients_answer(end: Ended | Broke) -> None:
    talk = Talk()
    assert talk.send(end) == [Close(end.code, end.reason), Wake(START + PATIENCE)]
    assert talk.send(TextCame("late")) == []
    assert talk.send(Posted("late")) == []
    assert talk.send(Left(1000, "")) == [Disconnect(end.code, end.reason)]
    assert talk.send(Vanished()) == []


def test_a_client_that_does_not_answer_is_cut() -> None:
    talk = Talk()
    talk.send(Ended(*DELETED))
    assert talk.after(PATIENCE) == [Drop(), Disconnect(*DELETED)]


def test_an_end_reads_on_where_a_flood_was_stopped_and_runs_nothing_of_it() -> None:
    talk = Talk()
    for at in range(AT_ONCE + 1):
        talk.send(TextCame(str(at)))
    assert talk.send(Ended(*DELETED))[0] == Resume()
    assert talk.send(Replied("x")) == []


def test_an_idle_connection_is_closed_after_its_time() -> None:
    talk = Talk()
    assert talk.after(599.0) == []
    assert talk.after(1.0) == [Close(*GOING_AWAY), Wake(talk.now + PATIENCE)]


@pytest.mark.parametrize("sign", [TextCame("x"), Touched(), Posted("x"), Replied("x")])
def test_any_sign_begins_the_idle_time_anew(sign: Event) -> None:
    talk = Talk()
    talk.send(TextCame("running"))
    talk.after(599.0)
    talk.send(sign)
    assert talk.after(598.0) == [Wake(START + 599.0 + 600.0)]
    assert Close(*GOING_AWAY) in talk.after(2.0)


def test_a_connection_ends_after_two_hours_however_busy_it_is() -> None:
    talk = Talk()
    for _ in range(7200 // 300 - 1):
        talk.after(300.0)
        talk.send(Touched())
    assert Close(*GOING_AWAY) not in talk.said
    assert Close(*GOING_AWAY) in talk.after(300.0)


EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(TextCame, st.text(max_size=3)),
    st.builds(Touched),
    st.builds(Replied, st.one_of(st.none(), st.text(max_size=3), st.binary(max_size=3))),
    st.builds(Posted, st.text(max_size=3)),
    st.builds(Broke, st.sampled_from([1002, 1003, 1007, 1009]), st.text(max_size=3)),
    st.builds(Left, st.sampled_from([1000, 1001, 1005, 4000]), st.text(max_size=3)),
    st.builds(Vanished),
    st.builds(Ended, st.sampled_from([1000, 1001]), st.text(max_size=3)),
    st.builds(TimeUp),
)


@given(st.lists(st.tuples(EVENTS, st.floats(0, 700)), max_size=60))
def test_whatever_happens_a_connection_ends_once_and_says_nothing_after_its_end(
    story: list[tuple[Event, float]],
) -> None:
    talk = Talk()
    running = 0
    for event, seconds in story:
        if isinstance(event, Replied):
            if not running:
                continue
            running -= 1
        talk.now += seconds
        running += sum(isinstance(action, Run) for action in talk.send(event))
        assert running <= AT_ONCE
    talk.send(Vanished())
    said = talk.said
    assert sum(isinstance(action, Disconnect) for action in said) == 1
    ends = [at for at, action in enumerate(said) if isinstance(action, Close | Disconnect)]
    assert not any(isinstance(action, Send | Run) for action in said[ends[0] :])
    assert sum(isinstance(action, Close) for action in said) <= 1
    assert isinstance(said[-1], Disconnect)
    pauses = [isinstance(action, Pause) for action in said if isinstance(action, Pause | Resume)]
    assert pauses == [at % 2 == 0 for at in range(len(pauses))]

from __future__ import annotations

import threading
from collections.abc import Callable

from localstack_lite.errors import RemoteError
from localstack_lite.sync.pusher import Pusher


class Blocking:
    """A push that runs until it is let go or cancelled."""

    def __init__(self, error: Exception | None = None) -> None:
        self.began, self.go, self.cancelled = threading.Event(), threading.Event(), threading.Event()
        self.ended = threading.Event()
        self._error = error

    def run(self) -> None:
        self.began.set()
        assert self.go.wait(10)
        self.ended.set()
        if self._error:
            raise self._error

    def cancel(self, why: str = "") -> None:
        self.cancelled.set()
        self.go.set()


class Line:
    """Hands out prepared pushes one after the other."""

    def __init__(self, *pushes: Blocking) -> None:
        self.waiting = list(pushes)
        self.crashes: list[Exception] = []
        self.pusher = Pusher(self.next, self.crashes.append)

    def next(self) -> Blocking:
        return self.waiting.pop(0)


def test_a_request_pushes_in_a_thread_of_its_own() -> None:
    one = Blocking()
    line = Line(one)
    line.pusher.request()
    assert one.began.wait(10)
    assert line.pusher.busy
    one.go.set()
    line.pusher.close()
    assert not one.cancelled.is_set() or one.ended.is_set()
    assert not line.pusher.busy


def test_a_newer_save_cancels_and_pushes_again_and_many_saves_push_once() -> None:
    one, two = Blocking(), Blocking()
    line = Line(one, two)
    line.pusher.request()
    assert one.began.wait(10)
    for _ in range(5):
        line.pusher.request()
    assert two.began.wait(10)
    assert one.cancelled.is_set()
    assert one.ended.is_set()
    assert not two.cancelled.is_set()
    two.go.set()
    line.pusher.close()
    assert line.waiting == []


def test_errors_end_one_push_and_not_the_pusher() -> None:
    refused, crashed, fine = Blocking(RemoteError("dev", "no")), Blocking(KeyError("bug")), Blocking()
    line = Line(refused, crashed, fine)
    for push in (refused, crashed, fine):
        line.pusher.request()
        assert push.began.wait(10)
        push.go.set()
        assert push.ended.wait(10)
        while line.pusher.busy:
            threading.Event().wait(0.001)
    assert [str(error) for error in line.crashes] == ["'bug'"]
    line.pusher.close()


def test_a_push_that_cannot_even_begin_is_told() -> None:
    def broken() -> Blocking:
        raise ValueError("no project")

    crashes: list[Exception] = []
    told = threading.Event()
    crashed: Callable[[Exception], None] = lambda error: (crashes.append(error), told.set())[0]  # noqa: E731
    pusher = Pusher(broken, crashed)
    pusher.request()
    assert told.wait(10)
    pusher.close()
    assert [str(error) for error in crashes] == ["no project"]


def test_closing_cancels_waits_and_takes_no_more_requests() -> None:
    one = Blocking()
    line = Line(one)
    line.pusher.request()
    assert one.began.wait(10)
    line.pusher.close()
    assert one.cancelled.is_set()
    assert one.ended.is_set()
    line.pusher.request()
    assert not line.pusher.busy


def test_a_save_while_the_push_is_being_made_is_not_lost() -> None:
    one, two = Blocking(), Blocking()
    making, go_on = threading.Event(), threading.Event()
    pushes = [one, two]

    def slowly() -> Blocking:
        making.set()
        assert go_on.wait(10)
        return pushes.pop(0)

    pusher = Pusher(slowly, lambda error: None)
    pusher.request()
    assert making.wait(10)
    pusher.request()
    go_on.set()
    assert two.began.wait(10)
    assert one.cancelled.is_set()
    pusher.close()

"""A request of a runtime whose body comes in pieces: who gets them, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from localstack_lite.wire.runtime_exchange import Exchange, StreamedExchange


class Connection:
    """Notes what is done to it."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def send(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bool:
        self.done.append(f"send {status}")
        return True

    def pause(self) -> None:
        self.done.append("pause")

    def resume(self) -> None:
        self.done.append("resume")


class Follower:
    def __init__(self) -> None:
        self.came: list[bytes | str] = []

    def piece(self, data: bytes) -> None:
        self.came.append(data)

    def ended(self, trailers: Mapping[str, str]) -> None:
        self.came.append(f"ended {dict(trailers)}")

    def cut(self) -> None:
        self.came.append("cut")


LINES = [(b"X-A", b"1")]


@pytest.fixture
def connection() -> Connection:
    return Connection()


@pytest.fixture
def exchange(connection: Connection) -> StreamedExchange:
    return StreamedExchange(connection, "POST", "/p", LINES)


def test_headers_are_by_lower_case_name(exchange: StreamedExchange) -> None:
    assert (exchange.headers, exchange.body, exchange.streaming) == ({"x-a": "1"}, b"", True)


def test_pieces_go_to_the_follower_as_they_come_and_trailers_last(exchange: StreamedExchange) -> None:
    follower = Follower()
    exchange.follow(follower)
    exchange.took(b"a")
    exchange.took(b"b")
    exchange.finished([(b"X-End", b"now")])
    exchange.broken()
    assert follower.came == [b"a", b"b", "ended {'x-end': 'now'}"]


def test_what_came_before_somebody_followed_is_handed_over(exchange: StreamedExchange) -> None:
    follower = Follower()
    exchange.took(b"a")
    exchange.finished([])
    exchange.follow(follower)
    assert follower.came == [b"a", "ended {}"]


def test_a_connection_that_breaks_in_the_middle_cuts_the_body(exchange: StreamedExchange) -> None:
    follower = Follower()
    exchange.follow(follower)
    exchange.took(b"a")
    exchange.broken()
    assert follower.came == [b"a", "cut"]


def test_a_slow_follower_stops_the_connection_only_while_the_body_comes(
    connection: Connection, exchange: StreamedExchange
) -> None:
    exchange.pause()
    exchange.resume()
    exchange.finished([])
    exchange.pause()
    exchange.resume()
    assert connection.done == ["pause", "resume"]


def test_the_rest_of_a_refused_body_is_dropped(connection: Connection, exchange: StreamedExchange) -> None:
    exchange.took(b"a")
    exchange.reply(400, (), b"")
    exchange.took(b"b")
    follower = Follower()
    exchange.follow(follower)
    assert (connection.done, follower.came) == (["resume", "send 400"], [])


def test_a_request_that_is_whole_has_no_pieces_to_wait_for(connection: Connection) -> None:
    whole = Exchange(connection, "POST", "/p", LINES, b"body")
    follower = Follower()
    whole.follow(follower)
    whole.pause()
    whole.resume()
    assert (whole.streaming, follower.came, connection.done) == (False, [b"body", "ended {}"], [])

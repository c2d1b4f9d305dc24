"""Requests out of bytes, in whatever pieces they come, and what ends them. No socket is opened."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.wire.messages import Request
from localstack_lite.wire.request_reader import MAX_BODY, MAX_HEAD, Refusal, RequestReader

H = b"Host: localhost\r\n"
CHUNKED = b"POST / HTTP/1.1\r\n" + H + b"Transfer-Encoding: chunked\r\n\r\n"


class Reading:
    """What a reader has made of what it was fed."""

    def __init__(self, *, sockets: bool = False) -> None:
        self.requests: list[Request] = []
        self.kept: list[bool] = []
        self.upgrades: list[bool] = []
        self.faults: list[BaseException] = []
        self.reader = RequestReader(self, "192.0.2.7", sockets=sockets, fault=self.faults.append)

    def __call__(self, request: Request, keep_alive: bool, upgrade: bool) -> None:
        self.requests.append(request)
        self.kept.append(keep_alive)
        self.upgrades.append(upgrade)

    def feed(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self.reader.feed(piece)

    def refused(self, *pieces: bytes) -> Refusal:
        with pytest.raises(Refusal) as caught:
            self.feed(pieces)
        assert self.faults == []
        return caught.value


def read(raw: bytes) -> Request:
    reading = Reading()
    assert reading.reader.feed(raw) is None
    (request,) = reading.requests
    return request


def test_a_request_is_kept_as_it_was_sent() -> None:
    request = read(b"POST //a%2Fb/../c?q=%20+?x HTTP/1.1\r\n" + H + b"tEsT-H: \xff\r\nContent-Length: 2\r\n\r\n\xff\0")
    assert (request.method, request.path, request.query) == ("POST", "//a%2Fb/../c", "q=%20+?x")
    assert request.headers.lines == (("Host", "localhost"), ("tEsT-H", "ÿ"), ("Content-Length", "2"))
    assert (request.body, request.client, request.protocol) == (b"\xff\0", "192.0.2.7", "HTTP/1.1")


MANY = (
    b"GET /1?a HTTP/1.1\r\n" + H + b"\r\n"
    b"POST /2 HTTP/1.1\r\n" + H + b"Content-Length: 3\r\n\r\nabc"
    b"\r\n\r\n" + CHUNKED + b"2;x=y\r\nok\r\n3\r\n\r\n!\r\n0\r\nX-Trailer: 1\r\n\r\n"
    b"GET http://other/4 HTTP/1.1\r\n" + H + b"\r\n"
    b"GET /5 HTTP/1.1\r\n" + H + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    b"GET /6 HTTP/1.0\r\n\r\n"
)  # fmt: skip


@given(st.lists(st.integers(0, len(MANY)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_it_does_not_matter_in_which_pieces_bytes_come(cuts: list[int]) -> None:
    reading = Reading()
    edges = [0, *sorted(cuts), len(MANY)]
    for begin, end in pairwise(edges):
        if begin < end:
            assert reading.reader.feed(MANY[begin:end]) is None
    found = [(request.path, request.body, request.headers.get("host")) for request in reading.requests]
    assert found == [
        ("/1", b"", "localhost"),
        ("/2", b"abc", "localhost"),
        ("/", b"ok\r\n!", "localhost"),
        ("/4", b"", "other"),
        ("/5", b"", "localhost"),
        ("/6", b"", None),
    ]
    assert reading.kept == [True, True, True, True, True, False]
    assert reading.upgrades == [False] * 6


@given(
    st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([MANY, CHUNKED, b"\r\n", b"GET /", b" HTTP/1.1\r\n"])))
)
@settings(deadline=None)
def test_whatever_comes_is_a_request_or_a_refusal(pieces: list[bytes]) -> None:
    reading = Reading(sockets=True)
    with suppress(Refusal):
        reading.feed(pieces)
    assert reading.faults == []


def test_a_head_is_over_when_it_has_more_bytes_than_anybody_reads() -> None:
    line = b"GET / HTTP/1.1\r\n" + H
    for raw in (
        [line, *[b"X-A: 1\r\n" * 64] * 1000],
        [line + b"X-A: ", *[b"a" * 1000] * 1000],
        [b"GET /", *[b"a" * 1000] * 1000],
        [line + b"X-A: 1\r\n" * (MAX_HEAD // 8) + b"X-A: " + b"a" * MAX_HEAD + b"\r\n\r\n"],
        [line, b"X-A: " + b"a" * MAX_HEAD + b"\r\n\r\n"],
    ):
        reading = Reading()
        assert reading.refused(*raw).request.status == 431
        assert reading.requests == []


def test_trailers_and_what_is_between_chunks_are_counted_too() -> None:
    for raw in (
        [b"0\r\nX-T: ", *[b"a" * 1000] * 1000],
        [b"2;", *[b"a" * 1000] * 1000],
        [b"0\r\n", *[b"X: 1\r\n"] * MAX_HEAD],
    ):
        assert Reading().refused(CHUNKED, *raw).request.status == 431


def test_many_requests_and_large_bodies_are_no_long_head() -> None:
    reading = Reading()
    reading.reader.feed((b"GET / HTTP/1.1\r\n" + H + b"\r\n") * 5000)
    assert len(reading.requests) == 5000
    body = b"a" * (3 * MAX_HEAD)
    reading.reader.feed(b"POST / HTTP/1.1\r\n" + H + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert reading.requests[-1].body == body


def test_a_trailer_says_nothing_about_its_request() -> None:
    request = read(CHUNKED + b"2\r\nok\r\n0\r\nHost: evil.example\r\nAuthorization: x\r\n\r\n")
    assert [name for name, _ in request.headers.lines] == ["Host", "Transfer-Encoding"]
    assert request.headers.get("host") == "localhost"


def test_a_body_in_very_many_pieces_is_put_together() -> None:
    pieces = [b"%d" % (number % 10) for number in range(5000)]
    request = read(CHUNKED + b"".join(b"1\r\n%b\r\n" % piece for piece in pieces) + b"0\r\n\r\n")
    assert request.body == b"".join(pieces)


def test_a_body_is_refused_when_it_is_longer_than_anybody_reads() -> None:
    piece = b"100000\r\n" + bytes(1 << 20) + b"\r\n"
    pieces = [piece] * (MAX_BODY >> 20)
    reading = Reading()
    assert reading.refused(CHUNKED, *pieces, b"1\r\na\r\n").request.status == 413
    assert reading.requests == []


@pytest.mark.parametrize(
    ("head", "holds"),
    [
        (b"POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n", True),
        (b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n", True),
        (b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n", False),
        (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n", False),
    ],
)
def test_a_client_that_waits_to_be_asked_for_its_body_is_seen(head: bytes, holds: bool) -> None:
    reading = Reading()
    reading.reader.feed(head + H + b"\r\n")
    assert (reading.reader.holds, reading.reader.coming, reading.reader.in_body) == (holds, True, True)


def test_nobody_waits_who_sends_no_body_or_sends_it_at_once() -> None:
    reading = Reading()
    reading.reader.feed(b"GET / HTTP/1.1\r\nExpect: 100-continue\r\n" + H + b"\r\n")
    assert (reading.reader.holds, reading.reader.coming) == (False, False)
    reading.reader.feed(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + H + b"\r\no")
    assert (reading.reader.holds, reading.reader.coming) == (False, True)


def test_a_body_that_is_too_long_is_refused_before_it_is_asked_for() -> None:
    head = b"POST / HTTP/1.1\r\n" + H + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1)
    assert Reading().refused(head).request.status == 413


def test_what_is_known_of_a_refused_request_is_told() -> None:
    refusal = Reading().refused(b"PUT /x?y HTTP/1.1\r\n" + H + b"Expect: cake\r\n\r\n")
    told = refusal.request
    assert (told.method, told.target, told.status, "cake" in told.why) == ("PUT", "/x?y", 417, True)
    assert Reading().refused(b"\x16\x03\x01").request.method == ""


def test_a_request_for_a_websocket_ends_the_reading_and_what_follows_is_given_back() -> None:
    raw = b"GET /ws HTTP/1.1\r\n" + H + b"Connection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n"
    reading = Reading(sockets=True)
    assert reading.reader.feed(raw + b"\x81\x00") == b"\x81\x00"
    assert reading.upgrades == [True]
    reading = Reading(sockets=True)
    assert reading.reader.feed(raw) == b""
    reading = Reading()
    assert reading.reader.feed(raw + b"GET /2 HTTP/1.1\r\n" + H + b"\r\n") is None
    assert [request.path for request in reading.requests] == ["/ws", "/2"]


def test_a_request_that_does_not_get_on_is_refused_with_what_is_known_of_it() -> None:
    reading = Reading()
    reading.reader.feed(b"POST /slow HTTP/1.1\r\n" + H + b"Content-Length: 9\r\n\r\nab")
    told = reading.reader.overdue(60.0).request
    assert (told.method, told.target, told.status) == ("POST", "/slow", 408)


def test_a_fault_of_whoever_takes_requests_is_told() -> None:
    def broken(request: Request, keep_alive: bool, upgrade: bool) -> None:
        raise RuntimeError("boom")

    faults: list[BaseException] = []
    with pytest.raises(Refusal):
        RequestReader(broken, fault=faults.append).feed(b"GET / HTTP/1.1\r\n" + H + b"\r\n")
    assert [str(fault) for fault in faults] == ["boom"]

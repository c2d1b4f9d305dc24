"""Requests that ask for a WebSocket."""

from __future__ import annotations

from dataclasses import replace

import pytest

from localstack_lite.gateway.sockets import handshake as socket_handshake
from localstack_lite.wire.messages import Headers, Request

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
LINES = (
    ("Host", "localhost:3000"),
    ("Upgrade", "websocket"),
    ("Connection", "keep-alive, Upgrade"),
    ("Sec-WebSocket-Key", KEY),
    ("Sec-WebSocket-Version", "13"),
)
GOOD = Request("GET", "/dev", headers=Headers(LINES))


def changed(**headers: str) -> Request:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = tuple(line for line in LINES if line[0] not in names)
    return replace(GOOD, headers=Headers((*kept, *((name, value) for name, value in names.items() if value))))


def test_a_browsers_request_is_right() -> None:
    assert socket_handshake.is_upgrade(GOOD.headers)
    assert socket_handshake.fault(GOOD) is None


@pytest.mark.parametrize("missing", [{"Upgrade": ""}, {"Connection": ""}, {"Upgrade": "h2c"}, {"Connection": "close"}])
def test_without_both_headers_it_is_a_request_as_any_other(missing: dict[str, str]) -> None:
    assert not socket_handshake.is_upgrade(changed(**missing).headers)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (replace(GOOD, method="POST"), 400),
        (replace(GOOD, protocol="HTTP/1.0"), 400),
        (changed(Sec_WebSocket_Key=""), 400),
        (changed(Sec_WebSocket_Key="short"), 400),
        (changed(Sec_WebSocket_Key="é" * 16), 400),
        (changed(Sec_WebSocket_Version="8"), 426),
        (changed(Sec_WebSocket_Version=""), 426),
        (replace(GOOD, query="a" * 4096), 414),
    ],
)
def test_what_is_malformed_is_refused_and_said(request_: Request, status: int) -> None:
    found = socket_handshake.fault(request_)
    assert found is not None
    assert found[0].status == status
    assert found[1]


def test_an_address_of_4096_characters_is_not_too_long() -> None:
    length = 4096 - len(GOOD.path) - 1
    assert socket_handshake.fault(replace(GOOD, query="a" * length)) is None


@pytest.mark.parametrize(
    ("asked", "chosen", "said"),
    [
        ((), "", ""),
        (("a", "b"), "b", ""),
        (("a",), "", "has no Sec-WebSocket-Protocol"),
        ((), "x", "did not ask for"),
        (("a",), "x", "did not ask for"),
    ],
)
def test_a_sub_protocol_that_browsers_do_not_take_is_told(asked: tuple[str, ...], chosen: str, said: str) -> None:
    note = socket_handshake.protocol_note(asked, chosen)
    assert (said in note) if said else note == ""


def test_the_protocols_of_several_lines_are_one_list() -> None:
    headers = Headers((("Sec-WebSocket-Protocol", "a, b"), ("sec-websocket-protocol", " c ")))
    assert socket_handshake.wanted(headers) == ("a", "b", "c")

"""Who may talk to the console."""

from __future__ import annotations

import pytest

from localstack_lite.console.hosts import ours, refusal
from localstack_lite.wire.messages import Headers, Request


def asked(method: str = "GET", **headers: str) -> Request:
    return Request(method, "/_devserve/", headers=Headers(tuple(headers.items())))


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:3001", "LOCALHOST", "127.0.0.1:3001", "127.8.8.8", "[::1]:3001", "shop.localhost:3001"],
)
def test_loopback_and_localhost_names_are_ours(host: str) -> None:
    assert ours(host)
    assert refusal(asked(host=host), ()) == ""


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "evillocalhost",
        "192.168.1.7:3001",
        "0.0.0.0",
        "[::ffff:8.8.8.8]",
        "[::1",
        "user@evil.example",
        "127.0.0.1.evil.example",
    ],
)
def test_every_other_name_is_refused(host: str) -> None:
    assert not ours(host)
    assert "is not this machine" in refusal(asked(host=host), ())


def test_a_request_without_a_host_is_refused() -> None:
    assert "(none)" in refusal(asked(), ())


def test_names_that_the_user_gave_are_served() -> None:
    assert refusal(asked(host="Laptop.lan:3001"), ["laptop.lan"]) == ""
    assert refusal(asked(host="other.lan"), ["laptop.lan"]) != ""
    assert refusal(asked(host="any.thing"), ["*"]) == ""


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example", "file://localhost"]
)
def test_a_foreign_origin_may_read_and_not_change(origin: str) -> None:
    assert refusal(asked("GET", host="localhost", origin=origin), ()) == ""
    assert origin in refusal(asked("POST", host="localhost", origin=origin), ())


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1:3001", "https://shop.localhost"])
def test_our_own_pages_may_change_things(origin: str) -> None:
    assert refusal(asked("POST", host="localhost", origin=origin), ()) == ""


def test_programs_send_no_origin_and_may_change_things() -> None:
    assert refusal(asked("DELETE", host="localhost:3001"), ()) == ""

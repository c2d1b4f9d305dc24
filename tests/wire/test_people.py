"""The listener for people: which port it gets, and what is said when it gets none. Real sockets on loopback."""

from __future__ import annotations

import asyncio
import socket

import pytest

from localstack_lite.errors import UserError
from localstack_lite.wire import people
from localstack_lite.wire.messages import Request, Response


def test_any_free_port_is_served_and_known() -> None:
    async def handler(request: Request) -> Response:
        return Response(200, (), request.path.encode())

    async def story() -> bytes:
        running = await people.serve(handler, people.bind("127.0.0.1", 0, 3000, "test"))
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(b"GET /here HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
        await running.close()
        return answer

    assert asyncio.run(asyncio.wait_for(story(), 10)).endswith(b"/here")


def test_a_taken_port_that_was_asked_for_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UserError) as caught:
            people.bind("127.0.0.1", port, 3000, "the gateway")
    assert str(port) in caught.value.where
    assert "taken" in caught.value.what
    assert caught.value.hint


def test_a_taken_default_port_moves_to_the_next_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        default = other.getsockname()[1]
        with people.bind("127.0.0.1", None, default, "the gateway") as found:
            assert found.getsockname()[1] != default


def test_an_address_of_another_machine_is_refused_with_a_hint() -> None:
    with pytest.raises(UserError) as caught:
        people.bind("no.such.host.invalid", 0, 3000, "the gateway")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("host", "family"),
    [("127.0.0.1", socket.AF_INET), ("localhost", socket.AF_INET), ("::1", socket.AF_INET6), ("::", socket.AF_INET6)],
)
def test_an_address_with_colons_is_ipv6(host: str, family: socket.AddressFamily) -> None:
    assert people.family_of(host) is family

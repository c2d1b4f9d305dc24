"""A WebSocket API as its clients and its backend meet it: `websockets` and boto3 against a running devserve."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.live import chat
from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve
from tests.live.wire import send

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    with devserve(tmp_path_factory.mktemp("websockets"), chat.files()) as running:
        yield running


def enter(server: Devserve, query: str = "token=good", **options: Any) -> ClientConnection:
    return connect(f"ws://127.0.0.1:{server.port}/dev?{query}", open_timeout=20, **options)


def event(client: ClientConnection) -> dict[str, Any]:
    """What the function sees of a message."""
    client.send('{"action": "whoami"}')
    loaded: dict[str, Any] = json.loads(client.recv(10))
    return loaded


def backend(server: Devserve) -> Any:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    url = f"http://127.0.0.1:{server.port}/dev"
    return boto3.client("apigatewaymanagementapi", endpoint_url=url, **keys)  # type: ignore[call-overload]


def ended(client: ClientConnection) -> tuple[int | None, str | None]:
    with pytest.raises(ConnectionClosed):
        client.recv(10)
    return client.close_code, client.close_reason


def test_who_may_come_in_is_the_authorizers_to_say_and_stays_known(server: Devserve) -> None:
    for query, status in (("token=bad", 403), ("", 401), ("token=good&status=418", 418)):
        with pytest.raises(InvalidStatus) as refused:
            enter(server, query)
        assert refused.value.response.status_code == status
    with enter(server) as client:
        context = event(client)["requestContext"]
    assert context["authorizer"]["principalId"] == "user-1"
    assert context["authorizer"]["team"] == "red"
    assert (context["routeKey"], context["eventType"], context["stage"]) == ("whoami", "MESSAGE", "dev")


def test_messages_get_their_routes_replies_and_errors(server: Devserve) -> None:
    with enter(server) as client:
        seen = event(client)
        assert seen["body"] == '{"action": "whoami"}'
        client.send('{"action": "later"}')
        assert client.recv(10) == "sent later"
        client.send('{"action": "usual"}')
        assert client.recv(20) == "sent as on AWS"
        client.send('{"action": "node"}')
        assert client.recv(20) == "sent by Node"
        client.send('{"action": "fail"}')
        failed = json.loads(client.recv(10))
        assert failed["message"] == "Internal server error"
        assert failed["connectionId"] == seen["requestContext"]["connectionId"]
        client.send("no json")
        assert json.loads(client.recv(10))["message"] == "Forbidden"
    server.fact("request", lambda fact: fact["path"] == "$disconnect" and fact["status"] == 1000)
    paths = [(fact["method"], fact["path"], fact["status"]) for fact in server.facts("request")]
    assert ("WS", "$connect", 101) in paths
    assert ("WS", "whoami", 200) in paths


def test_the_sub_protocol_is_the_functions_choice(server: Devserve) -> None:
    with enter(server, subprotocols=[Subprotocol("a"), Subprotocol("b")]) as client:
        assert client.subprotocol == "b"


@pytest.mark.parametrize(("message", "code"), [(b"\x00\xff", 1003), ("x" * 32_769, 1009), (["x" * 32_768] * 5, 1009)])
def test_what_awss_limits_forbid_ends_the_connection(server: Devserve, message: Any, code: int) -> None:
    with enter(server) as client:
        with suppress(ConnectionClosed):  # the end may be there before all of it is sent
            client.send(message)
        assert ended(client)[0] == code


def test_the_backend_sends_looks_and_disconnects(server: Devserve) -> None:
    sdk = backend(server)
    with enter(server) as client:
        connection = event(client)["requestContext"]["connectionId"]
        sdk.post_to_connection(ConnectionId=connection, Data=b"y" * 131_072)
        assert client.recv(10) == "y" * 131_072
        seen = sdk.get_connection(ConnectionId=connection)
        assert seen["Identity"]["SourceIp"] == "127.0.0.1"
        assert seen["ConnectedAt"] <= seen["LastActiveAt"]
        with pytest.raises(ClientError, match="PayloadTooLargeException"):
            sdk.post_to_connection(ConnectionId=connection, Data=b"y" * 131_073)
        # Where functions come that cannot reach the gateway: those in containers.
        seen = send(server.lambdas, "GET", f"/dev/@connections/{connection}").json()
        assert seen["identity"]["sourceIp"] == "127.0.0.1"
        sdk.delete_connection(ConnectionId=connection)
        assert ended(client) == (1000, "Connection Closed Normally")
    with pytest.raises(sdk.exceptions.GoneException):
        sdk.post_to_connection(ConnectionId=connection, Data=b"late")


def test_disconnect_hears_how_it_ended(server: Devserve) -> None:
    with enter(server) as client:
        client.close(4321, "had enough")
    with enter(server) as rude:
        rude.socket.shutdown(socket.SHUT_RDWR)
    wanted = {"$disconnect 4321 had enough", "$disconnect 1006"}
    eventually(
        lambda: wanted <= {line.strip() for line in server.log("Answer")},
        seconds=10,
        what="both disconnects",
    )


def test_an_idle_time_and_a_stop_end_connections(tmp_path: Path) -> None:
    with ExitStack() as clients:
        with devserve(tmp_path, chat.files(authorizer=False), "--time-scale", "400") as server:
            with enter(server) as idle:
                assert ended(idle) == (1001, "Going away")
            client = clients.enter_context(enter(server))
        assert ended(client) == (1001, "Going away")

"""Requests that the gateway sends itself: to a server on loopback, and to moto's server as the AWS of this user."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from localstack_lite.gateway.integrations.aws_service import form_request, json_request, service_request
from localstack_lite.gateway.integrations.outside import Outside
from localstack_lite.model.integration import AwsService
from localstack_lite.model.outgoing import Outgoing, Returned, ServiceRequest, Unreached
from tests.live.devserver import devserve
from tests.live.templates import function, sam

pytestmark = pytest.mark.live

REGION, ACCOUNT = "us-east-1", "123456789012"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Server:
    """Answers each request with the same bytes, and keeps what came. `hold`: it takes requests and says nothing.
    `fickle`: it hangs up on the second request of a connection."""

    address: str
    answer: bytes
    hold: bool = False
    fickle: bool = False
    heard: list[bytes] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)
    connections: int = 0
    sockets: list[socket.socket] = field(default_factory=list)


@contextmanager
def serving(answer: bytes = OK, *, hold: bool = False, fickle: bool = False, tls: Any = None) -> Iterator[Server]:
    listener = socket.create_server(("127.0.0.1", 0))
    scheme = "http" if tls is None else "https"
    server = Server(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", answer, hold, fickle)

    def talk(sock: socket.socket) -> None:
        try:
            if tls is not None:
                sock = tls.wrap_socket(sock, server_side=True)
                server.sockets.append(sock)
            data = b""
            while chunk := sock.recv(65536):
                data += chunk
                head, end, body = data.partition(b"\r\n\r\n")
                length = next(
                    (int(x.split(b":")[1]) for x in head.split(b"\r\n") if x.lower().startswith(b"content-length:")), 0
                )
                if end and len(body) >= length:
                    server.heard.append(data)
                    server.came.set()
                    data = b""
                    if not hold:
                        sock.sendall(answer)
                    if fickle:
                        sock.recv(65536)
                        return
        except OSError:
            return
        finally:
            sock.close()

    def accept() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            server.sockets.append(sock)
            threading.Thread(target=talk, args=(sock,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for sock in server.sockets:
            sock.close()
        thread.join()


@pytest.fixture(autouse=True)
def user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user who has configured nothing."""
    for name in (
        "AWS_PROFILE",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_SQS",
        "AWS_ACCESS_KEY_ID",
        "https_proxy",
        "HTTPS_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def outside(*requests: Outgoing | ServiceRequest, endpoint_url: str = "") -> list[Returned | Unreached]:
    """What comes of requests that are sent one after the other; all is closed then, and no thread is left."""

    async def run() -> list[Returned | Unreached]:
        one = Outside(endpoint_url=endpoint_url)
        try:
            return [await (one.fetch(each) if isinstance(each, Outgoing) else one.service(each)) for each in requests]
        finally:
            await one.close()

    came = asyncio.run(run())
    assert [thread for thread in threading.enumerate() if thread.name == "outside"] == []
    return came


def test_header_lines_go_out_as_they_are_and_nothing_is_added() -> None:
    headers = (("x-LOWER", "1"), ("Accept", "a"), ("x-more", "caf\u00e9"), ("Content-Length", "99"))
    with serving() as server:
        (came,) = outside(Outgoing("POST", f"{server.address}/a%2fb//c?x=1&x=%20", headers, b"body"))
    assert came == Returned(200, (("Content-Length", "2"),), b"ok")
    (heard,) = server.heard
    head, _, body = heard.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    assert first == b"POST /a%2Fb//c?x=1&x=%20 HTTP/1.1"
    host = server.address.removeprefix("http://").encode()
    assert sorted(lines) == sorted(
        [b"Host: " + host, b"Content-Length: 4", b"x-LOWER: 1", b"Accept: a", b"x-more: caf\xe9"]
    )
    assert body == b"body"


def test_a_connection_is_used_again_and_a_redirect_is_an_answer() -> None:
    moved = (
        b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n"
    )
    with serving(moved) as server:
        came = outside(*(Outgoing("GET", server.address) for _ in range(3)))
    cookies = (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    assert came == [Returned(302, (("Location", "/elsewhere"), *cookies, ("Content-Length", "0")), b"")] * 3
    assert (server.connections, len(server.heard)) == (1, 3)


def test_a_kept_connection_that_is_hung_up_is_no_error_where_asking_again_does_no_harm() -> None:
    with serving(fickle=True) as server:
        first, again, other = outside(*(Outgoing(method, server.address) for method in ("GET", "GET", "POST")))
    assert first == again
    assert isinstance(again, Returned)
    assert isinstance(other, Unreached)
    assert len(server.heard) == 2


def test_https_goes_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n") as server:
        monkeypatch.setenv("https_proxy", server.address)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        through, past = outside(Outgoing("GET", "https://there.invalid/x"), Outgoing("GET", "https://127.0.0.1:1/"))
    assert isinstance(through, Unreached)
    assert "the proxy does not lead to there.invalid:443" in through.why
    assert [heard.split()[:2] for heard in server.heard] == [[b"CONNECT", b"there.invalid:443"]]
    assert isinstance(past, Unreached)
    assert "Connection refused" in past.why


def test_packed_bodies_are_not_unpacked() -> None:
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    with serving(packed) as server:
        (came,) = outside(Outgoing("GET", server.address))
    assert isinstance(came, Returned)
    assert came.body == b"abc"


def test_who_says_nothing_is_given_up_in_time_and_leaves_no_thread() -> None:
    with serving(hold=True) as server:
        (came,) = outside(Outgoing("GET", server.address, timeout=0.2))
    assert isinstance(came, Unreached)
    assert came.timed_out
    assert "0.2 s" in came.why


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:1/x?token=secret", "no connection to 127.0.0.1:1: Connection refused"),
        ("http://nobody.invalid/", "nobody.invalid has no address"),
        ("ftp://127.0.0.1/", "no address of HTTP"),
        ("http:///x", "no address of HTTP"),
        ("http://127.0.0.1:99999/", "cannot be sent"),
        ("http://[::1/", "cannot be sent"),
        ("file:///no/such/file", "/no/such/file cannot be read: No such file"),
    ],
)
def test_what_cannot_be_reached_is_said_without_secrets(url: str, why: str) -> None:
    (came,) = outside(Outgoing("GET", url, timeout=5.0))
    assert isinstance(came, Unreached)
    assert why in came.why
    assert "secret" not in came.why
    assert not came.timed_out


def test_bad_answers_and_bad_requests_are_not_raised() -> None:
    with serving(b"nonsense\r\n\r\n") as server:
        answers = outside(
            Outgoing("GET", server.address),
            Outgoing("GET", server.address, (("bad\nname", "x"),)),
            Outgoing("GET", server.address, (("x", "\u20ac"),)),
            Outgoing("BAD METHOD", server.address),
        )
    assert all(isinstance(each, Unreached) and each.why and not each.timed_out for each in answers)


def test_an_answer_of_more_than_10_mb_is_none() -> None:
    size = 10 * 1024 * 1024 + 1
    with serving(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + bytes(size)) as server:
        (came,) = outside(Outgoing("GET", server.address))
    assert isinstance(came, Unreached)
    assert "more than 10485760 bytes" in came.why


def test_a_file_is_its_content(tmp_path: Path) -> None:
    (tmp_path / "a b.json").write_text("{}")
    assert outside(Outgoing("GET", (tmp_path / "a b.json").as_uri())) == [Returned(200, (), b"{}")]


def test_a_certificate_of_nobody_is_refused_unless_that_does_not_matter() -> None:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with serving(tls=context) as server:
        refused, taken = outside(
            Outgoing("GET", server.address, timeout=5.0), Outgoing("GET", server.address, timeout=5.0, insecure=True)
        )
    assert isinstance(refused, Unreached)
    assert "no TLS with 127.0.0.1" in refused.why
    assert isinstance(taken, Returned)


def test_more_requests_than_threads_wait_for_each_other_and_no_longer_than_they_may() -> None:
    """As an integration that calls devserve itself does, round and round."""

    async def run(address: str) -> list[Returned | Unreached]:
        one = Outside()
        try:
            return await asyncio.gather(*(one.fetch(Outgoing("GET", address, timeout=0.5)) for _ in range(80)))
        finally:
            await one.close()

    with serving(hold=True) as server:
        came = asyncio.run(run(server.address))
    assert all(isinstance(each, Unreached) and each.timed_out for each in came)


def test_what_is_under_way_at_the_end_is_cut_off() -> None:
    async def run(server: Server) -> Returned | Unreached:
        one = Outside()
        task = asyncio.ensure_future(one.fetch(Outgoing("GET", server.address, timeout=30.0)))
        assert await asyncio.to_thread(server.came.wait, 10)
        await one.close()
        return await task

    with serving(hold=True) as server:
        came = asyncio.run(asyncio.wait_for(run(server), 10))
    assert isinstance(came, Unreached)
    assert [thread for thread in threading.enumerate() if thread.name == "outside"] == []


# -- AWS


@dataclass
class Cloud:
    address: str

    def client(self, service: str) -> Any:
        import boto3

        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        return boto3.client(service, endpoint_url=self.address, region_name=REGION, **keys)


@pytest.fixture(scope="module")
def moto() -> Iterator[Cloud]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield Cloud(f"http://{host}:{port}")
    server.stop()


def integration(service: str, body: bytes = b"", *, path: str = "", action: str = "", **more: Any) -> ServiceRequest:
    """Of a REST API: `arn:aws:apigateway:us-east-1:SERVICE:path/PATH` or `:action/ACTION`."""
    called = AwsService(service, REGION, path=path, action=action)
    made = service_request(
        called, more.get("method", "POST"), more.get("headers", ()), more.get("query", ""), body, {}, 20.0
    )
    assert isinstance(made, ServiceRequest), made
    return made


def test_a_queue_gets_a_message_by_path_by_action_and_by_subtype(moto: Cloud) -> None:
    sqs = moto.client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    fields = [("QueueUrl", url), ("MessageBody", "three & more")]
    came = outside(
        integration("sqs", b"Action=SendMessage&MessageBody=one", path=f"{ACCOUNT}/orders"),
        integration("sqs", action="SendMessage", query=f"QueueUrl={url}&MessageBody=two"),
        form_request("sqs", REGION, f"/{ACCOUNT}/orders", "SendMessage", fields, 20.0),
        endpoint_url=moto.address,
    )
    assert [each.status for each in came if isinstance(each, Returned)] == [200, 200, 200], came
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert sorted(message["Body"] for message in got) == ["one", "three & more", "two"]


def test_topics_buses_tables_and_state_machines_are_called(moto: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address is what the environment says, here for all services."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto.address)
    sns, sqs, events, dynamodb, states = (moto.client(n) for n in ("sns", "sqs", "events", "dynamodb", "stepfunctions"))
    topic = sns.create_topic(Name="news")["TopicArn"]
    heard = sqs.create_queue(QueueName="heard")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:heard")
    events.put_rule(Name="all", EventPattern='{"source":["shop"]}')
    events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:heard"}])
    key = [{"AttributeName": "id", "KeyType": "HASH"}]
    kinds = [{"AttributeName": "id", "AttributeType": "S"}]
    dynamodb.create_table(TableName="orders", KeySchema=key, AttributeDefinitions=kinds, BillingMode="PAY_PER_REQUEST")
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    machine = states.create_state_machine(name="m", definition=definition, roleArn=role)["stateMachineArn"]

    entry = {"Source": "shop", "DetailType": "sold", "Detail": '{"id": 7}'}
    item = json.dumps({"TableName": "orders", "Item": {"id": {"S": "7"}}}).encode()
    start = json.dumps({"stateMachineArn": machine, "input": "{}"}).encode()
    came = outside(
        integration("sns", action="Publish", query=f"TopicArn={topic}&Message=hello there"),
        json_request("events", REGION, "PutEvents", json.dumps({"Entries": [entry]}).encode(), 20.0),
        integration("dynamodb", item, action="PutItem", headers=(("Content-Type", "application/json"),)),
        integration("states", start, action="StartExecution"),
    )
    assert [each.status for each in came if isinstance(each, Returned)] == [200] * 4, came
    bodies = [json.loads(m["Body"]) for m in sqs.receive_message(QueueUrl=heard, MaxNumberOfMessages=10)["Messages"]]
    assert {body.get("Message") or body.get("detail-type") for body in bodies} == {"hello there", "sold"}
    assert dynamodb.get_item(TableName="orders", Key={"id": {"S": "7"}})["Item"] == {"id": {"S": "7"}}
    assert len(states.list_executions(stateMachineArn=machine)["executions"]) == 1


def test_a_service_in_the_environment_wins_and_requests_are_signed_as_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDUSER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    with serving() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", f"{server.address}/base")
        sent = integration("sqs", b"Action=X", path="1/q", headers=(("X-Own", "1"),))
        (came,) = outside(sent)
    assert isinstance(came, Returned)
    (heard,) = server.heard
    assert heard.startswith(b"POST /base/1/q HTTP/1.1\r\n")
    assert b"\r\nX-Own: 1\r\n" in heard
    assert b"Authorization: AWS4-HMAC-SHA256 Credential=AKIDUSER/" in heard
    assert b"/us-east-1/sqs/aws4_request" in heard
    assert b"very-secret" not in heard


def test_without_credentials_aws_itself_is_not_asked() -> None:
    (came,) = outside(json_request("states", REGION, "StartExecution", b"{}", 5.0))
    assert isinstance(came, Unreached)
    assert came.why.startswith("there are no AWS credentials to call states.us-east-1.amazonaws.com with")


@pytest.mark.parametrize("make", [lambda: Outside(endpoint_url="no url"), lambda: Outside(profile="nobody")])
def test_a_configuration_that_cannot_be_used_is_said(make: Callable[[], Outside]) -> None:
    async def run() -> Returned | Unreached:
        one = make()
        try:
            return await one.service(json_request("events", REGION, "PutEvents", b"{}", 5.0))
        finally:
            await one.close()

    came = asyncio.run(run())
    assert isinstance(came, Unreached)
    assert "no url" in came.why or "nobody" in came.why


# -- served

APP = """
import json

def echo(event, context):
    seen = {"path": event["rawPath"], "query": event["rawQueryString"], "own": event["headers"].get("x-own")}
    return {"statusCode": 404, "body": json.dumps(seen)}
"""


def project(upstream: str) -> str:
    """A REST API before a queue; an HTTP API before a server, a queue and a function whose parameters it maps."""
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    rest = {
        "openapi": "3.0.1",
        "paths": {
            "/orders/{kind}": {
                "post": {
                    "responses": {"201": {}},
                    "x-amazon-apigateway-integration": {
                        "type": "aws",
                        "httpMethod": "POST",
                        "credentials": role,
                        "uri": f"arn:aws:apigateway:{REGION}:sqs:path/{ACCOUNT}/shop",
                        "passthroughBehavior": "never",
                        "requestParameters": {
                            "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"
                        },
                        "requestTemplates": {
                            "application/json": "Action=SendMessage&MessageBody="
                            "$util.urlEncode(\"$input.params('kind'): $input.path('$.what')\")"
                        },
                        "responses": {
                            "default": {
                                "statusCode": "201",
                                "responseTemplates": {
                                    "application/json": '{"id": "$input.path('
                                    "'$.SendMessageResponse.SendMessageResult.MessageId')\"}"
                                },
                            }
                        },
                    },
                }
            }
        },
    }

    def integrated(key: str, **properties: Any) -> dict[str, Any]:
        name = "".join(letter for letter in key if letter.isalpha())
        common = {"ApiId": {"Ref": "Web"}, "PayloadFormatVersion": "1.0"}
        return {
            f"I{name}": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {**common, **properties}},
            f"R{name}": {
                "Type": "AWS::ApiGatewayV2::Route",
                "Properties": {
                    "ApiId": {"Ref": "Web"},
                    "RouteKey": key,
                    "Target": {"Fn::Join": ["/", ["integrations", {"Ref": f"I{name}"}]]},
                },
            },
        }

    queue = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/shop"
    mapped = {"append:header.x-own": "$context.routeKey", "overwrite:path": "/other/${request.path.id}"}
    not_found = {"ResponseParameters": [{"Destination": "overwrite:statuscode", "Source": "203"}]}
    return sam(
        {
            "Echo": function("app.echo"),
            "Web": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "web", "ProtocolType": "HTTP"}},
            "Stage": {
                "Type": "AWS::ApiGatewayV2::Stage",
                "Properties": {"ApiId": {"Ref": "Web"}, "StageName": "$default", "AutoDeploy": True},
            },
            **integrated(
                "ANY /up/{proxy+}",
                IntegrationType="HTTP_PROXY",
                IntegrationMethod="ANY",
                IntegrationUri=f"{upstream}/behind/{{proxy}}",
            ),
            **integrated(
                "GET /down",
                IntegrationType="HTTP_PROXY",
                IntegrationMethod="GET",
                IntegrationUri="http://127.0.0.1:1/",
            ),
            **integrated(
                "POST /queue",
                IntegrationType="AWS_PROXY",
                IntegrationSubtype="SQS-SendMessage",
                CredentialsArn=role,
                RequestParameters={"QueueUrl": queue, "MessageBody": "$request.body.what"},
            ),
            **integrated(
                "GET /mapped/{id}",
                IntegrationType="AWS_PROXY",
                IntegrationUri={"Fn::GetAtt": ["Echo", "Arn"]},
                PayloadFormatVersion="2.0",
                RequestParameters=mapped,
                ResponseParameters={"404": not_found},
            ),
            "Rest": {
                "Type": "AWS::Serverless::Api",
                "Properties": {"Name": "orders", "StageName": "dev", "DefinitionBody": rest},
            },
        }
    )


def test_a_project_reaches_its_queue_its_server_and_its_function_as_mapped(moto: Cloud, tmp_path: Path) -> None:
    sqs = moto.client("sqs")
    url = sqs.create_queue(QueueName="shop")["QueueUrl"]
    json_type = ("Content-Type", "application/json")
    answer = b"HTTP/1.1 418 Teapot\r\nX-Own: theirs\r\nContent-Length: 3\r\n\r\ntea"
    environ = {"AWS_ENDPOINT_URL": moto.address}
    with (
        serving(answer) as upstream,
        devserve(tmp_path, {"template.json": project(upstream.address), "app.py": APP}, environ=environ) as server,
    ):
        sent = server.request("POST", "/orders/new", [json_type], b'{"what": "tea & cake"}', host="orders.localhost")
        assert (sent.status, list(sent.json())) == (201, ["id"]), sent.text
        assert sent.json()["id"]
        queued = server.request("POST", "/queue", [json_type], b'{"what": "milk"}')
        assert (queued.status, "<SendMessageResponse" in queued.text) == (200, True), queued.text

        proxied = server.request("PUT", "/up/a%20b/c?x=1", [("X-Own", "mine")], b"body")
        assert (proxied.status, proxied.text, proxied.header("x-own")) == (418, "tea", "theirs")
        assert upstream.heard[-1].startswith(b"PUT /behind/a%20b/c?x=1 HTTP/1.1\r\n")
        assert b"\r\nForwarded: for=127.0.0.1;host=" in upstream.heard[-1]
        down = server.get("/down")
        assert (down.status, down.text) == (503, '{"message":"Service Unavailable"}')
        noted = server.fact("request", lambda fact: fact["path"] == "/down")
        assert "Connection refused" in noted["note"]

        mapped = server.get("/mapped/7?y=2")
        assert mapped.status == 203
        assert mapped.json() == {"path": "/other/7", "query": "y=2", "own": "GET /mapped/{id}"}
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert sorted(message["Body"] for message in got) == ["milk", "new: tea & cake"]

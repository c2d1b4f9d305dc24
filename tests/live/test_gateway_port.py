"""The gateway port over a real socket: what only the wire shows, beyond the recorded cases."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from tests.live.devserver import Devserve, devserve
from tests.live.templates import function, sam

pytestmark = pytest.mark.live

APP = """
import base64, json

def echo(event, context):
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(event)}

def spelt(event, context):
    return {
        "statusCode": 200,
        "headers": {"X-MiXeD-Case": "kept", "x-lower": "1"},
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
        "body": "x",
    }

def returns(event, context):
    return json.loads(event["body"])

def size(event, context):
    return {"statusCode": 200, "body": str(len(event["body"] or ""))}

def big(event, context):
    return {"statusCode": 200, "body": "a" * int(event["queryStringParameters"]["n"])}
"""

TEMPLATE = sam(
    {
        "First": {"Type": "AWS::Serverless::HttpApi", "Properties": {}},
        "Second": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "dev", "Name": "second-api"}},
        "Echo": function("app.echo"),
        "Spelt": function("app.spelt"),
        "Returns": function("app.returns"),
        "Size": function("app.size"),
        "Big": function("app.big", FunctionUrlConfig={"AuthType": "NONE"}, FunctionName="big"),
    }
)
ROUTES = {
    "Echo": [("First", "ANY", "/echo"), ("First", "ANY", "/echo/{proxy+}"), ("Second", "ANY", "/only-second")],
    "Spelt": [("Second", "GET", "/spelt")],
    "Returns": [("First", "POST", "/returns"), ("Second", "POST", "/rest-returns")],
    "Size": [("First", "POST", "/size")],
    "Big": [("First", "GET", "/big")],
}


def template() -> str:
    made = json.loads(TEMPLATE)
    for name, routes in ROUTES.items():
        events = {}
        for number, (api, method, path) in enumerate(routes):
            kind, ref = ("HttpApi", "ApiId") if api == "First" else ("Api", "RestApiId")
            properties = {"Method": method, "Path": path, ref: {"Ref": api}}
            events[f"Route{number}"] = {"Type": kind, "Properties": properties}
        made["Resources"][name]["Properties"]["Events"] = events
    return json.dumps(made)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    files = {"app.py": APP, "template.json": template()}
    with devserve(tmp_path_factory.mktemp("gateway"), files) as running:
        yield running


def test_the_ready_fact_has_the_promised_members(server: Devserve) -> None:
    ready = server.ready
    assert set(ready) == {"type", "gateway", "lambda", "apis", "functions", "routes", "sandbox", "ms"}
    assert all(set(api) == {"name", "logicalId", "id", "type", "stage", "url"} for api in ready["apis"])
    assert all(set(each) == {"name", "logicalId", "url"} for each in ready["functions"])
    assert all(set(route) == {"method", "path", "api", "function"} for route in ready["routes"])
    kinds = {api["logicalId"]: (api["type"], api["stage"], api["id"]) for api in ready["apis"]}
    assert kinds["First"] == ("HTTP", "$default", "first")
    assert kinds["Second"] == ("REST", "dev", "second")
    assert {"method": "GET", "path": "/spelt", "api": "Second", "function": "Spelt"} in ready["routes"]
    big = next(each for each in ready["functions"] if each["logicalId"] == "Big")
    assert big["url"] == f"http://big.lambda-url.localhost:{server.port}/"


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("", "/echo", 200),
        ("first.localhost", "/echo", 200),
        ("FIRST.localhost", "/echo", 200),
        ("first.execute-api.localhost", "/echo", 200),
        ("second.localhost", "/spelt", 200),
        ("second-api.localhost", "/spelt", 200),
        ("second.execute-api.localhost", "/dev/spelt", 200),
        ("second.execute-api.localhost", "/spelt", 403),
        ("second.execute-api.localhost", "/prod/spelt", 403),
        ("", "/only-second", 200),
        ("first.localhost", "/only-second", 404),
        ("second.localhost", "/echo", 403),
        ("nobody.localhost", "/echo", 403),
        ("nobody.execute-api.localhost", "/echo", 403),
        ("big.lambda-url.localhost", "/any/path?n=1", 200),
        ("evil.example.com", "/echo", 403),
    ],
)
def test_every_address_of_an_api(server: Devserve, host: str, path: str, status: int) -> None:
    assert server.get(path, host=host).status == status


def test_header_names_of_a_rest_answer_are_spelt_as_the_function_did(server: Devserve) -> None:
    names = [name for name, _ in server.get("/spelt", host="second.localhost").headers]
    assert "X-MiXeD-Case" in names
    assert "x-lower" in names
    assert names.count("Set-Cookie") == 2


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_reaches_an_any_route(server: Devserve, method: str) -> None:
    reply = server.request(method, "/echo")
    assert reply.status == 200
    if method == "HEAD":
        assert reply.body == b""
    else:
        assert reply.json()["requestContext"]["http"]["method"] == method


@pytest.mark.parametrize(
    ("target", "raw_path", "query"),
    [
        ("/echo/a%20b", "/echo/a b", ""),
        ("/echo/%C3%BC", "/echo/ü", ""),
        ("/echo/a/", "/echo/a/", ""),
        ("/echo/a//b", "/echo/a//b", ""),
        ("/echo/a?x=%20&y", "/echo/a", "x=%20&y"),
        ("/echo/a?x=1?2", "/echo/a", "x=1?2"),
        ("/echo/a?", "/echo/a", ""),
        ("/echo/..%2f..%2fetc", "/echo/../../etc", ""),
        ("/echo/a;b=c,d", "/echo/a;b=c,d", ""),
    ],
)
def test_paths_arrive_as_an_http_api_hands_them_on(server: Devserve, target: str, raw_path: str, query: str) -> None:
    event = server.get(target).json()
    assert (event["rawPath"], event["rawQueryString"]) == (raw_path, query)


def test_a_chunked_body_arrives_whole(server: Devserve) -> None:
    headers = [("Transfer-Encoding", "chunked"), ("Content-Type", "text/plain")]
    event = server.request("POST", "/echo", headers, b"in chunks").json()
    assert event["body"] == "in chunks"


def test_a_body_that_is_not_text_is_base64(server: Devserve) -> None:
    event = server.request("POST", "/echo", [("Content-Type", "application/octet-stream")], b"\xff\x00").json()
    assert (event["body"], event["isBase64Encoded"]) == ("/wA=", True)


def test_a_connection_is_kept_for_the_next_request(server: Devserve) -> None:
    place = ("127.0.0.1", int(server.port))
    message = f"GET /echo HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode()
    with socket.create_connection(place, timeout=10) as connection, connection.makefile("rb") as stream:
        for _ in range(3):
            connection.sendall(message)
            assert stream.readline().startswith(b"HTTP/1.1 200")
            length = 0
            while (line := stream.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            assert length
            assert json.loads(stream.read(length))["rawPath"] == "/echo"


@pytest.mark.parametrize("junk", [b"\x16\x03\x01\x02\x00\x01\x00", b"NOT HTTP AT ALL\r\n\r\n", b"GET /\r\n\r\n"])
def test_bytes_that_are_not_http_do_no_harm(server: Devserve, junk: bytes) -> None:
    with socket.create_connection(("127.0.0.1", int(server.port)), timeout=10) as connection:
        connection.sendall(junk)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
    assert server.get("/echo").status == 200


def raw(server: Devserve, sent: bytes) -> bytes:
    """All that comes back for these bytes; nothing is sent after them."""
    with socket.create_connection(("127.0.0.1", int(server.port)), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as stream:
            return stream.read()


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", 400, "--tls"),
        (b"GET /echo HTTP/1.1\r\n\r\n", 400, "no Host"),
        (
            b"GET /echo HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: 1\r\n" * 20_000 + b"\r\n",
            431,
            "headers have more than",
        ),
        (b"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n", 501, "xchunked"),
    ],
)
def test_what_the_listener_refuses_is_told_as_any_request(
    server: Devserve, sent: bytes, status: int, said: str
) -> None:
    assert raw(server, sent).startswith(b"HTTP/1.1 %d " % status)
    fact = server.fact("request", lambda fact: said in fact["note"])
    assert (fact["status"], fact["api"]) == (status, "")


def test_a_client_that_shut_its_side_is_answered(server: Devserve) -> None:
    request = b"GET /echo?half HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert json.loads(raw(server, request).partition(b"\r\n\r\n")[2])["rawQueryString"] == "half"


def test_an_absolute_target_counts_as_the_host(server: Devserve) -> None:
    request = b"GET http://evil.example/echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert raw(server, request).startswith(b"HTTP/1.1 403 ")


def test_request_ids_are_new_for_every_request(server: Devserve) -> None:
    events = [server.get("/echo").json()["requestContext"] for _ in range(5)]
    assert len({event["requestId"] for event in events}) == 5


@pytest.mark.parametrize(
    ("result", "http", "rest"),
    [
        ({"statusCode": 200, "body": "x"}, 200, 200),
        ({"statusCode": 204}, 204, 204),
        ({"statusCode": "201"}, 201, 201),
        ({"statusCode": 0}, 500, 502),
        ({"statusCode": "abc"}, 500, 502),
        ({"statusCode": 200, "headers": {"X": "a\r\nY: b"}, "body": ""}, 500, 502),
        ({"statusCode": 200, "body": {"an": "object"}}, None, 502),
        ("text", 200, 502),
        ([1, 2], 200, 502),
        (None, 200, 502),
        ({"hello": "world"}, 200, 502),
    ],
    ids=str,
)
def test_results_well_and_badly_formed(server: Devserve, result: object, http: int | None, rest: int) -> None:
    body = json.dumps(result).encode()
    headers = [("Content-Type", "application/json")]
    got = server.request("POST", "/returns", headers, body)
    if http is not None:
        assert got.status == http, got.text
    got_rest = server.request("POST", "/rest-returns", headers, body, host="second.localhost")
    assert got_rest.status == rest, got_rest.text


def test_large_bodies_pass_up_to_what_lambda_takes(server: Devserve) -> None:
    text = [("Content-Type", "text/plain")]
    assert server.request("POST", "/size", text, b"a" * 5_000_000).text == "5000000"
    assert server.request("POST", "/size", text, b"a" * 11_000_000).status == 413
    assert len(server.get("/big?n=5000000").body) == 5_000_000
    assert server.get("/big?n=7000000").status == 500
    assert server.get("/echo").status == 200


def test_a_client_that_leaves_does_not_stop_the_next(server: Devserve) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", int(server.port)), timeout=10) as connection:
            connection.sendall(f"GET /echo HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode())
    assert server.get("/echo").status == 200


def test_every_request_is_told(server: Devserve) -> None:
    server.get("/echo/told?q=1")
    fact = server.fact("request", lambda fact: fact["path"] == "/echo/told?q=1")
    assert (fact["method"], fact["status"], fact["api"]) == ("GET", 200, "First")
    assert fact["durationMs"] >= 0

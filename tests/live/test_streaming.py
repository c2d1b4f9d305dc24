"""Streamed answers from end to end: Node handlers on one side, raw connections on the other, one devserve between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from localstack_lite.lambdas.environments.truncation import CUT
from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve
from tests.live.node_runtimes import needs_node
from tests.live.raw_stream import Streaming
from tests.live.templates import function, sam

pytestmark = [pytest.mark.live, needs_node]

APP = """
const fs = require('fs');
const told = (event) => event.queryStringParameters ?? event;
const until = async (path) => { while (!fs.existsSync(path)) await new Promise((done) => setTimeout(done, 5)); };
const http = (stream, head) => awslambda.HttpResponseStream.from(stream, head);
const drained = (stream) => new Promise((done) => stream.once('drain', done));

exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  const { what, gate } = told(event);
  if (what === 'raises') throw new RangeError('too early');
  if (what === 'plain') { stream.write('first;'); await until(gate); stream.write('second'); stream.end(); return; }
  if (what === 'waits') { await until(gate); }
  const head = { statusCode: 201, headers: { 'x-a': 'b', 'content-type': 'text/event-stream' }, cookies: ['c=1'] };
  const out = event.requestContext ? http(stream, head) : stream;
  out.write('first;');
  if (what === 'exits') { await until(gate); process.exit(7); }
  if (what === 'killed') { await until(gate); process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); }
  if (what === 'breaks') { await until(gate); throw new TypeError('too late'); }
  if (what === 'pours') {
    const block = Buffer.alloc(1 << 16);
    let size = 0;
    while (size < 32 << 20) {
      if (!out.write(block)) await drained(stream);
      size += block.length;
      fs.writeFileSync(gate, String(size));
    }
    fs.writeFileSync(gate, 'done');
    out.end();
    return;
  }
  await until(gate);
  out.write('second');
  out.end();
});

exports.buffered = async (event) => ({ statusCode: 200, body: 'whole', event: event.a });
"""

PROXY = "arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${Streams.Arn}/response-streaming-invocations"
BODY = {
    "openapi": "3.0.1",
    "paths": {
        "/stream": {
            "get": {
                "x-amazon-apigateway-integration": {
                    "type": "aws_proxy",
                    "httpMethod": "POST",
                    "uri": {"Fn::Sub": PROXY},
                    "responseTransferMode": "STREAM",
                }
            }
        }
    },
}
STREAMS = function("app.handler", FunctionName="streams", Runtime="nodejs22.x", FunctionUrlConfig={})
STREAMS["Properties"]["FunctionUrlConfig"] = {"AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"}
TEMPLATE = sam(
    {
        "Rest": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "dev", "DefinitionBody": BODY}},
        "Streams": STREAMS,
        "Buffered": function("app.buffered", FunctionName="buffered", Runtime="nodejs22.x"),
    }
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    files = {"app.js": APP, "template.json": TEMPLATE}
    with devserve(tmp_path_factory.mktemp("streaming"), files) as running:
        yield running


def url(server: Devserve, what: str, gate: Path) -> Streaming:
    host = f"Host: streams.lambda-url.localhost:{server.port}"
    return Streaming(server.gateway, "GET", f"/?what={what}&gate={quote(str(gate))}", [host])


def rest(server: Devserve, what: str, gate: Path) -> Streaming:
    return Streaming(server.gateway, "GET", f"/stream?what={what}&gate={quote(str(gate))}")


def told(server: Devserve, which: str) -> dict[str, Any]:
    return server.fact("request", lambda fact: which in fact["path"])


@pytest.mark.parametrize("ask", [url, rest])
def test_the_first_byte_leaves_when_the_function_writes_it(server: Devserve, tmp_path: Path, ask: Any) -> None:
    gate = tmp_path / "gate"
    with ask(server, "http", gate) as answer:
        assert answer.status == 201
        assert (answer.headers["x-a"], answer.headers["set-cookie"]) == ("b", "c=1")
        assert answer.headers["content-type"] == "text/event-stream"
        assert answer.chunk() == b"first;"
        gate.touch()
        assert answer.rest() == (b"second", True)
    fact = told(server, quote(str(gate)))
    assert (fact["status"], fact["function"]) == (201, "Streams")
    assert fact["report"]["durationMs"] > 0


def test_a_function_url_hands_on_bytes_without_a_prelude(server: Devserve, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with url(server, "plain", gate) as answer:
        assert (answer.status, answer.headers["content-type"]) == (200, "application/octet-stream")
        assert answer.chunk() == b"first;"
        gate.touch()
        assert answer.rest() == (b"second", True)


@pytest.mark.parametrize("ask", [url, rest])
def test_an_error_before_the_first_byte_is_a_502(server: Devserve, tmp_path: Path, ask: Any) -> None:
    with ask(server, "raises", tmp_path / "gate") as answer:
        assert answer.status == 502
    assert told(server, quote(str(tmp_path)))["note"] == "RangeError"


@pytest.mark.parametrize(("what", "note"), [("breaks", "TypeError"), ("exits", CUT[0]), ("killed", CUT[0])])
def test_an_answer_that_breaks_off_has_no_end(server: Devserve, tmp_path: Path, what: str, note: str) -> None:
    gate = tmp_path / "gate"
    with url(server, what, gate) as answer:
        assert (answer.status, answer.chunk()) == (201, b"first;")
        gate.touch()
        assert answer.rest() == (b"", False)
    assert f"the stream broke off: {note}" in told(server, quote(str(gate)))["note"]


def test_a_client_that_does_not_read_holds_the_function_up_until_it_leaves(server: Devserve, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with url(server, "pours", gate) as answer:
        assert answer.chunk() == b"first;"
        seen: list[str] = []

        def stands_still() -> bool:
            seen.append(gate.read_text() if gate.exists() else "")
            return len(seen) > 30 and seen[-1] != "" and len(set(seen[-30:])) == 1

        eventually(stands_still, what="the function waits for its client")
        assert seen[-1] != "done"
    eventually(lambda: gate.read_text() == "done", what="the function wrote on to its end")
    assert "the client left" in told(server, quote(str(gate)))["note"]


def test_a_streaming_handler_answers_an_ordinary_invoke_as_a_whole(server: Devserve, tmp_path: Path) -> None:
    (tmp_path / "gate").touch()
    answer = server.invoke("streams", {"what": "http", "gate": str(tmp_path / "gate")})
    assert (answer.status, answer.error, answer.reply.body) == (200, None, b"first;second")


def test_every_environment_goes_on_after_that(server: Devserve, tmp_path: Path) -> None:
    (tmp_path / "gate").touch()
    for _ in range(3):
        with rest(server, "http", tmp_path / "gate") as answer:
            assert answer.rest() == (b"first;second", True)
    assert json.loads(server.invoke("buffered", {"a": 1}).reply.body)["event"] == 1

"""Runtimes and clients that break the rules while answers go through devserve: each gets what is its own fault, and
nobody else anything of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import pytest
from botocore.eventstream import EventStreamBuffer

from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve, write
from tests.live.raw_stream import Streaming
from tests.live.rude_runtime import BOOTSTRAP, noted
from tests.live.templates import function, sam
from tests.live.wire import send

pytestmark = pytest.mark.live

MB = 1 << 20
PROXY = "arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${Rude.Arn}/response-streaming-invocations"
STREAM = {
    "type": "aws_proxy",
    "httpMethod": "POST",
    "uri": {"Fn::Sub": PROXY},
    "responseTransferMode": "STREAM",
}
BODY = {
    "openapi": "3.0.1",
    "paths": {"/stream": {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": STREAM}}},
}
URL = {"AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"}
RUDE: dict[str, Any] = {"Runtime": "provided.al2023", "FunctionUrlConfig": URL}
TEMPLATE = sam(
    {
        "Rest": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "dev", "DefinitionBody": BODY}},
        "Rude": function("x", FunctionName="rude", **RUDE),
        "Short": function("x", FunctionName="short", **(RUDE | {"Timeout": 1})),
    }
)
REFUSED, GONE = "InvalidStateTransition", (0, None)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    folder = tmp_path_factory.mktemp("rude")
    write(folder / "project", {"bootstrap": BOOTSTRAP, "template.yaml": TEMPLATE})
    (folder / "project" / "bootstrap").chmod(0o755)
    with devserve(folder) as running:
        yield running
        outside = [path.name for path in running.folder.iterdir() if path.name != ".devserve"]
        assert sorted(outside) == ["bootstrap", "template.yaml"]


def query(**values: object) -> str:
    return "?" + urlencode(values)


def url(server: Devserve, name: str, method: str = "GET", **values: object) -> Streaming:
    host = f"Host: {name}.lambda-url.localhost:{server.port}"
    return Streaming(server.gateway, method, "/" + query(**values), [host])


def still_answers(server: Devserve, name: str = "rude") -> None:
    after = server.invoke(name, {})
    assert (after.status, after.error, after.payload) == (200, None, {"ok": True})


def resident(server: Devserve) -> int:
    """The memory of devserve itself, in MB."""
    return int(psutil.Process(server.process.pid).memory_info().rss) // MB


def test_what_the_runtime_api_does_not_allow_is_refused_and_changes_nothing(server: Devserve, tmp_path: Path) -> None:
    note = tmp_path / "note"
    assert server.invoke("rude", {"m": "states", "note": str(note)}).payload == "first"
    (said,) = eventually(lambda: noted(note), what="the runtime's note")
    unknown = (400, "InvalidRequestID")
    assert said == {
        "next": (403, REFUSED),
        "other id": unknown,
        "other id's error": unknown,
        "other id's stream": unknown,
        "init error": (403, REFUSED),
        "restore error": (403, REFUSED),
        "mode": (400, "InvalidFunctionResponseMode"),
        "method": (405, "MethodNotAllowed"),
        "path": (404, "NotFound"),
        "late extension": said["late extension"],
        "nobody": (403, "Extension.MissingExtensionIdentifier"),
        "two lengths": GONE,
        "no length": GONE,
        "no HTTP": GONE,
        "answer": (202, None),
        "second answer": (403, REFUSED),
        "second error": (403, REFUSED),
        "second stream": (403, REFUSED),
    }
    assert said["late extension"][0] == 403
    still_answers(server)


@pytest.mark.parametrize(
    ("manner", "error", "told"),
    [
        ("7 MB", "Function.ResponseSizeTooLarge", {"7 MB": (413, "RequestEntityTooLarge")}),
        ("rubbish", "Runtime.TruncatedResponse", {"rubbish": GONE}),
        ("cut", "Runtime.TruncatedResponse", None),
        ("trailers", "Function.Unknown", {"trailers": (202, None)}),
    ],
)
def test_a_broken_answer_is_an_error_of_its_own_invocation(
    server: Devserve, tmp_path: Path, manner: str, error: str, told: object
) -> None:
    note = tmp_path / "note"
    invoked = server.invoke("rude", {"m": manner, "note": str(note)})
    assert (invoked.status, invoked.error, invoked.payload["errorType"]) == (200, "Unhandled", error)
    if told is not None:
        assert eventually(lambda: noted(note), what="the runtime's note") == [told]
    still_answers(server)
    if manner != "7 MB":
        with url(server, "rude", m=manner, note=note) as answer:
            assert answer.rest() == (b"good;", False)
    still_answers(server)


def test_an_invocation_has_one_answer(server: Devserve, tmp_path: Path) -> None:
    note = tmp_path / "note"
    with url(server, "rude", m="two streams", note=note) as answer:
        assert answer.rest() == (b"one", True)
    (said,) = eventually(lambda: noted(note), what="the runtime's note")
    assert said == dict.fromkeys(("another", "whole", "next"), (403, REFUSED)) | {"first": (202, None)}
    still_answers(server)


def test_a_runtime_that_is_killed_in_the_middle_breaks_the_stream_and_is_reported(
    server: Devserve, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    with url(server, "rude", m="killed", note=note) as answer:
        assert (answer.status, answer.chunk()) == (200, b"good;")
        note.with_name("note.gate").touch()
        assert answer.rest() == (b"", False)
        request_id = answer.headers["x-amzn-requestid"]
    assert "the stream broke off" in server.fact("request", lambda fact: fact["requestId"] == request_id)["note"]
    report = server.fact("report", lambda fact: fact["report"]["requestId"] == request_id)["report"]
    # Two sockets tell of it: whichever is heard first.
    assert report["status"] == "error"
    assert report["errorType"] in ("Runtime.ExitError", "Runtime.TruncatedResponse")
    still_answers(server)


def test_a_client_that_left_costs_no_memory_and_the_function_writes_on(server: Devserve, tmp_path: Path) -> None:
    still_answers(server)
    note, before = tmp_path / "note", resident(server)
    with url(server, "rude", m="pours", mb=100, note=note) as answer:
        assert answer.chunk()
    assert eventually(lambda: noted(note), seconds=20, what="all was written") == [{"end": (202, None)}]
    assert resident(server) - before < 40


def test_a_slow_reader_holds_the_function_up_and_costs_no_memory(server: Devserve, tmp_path: Path) -> None:
    still_answers(server)
    note, before = tmp_path / "note", resident(server)
    most, end = 0, time.monotonic() + 2
    with url(server, "rude", m="pours", mb=100, note=note) as answer:

        def reads() -> bool:
            nonlocal most
            answer.read(1000)  # some 100 KB in a second
            most = max(most, resident(server))
            return time.monotonic() > end

        eventually(reads, what="two seconds of reading")
        assert noted(note) == []
    assert most - before < 20
    assert eventually(lambda: noted(note), seconds=20, what="all was written") == [{"end": (202, None)}]


def test_more_than_200_mb_are_not_streamed(server: Devserve, tmp_path: Path) -> None:
    note = tmp_path / "note"
    with url(server, "rude", m="pours", mb=201, note=note) as answer:
        assert answer.chunk()
    found = eventually(lambda: noted(note), seconds=20, what="the runtime was told")
    assert found == [{"end": (413, "RequestEntityTooLarge")}]
    report = server.fact("report", lambda fact: fact["report"]["errorType"] == "Function.ResponseSizeTooLarge")
    assert report["report"]["status"] == "error"
    still_answers(server)


def test_a_stream_without_end_is_ended_by_the_timeout(server: Devserve) -> None:
    began = time.monotonic()
    with url(server, "short", m="ticks") as answer:
        assert answer.status == 200
        body, whole = answer.rest()
    assert (set(body.split(b";")), whole) == ({b"tick", b""}, False)
    assert 0.9 < time.monotonic() - began < 3
    timed_out = server.fact("report", lambda fact: fact["function"] == "Short")
    assert (timed_out["report"]["status"], timed_out["report"]["durationMs"]) == ("timeout", 1000)
    still_answers(server, "short")


@pytest.mark.parametrize(("name", "path"), [("rude.lambda-url.localhost", "/"), ("127.0.0.1", "/stream")])
def test_head_and_http_1_0_get_what_they_understand(server: Devserve, tmp_path: Path, name: str, path: str) -> None:
    prelude = {} if path == "/" else {"prelude": 1}
    asked = path + query(m="pours", mb=1, note=tmp_path / "note", **prelude)
    lines = [f"Host: {name}:{server.port}"]
    with Streaming(server.gateway, "HEAD", asked, [*lines, "Connection: close"]) as head:
        assert (head.status, head.read()) == (200, b"")
        assert "content-length" not in head.headers
    with Streaming(server.gateway, "GET", asked, lines, protocol="HTTP/1.0") as old:
        assert (old.status, old.headers["connection"]) == (200, "close")
        assert "transfer-encoding" not in old.headers
        assert old.read() == bytes(MB)
    still_answers(server)


def test_all_doors_stream_at_the_same_time(server: Devserve, tmp_path: Path) -> None:
    note = tmp_path / "note"

    def over_url() -> object:
        with url(server, "rude", m="pours", mb=1, note=note) as answer:
            return answer.rest()

    def over_rest() -> object:
        with Streaming(server.gateway, "GET", "/stream" + query(m="pours", mb=1, note=note, prelude=1)) as answer:
            return answer.rest()

    def over_lambda() -> object:
        event = json.dumps({"m": "pours", "mb": 1, "note": str(note)}).encode()
        reply = send(server.lambdas, "POST", "/2021-11-15/functions/rude/response-streaming-invocations", body=event)
        events = EventStreamBuffer()
        events.add_data(reply.body)
        *chunks, complete = events
        assert complete.headers[":event-type"] == "InvokeComplete"
        return b"".join(chunk.payload for chunk in chunks), complete.payload == b"{}"

    with ThreadPoolExecutor(9) as callers:
        found = list(callers.map(lambda door: door(), [over_url, over_rest, over_lambda] * 3))
    assert found == [(bytes(MB), True)] * 9


def test_a_client_that_reads_nothing_does_not_hold_up_the_end(tmp_path: Path) -> None:
    write(tmp_path / "project", {"bootstrap": BOOTSTRAP, "template.yaml": TEMPLATE})
    (tmp_path / "project" / "bootstrap").chmod(0o755)
    with (
        devserve(tmp_path) as server,
        url(server, "rude", m="pours", mb=100, note=tmp_path / "note") as deaf,
        url(server, "rude", m="ticks") as ticking,
    ):
        assert (deaf.status, ticking.status) == (200, 200)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 4
        assert ticking.rest()[1] is False

"""Streamed responses of our Node runtime: each write leaves at once, and every way to break off has an end."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.live.deadline import eventually
from tests.live.fake_runtime_api import Posted
from tests.live.node_runtimes import needs_node, running

pytestmark = [pytest.mark.live, needs_node]

MODERN = "nodejs24.x"


def streamed(body: str, options: str = "") -> str:
    return f"""
const {{ pipeline }} = require("stream/promises");
const {{ Readable }} = require("stream");
const fs = require("fs");
let release;
exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {{
{body}
}}{options and f", {options}"});
"""


def trailer(posted: Posted) -> Any:
    """The error that the trailers carry, checked against the type beside it."""
    error = json.loads(base64.b64decode(posted.headers["lambda-runtime-function-error-body"]))
    assert posted.headers["lambda-runtime-function-error-type"] == error["errorType"]
    return error


def test_the_first_byte_leaves_when_it_is_written_and_not_when_the_handler_ends(tmp_path: Path) -> None:
    source = streamed("""
  stream.write("first");
  while (!fs.existsSync(event)) await new Promise((resolve) => setTimeout(resolve, 5));
  stream.end("last");
""")
    go = tmp_path / "go"
    with running(tmp_path, source) as runtime:
        request_id = runtime.api.give(str(go))
        assert runtime.api.wait_for_pieces(1) == [b"first"]
        assert runtime.api.posted == []
        go.touch()
        posted = runtime.api.wait(lambda posted: posted.request_id == request_id)
        assert posted.body == b"firstlast"


def test_a_prelude_leaves_with_the_first_write(tmp_path: Path) -> None:
    source = streamed("""
  stream = awslambda.HttpResponseStream.from(stream, { statusCode: 404 });
  stream.write("one");
  while (!fs.existsSync(event)) await new Promise((resolve) => setTimeout(resolve, 5));
  stream.end();
""")
    go = tmp_path / "go"
    with running(tmp_path, source) as runtime:
        runtime.api.give(str(go))
        assert b"".join(runtime.api.wait_for_pieces(3)) == b'{"statusCode":404}' + bytes(8) + b"one"
        go.touch()
        runtime.api.wait("response")


def test_write_says_when_to_wait(tmp_path: Path) -> None:
    source = streamed(
        """
  const small = stream.write("x".repeat(100));
  const large = stream.write("x".repeat(200));
  await new Promise((resolve) => stream.once("drain", resolve));
  stream.end(JSON.stringify([stream.writableHighWaterMark, small, large]));
""",
        "{ highWaterMark: 250 }",
    )
    with running(tmp_path, source) as runtime:
        assert json.loads(runtime.ask().body[300:]) == [250, True, False]


ENDS: dict[str, tuple[str, bytes]] = {
    "nothing written": ("stream.end();", b""),
    "only the end": ("stream.end('all');", b"all"),
    "objects are JSON": ("stream.write({ a: [1] }); stream.end();", b'{"a":[1]}'),
    "pipeline": ("await pipeline(Readable.from(['one', 'two']), stream);", b"onetwo"),
    "no byte in a write": ("stream.write(''); stream.write('x'); stream.end();", b"x"),
    "pieces that were held back": (
        "stream.cork(); stream.write('a'); stream.write('b'); stream.uncork(); stream.end();",
        b"ab",
    ),
}


def test_every_way_to_end_a_stream(tmp_path: Path) -> None:
    cases = "".join(f"  if (event === {json.dumps(case)}) {{ {body} }}\n" for case, (body, _) in ENDS.items())
    with running(tmp_path, streamed(cases)) as runtime:
        for case, (_, body) in ENDS.items():
            posted = runtime.ask(case)
            assert (posted.kind, posted.body) == ("response", body), case
            assert "lambda-runtime-function-error-type" not in posted.headers


BROKEN = {
    "throws": ("stream.write('begun'); throw new TypeError('midway');", "TypeError", "midway"),
    "a source that fails": (
        "await pipeline(Readable.from((function* () { yield 'begun'; throw new RangeError('source'); })()), stream);",
        "RangeError",
        "source",
    ),
    "destroyed": ("stream.write('begun'); stream.destroy();", "Error", "Response stream is not finished."),
    "destroyed with an error": (
        "stream.on('error', () => {}); stream.write('begun'); stream.destroy(new TypeError('mine'));",
        "TypeError",
        "mine",
    ),
}


@pytest.mark.parametrize("version", ["nodejs20.x", MODERN])
def test_an_error_after_the_first_byte_is_told_in_trailers_and_the_next_one_works(tmp_path: Path, version: str) -> None:
    cases = "".join(
        f"  if (event === {json.dumps(case)}) {{ {body} return; }}\n" for case, (body, _, _) in BROKEN.items()
    )
    with running(tmp_path, streamed(cases + "  stream.end('fine');"), runtime=version) as runtime:
        for case, (_, kind, text) in BROKEN.items():
            posted = runtime.ask(case)
            assert (posted.kind, posted.body) == ("response", b"begun"), case
            error = trailer(posted)
            assert (error["errorType"], error["errorMessage"]) == (kind, text), case
            assert runtime.ask("another").body == b"fine"


UNTOUCHED = {
    "destroyed": ("stream.destroy();", "Response stream is not finished."),
    "a source that fails at once": (
        "await pipeline(new Readable({ read() { this.destroy(new Error('at once')); } }), stream);",
        "at once",
    ),
    "a content type that is none": ("stream.setContentType('a\\r\\nb: c');", "Invalid character in header content"),
}


def test_an_error_before_the_first_byte_is_an_ordinary_error(tmp_path: Path) -> None:
    cases = "".join(
        f"  if (event === {json.dumps(case)}) {{ {body} return; }}\n" for case, (body, _) in UNTOUCHED.items()
    )
    with running(tmp_path, streamed(cases + "  stream.end('fine');")) as runtime:
        for case, (_, text) in UNTOUCHED.items():
            posted = runtime.ask(case)
            assert posted.kind == "error", case
            assert posted.json()["errorMessage"].startswith(text), case
            assert runtime.ask("another").body == b"fine"


def test_an_exception_of_nobodys_ends_the_stream_and_then_the_process(tmp_path: Path) -> None:
    source = streamed("""
  stream.write("begun");
  setTimeout(() => { throw new TypeError("later"); }, 5);
  await new Promise((resolve) => setTimeout(resolve, 5000));
""")
    with running(tmp_path, source) as runtime:
        posted = runtime.ask()
        assert (posted.body, trailer(posted)["errorMessage"]) == (b"begun", "later")
        assert runtime.wait() == 129


def test_an_error_whose_name_is_no_header_is_still_told(tmp_path: Path) -> None:
    source = streamed("stream.write('begun'); const e = new Error('x'); e.name = 'B\\u00e4d\\r\\nX: y'; throw e;")
    with running(tmp_path, source) as runtime:
        posted = runtime.ask()
        assert posted.headers["lambda-runtime-function-error-type"] == "B?d??X: y"
        assert runtime.ask().body == b"begun"


def test_what_is_printed_while_a_response_streams_is_logged_at_once(tmp_path: Path) -> None:
    source = streamed("""
  stream.write("begun");
  console.log("seen");
  while (!fs.existsSync(event)) await new Promise((resolve) => setTimeout(resolve, 5));
  stream.end();
""")
    go = tmp_path / "go"
    with running(tmp_path, source) as runtime:
        runtime.api.give(str(go))
        eventually(lambda: any("seen" in line for line in runtime.log), what="the line")
        go.touch()
        assert runtime.api.wait("response").body == b"begun"

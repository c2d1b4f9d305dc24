"""A reader of `devserve --json` that does not read: the server goes on, and the reader finds everything later."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.deadline import eventually
from tests.live.devserver import GOOD_EXITS, START_SECONDS, STOP_SECONDS, command, environment, write

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

REQUESTS = 2_000
SLOWEST = 5.0
"""Seconds for one request: far more than any takes, and less than the function's timeout."""
FILES = {
    "devserve.toml": '[functions.hello]\nhandler = "app.handler"\ntimeout = 20\nroutes = ["GET /hello"]\n',
    "app.py": "def handler(event, context):\n"
    "    for number in range(3):\n"
    "        print('line', number, 'of a log that nobody reads')\n"
    "    return {'statusCode': 200, 'body': 'hello'}\n",
}


class Pipe:
    """What devserve says, read only when asked to."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self.text = b""

    def read(self) -> bytes:
        with contextlib.suppress(BlockingIOError):
            while part := os.read(self._descriptor, 1 << 16):
                self.text += part
        return self.text

    def facts(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@contextlib.contextmanager
def unread(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Pipe]]:
    project = write(folder / "project", FILES)
    line = command(".", "--port", "0", "--lambda-port", "0", "--json", "--sandbox", "process")
    with (folder / "stderr.txt").open("wb") as stderr:
        process = subprocess.Popen(
            line,
            cwd=project,
            env=environment(uuid.uuid4().hex, folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    with process:
        try:
            assert process.stdout is not None
            yield process, Pipe(process.stdout.fileno())
        finally:
            if process.poll() is None:
                process.kill()


def ask(pipe: Pipe, times: int) -> float:
    """The longest that an answer took, in seconds."""
    eventually(lambda: pipe.read().endswith(b"\n"), seconds=START_SECONDS, what="ready")
    place = pipe.facts()[0]["gateway"].removeprefix("http://")
    connection = http.client.HTTPConnection(place, timeout=SLOWEST)
    longest = 0.0
    with contextlib.closing(connection):
        for _ in range(times):
            began = time.monotonic()
            connection.request("GET", "/hello")
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"hello")
            longest = max(longest, time.monotonic() - began)
    return longest


def test_every_request_is_answered_while_nobody_reads_and_the_reader_finds_every_line_later(tmp_path: Path) -> None:
    with unread(tmp_path) as (process, pipe):
        assert ask(pipe, REQUESTS) < SLOWEST
        eventually(
            lambda: pipe.read().count(b'"type":"request"') == REQUESTS, seconds=20, what="a line for each request"
        )
        process.terminate()
        eventually(lambda: pipe.read() and process.poll() is not None, seconds=STOP_SECONDS, what="the end")
        pipe.read()
    assert process.returncode in GOOD_EXITS
    assert pipe.text.endswith(b"\n")
    assert len(pipe.text) > 1 << 20  # far more than a pipe holds
    kinds = Counter(fact["type"] for fact in pipe.facts())
    assert kinds["request"] == REQUESTS
    assert kinds["log"] >= 3 * REQUESTS
    assert "dropped" not in kinds
    assert (tmp_path / "stderr.txt").read_text(encoding="utf-8") == ""


def test_a_reader_that_never_reads_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    with unread(tmp_path) as (process, pipe):
        ask(pipe, 200)
        process.terminate()
        assert process.wait(STOP_SECONDS) in GOOD_EXITS
        pipe.read()
    assert {type(fact["type"]) for fact in pipe.facts()} == {str}  # whole lines to the last

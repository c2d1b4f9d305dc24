"""Servers to measure, started as a user starts them, without anything that would slow them down or hide time."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.live.devserver import PROCESS, command, environment
from tests.live.wire import send

PATIENCE = 20.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(line: list[str], folder: Path, url: str) -> Iterator[str]:
    """Runs a server until the block ends; enters it when the address takes connections. Output goes to a file, as with
    `devserve > log`, outside the project: some servers take a line in there for a change of the code."""
    place = url.rpartition(":")
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            line,
            cwd=folder,
            env=environment(uuid.uuid4().hex, folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", int(place[2])), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > end or process.poll() is not None:
                    raise
                time.sleep(0.01)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


@contextmanager
def devserve(folder: Path, sandbox: str = PROCESS) -> Iterator[str]:
    """As it is typed, but for the ports: the terminal's lines are written like for anybody."""
    port = free_port()
    line = command(".", "--port", str(port), "--lambda-port", str(free_port()), "--sandbox", sandbox)
    with running(line, folder, f"http://127.0.0.1:{port}") as url:
        yield url


@contextmanager
def bare(folder: Path) -> Iterator[str]:
    port = free_port()
    script = Path(__file__).with_name("bare.py")
    with running([sys.executable, str(script), str(port)], folder, f"http://127.0.0.1:{port}") as url:
        yield url


@contextmanager
def facts(folder: Path, *options: str, sandbox: str = PROCESS) -> Iterator[tuple[Iterator[str], int]]:
    """What it tells with `--json`, line by line from its start, and its process id."""
    line = command(".", "--port", "0", "--lambda-port", "0", "--json", "--sandbox", sandbox, *options)
    process = subprocess.Popen(
        line,
        cwd=folder,
        env=environment(uuid.uuid4().hex, folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    assert process.stdout is not None
    try:
        yield process.stdout, process.pid
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.stdout.read()
        process.stdout.close()
        process.wait(PATIENCE)


@contextmanager
def timed_start(folder: Path) -> Iterator[tuple[dict[str, Any], float]]:
    """The ready fact, and the seconds from starting the command until it was there."""
    since = time.perf_counter()
    with facts(folder) as (stream, _):
        first = next(stream, "")
        seconds = time.perf_counter() - since
        if not first:
            raise AssertionError("devserve ended before it was ready")
        yield json.loads(first), seconds


def first_answer(url: str, path: str) -> float:
    """Seconds from sending one request to its answer."""
    since = time.perf_counter()
    reply = send(url, "GET", path)
    took = time.perf_counter() - since
    if reply.status != 200:
        raise AssertionError(f"{path} answered {reply.status}: {reply.text}")
    return took

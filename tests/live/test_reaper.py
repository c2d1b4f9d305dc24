"""The script that removes containers when devserve was killed, against an engine that only lists and deletes."""

from __future__ import annotations

import json
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from localstack_lite.sandbox import reaper
from localstack_lite.sandbox.reaping import Reaping
from tests.live.holdings import held

pytestmark = pytest.mark.live

RUN = "laptop/1/2/aa"


class LittleEngine(socketserver.ThreadingUnixStreamServer):
    """Containers by id, each with the run that owns it."""

    daemon_threads = True

    def __init__(self, path: str) -> None:
        self.containers = {"a": RUN, "b": RUN, "c": "laptop/3/4/bb"}
        self.listed = threading.Event()
        super().__init__(path, Answer)


class Answer(BaseHTTPRequestHandler):
    server: LittleEngine

    def do_GET(self) -> None:
        filters = json.loads(parse_qs(urlsplit(self.path).query)["filters"][0])
        wanted = filters["label"][0].partition("=")[2]
        self._say(200, [{"Id": name} for name, run in self.server.containers.items() if run == wanted])
        self.server.listed.set()

    def do_DELETE(self) -> None:
        name = urlsplit(self.path).path.rpartition("/")[2]
        self.server.containers.pop(name)
        self._say(204, None)

    def _say(self, status: int, value: object) -> None:
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "unix"

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@contextmanager
def engine(folder: Path) -> Iterator[tuple[LittleEngine, str]]:
    path = str(folder / "s")
    with LittleEngine(path) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server, f"unix://{path}"
        finally:
            server.shutdown()
            thread.join()


def test_at_the_end_of_the_pipe_the_runs_containers_go_and_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "1").touch()
    with engine(tmp_path) as (server, endpoint):
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", reaper.__file__, RUN, endpoint, str(folder)], stdin=subprocess.PIPE
        )
        assert process.stdin is not None
        assert set(server.containers) == {"a", "b", "c"}
        process.stdin.close()
        assert process.wait(10) == 0
        assert set(server.containers) == {"c"}
        assert not folder.exists()


def test_a_container_that_the_engine_was_just_making_goes_too(tmp_path: Path) -> None:
    with engine(tmp_path) as (server, endpoint):
        server.containers.clear()
        clearing = threading.Thread(target=reaper.clear_up, args=(endpoint, RUN))
        clearing.start()
        server.listed.wait(10)
        server.containers["late"] = RUN
        clearing.join(10)
        assert server.containers == {}


def test_an_orderly_end_leaves_nothing_to_the_reaper(tmp_path: Path) -> None:
    with engine(tmp_path) as (server, endpoint):
        before = held()
        reaping = Reaping(RUN, endpoint, str(tmp_path / "logs"))
        reaping.start()
        reaping.start()
        reaping.close()
        reaping.close()
        assert set(server.containers) == {"a", "b", "c"}
        assert held().since(before) == []


def test_an_engine_on_tcp_is_spoken_to_as_well() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        listing = threading.Thread(target=_answer_once, args=(listener,))
        listing.start()
        found = reaper.containers(f"tcp://127.0.0.1:{port}", RUN)
        listing.join()
    assert found == ["x"]


def _answer_once(listener: socket.socket) -> None:
    peer, _ = listener.accept()
    with peer:
        peer.recv(4096)
        peer.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n[{"Id": "x"}]')


@pytest.mark.parametrize(("endpoint", "can"), [("unix:///x", True), ("tcp://h:1", True), ("ssh://h", False)])
def test_what_needs_more_than_the_standard_library_has_no_reaper(endpoint: str, can: bool) -> None:
    assert reaper.reachable(endpoint) is can

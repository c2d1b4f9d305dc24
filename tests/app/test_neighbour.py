"""Whether the devserve on the usual port serves this project."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from localstack_lite.app.neighbour import lambda_port, serves
from localstack_lite.console.views import functions
from localstack_lite.model.project import Project

SHOP = Project(Path("/work/shop"))


@contextmanager
def answering(body: bytes, status: int = 200) -> Iterator[int]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_console_says_which_folder_it_serves() -> None:
    body = functions(SHOP).body
    assert isinstance(body, bytes)
    assert serves(json.loads(body), SHOP)
    assert not serves(json.loads(body), Project(Path("/work/other")))


def test_one_that_serves_this_project_is_found() -> None:
    body = functions(SHOP).body
    assert isinstance(body, bytes)
    with answering(body) as port:
        assert lambda_port(SHOP, port) == port
        assert lambda_port(Project(Path("/work/other")), port) == 0


@pytest.mark.parametrize(("body", "status"), [(b"hello", 200), (b"[]", 200), (b'{"root": "/work/shop"}', 404)])
def test_somebody_else_on_the_port_is_nobody(body: bytes, status: int) -> None:
    with answering(body, status) as port:
        assert lambda_port(SHOP, port) == 0


def test_nobody_there_is_no_error() -> None:
    with answering(b"") as port:
        pass
    assert lambda_port(SHOP, port) == 0

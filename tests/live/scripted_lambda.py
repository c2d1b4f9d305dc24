"""An HTTP server that plays Lambda's Invoke API by a script, one answer for each call, over real sockets.

with scripted_lambda(Whole(b'{"ok":true}')) as server:
    ...  # boto3 at server.address
assert server.calls[0].path == "/2015-03-31/functions/orders-dev/invocations"
"""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.live import event_stream

REQUEST_ID = "0c0c0c0c-2222-4333-8444-555555555555"


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer with its length."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(status: int, code: str, message: str, headers: Mapping[str, str] | None = None, **more: str) -> Whole:
    """An error as Lambda writes it."""
    body = json.dumps({**more, "message": message}).encode()
    return Whole(body, status, {"x-amzn-ErrorType": code, **(headers or {})})


@dataclass(frozen=True, slots=True)
class Streamed:
    """Pieces of an event stream. Before each but the first, `opened` has to be set as often; `broken`: the connection
    ends without the chunk that ends the body."""

    pieces: Sequence[bytes]
    opened: threading.Semaphore | None = None
    broken: bool = False
    content_type: str = event_stream.CONTENT_TYPE


@dataclass(frozen=True, slots=True)
class Hung:
    """Nothing is answered, and the connection is closed."""


Answer = Whole | Streamed | Hung


@dataclass(frozen=True, slots=True)
class Received:
    path: str
    headers: Mapping[str, str]
    body: bytes


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, script: Sequence[Answer]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = list(script)
        self.calls: list[Received] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is none."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.calls.append(Received(self.path, headers, body))
        match self.server.script.pop(0):
            case Whole() as answer:
                self._whole(answer)
            case Streamed() as answer:
                self._stream(answer)
            case Hung():
                self.close_connection = True

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"x-amzn-RequestId": REQUEST_ID, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _whole(self, answer: Whole) -> None:
        length = {} if answer.status == 204 else {"Content-Length": str(len(answer.body))}
        self._head(answer.status, {"Content-Type": "application/json", **answer.headers, **length})
        self.wfile.write(answer.body)

    def _stream(self, answer: Streamed) -> None:
        headers = {"Content-Type": answer.content_type, "Transfer-Encoding": "chunked", "X-Amz-Executed-Version": "7"}
        self._head(200, headers)
        for number, piece in enumerate(answer.pieces):
            if number and answer.opened is not None:
                answer.opened.acquire(timeout=20)
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.flush()
        if answer.broken:
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def scripted_lambda(*script: Answer) -> Iterator[Server]:
    server = Server(script)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        with suppress(OSError):
            socketserver.TCPServer.server_close(server)
        thread.join(10)

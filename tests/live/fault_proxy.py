"""A reverse proxy in front of the cloud: it knows each call by AWS's name, writes it down, and does to it what a test
wants.

    with fault_proxy(cloud.address) as proxy:
        proxy.on("UpdateFunctionCode", faults.throttled(), faults.throttled())  # the first two calls
        proxy.always("lambda.*", faults.Slow(0.1))
        ...
        assert proxy.count("UpdateFunctionCode") == 3

Names are an operation (`PutObject`), or `service.operation` with `*` for anything.
"""

from __future__ import annotations

import fnmatch
import http.client
import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.live.aws_calls import Call, recognise
from tests.live.faults import (
    PASSED,
    Answer,
    Before,
    Dropped,
    Fault,
    Held,
    Passed,
    Refused,
    Replied,
    Slow,
    reply,
)

HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})
LONGEST_HOLD = 60.0
"""Seconds after which a held call goes on by itself: a test that forgot it must not hang the others."""


@dataclass
class FaultProxy:
    """`address` is what an `endpoint_url` says. `calls` are all that came in, in order."""

    upstream: str
    address: str = ""
    calls: list[Call] = field(default_factory=list)
    once: dict[str, deque[Fault]] = field(default_factory=dict)
    ever: dict[str, Fault] = field(default_factory=dict)
    closed: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def on(self, name: str, *faults: Fault) -> None:
        """For the next calls of that name, one each; then all is as before."""
        with self.lock:
            self.once.setdefault(name, deque()).extend(faults)

    def hold(self, name: str, *, nth: int = 1, done: bool = False) -> Held:
        """The nth call from now on waits until it is opened."""
        held = Held(done=done)
        self.on(name, *[PASSED] * (nth - 1), held)
        return held

    def always(self, name: str, fault: Fault) -> None:
        with self.lock:
            self.ever[name] = fault

    def calm(self) -> None:
        """No more faults. Calls that are held go on."""
        with self.lock:
            held = [fault for faults in self.once.values() for fault in faults if isinstance(fault, Held)]
            self.once.clear()
            self.ever.clear()
        for fault in held:
            fault.open()

    def forget(self) -> None:
        """The calls so far."""
        with self.lock:
            self.calls.clear()

    def names(self) -> list[str]:
        """Operations, in order."""
        with self.lock:
            return [call.operation for call in self.calls]

    def count(self, name: str) -> int:
        with self.lock:
            return sum(1 for call in self.calls if _fits(name, call))

    def of(self, name: str) -> list[Call]:
        with self.lock:
            return [call for call in self.calls if _fits(name, call)]

    def writes(self) -> list[str]:
        with self.lock:
            return [str(call) for call in self.calls if call.writes]

    def take(self, call: Call) -> Fault:
        """Writes the call down and says what becomes of it."""
        with self.lock:
            self.calls.append(call)
            for name, faults in self.once.items():
                if faults and _fits(name, call):
                    return faults.popleft()
            return next((fault for name, fault in self.ever.items() if _fits(name, call)), PASSED)


@contextmanager
def fault_proxy(upstream: str) -> Iterator[FaultProxy]:
    """In front of `http://HOST:PORT`, on a port of its own."""
    proxy = FaultProxy(upstream)
    server = _Server(("127.0.0.1", 0), _Connection)
    server.proxy = proxy
    proxy.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.closed.set()
        proxy.calm()
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    proxy: FaultProxy

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to print about."""


class _Connection(BaseHTTPRequestHandler):
    """One connection of a client, with one of its own to the cloud."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server
    upstream: http.client.HTTPConnection | None = None

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: `calls` are the log."""

    def answer_one(self) -> None:
        body = self._body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = recognise(self.command, self.path, headers, body)
        fault = self.server.proxy.take(call)
        match fault:
            case Refused():
                self._send(reply(fault, call))
            case Replied(callback=made):
                self._send(made(call))
            case Dropped(done=done):
                if done:
                    self._forward(body)
                self._cut()
            case Slow(seconds=seconds):
                self.server.proxy.closed.wait(seconds)
                self._send(self._forward(body))
            case Before(callback=told):
                told(call)
                self._send(self._forward(body))
            case Held(done=done):
                answer = self._forward(body) if done else None
                fault.reached.set()
                fault.opened.wait(LONGEST_HOLD)
                self._send(answer or self._forward(body))
            case Passed():
                self._send(self._forward(body))

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = answer_one

    def finish(self) -> None:
        if self.upstream is not None:
            self.upstream.close()
        super().finish()

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():  # trailers
                pass
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _forward(self, body: bytes) -> Answer:
        if self.upstream is None:
            place = urlsplit(self.server.proxy.upstream)
            self.upstream = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
            self.upstream.connect()
            self.upstream.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("transfer-encoding", "content-length", "connection", "expect"):
                self.upstream.putheader(name, value)
        self.upstream.putheader("Content-Length", str(len(body)))
        self.upstream.endheaders(body)
        got = self.upstream.getresponse()
        content = got.read()
        headers = {name: value for name, value in got.getheaders() if name.lower() not in HOP}
        if self.command == "HEAD" and (length := got.getheader("Content-Length")):
            headers["Content-Length"] = length
        if got.will_close:
            self.upstream.close()
            self.upstream = None
        return Answer(got.status, content, headers)

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "content-length" not in {name.lower() for name in answer.headers}:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _fits(name: str, call: Call) -> bool:
    return name == call.operation or fnmatch.fnmatchcase(str(call), name)

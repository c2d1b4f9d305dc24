"""A Runtime API for the live tests: real HTTP on loopback, in threads, that says what it was told.

Deliberately not devserve's own: a runtime is tested against the protocol, not against our reading of it.
"""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

RESPONSE_LIMIT = 6 * 1024 * 1024 + 100


@dataclass(frozen=True, slots=True)
class Posted:
    """What a runtime posted. `kind` is `response`, `error`, `init_error`, `restore_error`, `loaded` or `advice`."""

    kind: str
    request_id: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Event:
    request_id: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    chunked: bool = False


class FakeRuntimeApi:
    """`with FakeRuntimeApi() as api:` — `api.address` is for the runtime, the rest for the test."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._events: queue.Queue[Event | None] = queue.Queue()
        self._connections: list[socket.socket] = []
        self._posted: list[Posted] = []
        self._changed = threading.Condition()
        self._count = 0
        self._restored = threading.Event()
        self.snapshots = 0
        self.pieces: list[bytes] = []
        self.polls = 0
        self.first_poll_at = 0.0
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> FakeRuntimeApi:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.hang_up()
        self._thread.join()

    def hang_up(self) -> None:
        """Close everything, as a devserve that died."""
        with contextlib.suppress(OSError):  # done before
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def give(
        self,
        event: object = None,
        *,
        raw: bytes | None = None,
        chunked: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Queue an invocation. `headers` are `Lambda-Runtime-…` ones, with underscores and without the prefix."""
        self._count += 1
        request_id = f"00000000-0000-0000-0000-{self._count:012d}"
        names = {"Lambda-Runtime-" + name.replace("_", "-").title(): value for name, value in (headers or {}).items()}
        body = json.dumps(event).encode() if raw is None else raw
        self._events.put(Event(request_id, body, names, chunked))
        return request_id

    def ask(self, event: object = None, *, seconds: float = 15.0, **more: Any) -> Posted:
        """One invocation and what came of it."""
        request_id = self.give(event, **more)
        return self.wait(lambda p: p.request_id == request_id, seconds=seconds)

    def wait(self, wanted: Any, *, seconds: float = 15.0) -> Posted:
        """The first thing posted that `wanted` accepts; a kind or a predicate."""
        accepts = (lambda p: p.kind == wanted) if isinstance(wanted, str) else wanted
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                for posted in self._posted:
                    if accepts(posted):
                        return posted
                if not self._changed.wait(max(0.0, end - time.monotonic())):
                    raise AssertionError(f"nothing of that kind within {seconds:g} s; posted: {self._posted!r:.2000}")

    def wait_for_polls(self, count: int, *, seconds: float = 15.0) -> None:
        """Until the runtime has asked for an invocation this many times."""
        end = time.monotonic() + seconds
        with self._changed:
            while self.polls < count:
                if not self._changed.wait(max(0.0, end - time.monotonic())):
                    raise AssertionError(f"{self.polls} of {count} polls; posted: {self._posted!r:.2000}")

    def wait_for_pieces(self, count: int, *, seconds: float = 15.0) -> list[bytes]:
        """The chunks of bodies that have come so far, once there are this many; they need not be whole bodies yet."""
        end = time.monotonic() + seconds
        with self._changed:
            while len(self.pieces) < count:
                if not self._changed.wait(max(0.0, end - time.monotonic())):
                    raise AssertionError(f"{len(self.pieces)} of {count} pieces: {self.pieces!r:.2000}")
            return list(self.pieces)

    def wait_for_snapshot(self, *, seconds: float = 15.0) -> None:
        """Until the runtime asks to be restored."""
        end = time.monotonic() + seconds
        with self._changed:
            while not self.snapshots:
                if not self._changed.wait(max(0.0, end - time.monotonic())):
                    raise AssertionError(f"nobody asked to be restored; posted: {self._posted!r:.2000}")

    def restore(self) -> None:
        self._restored.set()

    @property
    def posted(self) -> list[Posted]:
        with self._changed:
            return list(self._posted)

    # -- the server

    def _accept(self) -> None:
        workers = []
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                break
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append(connection)
            worker = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            worker.start()
            workers.append(worker)
        self._events.put(None)
        for _ in workers:
            self._events.put(None)
        for worker in workers:
            worker.join()

    def _serve(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            try:
                while (line := stream.readline()) and self._answer(connection, stream, line.decode().split(" ")[:2]):
                    pass
            except OSError:
                pass
            finally:
                connection.close()

    def _answer(self, connection: socket.socket, stream: Any, target: list[str]) -> bool:
        headers = {}
        while (line := stream.readline().decode("utf-8").strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("expect", "").lower() == "100-continue":
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = self._chunks(stream, headers)
        else:
            body = stream.read(int(headers.get("content-length", 0)))
        path = target[1]
        if path.endswith("/invocation/next"):
            with self._changed:
                self.polls += 1
                self.first_poll_at = self.first_poll_at or time.perf_counter()
                self._changed.notify_all()
            event = self._events.get()
            if event is None:
                return False
            connection.sendall(_delivery(event))
            return True
        if path.endswith("/restore/next"):
            with self._changed:
                self.snapshots += 1
                self._changed.notify_all()
            self._restored.wait(15)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return True
        request_id, kind = _kind(path)
        status = b"413 Too Large" if kind == "response" and len(body) > RESPONSE_LIMIT else b"202 Accepted"
        with self._changed:
            self._posted.append(Posted(kind, request_id, headers, body))
            self._changed.notify_all()
        connection.sendall(b'HTTP/1.1 %s\r\nContent-Length: 15\r\n\r\n{"status":"OK"}' % status)
        return True

    def _chunks(self, stream: Any, headers: dict[str, str]) -> bytes:
        """A body in chunks; its trailers join the headers."""
        parts = []
        while size := int(stream.readline(), 16):
            parts.append(stream.read(size))
            stream.readline()
            with self._changed:
                self.pieces.append(parts[-1])
                self._changed.notify_all()
        while (line := stream.readline().decode("utf-8").strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return b"".join(parts)


def _kind(path: str) -> tuple[str, str]:
    parts = path.strip("/").split("/")
    if parts[-1] in ("loaded", "advice"):
        return "", parts[-1]
    if parts[-2] in ("init", "restore"):
        return "", f"{parts[-2]}_error"
    return parts[-2], parts[-1]


def _delivery(event: Event) -> bytes:
    headers = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": event.request_id,
        "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 30_000),
        "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
        **event.headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if event.chunked:
        half = len(event.body) // 2
        parts = [part for part in (event.body[:half], event.body[half:]) if part]
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        return b"HTTP/1.1 200 OK\r\n" + head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + body
    return b"HTTP/1.1 200 OK\r\n" + head.encode() + b"Content-Length: %d\r\n\r\n" % len(event.body) + event.body

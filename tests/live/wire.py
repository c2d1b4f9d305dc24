"""A raw HTTP client: sends the bytes it is told, because other clients tidy paths and header names.

It adds `Host` and, where a body is due, `Content-Length`, unless the caller gives them. One request per connection.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

BODY_METHODS = ("POST", "PUT", "PATCH")
NO_BODY = (204, 304)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `headers` are the lines as spelt on the wire, in order."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.body)


def send(
    address: str,
    method: str,
    target: str,
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    *,
    seconds: float = 30.0,
) -> Reply:
    """One request to `http://HOST:PORT`; `target` goes out byte for byte. `seconds` is the longest silence allowed."""
    place = urlsplit(address)
    if place.hostname is None or place.port is None:
        raise ValueError(f"not an address with a port: {address}")
    with socket.create_connection((place.hostname, place.port), timeout=seconds) as connection:
        connection.sendall(_message(place.netloc, method, target, list(headers), body))
        with connection.makefile("rb") as stream:
            return _read(stream, method)


def _message(netloc: str, method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
    given = {name.lower() for name, _ in headers}
    if "host" not in given:
        headers.insert(0, ("Host", netloc))
    chunked = "transfer-encoding" in given
    if not chunked and "content-length" not in given and (body or method in BODY_METHODS):
        headers.append(("Content-Length", str(len(body))))
    if chunked:
        body = (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
    head = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(head).encode("utf-8") + body


def _read(stream: Any, method: str) -> Reply:
    while True:
        status, headers = _read_head(stream)
        if status >= 200:  # 1xx are announcements
            break
    reply = Reply(status, headers, b"")
    if method == "HEAD" or status in NO_BODY:
        return reply
    if "chunked" in (reply.header("transfer-encoding") or "").lower():
        return Reply(status, headers, _read_chunks(stream))
    length = reply.header("content-length")
    body = stream.read() if length is None else stream.read(int(length))
    if length is not None and len(body) != int(length):
        raise AssertionError(f"{length} bytes were announced, {len(body)} came")
    return Reply(status, headers, body)


def _read_head(stream: Any) -> tuple[int, tuple[tuple[str, str], ...]]:
    line = stream.readline().decode("latin-1")
    if not line:
        raise ConnectionError("the server closed the connection without an answer")
    status = int(line.split(" ", 2)[1])
    headers = []
    while (line := stream.readline().decode("latin-1").rstrip("\r\n")) != "":
        name, _, value = line.partition(":")
        headers.append((name, value.strip()))
    return status, tuple(headers)


def _read_chunks(stream: Any) -> bytes:
    parts = []
    while size := int(stream.readline().split(b";")[0], 16):
        parts.append(stream.read(size))
        stream.readline()
    while stream.readline().strip():  # trailers
        pass
    return b"".join(parts)

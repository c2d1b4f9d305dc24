"""A raw HTTP client that reads an answer while it comes: heads, single bytes, chunks, and whether the end was said."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

#: Bytes that the kernel takes in for a client that does not read.
_WINDOW = 16 * 1024


class Streaming:
    """One request; the answer is read piece by piece. Leaving the block closes the connection."""

    def __init__(
        self,
        address: str,
        method: str,
        target: str,
        headers: Iterable[str] = (),
        body: bytes = b"",
        *,
        protocol: str = "HTTP/1.1",
    ) -> None:
        place = urlsplit(address)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW)
        self._socket.settimeout(20)
        self._socket.connect((place.hostname or "", place.port or 0))
        lines = [*headers, f"Content-Length: {len(body)}"]
        if not any(line.lower().startswith("host:") for line in lines):
            lines.insert(0, f"Host: {place.netloc}")
        head = "\r\n".join([f"{method} {target} {protocol}", *lines, "", ""])
        self._socket.sendall(head.encode() + body)
        self._stream = self._socket.makefile("rb")
        self.status = int(self._stream.readline().split()[1])
        self.headers: dict[str, str] = {}
        while line := self._stream.readline().strip():
            name, _, value = line.decode("latin-1").partition(": ")
            self.headers[name.lower()] = value

    def chunk(self) -> bytes | None:
        """The next piece of a chunked body; empty at its end, None when it broke off."""
        line = self._stream.readline()
        if not line.endswith(b"\r\n"):
            return None
        data = self._stream.read(int(line, 16))
        return data if self._stream.read(2) == b"\r\n" else None

    def read(self, size: int = -1) -> bytes:
        """So many bytes as they are on the wire; without a size all up to the end of the connection."""
        return self._stream.read(size)

    def rest(self) -> tuple[bytes, bool]:
        """All that is left of a chunked body, and whether it came to its end."""
        found = bytearray()
        while data := self.chunk():
            found += data
        return bytes(found), data is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._socket.close()

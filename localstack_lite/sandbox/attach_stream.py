"""What comes from a container's attach connection, as the Docker Engine API frames it.

A frame: stream (1 byte; 1 is standard output, 2 standard error), three zero bytes, length (4 bytes, big-endian), data.
"""

from __future__ import annotations

OUTPUT, ERROR = 1, 2
_HEAD = 8


class AttachStream:
    """Takes bytes as they come, hands out `(stream, data)`; a long frame comes in pieces."""

    def __init__(self) -> None:
        self._head = b""
        self._stream = 0
        self._left = 0

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        found: list[tuple[int, bytes]] = []
        while data:
            if self._left:
                piece, data = data[: self._left], data[self._left :]
                self._left -= len(piece)
                found.append((self._stream, piece))
                continue
            missing = _HEAD - len(self._head)
            self._head, data = self._head + data[:missing], data[missing:]
            if len(self._head) == _HEAD:
                self._stream, self._left = self._head[0], int.from_bytes(self._head[4:], "big")
                self._head = b""
        return found

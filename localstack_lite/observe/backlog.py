"""Text that its reader has not taken yet: kept in order up to a limit; beyond that, whole lines are left out and
counted."""

from __future__ import annotations

from collections.abc import Callable

#: Bytes that wait for a reader; what a busy server says in half a minute.
MOST = 16 << 20


class Backlog:
    """Bytes in, pieces out. `dropped` words the line that stands where lines were left out.

    Once it is full nothing is let in until half of it has been read, so that a slow reader finds few gaps instead of
    many.
    """

    def __init__(self, dropped: Callable[[int], bytes], most: int = MOST) -> None:
        self._dropped = dropped
        self._most = most
        self._text = bytearray()
        self._full = False
        self._lost = 0

    def __len__(self) -> int:
        """Bytes that wait."""
        return len(self._text)

    def put(self, text: bytes) -> None:
        """Keep the text (whole lines) or leave it out. One that comes first is kept whatever its size: a part of it may
        have been written."""
        if self._full or (self._text and len(self._text) + len(text) > self._most):
            self._full = True
            self._lost += text.count(b"\n")
        else:
            self._text += text

    def piece(self, most: int) -> bytes:
        """What to write next, at most so many bytes: whole lines, unless one line is longer."""
        if len(self._text) <= most:
            return bytes(self._text)
        end = self._text.rfind(b"\n", 0, most) + 1
        return bytes(self._text[: end or most])

    def wrote(self, size: int) -> None:
        """So many bytes of the front have gone out."""
        del self._text[:size]
        if self._full and len(self._text) <= self._most // 2:
            self.reopen()

    def reopen(self) -> None:
        """Say what is missing, and let text in again."""
        if self._lost:
            self._text += self._dropped(self._lost)
        self._full = False
        self._lost = 0

    def clear(self) -> None:
        """Nobody will ever read it."""
        self._text.clear()
        self._full = False
        self._lost = 0

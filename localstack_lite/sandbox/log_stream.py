"""From the bytes that a sandbox writes to log events.

A process has one pipe for everything, so that the order of what it wrote is the order of its log. Plain text on it is
split into lines: `\\r` does not split, blank lines are dropped (both recorded on AWS). In between there are frames,
which AWS's runtimes write to the descriptor in `_LAMBDA_TELEMETRY_LOG_FD`; each is one event, however many lines:

    type (4 bytes: a5 5a 00 and one of `_KINDS`) · length (4) · microseconds since the epoch (8) · text, UTF-8

All numbers are big-endian. The type cannot be the start of a character in UTF-8, and a frame is only believed when its
time makes sense, so text is not taken for one.
"""

from __future__ import annotations

#: The longest event, in bytes (CloudWatch's limit for one). What is longer is split.
MAX_EVENT = 256 * 1024

_MAGIC = b"\xa5\x5a\x00"
#: JSON (2) or text (3), and four times the level: none, TRACE (1), DEBUG, INFO, WARN, ERROR, FATAL (6).
_KINDS = frozenset(form + 4 * level for form in (0x02, 0x03) for level in range(7))
_HEAD = 16
#: The years 2001 to 2286, in microseconds since the epoch.
_TIMES = range(10**15, 10**16)


class LogStream:
    """Takes bytes as they come and hands out the events that are complete. Never holds more than about one event."""

    def __init__(self) -> None:
        self._rest = b""
        self._frame = 0
        """How many bytes of the current frame are still to come; zero outside of one."""
        self._begun = 0
        """How many bytes at the end of the rest may be the beginning of a frame."""

    def feed(self, data: bytes) -> list[str]:
        """The events that `data` completes."""
        events: list[str] = []
        self._begun = 0
        buffer = self._rest + data if self._rest else data
        while buffer:
            left = self._take_frame(buffer, events) if self._frame else self._take_text(buffer, events)
            if left is None:
                break
            buffer = left
        else:
            self._rest = b""
        return events

    def flush(self) -> list[str]:
        """The unfinished line, as it is: the writer pauses or has ended. A frame that has begun is waited for."""
        if self._frame:
            return []
        end = len(self._rest) - self._begun
        line, self._rest = self._rest[:end], self._rest[end:]
        return [_text(line)] if line else []

    def end(self) -> list[str]:
        """All that is left: there is nobody any more who could complete it."""
        rest, self._rest, self._frame = self._rest, b"", 0
        return [_text(rest)] if rest else []

    def _take_frame(self, buffer: bytes, events: list[str]) -> bytes | None:
        """The buffer behind the frame, or None when the frame goes on; its event is then still to come."""
        size = min(self._frame, MAX_EVENT)
        if len(buffer) < min(self._frame, MAX_EVENT + 1):
            self._rest = buffer
            return None
        if size < self._frame:
            size = _whole_characters(buffer, size)
        self._frame -= size
        events.append(_text(buffer[:size]))
        return buffer[size:]

    def _take_text(self, buffer: bytes, events: list[str]) -> bytes | None:
        """The buffer from the next frame's text on, or None when all that is complete was taken."""
        start = 0
        while (found := buffer.find(_MAGIC[:1], start)) >= 0:
            head = buffer[found : found + _HEAD]
            if not _MAGIC.startswith(head[:3]) or (len(head) > 3 and head[3] not in _KINDS):
                start = found + 1
                continue
            if len(head) < _HEAD:
                self._rest = self._lines(buffer[:found], events) + head
                self._begun = 0 if _inside_character(buffer[:found]) else len(head)
                return None
            if int.from_bytes(head[8:16], "big") not in _TIMES:
                start = found + 1
                continue
            line = self._lines(buffer[:found], events)
            if line:
                events.append(_text(line))
            self._frame = int.from_bytes(head[4:8], "big")
            return buffer[found + _HEAD :]
        self._rest = self._lines(buffer, events)
        return None

    @staticmethod
    def _lines(text: bytes, events: list[str]) -> bytes:
        """Adds the complete lines; gives back the unfinished one, which is shorter than an event may be."""
        lines = text.split(b"\n")
        last = lines.pop()
        for line in lines:
            while len(line) > MAX_EVENT:
                size = _whole_characters(line, MAX_EVENT)
                events.append(_text(line[:size]))
                line = line[size:]
            if line:
                events.append(_text(line + b"\n"))
        while len(last) > MAX_EVENT:
            size = _whole_characters(last, MAX_EVENT)
            events.append(_text(last[:size]))
            last = last[size:]
        return last


def _whole_characters(data: bytes, size: int) -> int:
    """The most bytes, at most `size`, that do not end inside a UTF-8 character. `data` is longer than that."""
    for back in range(4):
        if data[size - back] & 0xC0 != 0x80:
            return size - back
    return size


def _inside_character(data: bytes) -> bool:
    """Whether the next byte belongs to the UTF-8 character that `data` ends in."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte >= 0xC0:
            return back < 2 + (byte >= 0xE0) + (byte >= 0xF0)
        if byte < 0x80:
            return False
    return False


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")

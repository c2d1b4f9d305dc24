"""The way out for text that must never hold up the server: to a pipe or terminal that nobody may be reading.

A full pipe, a terminal stopped with Ctrl-S: writing there blocks until somebody reads, and with it the event loop and
every request. Here what is not taken at once waits in a `Backlog`, and a timer offers it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import stat
import time
from collections.abc import Callable
from typing import TextIO

from localstack_lite.observe.backlog import MOST, Backlog

#: Bytes of one write to a pipe; the system takes so many whole or not at all, and lines are not torn.
PIECE = select.PIPE_BUF if hasattr(select, "PIPE_BUF") else 512
#: The same for a terminal that we cannot open ourselves: it says that it has room when there is little.
TERMINAL_PIECE = 128
#: Bytes of the backlog that are written before the event loop does something else.
TURN = 256 << 10
#: Seconds until the backlog is offered again: the first after something was taken, then doubling.
SOON, LATER = 0.002, 0.1
#: Seconds that closing waits for the reader.
PATIENCE = 1.0


class Outlet:
    """Writes to a stream without ever waiting for its reader. Files, and streams that have no descriptor, take
    everything: these are written directly. `dropped` words the line that tells how many lines a reader missed, with its
    newline.

    No add_writer: uvloop's sets O_NONBLOCK on the descriptor, and that flag belongs to everybody who has the terminal
    or pipe open, the shell first of all.
    """

    def __init__(self, stream: TextIO, dropped: Callable[[int], str], *, most: int = MOST) -> None:
        """`most` bytes wait for the reader."""
        self._stream = stream
        self._gone = False
        self._backlog = Backlog(lambda lines: dropped(lines).encode(self._encoding, "replace"), most)
        self._encoding = "utf-8"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._pause = SOON
        self._piece = PIECE
        self._own = False
        self._descriptor = _slow(stream)
        if self._descriptor is None:
            return
        self._encoding = stream.encoding or "utf-8"
        own = _opened_again(self._descriptor)
        if own is not None:
            self._descriptor, self._own = own, True
        elif os.isatty(self._descriptor):
            self._piece = TERMINAL_PIECE
        self._poll = select.poll()
        self._poll.register(self._descriptor, select.POLLOUT)

    @property
    def waiting(self) -> int:
        """Bytes that the reader has not taken yet."""
        return len(self._backlog)

    @property
    def gone(self) -> bool:
        """Nobody will read any more: nothing needs to be written."""
        return self._gone

    def write(self, text: str) -> None:
        """Returns at once."""
        if self._gone:
            return
        if self._descriptor is None:
            self._gone = not write(self._stream, text)
            return
        data = text.encode(self._encoding, "replace")
        if not self._backlog and len(data) <= self._piece:
            data = data[self._send(data) :]
        if data and not self._gone:
            self._backlog.put(data)
            if self._timer is None:
                self._offer()

    def close(self) -> None:
        """Hand over what waits, as far as the reader takes it within a second. Nothing can be written afterwards."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._backlog.reopen()
        end = time.monotonic() + PATIENCE
        while self._backlog and (left := end - time.monotonic()) > 0:
            self._poll.poll(left * 1000)
            if not self._hand_over() and self._backlog:
                time.sleep(SOON)
        self._leave()

    def _offer(self) -> None:
        """Write what is taken now, and come back for the rest."""
        self._timer = None
        taken = self._hand_over()
        if not self._backlog:
            return
        self._pause = SOON if taken else min(self._pause * 2, LATER)
        if self._loop is None:
            try:
                self._loop = asyncio.get_running_loop()
            except RuntimeError:
                return  # the next text, or the end, brings it
        self._timer = self._loop.call_later(self._pause, self._offer)

    def _hand_over(self) -> int:
        """Bytes that were taken, about `TURN` at most."""
        taken = 0
        while self._backlog and taken < TURN:
            piece = self._backlog.piece(self._piece)
            size = self._send(piece)
            if size:
                self._backlog.wrote(size)
            taken += size
            if size < len(piece):
                break
        return taken

    def _send(self, piece: bytes) -> int:
        """Bytes that were taken now; 0 also when the reader is gone."""
        assert self._descriptor is not None
        try:
            if not self._own and not self._poll.poll(0):
                return 0
            return os.write(self._descriptor, piece)
        except BlockingIOError:
            return 0
        except OSError:  # a closed pipe, a terminal that was hung up
            self._leave()
            return 0

    def _leave(self) -> None:
        self._gone = True
        self._backlog.clear()
        if self._own and self._descriptor is not None:
            self._own = False
            with contextlib.suppress(OSError):
                os.close(self._descriptor)


def write(stream: TextIO, text: str) -> bool:
    """Write and flush, whatever characters the stream knows. False when nobody reads any more."""
    if not text.isascii():
        encoding = stream.encoding or "utf-8"
        text = text.encode(encoding, "replace").decode(encoding)
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):  # a closed pipe, a closed stream
        return False
    return True


def _slow(stream: TextIO) -> int | None:
    """The descriptor when writing to it can mean waiting for a reader: a pipe, a socket, a terminal."""
    if not hasattr(select, "poll"):
        return None
    try:
        stream.flush()  # nothing may be overtaken
        descriptor = stream.fileno()
        mode = os.fstat(descriptor).st_mode
        return descriptor if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(descriptor) else None
    except (AttributeError, OSError, ValueError):  # no descriptor, or a closed one: told by the first write
        return None


def _opened_again(descriptor: int) -> int | None:
    """The same pipe or terminal, opened by us and for us alone, so that its O_NONBLOCK is nobody else's. None where
    that is not possible (sockets, systems without /proc, somebody else's terminal): there we ask before each write."""
    flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        return os.open(f"/proc/self/fd/{descriptor}", flags)
    except OSError:
        return None

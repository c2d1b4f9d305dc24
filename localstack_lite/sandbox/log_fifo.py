"""A FIFO of this machine that is mounted into a container: what a runtime writes there is read here, in order and with
nothing in between that could hold it back."""

from __future__ import annotations

import array
import asyncio
import contextlib
import fcntl
import os
import termios
from collections.abc import Callable

#: The most that is read at once, in bytes: a flood of output must not keep the loop from everything else.
SLICE = 256 * 1024


class LogFifo:
    """Made at `path`, which must not exist; removed by `close`. `received` gets what comes."""

    def __init__(self, path: str, loop: asyncio.AbstractEventLoop, received: Callable[[bytes], None]) -> None:
        os.mkfifo(path, 0o600)
        os.chmod(path, 0o622)  # whoever the function runs as, whatever the umask is
        self.path = path
        self._received = received
        self._loop = loop
        # Open for writing, too: so it never ends, however often a runtime comes and goes.
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        loop.add_reader(self._descriptor, self._readable)

    def drain(self) -> None:
        """Hand over as much as lies in it now: what was written before this call, and no more however much comes."""
        if self._descriptor < 0:
            return
        waiting = array.array("i", [0])
        fcntl.ioctl(self._descriptor, termios.FIONREAD, waiting)
        left = waiting[0]
        while left > 0:
            data = os.read(self._descriptor, min(left, SLICE))
            left -= len(data)
            self._received(data)

    def close(self) -> None:
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1
            with contextlib.suppress(OSError):
                os.unlink(self.path)

    def _readable(self) -> None:
        try:
            data = os.read(self._descriptor, SLICE)
        except BlockingIOError:
            return
        self._received(data)

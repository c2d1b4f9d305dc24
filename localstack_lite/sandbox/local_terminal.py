"""devserve's own standard streams, joined to a command elsewhere: raw where they are a terminal, else pipes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import termios
import threading
import tty
from collections.abc import Callable, Iterator

IN, OUT, ERR = 0, 1, 2
_SLICE = 64 * 1024


class LocalTerminal:
    """`whole`: a person types and reads here, so the command gets a terminal of its own and this one does nothing to
    what is typed. The streams may be others than the standard ones."""

    def __init__(self, loop: asyncio.AbstractEventLoop, stdin: int = IN, stdout: int = OUT, stderr: int = ERR) -> None:
        self._loop = loop
        self._in, self._out, self._err = stdin, stdout, stderr
        self.whole = os.isatty(stdin) and os.isatty(stdout)
        self._gone = False

    def size(self) -> tuple[int, int] | None:
        """Lines and columns; None when it is no terminal."""
        with contextlib.suppress(OSError):
            size = os.get_terminal_size(self._out)
            return size.lines, size.columns
        return None

    def write(self, data: bytes, error: bool = False) -> None:
        """All of it. What nobody reads any more is dropped."""
        while data and not self._gone:
            try:
                data = data[os.write(self._err if error else self._out, data) :]
            except BlockingIOError:
                select.select([], [self._err if error else self._out], [])
            except OSError:
                self._gone = True

    @contextlib.contextmanager
    def raw(self) -> Iterator[None]:
        """While the command has the terminal. Afterwards it is as it was."""
        if not self.whole:
            yield
            return
        before = termios.tcgetattr(self._in)
        tty.setraw(self._in, termios.TCSADRAIN)
        try:
            yield
        finally:
            termios.tcsetattr(self._in, termios.TCSADRAIN, before)

    @contextlib.contextmanager
    def read(self, send: Callable[[bytes], None], end: Callable[[], None]) -> Iterator[None]:
        """Hand on what is typed, in a thread; `end` when there will be nothing more. What nobody has asked for yet when
        the body is over stays for who reads next."""
        wake, done = os.pipe()

        def work() -> None:
            while True:
                ready, _, _ = select.select([self._in, wake], [], [])
                if wake in ready:
                    return
                try:
                    data = os.read(self._in, _SLICE)
                except OSError:
                    data = b""
                if not data:
                    end()
                    return
                send(data)

        thread = threading.Thread(target=work, name="devserve-typed", daemon=True)
        thread.start()
        try:
            yield
        finally:
            os.close(done)  # the other end becomes readable
            thread.join()
            os.close(wake)

"""Single keys from the terminal that devserve was started in.

Only for a terminal that is in the foreground; elsewhere nothing is ever read, so a script's input stays the script's.
Ctrl-C and Ctrl-Z keep their meaning; what was set on the terminal is set back, whichever way devserve ends.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import signal
import termios
from collections.abc import Callable
from typing import Any


class Keyboard:
    """`pressed` is called with one character on the event loop's thread."""

    def __init__(self, descriptor: int, pressed: Callable[[str], None]) -> None:
        self._descriptor = descriptor
        self._pressed = pressed
        self._before: list[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @staticmethod
    def usable(descriptor: int) -> bool:
        """Whether somebody sits there: a terminal, and devserve is what runs in its foreground."""
        try:
            return os.isatty(descriptor) and os.tcgetpgrp(descriptor) == os.getpgrp()
        except OSError:
            return False

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._enter()
        atexit.register(self._leave)
        self._loop.add_signal_handler(signal.SIGCONT, self._enter)  # the shell has set the terminal to its own ways
        self._loop.add_reader(self._descriptor, self._read)

    def stop(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._descriptor)
            self._loop.remove_signal_handler(signal.SIGCONT)
            self._loop = None
        self._leave()
        atexit.unregister(self._leave)

    def _enter(self) -> None:
        if not self.usable(self._descriptor):
            return
        with contextlib.suppress(termios.error):
            now = termios.tcgetattr(self._descriptor)
            if self._before is None:
                self._before = [*now[:6], list(now[6])]
            now[3] &= ~(termios.ICANON | termios.ECHO)
            now[6][termios.VMIN], now[6][termios.VTIME] = 1, 0
            termios.tcsetattr(self._descriptor, termios.TCSANOW, now)

    def _leave(self) -> None:
        if self._before is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self._descriptor, termios.TCSANOW, self._before)
            self._before = None

    def _read(self) -> None:
        if not self.usable(self._descriptor):
            return
        try:
            data = os.read(self._descriptor, 64)
        except OSError:
            data = b""
        if not data:  # the terminal is gone
            self.stop()
            return
        if data.startswith(b"\x1b"):
            return  # an arrow, a function key
        for character in data.decode("utf-8", "ignore"):
            self._pressed(character)

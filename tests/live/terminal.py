"""A command in a terminal of its own (a pseudo terminal), as a person has it: keys go in, the screen's text comes out.

with terminal.running(["devserve", ...], folder, environ) as screen:
    screen.wait_for("ready in")
    screen.press("h")
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.live.deadline import eventually

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>]")


class Screen:
    """What the command wrote so far, without colours and movements."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self._master = master
        self._data = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        return _ESCAPES.sub("", bytes(self._data).decode("utf-8", "replace")).replace("\r", "")

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def wait_for(self, text: str, *, after: int = 0, seconds: float = 20.0) -> str:
        """All text, once `text` is in what came after that many characters."""
        eventually(
            lambda: text in self.text[after:] or self.process.poll() is not None, seconds=seconds, what=f"{text!r}"
        )
        assert text in self.text[after:], f"it ended with {self.process.poll()}:\n{self.text}"
        return self.text

    def modes(self) -> list[Any]:
        """The terminal's settings (`termios.tcgetattr`)."""
        return termios.tcgetattr(self._master)

    def _read(self) -> None:
        with suppress(OSError):  # EIO: the last one who had it open has closed it
            while data := os.read(self._master, 65536):
                self._data += data

    def join(self) -> None:
        self._reader.join(5)


@contextmanager
def running(
    line: Sequence[str], folder: Path, environ: Mapping[str, str], *, columns: int = 110, seconds: float = 15.0
) -> Iterator[Screen]:
    """It is in the foreground of its terminal. Ended with SIGTERM when it still runs at the end."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        list(line),
        cwd=folder,
        env={**environ, "TERM": "xterm-256color"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(slave)
    screen = Screen(process, master)
    try:
        yield screen
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(seconds)
        screen.join()
        os.close(master)

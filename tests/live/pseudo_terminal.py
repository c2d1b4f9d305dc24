"""A person at a terminal: a command whose standard streams are a pseudo-terminal, its controlling one, in a session of
its own, so that Ctrl-C is what it is for a person.

    with at_terminal(folder, "manage", "createsuperuser") as person:
        person.reads("Username")
        person.types("ann\\n")
        assert person.sees_it_end() == 0
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import termios
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.live import starter
from tests.live.commands import environment
from tests.live.deadline import eventually

SECONDS = 30.0
CTRL_C, CTRL_D = "\x03", "\x04"
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Person:
    def __init__(self, master: int, process: starter.Forked) -> None:
        self._master = master
        self.process = process
        self.seen = ""
        """All that was shown so far, without escape sequences."""
        self._read = 0

    def types(self, text: str) -> None:
        os.write(self._master, text.encode())

    def reads(self, text: str, *, seconds: float = SECONDS) -> None:
        """Waits until the text is shown, after what was read before."""

        def shown() -> bool:
            over = self.process.poll() is not None
            self._look()
            return text in self.seen[self._read :] or over

        eventually(shown, seconds=seconds, what=f"{text!r} on the terminal")
        assert text in self.seen[self._read :], f"{text!r} is not in {self.seen[self._read :]!r}"
        self._read = self.seen.index(text, self._read) + len(text)

    def sees_it_end(self, *, seconds: float = SECONDS) -> int:
        """The exit code."""

        def ended() -> bool:
            self._look()
            return self.process.poll() is not None

        eventually(ended, seconds=seconds, what="the end")
        self._look()
        return int(self.process.returncode)

    def resizes(self, lines: int, columns: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def settings(self) -> list[Any]:
        """The terminal's modes, as programs leave them."""
        return list(termios.tcgetattr(self._master))

    def sets(self, modes: list[Any]) -> None:
        """Changes them, as a shell does."""
        termios.tcsetattr(self._master, termios.TCSANOW, modes)

    def _look(self) -> None:
        while select.select([self._master], [], [], 0)[0]:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # nobody has the other end open any more
                return
            if not data:
                return
            self.seen += _ESCAPES.sub("", data.decode("utf-8", "replace"))


@contextmanager
def at_terminal(folder: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> Iterator[Person]:
    """devserve with these arguments, in that folder. What still runs in the end is killed."""
    master, slave = os.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    environ = environment(uuid.uuid4().hex, folder) | {"TERM": "xterm"} | dict(environ or {})
    process = starter.start_at(Path(os.ttyname(slave)), arguments, folder, environ)
    try:
        yield Person(master, process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
            process.wait(SECONDS)
        os.close(slave)
        os.close(master)

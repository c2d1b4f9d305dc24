"""What takes long is told, what is quick is not, and never to a program."""

from __future__ import annotations

import io
import threading

from localstack_lite.cli.patience import patience


class Screen(io.StringIO):
    def __init__(self, tty: bool) -> None:
        super().__init__()
        self.tty = tty
        self.written = threading.Event()

    def isatty(self) -> bool:
        return self.tty

    def flush(self) -> None:
        super().flush()
        if self.getvalue():
            self.written.set()


def test_what_takes_long_is_told_in_one_line() -> None:
    screen = Screen(True)
    with patience("reading", screen, 0.0):
        assert screen.written.wait(10)
    assert screen.getvalue() == "devserve: reading …\n"


def test_what_is_quick_is_not_told() -> None:
    screen = Screen(True)
    with patience("reading", screen, 60.0):
        pass
    assert screen.getvalue() == ""


def test_a_program_is_told_nothing() -> None:
    screen = Screen(False)
    with patience("reading", screen, 0.0):
        pass
    assert screen.getvalue() == ""

"""Writing to a person, in batches."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
from pathlib import Path
from typing import TextIO

from localstack_lite.model.facts import ProblemFound, Progress
from localstack_lite.model.project import Problem
from localstack_lite.observe.terminal import Terminal, excerpt, local_time, missed
from tests.observe.given import T0, answered, ready, started, wrote
from tests.watch.eyes import until


class Screen(io.StringIO):
    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        return super().write(text)


class ClosedPipe(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_facts_of_a_moment_are_one_write() -> None:
    screen = Screen()
    terminal = Terminal(screen, color=False, width=100)

    async def story() -> None:
        for number in range(20):
            terminal(answered(str(number)))
        assert screen.getvalue() == ""
        await until(lambda: screen.writes > 0, "a write")

    asyncio.run(story())
    assert screen.writes == 1
    assert screen.getvalue().count("\n") == 20


def test_the_banner_is_written_at_once_with_what_came_before_it() -> None:
    screen = Screen()

    async def story() -> None:
        terminal = Terminal(screen, color=False, width=100)
        terminal(ProblemFound(T0, Problem("a.yaml", "odd")))
        terminal(ready())
        assert screen.getvalue().startswith("✗ a.yaml: odd\ndevserve ")
        terminal.close()

    asyncio.run(story())


def test_without_a_loop_it_writes_at_once() -> None:
    screen = Screen()
    Terminal(screen, color=False, width=100)(answered())
    assert screen.getvalue().count("\n") == 1


def test_closing_writes_what_was_held_back() -> None:
    screen = Screen()

    async def story() -> None:
        terminal = Terminal(screen, color=False, width=100)
        terminal.attach(asyncio.get_running_loop())
        terminal(started())
        terminal(wrote("last words\n"))
        terminal.close()

    asyncio.run(story())
    assert screen.getvalue().endswith("           +3 ms   last words\n")


def test_what_still_runs_is_looked_at_again_without_further_facts() -> None:
    screen = Screen()

    async def story() -> None:
        terminal = Terminal(screen, color=False, width=100)
        terminal(started())
        terminal(wrote("working\n"))
        await until(lambda: "working" in screen.getvalue(), "the line of what still runs")
        terminal.close()

    asyncio.run(story())


def test_a_reader_that_left_is_no_error() -> None:
    terminal = Terminal(ClosedPipe(), color=False, width=100)
    terminal(answered())
    terminal(answered())
    terminal.close()


def test_where_lines_are_missing_a_line_says_how_many() -> None:
    assert missed(1, live=False) == "… 1 line dropped: nobody reads\n"
    assert missed(20_000, live=True) == "\r\x1b[K… 20,000 lines dropped: nobody reads\n"


def test_a_pipe_that_nobody_reads_does_not_hold_it_up() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    text = bytearray()

    def read() -> bool:
        with contextlib.suppress(BlockingIOError):
            text.extend(os.read(reading, 1 << 16))
        return text.count(b"\n") == 2_000

    async def story(stream: TextIO) -> None:
        terminal = Terminal(stream, color=False, width=100)
        for number in range(2_000):
            terminal(ProblemFound(T0, Problem(f"{number}.yaml", "odd in a way that takes a line to tell")))
        terminal.flush()
        await until(read, "every line")
        terminal.close()

    with open(writing, "w", encoding="utf-8") as stream:
        asyncio.run(story(stream))
    os.close(reading)
    assert len(text) > 1 << 16  # more than a pipe holds


def test_time_is_the_users_own() -> None:
    assert len(local_time(T0)) == len("14:02:11")


def test_an_excerpt_is_the_line_with_its_neighbours(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text("one\ntwo\nthree\nfour\n")
    assert excerpt(str(file), 3) == ((2, "two"), (3, "three"), (4, "four"))
    assert excerpt(str(file), 1) == ((1, "one"), (2, "two"))
    assert excerpt(str(file), 4) == ((3, "three"), (4, "four"))
    assert excerpt(str(file), 9) == ()
    assert excerpt(str(tmp_path / "missing.py"), 1) == ()


def progress(at: float, share: float, *, done: bool = False) -> Progress:
    return Progress(at, "image x", "fetched" if done else "downloading", share, done)


def test_a_bar_is_written_over_itself_and_lines_stand_above_it() -> None:
    screen = Screen()
    terminal = Terminal(screen, color=False, width=100, live=True)
    terminal(progress(T0, 0.0))
    terminal(ProblemFound(T0, Problem("a.yaml", "odd")))
    terminal(progress(T0 + 2, 1.0, done=True))
    first, second, third = screen.getvalue().split("\r\x1b[K")
    assert first == f"  image x  {'░' * 20}   0 %  downloading"
    assert second == f"✗ a.yaml: odd\n  image x  {'░' * 20}   0 %  downloading"
    assert third == "  image x: fetched (2.0 s)\n"


def test_into_a_file_no_bar_is_written_and_quiet_says_nothing_of_it() -> None:
    told = "  image x: downloading …\n  image x: fetched (2.0 s)\n"
    for quiet, expected in ((False, told), (True, "")):
        screen = Screen()
        terminal = Terminal(screen, color=False, width=100, quiet=quiet)
        terminal(progress(T0, 0.0))
        terminal(progress(T0 + 2, 1.0, done=True))
        assert screen.getvalue() == expected

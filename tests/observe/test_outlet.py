"""Writing to pipes and terminals that are read late, slowly or never."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import io
import os
import socket
import stat
import termios
import time
import tty
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import TextIO

import pytest
import uvloop

from localstack_lite.observe.outlet import LATER, PATIENCE, Outlet, write
from tests.watch.eyes import until

AT_ONCE = 2.0
"""Seconds; generous, for what takes microseconds. A write that waits for its reader never ends."""

LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]
Ends = tuple[int, int]


def dropped(lines: int) -> str:
    return f"dropped {lines}\n"


def line(number: int, size: int = 200) -> str:
    return f"{number:06} {'x' * (size - 8)}\n"


def a_pipe() -> Ends:
    return os.pipe()


def a_socket() -> Ends:
    """As Node gives its child processes."""
    ours, theirs = socket.socketpair()
    return ours.detach(), theirs.detach()


def a_terminal() -> Ends:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    return ours, theirs


@pytest.fixture(params=[a_pipe, a_socket, a_terminal])
def ends(request: pytest.FixtureRequest) -> Iterator[Ends]:
    yield from _closed(request.param())


@pytest.fixture
def pipe() -> Iterator[Ends]:
    yield from _closed(a_pipe())


@pytest.fixture
def terminal() -> Iterator[Ends]:
    yield from _closed(a_terminal())


def _closed(ends: Ends) -> Iterator[Ends]:
    yield ends
    for descriptor in ends:
        with contextlib.suppress(OSError):  # the test has closed it
            os.close(descriptor)


def stream(ends: Ends, encoding: str = "utf-8") -> TextIO:
    return open(ends[1], "w", encoding=encoding, closefd=False)


def blocking(descriptor: int) -> bool:
    return not fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_NONBLOCK


async def read(descriptor: int, size: int) -> bytes:
    """Exactly so many bytes, while the loop goes on."""
    text = bytearray()
    os.set_blocking(descriptor, False)

    def more() -> bool:
        with contextlib.suppress(BlockingIOError):
            text.extend(os.read(descriptor, size - len(text)))
        return len(text) >= size

    await until(more, f"{size} bytes")
    return bytes(text)


def on(loop: Callable[[], asyncio.AbstractEventLoop], story: Callable[[], Coroutine[None, None, None]]) -> None:
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(story())


@pytest.mark.parametrize("loop", LOOPS)
def test_nobody_reads_and_writing_returns_at_once_and_a_later_reader_gets_all_in_order(
    loop: Callable[[], asyncio.AbstractEventLoop], ends: Ends
) -> None:
    lines = [line(number) for number in range(5_000)]

    async def story() -> None:
        outlet = Outlet(stream(ends), dropped)
        began = time.monotonic()
        for each in lines:
            outlet.write(each)
        assert time.monotonic() - began < AT_ONCE
        assert outlet.waiting > 0
        assert blocking(ends[1])  # the flag is the shell's as well
        text = await read(ends[0], sum(map(len, lines)))
        assert text.decode() == "".join(lines)
        await until(lambda: not outlet.waiting, "everything handed over")
        outlet.write("and on\n")
        assert await read(ends[0], 7) == b"and on\n"
        outlet.close()
        assert blocking(ends[1])

    on(loop, story)


def test_one_large_batch_is_handed_over_as_it_is_read(ends: Ends) -> None:
    text = "".join(line(number) for number in range(5_000))

    async def story() -> None:
        outlet = Outlet(stream(ends), dropped)
        outlet.write(text)
        assert (await read(ends[0], len(text))).decode() == text
        outlet.close()

    asyncio.run(story())


def test_what_waits_is_bounded_and_the_gap_is_told_in_its_place(pipe: Ends) -> None:
    async def story() -> None:
        outlet = Outlet(stream(pipe), dropped, most=100_000)
        for number in range(5_000):
            outlet.write(line(number))
        assert outlet.waiting <= 100_000
        text = b""
        while b"dropped" not in text or not text.endswith(b"\n"):
            text += await read(pipe[0], 1)
            text += os.read(pipe[0], 1 << 16)
        *kept, gap = text.decode().splitlines()
        assert [int(each[:6]) for each in kept] == list(range(len(kept)))
        assert gap == f"dropped {5_000 - len(kept)}"
        outlet.close()

    asyncio.run(story())


def test_a_pipe_that_is_never_read_ends_with_a_whole_line(pipe: Ends) -> None:
    async def story() -> None:
        outlet = Outlet(stream(pipe), dropped)
        for number in range(2_000):
            outlet.write(line(number, 301))
        began = time.monotonic()
        outlet.close()
        assert PATIENCE * 0.9 < time.monotonic() - began < PATIENCE + AT_ONCE
        outlet.write("too late\n")

    asyncio.run(story())
    os.close(pipe[1])
    text = b"".join(iter(lambda: os.read(pipe[0], 1 << 16), b""))
    assert text.endswith(b"x\n")
    assert {len(each) for each in text.splitlines()} == {300}


def test_closing_hands_over_to_a_reader_that_reads(pipe: Ends) -> None:
    lines = [line(number) for number in range(1_000)]

    async def story() -> bytes:
        outlet = Outlet(stream(pipe), dropped)
        for each in lines:
            outlet.write(each)
        reading = asyncio.create_task(asyncio.to_thread(_to_the_end, pipe[0]))
        await asyncio.sleep(0)
        outlet.close()
        os.close(pipe[1])
        return await reading

    assert asyncio.run(story()).decode() == "".join(lines)


def _to_the_end(descriptor: int) -> bytes:
    return b"".join(iter(lambda: os.read(descriptor, 1 << 16), b""))


def test_without_a_loop_closing_brings_the_rest(pipe: Ends) -> None:
    outlet = Outlet(stream(pipe), dropped)
    text = "".join(line(number) for number in range(500))
    outlet.write(text)
    first = os.read(pipe[0], 1 << 17)
    outlet.close()
    assert (first + os.read(pipe[0], 1 << 17)).decode() == text


def test_a_reader_that_left_ends_it(pipe: Ends) -> None:
    async def story() -> None:
        outlet = Outlet(stream(pipe), dropped)
        for number in range(1_000):
            outlet.write(line(number))
        assert not outlet.gone
        os.close(pipe[0])
        await until(lambda: outlet.gone, "noticed")
        assert outlet.waiting == 0
        outlet.write("to nobody\n")
        outlet.close()

    asyncio.run(story())


def test_a_terminal_stopped_with_ctrl_s_goes_on_where_it_stopped(terminal: Ends) -> None:
    async def story() -> None:
        outlet = Outlet(stream(terminal), dropped)
        outlet.write("before\n")
        termios.tcflow(terminal[1], termios.TCOOFF)
        outlet.write("after\n")
        assert await read(terminal[0], 7) == b"before\n"
        assert outlet.waiting == len("after\n")
        termios.tcflow(terminal[1], termios.TCOON)
        assert await read(terminal[0], 6) == b"after\n"
        outlet.close()

    asyncio.run(story())


def test_the_loop_runs_while_nobody_reads(pipe: Ends) -> None:
    """What nobody reads is offered again, less and less often."""

    async def story() -> None:
        outlet = Outlet(stream(pipe), dropped)
        outlet.write(line(0) * 5_000)
        before, longest = time.process_time(), 0.0
        loop = asyncio.get_running_loop()
        end = loop.time() + 4 * LATER
        while (now := loop.time()) < end:
            await asyncio.sleep(0.01)
            longest = max(longest, loop.time() - now)
        assert longest < AT_ONCE
        assert time.process_time() - before < 2 * LATER
        await read(pipe[0], 1_000_000)
        outlet.close()

    asyncio.run(story())


def test_what_the_stream_held_back_comes_first(pipe: Ends) -> None:
    out = stream(pipe)
    out.write("first\n")
    outlet = Outlet(out, dropped)
    outlet.write("second\n")
    assert os.read(pipe[0], 100) == b"first\nsecond\n"
    outlet.close()


def test_a_pipe_gets_question_marks_for_characters_that_its_stream_does_not_know(pipe: Ends) -> None:
    outlet = Outlet(stream(pipe, "ascii"), dropped)
    outlet.write("➜ ok \ud83d\n")
    assert os.read(pipe[0], 100) == b"? ok ?\n"
    outlet.close()


def test_a_stream_that_knows_few_characters_gets_question_marks() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    assert write(stream, "➜ ok\n")
    assert raw.getvalue() == b"? ok\n"


def test_files_and_streams_without_a_descriptor_are_written_directly(tmp_path: Path) -> None:
    held = io.StringIO()
    outlet = Outlet(held, dropped)
    outlet.write("a\n" * 100_000)
    outlet.close()
    assert held.getvalue() == "a\n" * 100_000
    with open(tmp_path / "log", "w+", encoding="utf-8") as file:
        assert stat.S_ISREG(os.fstat(file.fileno()).st_mode)
        outlet = Outlet(file, dropped)
        outlet.write("b\n" * 100_000)
        outlet.close()
        file.seek(0)
        assert file.read() == "b\n" * 100_000


def test_a_stream_that_is_closed_already_has_no_reader() -> None:
    closed = io.StringIO()
    closed.close()
    outlet = Outlet(closed, dropped)
    outlet.write("x\n")
    assert outlet.gone
    outlet.close()

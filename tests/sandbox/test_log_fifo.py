"""A FIFO that stays open however often its writers come and go."""

from __future__ import annotations

import asyncio
import functools
import os
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

from localstack_lite.sandbox.log_fifo import LogFifo
from tests.live.sandboxes import until

Story = Callable[[LogFifo, bytearray], Awaitable[None]]


def play(path: Path, story: Story) -> None:
    async def whole() -> None:
        received = bytearray()
        fifo = LogFifo(str(path), asyncio.get_running_loop(), received.extend)
        try:
            await story(fifo, received)
        finally:
            fifo.close()

    asyncio.run(whole())
    assert not path.exists()


def write(path: str, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        os.write(descriptor, data)
    finally:
        os.close(descriptor)


def test_drain_hands_over_what_was_written_before_it(tmp_path: Path) -> None:
    async def story(fifo: LogFifo, received: bytearray) -> None:
        write(fifo.path, b"one\n")
        write(fifo.path, b"two")
        fifo.drain()
        assert received == b"one\ntwo"
        fifo.drain()
        assert received == b"one\ntwo"

    play(tmp_path / "log", story)


def test_the_loop_reads_and_the_end_of_a_writer_is_no_end(tmp_path: Path) -> None:
    async def story(fifo: LogFifo, received: bytearray) -> None:
        for text in (b"first", b"second"):
            write(fifo.path, text)
            await until(functools.partial(received.endswith, text))

    play(tmp_path / "log", story)


def test_whoever_the_function_runs_as_can_write_and_nobody_else_can_read(tmp_path: Path) -> None:
    async def story(fifo: LogFifo, received: bytearray) -> None:
        assert stat.S_IMODE(os.stat(fifo.path).st_mode) == 0o622

    play(tmp_path / "log", story)


def test_a_closed_one_is_harmless(tmp_path: Path) -> None:
    async def story(fifo: LogFifo, received: bytearray) -> None:
        fifo.close()
        fifo.drain()
        fifo.close()
        assert received == b""

    play(tmp_path / "log", story)

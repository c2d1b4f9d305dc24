"""A container's attach connection, over a pair of sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable

from localstack_lite.sandbox.attach_line import AttachLine


class Far:
    """The engine's end, and what was heard on ours."""

    def __init__(self) -> None:
        self.socket, near = socket.socketpair()
        self.heard = b""
        self.thread = 0
        self.ended = asyncio.Event()
        near.settimeout(0.01)
        self.line = AttachLine(near, asyncio.get_running_loop(), self._hear, self.ended.set)

    def _hear(self, data: bytes) -> None:
        self.heard += data
        self.thread = threading.get_ident()


def play(story: Callable[[Far], Awaitable[None]]) -> None:
    async def whole() -> None:
        far = Far()
        with far.socket:
            await story(far)
            far.socket.close()
            await asyncio.wait_for(far.ended.wait(), 5)

    before = threading.active_count()
    asyncio.run(whole())
    assert threading.active_count() <= before + 1


def test_what_comes_is_heard_on_the_loops_thread_until_the_end() -> None:
    async def story(far: Far) -> None:
        far.socket.sendall(b"ready\n")
        far.socket.shutdown(socket.SHUT_WR)
        await asyncio.wait_for(far.ended.wait(), 5)
        assert far.heard == b"ready\n"
        assert far.thread == threading.get_ident()
        assert far.line.over

    play(story)


def test_hanging_up_ends_what_the_other_end_reads_but_not_what_it_says() -> None:
    async def story(far: Far) -> None:
        far.line.send(b"exit 0\n")
        far.line.hang_up()
        assert await asyncio.to_thread(far.socket.recv, 100) == b"exit 0\n"
        assert await asyncio.to_thread(far.socket.recv, 100) == b""
        far.socket.sendall(b"last words")
        far.socket.close()
        await asyncio.wait_for(far.ended.wait(), 5)
        assert far.heard == b"last words"

    play(story)


def test_an_abandoned_line_is_over_although_the_other_end_says_nothing() -> None:
    async def story(far: Far) -> None:
        far.line.abandon()
        await asyncio.wait_for(far.ended.wait(), 5)
        far.line.send(b"into the void")
        far.line.hang_up()

    play(story)

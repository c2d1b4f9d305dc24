"""devserve's own streams, joined to a command elsewhere: on a real pseudo-terminal and on pipes."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import struct
import termios
import threading
from collections.abc import Iterator

import pytest

from localstack_lite.sandbox.local_terminal import LocalTerminal


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    """A pseudo-terminal: the person's end, and ours."""
    person, ours = os.openpty()
    yield person, ours
    os.close(person)
    os.close(ours)


def test_it_is_whole_only_where_a_person_types_and_reads(
    loop: asyncio.AbstractEventLoop, ends: tuple[int, int]
) -> None:
    _, ours = ends
    read, write = os.pipe()
    assert LocalTerminal(loop, ours, ours, ours).whole
    assert not LocalTerminal(loop, read, ours, ours).whole
    assert not LocalTerminal(loop, ours, write, ours).whole
    os.close(read)
    os.close(write)


def test_it_is_raw_while_the_command_has_it_and_as_before_afterwards(
    loop: asyncio.AbstractEventLoop, ends: tuple[int, int]
) -> None:
    person, ours = ends
    local = LocalTerminal(loop, ours, ours, ours)
    before = termios.tcgetattr(ours)
    with contextlib.suppress(KeyError), local.raw():
        assert not termios.tcgetattr(ours)[3] & (termios.ECHO | termios.ISIG | termios.ICANON)
        raise KeyError
    assert termios.tcgetattr(ours) == before
    assert termios.tcgetattr(person) == before


def test_its_size_is_known(loop: asyncio.AbstractEventLoop, ends: tuple[int, int]) -> None:
    person, ours = ends
    fcntl.ioctl(person, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    assert LocalTerminal(loop, ours, ours, ours).size() == (24, 80)


def test_what_is_typed_is_handed_on_until_the_end(loop: asyncio.AbstractEventLoop) -> None:
    read, write = os.pipe()
    got: list[bytes] = []
    ended = threading.Event()
    with LocalTerminal(loop, read, write, write).read(got.append, ended.set):
        os.write(write, b"print(1)\n")
        os.close(write)
        assert ended.wait(5)
    assert b"".join(got) == b"print(1)\n"
    os.close(read)


def test_what_nobody_asked_for_stays_for_who_reads_next(loop: asyncio.AbstractEventLoop) -> None:
    read, write = os.pipe()
    with LocalTerminal(loop, read, write, write).read(lambda _: None, lambda: None):
        pass
    os.write(write, b"later")
    assert os.read(read, 10) == b"later"
    os.close(read)
    os.close(write)


def test_output_that_nobody_reads_any_more_is_dropped(loop: asyncio.AbstractEventLoop) -> None:
    read, write = os.pipe()
    os.close(read)
    local = LocalTerminal(loop, write, write, write)
    local.write(b"x" * 100_000)
    os.close(write)
    local.write(b"and this")  # not even asked for


def test_errors_have_a_stream_of_their_own(loop: asyncio.AbstractEventLoop) -> None:
    out_read, out = os.pipe()
    err_read, err = os.pipe()
    local = LocalTerminal(loop, out_read, out, err)
    assert local.size() is None
    local.write(b"good")
    local.write(b"bad", error=True)
    assert (os.read(out_read, 10), os.read(err_read, 10)) == (b"good", b"bad")
    for each in (out_read, out, err_read, err):
        os.close(each)

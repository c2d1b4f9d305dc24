"""Facts about processes, read from the system that runs them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from localstack_lite.sandbox import census
from tests.live.deadline import eventually
from tests.live.processes import needs_proc

pytestmark = [pytest.mark.live, needs_proc]

MB = 1024 * 1024
PROGRAM = """
import os, subprocess, sys
x = b"x" * 50_000_000
child = subprocess.Popen(["sleep", "1005"])
print(child.pid, flush=True)
sys.stdin.read()
child.kill()
child.wait()
"""


@pytest.fixture
def process() -> Iterator[tuple[int, int]]:
    """A process that holds 50 MB and its child."""
    environ = os.environ | {"DEVSERVE_ENVIRONMENT": "census-test/1"}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
        start_new_session=True,
    ) as running:
        assert running.stdout is not None
        yield running.pid, int(running.stdout.readline())


def test_a_process_that_stands_still_does_not_wait(process: tuple[int, int]) -> None:
    pid, _ = process
    eventually(lambda: census.waits(pid), what="it waits for its input")
    os.kill(pid, signal.SIGSTOP)
    eventually(lambda: not census.waits(pid), what="it is stopped")
    os.kill(pid, signal.SIGCONT)
    eventually(lambda: census.waits(pid), what="it waits again")
    assert census.waits(2**22 + 1), "nobody is there"


def test_memory_is_told_in_bytes(process: tuple[int, int]) -> None:
    pid, child = process
    assert 48 * MB < census.used(pid) < 100 * MB
    assert 50 * MB < census.peak(pid) < 110 * MB
    assert 48 * MB < census.proportional(pid) < 100 * MB
    assert census.used(child) < 5 * MB


def test_the_family_is_known_by_tree_by_group_and_by_mark(process: tuple[int, int]) -> None:
    pid, child = process
    assert census.children(pid) == [child]
    assert sorted(census.members("census-test/1", pid, pid)) == sorted(process)
    assert sorted(census.members("another", pid, pid)) == sorted(process)
    eventually(lambda: sorted(census.members("census-test/1", 10_000_000, 1)) == sorted(process))
    assert census.members("census-test", 10_000_000, 1) == []


def test_a_process_that_is_gone_uses_nothing() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert (census.used(gone.pid), census.peak(gone.pid), census.children(gone.pid)) == (0, 0, [])
    assert census.members("nobody", gone.pid, gone.pid) == []

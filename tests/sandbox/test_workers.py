"""Threads for calls that block."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from localstack_lite.sandbox.workers import Workers


def test_work_is_done_and_its_result_or_error_told() -> None:
    workers = Workers(2, "test")
    assert workers.submit(divmod, 7, 2).result(5) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        workers.submit(divmod, 1, 0).result(5)
    workers.shutdown()


def test_never_more_at_once_than_there_are_threads_and_no_thread_without_need() -> None:
    workers = Workers(3, "test-workers")
    gate, full = threading.Event(), threading.Barrier(4)

    def work() -> int:
        full.wait(5)
        gate.wait(5)
        return threading.active_count()

    for _ in range(20):
        workers.submit(int).result(5)
    jobs = [workers.submit(work) for _ in range(3)]
    full.wait(5)
    assert len([thread for thread in threading.enumerate() if thread.name.startswith("test-workers")]) == 3
    waiting = [workers.submit(int) for _ in range(5)]
    assert not any(job.done() for job in waiting)
    gate.set()
    assert [job.result(5) for job in waiting] == [0] * 5
    assert all(job.result(5) for job in jobs)
    workers.shutdown()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("test-workers")]


def test_what_waits_at_the_end_is_still_done_and_nothing_more_is_taken() -> None:
    workers = Workers(1, "test")
    gate = threading.Event()
    workers.submit(gate.wait, 5)
    last = workers.submit(int, "7")
    workers.shutdown(wait=False)
    with pytest.raises(RuntimeError):
        workers.submit(int)
    gate.set()
    assert last.result(5) == 7


def test_a_loop_can_use_them() -> None:
    workers = Workers(1, "test")

    async def main() -> int:
        return await asyncio.get_running_loop().run_in_executor(workers, int, "7")

    assert asyncio.run(main()) == 7
    workers.shutdown()


def test_a_call_that_does_not_return_keeps_nobody_from_ending() -> None:
    program = (
        "import threading\nfrom localstack_lite.sandbox.workers import Workers\n"
        "Workers(1, 'x').submit(threading.Event().wait)\nprint('done')"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=True)
    assert ran.stdout == "done\n"

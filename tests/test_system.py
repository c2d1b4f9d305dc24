"""Clock and ids of the real machine have the forms that everybody else counts on."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Callable

from localstack_lite.system import RandomIds, ScaledClock, SystemClock
from tests.fakes import ManualClock

MANY = 200


def test_the_clock_tells_epoch_seconds_and_never_goes_back() -> None:
    clock = SystemClock()
    assert abs(clock.now() - time.time()) < 5
    told = [clock.now() for _ in range(MANY)]
    assert told == sorted(told)


def test_what_is_called_later_is_called_once_and_what_is_cancelled_never() -> None:
    async def main() -> list[str]:
        called: list[str] = []
        done = asyncio.Event()
        clock = SystemClock()
        clock.call_later(0, called.append, "cancelled").cancel()
        clock.call_later(0, called.append, "kept")
        clock.call_later(0.001, done.set)
        await asyncio.wait_for(done.wait(), 5)
        return called

    assert asyncio.run(main()) == ["kept"]


def test_ids_have_the_forms_that_aws_gives_them_and_are_new_each_time() -> None:
    ids = RandomIds()
    forms: dict[str, Callable[[], str]] = {
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}": ids.uuid,
        r"[A-Za-z0-9_-]{15}=": ids.extended,
        r"[0-9a-f]{24}": lambda: ids.hex(24),
    }
    for form, make in forms.items():
        made = [make() for _ in range(MANY)]
        assert all(re.fullmatch(form, each) for each in made), made[0]
        assert len(set(made)) == MANY


def test_two_makers_of_ids_do_not_repeat_each_other() -> None:
    one, other = RandomIds(), RandomIds()
    assert {one.uuid() for _ in range(MANY)}.isdisjoint({other.uuid() for _ in range(MANY)})


def test_hex_digits_keep_their_leading_zeros() -> None:
    ids = RandomIds()
    assert {len(ids.hex(2)) for _ in range(MANY)} == {2}


def test_a_process_knows_how_long_it_runs_to_the_hundredth() -> None:
    code = "import time; a = time.monotonic(); from localstack_lite.system import running_for; time.sleep(0.1)\n"
    code += "print(running_for(), time.monotonic() - a)"
    began = time.monotonic()
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    whole = time.monotonic() - began
    told, at_least = map(float, ran.stdout.split())
    # The kernel counts in hundredths of a second.
    assert at_least - 0.02 <= told <= whole + 0.02


def test_a_process_may_make_room_for_as_many_files_as_the_system_allows() -> None:
    code = "import resource as r; from localstack_lite.system import make_room\n"
    code += "hard = r.getrlimit(r.RLIMIT_NOFILE)[1]; r.setrlimit(r.RLIMIT_NOFILE, (256, hard)); make_room(4096)\n"
    code += "print(r.getrlimit(r.RLIMIT_NOFILE)[0] == (4096 if hard < 0 else min(4096, hard)))\n"
    code += "make_room(300); print(r.getrlimit(r.RLIMIT_NOFILE)[0] > 300)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "True"]


def test_a_scaled_clock_goes_faster_from_the_moment_it_is_made() -> None:
    clock = ManualClock(1000.0)
    fast = ScaledClock(clock, 60)
    rung: list[float] = []
    assert fast.now() == 1000
    fast.call_later(120, lambda: rung.append(fast.now()))
    fast.call_later(60, rung.append, -1).cancel()
    clock.advance(1.9)
    assert rung == []
    clock.advance(0.1)
    assert rung == [1120]
    assert fast.now() == 1120


def test_a_clock_scaled_by_one_is_the_clock() -> None:
    clock = ManualClock(1000.0)
    same = ScaledClock(clock)
    clock.advance(5)
    assert (same.now(), same.factor) == (clock.now(), 1)

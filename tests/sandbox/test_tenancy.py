"""One run of a runtime in a container: what follows from what the warden says."""

from __future__ import annotations

import pytest

from localstack_lite.ports import SandboxExited
from localstack_lite.sandbox.tenancy import Step, Tenancy
from localstack_lite.sandbox.warden import Ended, Extension, Gone, Launched, Message, OutOfMemory, Ready, Started, Swept


def told(run: Tenancy, *messages: Message) -> list[Step]:
    return [run.told(message) for message in messages]


def test_a_runtime_that_ends_is_over_when_what_it_left_is_swept() -> None:
    run = Tenancy(3)
    assert told(run, Started(3, 17), Ended(3, 2, None), Swept(3)) == [Step.BEGUN, Step.SWEEP, Step.OVER]
    assert (run.pid, run.result) == (17, SandboxExited(2))


def test_what_is_said_about_an_earlier_run_is_ignored() -> None:
    run = Tenancy(3)
    assert told(run, Started(2, 9), Ended(2, 1, None), Swept(2)) == [Step.NOTHING] * 3
    assert run.pid == 0
    assert not run.over


def test_a_killed_one_has_died_of_the_signal() -> None:
    run = Tenancy(1)
    assert run.kill() is Step.SWEEP
    assert told(run, Swept(1)) == [Step.OVER]
    assert run.result == SandboxExited(None, 9)


def test_one_that_ended_before_it_was_killed_keeps_its_own_end() -> None:
    run = Tenancy(1)
    told(run, Started(1, 5), Ended(1, 0, None))
    run.kill()
    told(run, Swept(1))
    assert run.result == SandboxExited(0)


def test_a_function_that_killed_everything_else_may_run_on() -> None:
    run = Tenancy(1)
    assert told(run, Started(1, 5), Ready(), Ready()) == [Step.BEGUN, Step.WATCH, Step.WATCH]
    assert told(run, Ended(1, None, 9), Swept(1)) == [Step.SWEEP, Step.OVER]
    assert run.result == SandboxExited(None, 9)


def test_what_was_killed_before_it_swept_is_told_again() -> None:
    killed, ended = Tenancy(1), Tenancy(1)
    told(killed, Started(1, 5))
    killed.kill()
    told(ended, Started(1, 5), Ended(1, 0, None))
    assert told(killed, Ready()) == told(ended, Ready()) == told(Tenancy(1), Ready()) == [Step.SWEEP]


def test_over_its_memory_is_told_apart_from_any_other_kill() -> None:
    run = Tenancy(1)
    assert run.kill(over_limit=True) is Step.SWEEP
    told(run, Swept(1))
    assert run.result == SandboxExited(None, 9, out_of_memory=True)


@pytest.mark.parametrize(("before", "now", "out"), [(0, 1, True), (2, 2, False), (2, 3, True)])
def test_the_kernels_own_kills_count_from_this_run_on(before: int, now: int, out: bool) -> None:
    run = Tenancy(1, before)
    told(run, Started(1, 5), OutOfMemory(now), Ended(1, None, 9), Swept(1))
    assert run.result == SandboxExited(None, 9, out_of_memory=out)


def test_a_runtime_that_survived_the_kernels_kill_of_a_child_ended_as_it_ended() -> None:
    run = Tenancy(1)
    told(run, Started(1, 5), OutOfMemory(1), Ended(1, 1, None), Swept(1))
    assert run.result == SandboxExited(1)


def test_a_container_that_goes_is_a_surprise_only_when_nobody_asked() -> None:
    assert Tenancy(1).lost()
    asked = Tenancy(1)
    asked.kill()
    assert not asked.lost()
    ended = Tenancy(1)
    ended.told(Ended(1, 0, None))
    assert not ended.lost()
    assert ended.result == SandboxExited(0)


def test_nothing_follows_after_the_end() -> None:
    run = Tenancy(1)
    told(run, Ended(1, 0, None), Swept(1))
    assert told(run, Swept(1), Ready(), Started(1, 2)) == [Step.NOTHING] * 3
    assert run.kill() is Step.NOTHING


def accompanied(*names: str) -> Tenancy:
    run = Tenancy(1)
    told(run, *(Extension(1, name) for name in names), Launched(1))
    return run


def test_the_runtime_waits_for_extensions_and_only_for_them() -> None:
    run = Tenancy(1)
    assert told(run, Extension(1, "b"), Extension(1, "a", runs=False), Launched(1))[-1] is Step.LAUNCHED
    assert (run.names, run.accompanied) == (("b", "a"), True)
    assert run.take_gone() == [("a", None, None)]
    assert run.take_gone() == []
    assert told(Tenancy(1), Launched(1)) == [Step.RUN]


def test_what_could_not_be_started_is_told_when_all_are_launched() -> None:
    run = Tenancy(1)
    told(run, Extension(1, "a", runs=False), Extension(1, "b", runs=False, denied=True))
    assert run.take_gone() == []
    told(run, Launched(1))
    assert run.take_gone() == [("a", None, None), ("b", None, None)]
    assert run.denied == {"b"}


def test_a_runtime_that_ends_leaves_its_extensions_until_they_end_too() -> None:
    run = accompanied("a", "b")
    assert told(run, Started(1, 5), Ended(1, 2, None)) == [Step.BEGUN, Step.LEFT]
    assert told(run, Gone(1, "a", 0, None), Gone(1, "b", None, 15)) == [Step.NOTHING, Step.SWEEP]
    assert run.take_gone() == [("a", 0, None), ("b", None, 15)]
    assert told(run, Swept(1)) == [Step.OVER]
    assert run.result == SandboxExited(2)


def test_a_runtime_without_living_extensions_ends_at_once() -> None:
    run = accompanied("a")
    told(run, Started(1, 5), Gone(1, "a", 1, None))
    assert told(run, Ended(1, 0, None)) == [Step.SWEEP]


def test_who_is_killed_is_not_told_of() -> None:
    run = accompanied("a")
    assert run.kill() is Step.SWEEP
    assert told(run, Gone(1, "a", None, 9), Ended(1, None, 9)) == [Step.NOTHING, Step.SWEEP]
    assert run.take_gone() == []
    early = Tenancy(1)
    early.kill()
    assert told(early, Extension(1, "a"), Launched(1)) == [Step.NOTHING] * 2


def test_who_kills_everything_kills_the_extensions_too() -> None:
    run = accompanied("a", "b")
    assert told(run, Ready()) == [Step.NOTHING], "the runtime still waits to be started"
    assert run.take_gone() == [("a", None, 9), ("b", None, 9)]
    lost, started = accompanied("a"), accompanied("a")
    lost.run_asked = started.run_asked = True
    told(started, Started(1, 5))
    assert (told(lost, Ready()), told(started, Ready())) == ([Step.SWEEP], [Step.WATCH])

"""The workers of managed instances on the Runtime API: each waits for itself, and several answers stream at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from localstack_lite.lambdas.limits import Limits
from localstack_lite.lambdas.service import LambdaService, Settings
from localstack_lite.model.invocation import Answered, Outcome
from tests.builders import function, invocation, project
from tests.fakes import CountingIds, ManualClock
from tests.lambdas.environments.test_slot import API, Asked, ByHand

Talk = Callable[[ByHand, dict[str, "asyncio.Future[Outcome]"], ManualClock], None]


def with_workers(calls: int, talk: Talk) -> dict[str, Outcome]:
    """Starts that many invocations (ids `r1`, `r2` …) of a function that takes three at once, and lets the test be
    its runtime; returns the outcomes there are."""

    async def main() -> dict[str, Outcome]:
        sandbox, clock = ByHand(), ManualClock()
        managed = replace(function("hello", timeout=3), managed=True, max_concurrency=3)
        service = LambdaService(
            project(managed),
            sandbox,
            sandbox.listen,
            lambda fact: None,
            clock,
            CountingIds(),
            Limits(),
            Settings(capacity=1, scratch=Path("/scratch"), run="test"),
        )
        names = [f"r{number}" for number in range(1, calls + 1)]
        futures = {name: service.invoke(replace(invocation("hello"), request_id=name)) for name in names}
        await asyncio.sleep(0)
        talk(sandbox, futures, clock)
        await asyncio.sleep(0)
        outcomes = {name: future.result() for name, future in futures.items() if future.done()}
        await service.stop()
        return outcomes

    return asyncio.run(asyncio.wait_for(main(), 10))


def poll(runtime: ByHand) -> Asked:
    return runtime.ask("GET", f"{API}/invocation/next")


def given(asked: Asked) -> str:
    return asked.answer_headers["Lambda-Runtime-Aws-Request-Id"]


def payloads(outcomes: dict[str, Outcome]) -> dict[str, bytes]:
    return {name: one.payload for name, one in outcomes.items() if isinstance(one, Answered)}


def test_every_worker_gets_an_invocation_of_its_own_and_answers_for_itself() -> None:
    def talk(runtime: ByHand, futures: object, clock: object) -> None:
        workers = [poll(runtime) for _ in range(3)]
        assert [given(one) for one in workers[:2]] == ["r1", "r2"]
        assert workers[2].status == 0
        assert runtime.ask("POST", f"{API}/invocation/r2/response", b"two").status == 202
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b"one").status == 202
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b"again").status == 400

    assert payloads(with_workers(2, talk)) == {"r1": b"one", "r2": b"two"}


def test_an_invocation_passes_by_a_worker_that_went_away() -> None:
    def talk(runtime: ByHand, futures: object, clock: object) -> None:
        first = poll(runtime)
        assert given(first) == "r1"
        gone, second = poll_and_leave(runtime), poll(runtime)
        assert (gone.status, given(second)) == (0, "r2")
        assert given(poll(runtime)) == "r3"

    def poll_and_leave(runtime: ByHand) -> Asked:
        asked = Asked("GET", f"{API}/invocation/next", gone=True)
        assert runtime.receive is not None
        runtime.receive(asked)
        return asked

    with_workers(3, talk)


def test_a_timeout_is_told_and_what_comes_too_late_is_taken() -> None:
    def talk(runtime: ByHand, futures: object, clock: ManualClock) -> None:
        assert given(poll(runtime)) == "r1"
        clock.advance(3.0)
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b"late").status == 202
        assert runtime.killed == 0

    outcomes = with_workers(1, talk)
    assert b"Task timed out after 3.00 seconds" in payloads(outcomes)["r1"]


def test_answers_stream_beside_each_other() -> None:
    def talk(runtime: ByHand, futures: object, clock: object) -> None:
        workers = [poll(runtime), poll(runtime)]
        streams = []
        for worker in workers:
            asked = Asked("POST", f"{API}/invocation/{given(worker)}/response", streaming=True)
            assert runtime.receive is not None
            runtime.receive(asked)
            streams.append(asked)
        for piece in (b"a", b"b"):
            for number, stream in enumerate(streams):
                assert stream.follower is not None
                stream.follower.piece(piece + str(number).encode())
        for stream in streams:
            assert stream.follower is not None
            stream.follower.ended({})
            assert stream.status == 202

    assert payloads(with_workers(2, talk)) == {"r1": b"a0b0", "r2": b"a1b1"}

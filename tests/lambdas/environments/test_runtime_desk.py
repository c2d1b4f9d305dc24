"""A runtime's requests: streamed results, snapshots, modes, and what is refused."""

from __future__ import annotations

import asyncio
import json

import pytest

from localstack_lite.lambdas.service import LambdaService
from localstack_lite.model.invocation import Answered, Outcome, Streaming
from tests.builders import function
from tests.lambdas.by_hand import API, Asked, ByHand, with_runtime

MODE = {"lambda-runtime-function-response-mode": "streaming", "content-type": "text/html"}
Call = asyncio.Future[Outcome]


def streamed(runtime: ByHand, request_id: str = "r1") -> Asked:
    asked = Asked("POST", f"{API}/invocation/{request_id}/response", headers=MODE, streaming=True)
    assert runtime.receive is not None
    runtime.receive(asked)
    return asked


def error_type(asked: Asked) -> str:
    found = json.loads(asked.answer)["errorType"]
    assert isinstance(found, str)
    return found


async def read(outcome: Outcome | None) -> tuple[bytes, Answered]:
    assert isinstance(outcome, Streaming)
    whole = b"".join([piece async for piece in outcome.body])
    assert outcome.body.ended is not None
    return whole, outcome.body.ended


def test_a_streamed_result_reaches_its_reader_while_it_is_written() -> None:
    def talk(runtime: ByHand, call: Call, service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        asked = streamed(runtime)
        assert call.done(), "the first byte leaves before the last one came"
        assert asked.follower is not None
        asked.follower.piece(b"one ")
        asked.follower.piece(b"two")
        assert asked.status == 0
        asked.follower.ended({})
        assert asked.status == 202

    outcome = with_runtime(talk, streamed=True)
    assert isinstance(outcome, Streaming)
    assert (outcome.content_type, outcome.cold) == ("text/html", True)
    whole, ended = asyncio.run(read(outcome))
    assert (whole, ended.error) == (b"one two", "")


def test_a_caller_who_does_not_stream_gets_it_whole() -> None:
    def talk(runtime: ByHand, call: Call, service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        asked = streamed(runtime)
        assert not call.done()
        assert asked.follower is not None
        asked.follower.piece(b'"all')
        asked.follower.piece(b' of it"')
        asked.follower.ended({})

    outcome = with_runtime(talk)
    assert isinstance(outcome, Answered)
    assert (outcome.payload, outcome.error) == (b'"all of it"', "")


def test_a_result_that_came_before_anybody_followed_is_not_lost() -> None:
    class Whole(Asked):
        def follow(self, follower: object) -> None:
            super().follow(follower)  # type: ignore[arg-type]
            follower.piece(b"all")  # type: ignore[attr-defined]
            follower.ended({})  # type: ignore[attr-defined]

    def talk(runtime: ByHand, call: Call, service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        asked = Whole("POST", f"{API}/invocation/r1/response", headers=MODE, streaming=True)
        assert runtime.receive is not None
        runtime.receive(asked)
        assert asked.status == 202

    whole, _ = asyncio.run(read(with_runtime(talk, streamed=True)))
    assert whole == b"all"


def test_a_connection_that_breaks_in_the_middle_is_a_truncated_response() -> None:
    def talk(runtime: ByHand, call: Call, service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        asked = streamed(runtime)
        assert asked.follower is not None
        asked.follower.piece(b"half")
        asked.gone = True
        asked.follower.cut()

    whole, ended = asyncio.run(read(with_runtime(talk, streamed=True)))
    assert (whole, ended.error) == (b"half", "Runtime.TruncatedResponse")


def test_a_runtime_that_is_killed_in_the_middle_ends_the_stream() -> None:
    def talk(runtime: ByHand, call: Call, service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        asked = streamed(runtime)
        assert asked.follower is not None
        asked.follower.piece(b"half")
        runtime.kill()

    whole, ended = asyncio.run(read(with_runtime(talk, streamed=True)))
    assert (whole, ended.error) == (b"half", "Runtime.TruncatedResponse")


def test_one_answer_for_each_invocation_streamed_or_not() -> None:
    def talk(runtime: ByHand, call: Call, service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        first = streamed(runtime)
        again = streamed(runtime)
        assert (again.status, error_type(again)) == (403, "InvalidStateTransition")
        posted = runtime.ask("POST", f"{API}/invocation/r1/response", b"1")
        assert (posted.status, error_type(posted)) == (403, "InvalidStateTransition")
        assert first.follower is not None
        first.follower.piece(b"1")
        first.follower.ended({})
        assert first.status == 202

    outcome = with_runtime(talk)
    assert getattr(outcome, "payload", None) == b"1"


def test_a_stream_for_another_invocation_is_refused() -> None:
    def talk(runtime: ByHand, call: Call, service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        asked = streamed(runtime, "other")
        assert (asked.status, error_type(asked)) == (400, "InvalidRequestID")
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b"1").status == 202

    assert getattr(with_runtime(talk), "payload", None) == b"1"


@pytest.mark.parametrize(("mode", "status"), [("buffered", 202), ("sometimes", 400)])
def test_only_known_modes_are_taken(mode: str, status: int) -> None:
    def talk(runtime: ByHand, call: Call, service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        asked = Asked("POST", f"{API}/invocation/r1/response", b"1", {"lambda-runtime-function-response-mode": mode})
        assert runtime.receive is not None
        runtime.receive(asked)
        assert asked.status == status
        if status == 400:
            assert error_type(asked) == "InvalidFunctionResponseMode"
            assert runtime.ask("POST", f"{API}/invocation/r1/response", b"1").status == 202

    assert getattr(with_runtime(talk), "payload", None) == b"1"


SNAP = function("hello", timeout=3, version="1", snap_start=True)


def test_a_runtime_is_restored_before_its_first_invocation() -> None:
    def talk(runtime: ByHand, call: Call, service: LambdaService) -> None:
        assert runtime.ask("GET", f"{API}/restore/next").status == 200
        assert runtime.ask("GET", f"{API}/restore/next").status == 200, "again, on a new connection"
        assert runtime.ask("GET", f"{API}/invocation/next").answer == b'{"a": 1}'
        assert runtime.ask("GET", f"{API}/restore/next").status == 403
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b"1").status == 202

    outcome = with_runtime(talk, SNAP)
    assert isinstance(outcome, Answered)
    assert outcome.report.restore_ms is not None


def test_a_hook_that_fails_after_the_restore_is_the_answer() -> None:
    def talk(runtime: ByHand, call: Call, service: LambdaService) -> None:
        assert runtime.ask("POST", f"{API}/restore/error", b"{}").status == 403
        runtime.ask("GET", f"{API}/restore/next")
        kind = {"lambda-runtime-function-error-type": "Runtime.AfterRestoreError"}
        asked = Asked("POST", f"{API}/restore/error", b'{"errorType":"E"}', kind)
        assert runtime.receive is not None
        runtime.receive(asked)
        assert asked.status == 202

    outcome = with_runtime(talk, SNAP)
    assert isinstance(outcome, Answered)
    assert (outcome.payload, outcome.error) == (b'{"errorType":"E"}', "Runtime.AfterRestoreError")


def test_a_function_without_snap_start_is_not_restored() -> None:
    def talk(runtime: ByHand, call: Call, service: LambdaService) -> None:
        assert runtime.ask("GET", f"{API}/restore/next").status == 403
        runtime.ask("GET", f"{API}/invocation/next")
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b"1").status == 202

    assert getattr(with_runtime(talk), "payload", None) == b"1"

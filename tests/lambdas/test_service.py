"""The Lambda service with a scripted sandbox and a clock that stands still: who runs, who waits, who is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.lambdas.api.code_facts import CodeFacts
from localstack_lite.lambdas.published import OfFunction, Version
from localstack_lite.model.alias import Alias
from localstack_lite.model.environment_facts import InitStarted
from localstack_lite.model.facts import DebuggerWaits, InvocationEnded, InvocationRefused, InvocationWaits, ProblemFound
from localstack_lite.model.function import Code
from localstack_lite.model.invocation import Answered, Refused, Status, Streaming
from localstack_lite.sandbox.scripted import (
    Begin,
    EndStream,
    Exit,
    Fail,
    Hang,
    Loaded,
    Piece,
    Respond,
    Scripted,
    Step,
)
from tests.builders import function
from tests.lambdas.stories import Lambda, echo, never, story


@story
async def test_a_sandbox_that_is_long_in_coming_does_not_use_up_the_init_time() -> None:
    on = Lambda(pending=True)
    waiting = on.start("r1")
    await on.advance(25)
    assert not waiting.done()
    on.sandbox.running[0].arrive()
    await on.advance(0)
    outcome = await waiting
    assert isinstance(outcome, Answered)
    assert outcome.report.init_ms == 0.0


@story
async def test_the_first_call_is_cold_and_the_next_uses_the_same_environment() -> None:
    aws = Lambda()
    first, second = await aws.answer("r1", payload=b"[1]"), await aws.answer("r2")
    assert (first.payload, first.cold, first.environment) == (b"[1]", True, "hello#1")
    assert (second.cold, second.environment) == (False, "hello#1")
    assert len(aws.sandbox.started) == 1
    await aws.service.stop()


@story
async def test_two_calls_at_once_have_two_environments() -> None:
    aws = Lambda(function("hello", timeout=3), script=never)
    calls = [aws.start("r1"), aws.start("r2")]
    await aws.settle()
    assert aws.environments() == ["hello#1 INVOKE", "hello#2 INVOKE"]
    await aws.advance(3)
    assert [(await call).request_id for call in calls] == ["r1", "r2"]
    await aws.service.stop()


@story
async def test_the_tail_is_the_log_of_one_invocation_from_start_to_report() -> None:
    aws = Lambda()
    await aws.answer("r0")
    answer = await aws.answer("r1", payload=b"7", tail=True)
    lines = answer.log.splitlines()
    assert lines[:3] == ["START RequestId: r1 Version: $LATEST", "got 7", "END RequestId: r1"]
    assert lines[3].startswith("REPORT RequestId: r1\tDuration: ")
    assert len(lines) == 4
    assert (await aws.answer("r2")).log == ""
    await aws.service.stop()


@story
async def test_a_function_over_its_time_is_killed_and_the_next_call_starts_again() -> None:
    aws = Lambda(script=never)
    late = aws.start("r1")
    await aws.advance(2.9)
    assert not late.done()
    await aws.advance(0.2)
    outcome = await late
    assert isinstance(outcome, Answered)
    assert outcome.report.status is Status.TIMEOUT
    assert json.loads(outcome.payload) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "RequestId: r1 Error: Task timed out after 3.00 seconds",
    }
    aws.sandbox.script = echo
    again = await aws.answer("r2")
    assert (again.error, again.environment) == ("", "hello#1")
    assert len(aws.sandbox.started) == 2
    await aws.service.stop()


@story
async def test_a_runtime_that_dies_is_an_answer_and_never_a_hang() -> None:
    aws = Lambda(script=lambda _: [Exit(3)])
    dead = await aws.answer("r1")
    assert json.loads(dead.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": "RequestId: r1 Error: Runtime exited with error: exit status 3",
    }
    assert dead.error
    await aws.service.stop()


@story
async def test_an_initialisation_that_fails_is_tried_again_in_the_call_and_then_answered() -> None:
    broken = json.dumps({"errorType": "Runtime.ImportModuleError", "errorMessage": "no"}).encode()
    aws = Lambda(init=lambda _: [Fail(broken, "Runtime.ImportModuleError"), Exit(1)])
    answer = await aws.answer("r1")
    assert json.loads(answer.payload)["errorType"] == "Runtime.ImportModuleError"
    assert answer.error
    assert len(aws.sandbox.started) == 2
    await aws.service.stop()


@story
async def test_over_the_reserved_concurrency_a_call_is_refused_and_told() -> None:
    aws = Lambda(function("hello", timeout=3, reserved_concurrency=1), script=never)
    running = aws.start("r1")
    await aws.settle()
    refused = await aws.start("r2")
    assert isinstance(refused, Refused)
    assert (refused.status, refused.code) == (429, "TooManyRequestsException")
    assert json.loads(refused.body)["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert [fact.request_id for fact in aws.told(InvocationRefused)] == ["r2"]
    await aws.advance(3)
    assert isinstance(await running, Answered)
    aws.sandbox.script = echo
    assert (await aws.answer("r3")).error == ""
    await aws.service.stop()


@story
async def test_when_the_machine_is_full_a_call_waits_and_an_idle_environment_of_another_function_goes() -> None:
    aws = Lambda(function("hello", timeout=3), function("other", timeout=3), capacity=1)
    await aws.answer("r1", "Hello")
    assert (await aws.answer("r2", "Other")).environment == "other#1"
    assert [name.split()[0] for name in aws.environments()] == ["other#1"]
    await aws.service.stop()


@story
async def test_when_the_machine_is_full_of_busy_ones_a_call_waits_its_turn() -> None:
    aws = Lambda(function("hello", timeout=3), script=never, capacity=1)
    first, second = aws.start("r1"), aws.start("r2")
    await aws.advance(3)
    assert first.done()
    assert not second.done()
    assert aws.told(InvocationRefused) == []
    await aws.advance(3)
    assert isinstance(await second, Answered)
    await aws.service.stop()


@story
async def test_silence_is_told_once_with_what_is_waited_for() -> None:
    aws = Lambda(function("hello", timeout=30), script=never)
    call = aws.start("r1")
    for _ in range(5):
        await aws.advance(1)
    waits = aws.told(InvocationWaits)
    assert [(fact.request_id, fact.environment) for fact in waits] == [("r1", "hello#1")]
    assert "timeout 30 s" in waits[0].what
    await aws.service.stop()
    assert isinstance(await call, Answered | Refused)


@story
async def test_an_unknown_function_is_refused() -> None:
    aws = Lambda()
    outcome = await aws.start("r1", "Nobody")
    assert isinstance(outcome, Refused)
    assert (outcome.status, outcome.code) == (404, "ResourceNotFoundException")
    await aws.service.stop()


@story
async def test_whoever_waits_when_it_stops_is_answered_and_nothing_runs_on() -> None:
    aws = Lambda(script=never, capacity=1)
    calls = [aws.start("r1"), aws.start("r2")]
    await aws.settle()
    await aws.service.stop()
    for call in calls:
        assert isinstance(await call, Answered | Refused)
    assert aws.sandbox.running == []
    assert aws.environments() == []
    late = await aws.start("r3")
    assert isinstance(late, Refused)


@story
async def test_an_environment_that_nobody_uses_ends_after_a_while() -> None:
    aws = Lambda()
    await aws.answer("r1")
    await aws.advance(599)
    assert aws.environments() == ["hello#1 FROZEN"]
    await aws.advance(3)
    assert aws.environments() == []
    assert aws.sandbox.running == []
    assert len(aws.sandbox.discarded) == 1
    await aws.service.stop()


@story
async def test_a_retired_environment_is_replaced_before_it_is_asked_for() -> None:
    aws = Lambda()
    await aws.answer("r1")
    aws.save()
    await aws.settle()
    assert aws.environments() == ["hello#2 FROZEN"]
    answer = await aws.answer("r2")
    assert (answer.environment, len(aws.told(InitStarted))) == ("hello#2", 2)
    await aws.service.stop()


@story
async def test_a_retired_environment_that_is_busy_finishes_first() -> None:
    aws = Lambda(script=never)
    old = aws.start("r1")
    await aws.settle()
    aws.sandbox.script = echo
    aws.save()
    assert (await aws.answer("r2")).environment == "hello#2"
    assert not old.done()
    await aws.advance(3)
    assert isinstance(await old, Answered)
    assert [name.split()[0] for name in aws.environments()] == ["hello#2"]
    await aws.service.stop()


@story
async def test_a_function_that_was_never_used_is_not_started_by_a_save() -> None:
    aws = Lambda()
    aws.save()
    await aws.settle()
    assert aws.sandbox.started == []
    await aws.service.stop()


@story
async def test_files_that_a_runtime_read_are_known_per_function() -> None:
    def script(call: Scripted) -> Sequence[Step]:
        return [Respond(b"1"), Loaded(("/p/late.py",))]

    aws = Lambda(script=script, init=lambda _: [Loaded(("/p/app.py",))])
    assert aws.service.loaded("Hello") is None
    await aws.answer("r1")
    await aws.settle()
    assert aws.service.loaded("Hello") == (frozenset({"/p/app.py", "/p/late.py"}), False, False)
    assert aws.loaded == [frozenset({"/p/app.py"}), frozenset({"/p/late.py"})]
    await aws.service.stop()


@story
async def test_cancelling_the_wait_does_not_stop_the_function() -> None:
    aws = Lambda(script=never)
    call = aws.start("r1")
    await aws.settle()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert aws.environments() == ["hello#1 INVOKE"]
    await aws.advance(3)
    assert [fact.report.request_id for fact in aws.told(InvocationEnded)] == ["r1"]
    await aws.service.stop()


@story
async def test_eager_functions_are_initialised_before_the_first_invocation() -> None:
    aws = Lambda()
    aws.service.warm(aws.project.functions)
    await aws.settle()
    assert aws.environments() == ["hello#1 FROZEN"]
    assert (await aws.answer("r1")).environment == "hello#1"
    assert len(aws.sandbox.started) == 1
    await aws.service.stop()


@story
async def test_a_sandbox_gets_the_functions_configuration() -> None:
    aws = Lambda(function("hello", timeout=3, memory=256, environment={"COLOUR": "red"}))
    await aws.answer("r1")
    (spec,) = aws.sandbox.started
    assert (spec.handler, spec.runtime, spec.memory) == ("app.handler", "python3.13", 256)
    assert spec.environ["COLOUR"] == "red"
    assert spec.environ["AWS_LAMBDA_FUNCTION_NAME"] == "hello"
    assert spec.environ["AWS_LAMBDA_RUNTIME_API"] == spec.runtime_api
    await aws.service.stop()


@story
async def test_a_dead_environment_gives_back_what_it_had() -> None:
    aws = Lambda()
    await aws.answer("r1")
    aws.swap()
    await aws.settle()
    assert aws.environments() == []
    assert aws.sandbox.discarded == aws.sandbox.started
    await aws.service.stop()
    assert aws.clock.pending == 0


# -- under a debugger


@story
async def test_a_runtime_waits_for_its_debugger_as_long_as_it_takes_and_says_where() -> None:
    aws = Lambda(debug=True)
    call = aws.start("r1")
    await aws.advance(3600)
    assert aws.environments() == ["hello#1 INIT"]
    assert aws.told(DebuggerWaits) == [
        DebuggerWaits(aws.clock.now() - 3600, "Hello", "hello#1", "python", "127.0.0.1:5890", "/project", "/project")
    ]
    assert [fact.what for fact in aws.told(InvocationWaits)] == ["waiting for a debugger at 127.0.0.1:5890"]
    aws.doors.doors[0].client(True)
    aws.sandbox.running[0].begin()
    assert isinstance(await call, Answered)
    await aws.service.stop()
    assert [door.closed for door in aws.doors.doors] == [True]


@story
async def test_a_function_held_by_a_debugger_is_not_timed_out_and_goes_on_with_its_time_after_it() -> None:
    aws = Lambda(script=never, debug=True)
    call = aws.start("r1")
    await aws.settle()
    aws.doors.doors[0].client(True)
    aws.sandbox.running[0].begin()
    await aws.advance(600)
    assert aws.environments() == ["hello#1 INVOKE"]
    assert aws.told(InvocationWaits)[-1].what == "held by the debugger at 127.0.0.1:5890"
    aws.doors.doors[0].client(False)
    await aws.advance(2.9)
    assert not call.done()
    await aws.advance(0.2)
    outcome = await call
    assert isinstance(outcome, Answered)
    assert outcome.report.status is Status.TIMEOUT
    await aws.service.stop()


@story
async def test_an_initialisation_goes_on_with_its_time_when_its_debugger_left() -> None:
    aws = Lambda(init=never, debug=True)
    aws.start("r1")
    await aws.advance(60)
    aws.doors.doors[0].client(True)
    aws.sandbox.running[0].begin()
    aws.doors.doors[0].client(False)
    await aws.advance(9.9)
    assert aws.environments() == ["hello#1 INIT"]
    before = aws.sandbox.started[:]
    await aws.advance(0.2)
    assert len(aws.sandbox.started) == len(before) + 1  # a failed one is tried again, with its debugger
    assert aws.doors.behind() == [("127.0.0.1", 40_000)]
    await aws.service.stop()


@story
async def test_more_environments_of_the_function_run_without_a_debugger() -> None:
    aws = Lambda(function("hello", timeout=3), function("bye"), debug=True)
    held = aws.start("r1")
    answered = await aws.answer("r2")
    other = aws.start("r3", "Bye")
    await aws.settle()
    assert answered.environment == "hello#2"
    assert [spec.debug for spec in aws.sandbox.started] == [True, False, True]
    assert [fact.address for fact in aws.told(DebuggerWaits)] == ["127.0.0.1:5890", "127.0.0.1:5891"]
    assert not held.done()
    assert not other.done()
    await aws.service.stop()


@story
async def test_a_function_that_no_debugger_can_be_started_in_runs_without_and_that_is_said_once() -> None:
    aws = Lambda(function("hello", runtime="provided.al2023"), debug=True)
    for request in ("r1", "r2"):
        assert isinstance(await aws.start(request), Answered)
        aws.save()
    said = [fact.problem for fact in aws.told(ProblemFound)]
    assert [(each.where, each.warning) for each in said] == [("hello", True)]
    assert aws.told(DebuggerWaits) == []
    await aws.service.stop()


@story
async def test_an_awaited_sandbox_is_debugged_from_when_it_runs() -> None:
    aws = Lambda(pending=True, debug=True)
    aws.start("r1")
    await aws.settle()
    assert aws.told(DebuggerWaits) == []
    aws.sandbox.running[0].arrive()
    await aws.advance(60)
    assert len(aws.told(DebuggerWaits)) == 1
    assert aws.environments() == ["hello#1 INIT"]
    await aws.service.stop()


@story
async def test_a_crash_frees_the_address_for_the_same_environment() -> None:
    aws = Lambda(script=lambda _: [Exit(1)], debug=True)
    call = aws.start("r1")
    await aws.settle()
    aws.doors.doors[0].client(True)
    aws.sandbox.running[0].begin()
    await call
    assert aws.doors.behind() == [None]
    aws.start("r2")
    await aws.advance(60)
    assert aws.doors.behind() == [("127.0.0.1", 40_000)]
    assert aws.environments() == ["hello#1 INIT"]
    await aws.service.stop()


@story
async def test_an_environment_that_somebody_debugs_is_not_idle() -> None:
    aws = Lambda(debug=True)
    call = aws.start("r1")
    await aws.settle()
    aws.doors.doors[0].client(True)
    aws.sandbox.running[0].begin()
    await call
    await aws.advance(700)
    assert aws.environments() == ["hello#1 FROZEN"]
    aws.doors.doors[0].client(False)
    await aws.advance(2)
    assert aws.environments() == []
    await aws.service.stop()


@story
async def test_a_full_machine_does_not_stop_what_somebody_debugs() -> None:
    aws = Lambda(function("hello"), function("sh", runtime="provided.al2023"), capacity=1, debug=True)
    call = aws.start("r1")
    await aws.settle()
    aws.doors.doors[0].client(True)
    aws.sandbox.running[0].begin()
    await call
    other = aws.start("r2", "Sh")
    await aws.advance(60)
    assert not other.done()
    aws.doors.doors[0].client(False)
    await aws.advance(700)
    assert isinstance(await other, Answered)
    await aws.service.stop()


@story
async def test_a_save_cuts_the_client_off_and_the_new_code_waits_at_the_same_address() -> None:
    aws = Lambda(debug=True)
    call = aws.start("r1")
    await aws.settle()
    aws.doors.doors[0].client(True)
    aws.sandbox.running[0].begin()
    await call
    aws.save()
    await aws.advance(60)
    assert aws.environments() == ["hello#2 INIT"]
    assert [fact.environment for fact in aws.told(DebuggerWaits)] == ["hello#1", "hello#2"]
    assert {fact.address for fact in aws.told(DebuggerWaits)} == {"127.0.0.1:5890"}
    await aws.service.stop()


@story
async def test_a_save_leaves_a_runtime_alone_that_waits_for_its_client_before_it_reads_code() -> None:
    aws = Lambda(debug=True)
    call = aws.start("r1")
    await aws.settle()
    assert aws.service.loaded("Hello") is None
    aws.save()
    await aws.advance(60)
    assert aws.environments() == ["hello#1 INIT"]
    aws.doors.doors[0].client(True)
    aws.sandbox.running[0].begin()
    assert isinstance(await call, Answered)
    await aws.service.stop()


@story
async def test_a_changed_function_answers_who_waits_without_a_debugger() -> None:
    aws = Lambda(debug=True)
    call = aws.start("r1")
    await aws.settle()
    aws.swap(function("hello", timeout=3, memory=512))
    answered = await call
    assert isinstance(answered, Answered)
    assert answered.environment == "hello#1"
    await aws.advance(60)
    assert aws.environments() == ["hello#2 INIT"]
    assert [spec.debug for spec in aws.sandbox.started] == [True, True, False]
    await aws.service.stop()


@story
async def test_who_attaches_while_nothing_runs_is_told_why_nothing_happens() -> None:
    aws = Lambda(debug=True)
    assert aws.doors.kept_waiting is not None
    aws.doors.kept_waiting("127.0.0.1:5890")
    (fact,) = aws.told(ProblemFound)
    assert (fact.problem.where, fact.problem.warning) == ("127.0.0.1:5890", True)
    await aws.service.stop()


# -- versions, tenants, streams


@story
async def test_each_version_has_environments_of_its_own_and_says_which_it_is() -> None:
    aws = Lambda(function("hello", timeout=3, aliases=(Alias("live", "7"),)))
    latest, version = await aws.answer("r1"), await aws.answer("r2", qualifier="live")
    assert (latest.executed_version, version.executed_version) == ("$LATEST", "7")
    assert (await aws.answer("r3", qualifier="7")).environment == version.environment != latest.environment
    spec = aws.sandbox.started[1]
    assert spec.environ["AWS_LAMBDA_FUNCTION_VERSION"] == "7"
    assert "/[7]" in spec.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
    await aws.service.stop()


@story
async def test_a_weighted_alias_is_rolled_for_each_call() -> None:
    rolls = iter([0.05, 0.5, 0.09])
    weighted = Alias("live", "7", weights={"8": 0.1})
    aws = Lambda(function("hello", timeout=3, aliases=(weighted,)), roll=lambda: next(rolls))
    versions = [(await aws.answer(f"r{number}", qualifier="live")).executed_version for number in range(3)]
    assert versions == ["8", "7", "8"]
    await aws.service.stop()


@story
async def test_an_unknown_qualifier_is_refused_by_its_arn() -> None:
    aws = Lambda()
    outcome = await aws.start("r1", qualifier="9")
    assert isinstance(outcome, Refused)
    assert json.loads(outcome.body)["Message"].endswith(":function:Hello:9")
    await aws.service.stop()


@story
async def test_tenants_never_share_an_environment() -> None:
    aws = Lambda(function("hello", timeout=3, tenancy=True))
    blue, green = await aws.answer("r1", tenant_id="blue"), await aws.answer("r2", tenant_id="green")
    again = await aws.answer("r3", tenant_id="blue")
    assert (blue.environment, green.environment, again.environment) == ("hello#1", "hello#2", "hello#1")
    assert (again.cold, green.cold) == (False, True)
    await aws.service.stop()


@story
async def test_a_function_never_runs_for_the_wrong_tenant_whoever_calls() -> None:
    aws = Lambda(function("apart", tenancy=True), function("shared"))
    for name, whose in (("Apart", ""), ("Apart", "a;b"), ("Shared", "blue")):
        outcome = await aws.start("r1", name, tenant_id=whose)
        assert isinstance(outcome, Refused)
        assert outcome.status == 400
    assert aws.environments() == []
    assert (await aws.answer("r2", "Apart", tenant_id="blue")).error == ""
    assert (await aws.answer("r3", "Shared")).error == ""
    await aws.service.stop()


@story
async def test_a_small_account_throttles_and_another_project_may_have_a_larger_one() -> None:
    aws = Lambda(function("hello", timeout=3), account=1, script=never)
    running = aws.start("r1")
    refused = await aws.start("r2")
    assert isinstance(refused, Refused)
    assert json.loads(refused.body)["Reason"] == "ConcurrentInvocationLimitExceeded"
    aws.project = replace(aws.project, account_concurrency=5)
    aws.swap(*aws.project.functions)
    assert not aws.start("r3").done()
    await aws.advance(3)
    assert isinstance(await running, Answered)
    await aws.service.stop()


@story
async def test_a_save_leaves_published_versions_alone() -> None:
    one = function("hello", timeout=3)
    aws = Lambda(one)
    copied = replace(one, version="1", code=Code(Path("/copy")))
    facts = CodeFacts(1, "sha", 0.0)
    aws.catalogue.change("Hello", OfFunction(versions={"1": Version(copied, facts, "", "")}, last=1))
    await aws.answer("r1")
    await aws.answer("r2", qualifier="1")
    aws.save()
    await aws.settle()
    assert aws.environments() == ["hello#2 FROZEN", "hello#3 FROZEN"]
    assert [one.function.version for one in aws.service.environments()] == ["1", "$LATEST"]
    await aws.service.stop()


def streams(_: Scripted) -> Sequence[Step]:
    return [Begin("text/plain"), Piece(b"one"), Hang()]


@story
async def test_a_streamed_invocation_is_answered_when_it_begins_and_counts_until_it_ends() -> None:
    aws = Lambda(function("hello", timeout=3, reserved_concurrency=1), script=streams)
    outcome = await aws.start("r1", streamed=True)
    assert isinstance(outcome, Streaming)
    assert (outcome.content_type, outcome.executed_version, outcome.cold) == ("text/plain", "$LATEST", True)
    assert isinstance(await aws.start("r2"), Refused), "its place is not free yet"
    await aws.advance(3)
    assert [piece async for piece in outcome.body] == [b"one"]
    assert outcome.body.ended is not None
    assert outcome.body.ended.report.status is Status.TIMEOUT
    aws.sandbox.script = echo
    assert (await aws.answer("r3")).error == ""
    await aws.service.stop()


@story
async def test_a_streamed_answer_that_nobody_waits_for_does_not_hold_up_the_function() -> None:
    aws = Lambda(script=lambda _: [Begin("text/plain"), *[Piece(b"x" * 100_000)] * 40, EndStream()])
    call = aws.start("r1", streamed=True)
    call.cancel()
    await aws.settle()
    await aws.advance(1)
    (ended,) = aws.told(InvocationEnded)
    assert ended.report.status is Status.SUCCESS
    assert repr(aws.limits) == "<Limits [0 running of 1000]>"
    await aws.service.stop()

"""Provisioned environments: started ahead, kept at their number, used first; told from the outside of the service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.lambdas.keeping import NO_ROOM
from localstack_lite.lambdas.provisioned import INIT_FAILURE, ProvisionedStatus, Standing
from localstack_lite.model.alias import Alias, Provisioned
from localstack_lite.model.environment_facts import InitStarted
from localstack_lite.model.facts import ProblemFound
from localstack_lite.model.function import Function
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.invocation import Answered, Refused
from localstack_lite.sandbox.scripted import Exit, Fail, Hang, Respond, Scripted, Step
from tests.builders import function
from tests.lambdas.stories import Lambda, echo, never, story

ALIAS = (Alias("live", "1"),)


def hello(number: int = 2, **changes: object) -> Function:
    """Its alias `live` is version 1, with so many environments provisioned."""
    ahead = (Provisioned("live", number),) if number else ()
    return function("hello", timeout=3, aliases=ALIAS, provisioned=ahead, **changes)


def standing(aws: Lambda, qualifier: str = "live", version: str = "1") -> Standing:
    one = aws.project.functions[0]
    config = aws.provisioning.config(one, qualifier)
    assert config is not None
    return aws.provisioning.standing(one, version, config)


async def begun(*functions: Function, **more: object) -> Lambda:
    aws = Lambda(*functions, **more)  # type: ignore[arg-type]
    aws.service.provision()
    await aws.settle()
    return aws


@story
async def test_what_is_declared_is_initialised_before_the_first_invocation_and_says_why() -> None:
    aws = await begun(hello(2))
    assert aws.environments() == ["hello#1 FROZEN", "hello#2 FROZEN"]
    kinds = {spec.environ["AWS_LAMBDA_INITIALIZATION_TYPE"] for spec in aws.sandbox.started}
    assert kinds == {"provisioned-concurrency"}
    assert {fact.initialization for fact in aws.told(InitStarted)} == {Initialization.PROVISIONED}
    assert standing(aws) == Standing(ProvisionedStatus.READY, 2)
    await aws.service.stop()


@story
async def test_calls_of_the_version_take_them_first_and_spill_over_to_on_demand() -> None:
    aws = await begun(hello(1), script=never)
    calls = [aws.start(f"r{number}", qualifier="live") for number in range(2)]
    await aws.settle()
    kinds = [one.initialization for one in aws.service.environments()]
    assert kinds == [Initialization.PROVISIONED, Initialization.ON_DEMAND]
    assert [one.phase for one in aws.service.environments()] == ["INVOKE", "INVOKE"]
    await aws.advance(3)
    for call in calls:
        outcome = await call
        assert isinstance(outcome, Answered)
        assert outcome.executed_version == "1"
    await aws.service.stop()


@story
async def test_latest_does_not_use_what_is_provisioned_for_a_version() -> None:
    aws = await begun(hello(1))
    answer = await aws.answer("r1")
    assert (answer.executed_version, answer.environment) == ("$LATEST", "hello#2")
    await aws.service.stop()


@story
async def test_with_all_of_the_reservation_provisioned_latest_is_throttled_and_the_version_runs() -> None:
    # Recorded in November 2025.
    aws = Lambda(hello(0, reserved_concurrency=1))
    assert (await aws.answer("before")).error == ""
    aws.provisioning.put(aws.project.functions[0], "live", 1, now=0.0)
    await aws.settle()
    for request_id in ("latest", "latest2"):
        refused = await aws.start(request_id)
        assert isinstance(refused, Refused)
        assert json.loads(refused.body)["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
        assert (await aws.answer(f"v1-{request_id}", qualifier="1")).executed_version == "1"
    await aws.service.stop()


@story
async def test_they_do_not_end_for_being_idle() -> None:
    aws = await begun(hello(1))
    await aws.answer("r1")
    for _ in range(4):
        await aws.advance(300)
    assert [one.initialization for one in aws.service.environments()] == [Initialization.PROVISIONED]
    await aws.service.stop()


@story
async def test_one_that_crashed_is_initialised_again_before_it_is_asked_for() -> None:
    aws = await begun(hello(1), script=lambda _: [Exit(1)])
    assert (await aws.answer("r1", qualifier="live")).error
    await aws.settle()
    aws.sandbox.script = echo
    await aws.advance(1)
    assert aws.environments() == ["hello#1 FROZEN"]
    again = await aws.answer("r2", qualifier="live")
    assert (again.error, len(aws.sandbox.started)) == ("", 2)
    await aws.service.stop()


@story
async def test_saved_code_replaces_all_of_them() -> None:
    aws = await begun(function("hello", aliases=(Alias("live"),), provisioned=(Provisioned("live", 2),)))
    assert aws.environments() == ["hello#1 FROZEN", "hello#2 FROZEN"]
    aws.save()
    await aws.settle()
    assert aws.environments() == ["hello#3 FROZEN", "hello#4 FROZEN"]
    assert {one.initialization for one in aws.service.environments()} == {Initialization.PROVISIONED}
    await aws.service.stop()


@story
async def test_recycled_ones_come_back() -> None:
    aws = await begun(hello(1))
    assert aws.service.recycle("hello") == 1
    await aws.settle()
    assert aws.environments() == ["hello#2 FROZEN"]
    await aws.service.stop()


@story
async def test_put_and_delete_act_at_once() -> None:
    aws = await begun(hello(1))
    one = aws.project.functions[0]
    aws.provisioning.put(one, "live", 3, now=0.0)
    assert standing(aws).status is ProvisionedStatus.IN_PROGRESS
    await aws.settle()
    assert standing(aws) == Standing(ProvisionedStatus.READY, 3)
    aws.provisioning.put(one, "live", 1, now=0.0)
    await aws.settle()
    assert aws.environments() == ["hello#1 FROZEN"]
    aws.provisioning.delete(one, "live")
    await aws.settle()
    assert aws.environments() == []
    assert aws.limits.unreserved(aws.project.functions) == 1000
    await aws.service.stop()


@story
async def test_one_that_is_at_work_when_it_is_no_longer_wanted_finishes() -> None:
    aws = await begun(hello(1), script=never)
    call = aws.start("r1", qualifier="live")
    await aws.settle()
    aws.provisioning.delete(aws.project.functions[0], "live")
    await aws.settle()
    assert not call.done()
    await aws.advance(3)
    assert isinstance(await call, Answered)
    await aws.settle()
    assert aws.environments() == []
    await aws.service.stop()


@story
async def test_environments_follow_their_alias_to_another_version() -> None:
    aws = await begun(hello(1))
    moved = function("hello", timeout=3, aliases=(Alias("live", "2"),), provisioned=(Provisioned("live", 1),))
    aws.swap(moved)
    await aws.settle()
    assert [(one.name, one.function.version) for one in aws.service.environments()] == [("hello#2", "2")]
    assert standing(aws, version="2") == Standing(ProvisionedStatus.READY, 1)
    await aws.service.stop()


@story
async def test_code_that_does_not_initialise_has_failed_and_is_not_tried_for_ever() -> None:
    def broken(_: Scripted) -> Sequence[Step]:
        return [Fail(b"{}", "Runtime.ImportModuleError"), Exit(1)]

    aws = await begun(hello(2), init=broken)
    for _ in range(5):
        await aws.advance(1)
    assert aws.environments() == []
    assert len(aws.sandbox.started) == 2
    failed = standing(aws)
    assert (failed.status, failed.reason) == (ProvisionedStatus.FAILED, INIT_FAILURE)
    aws.sandbox.init = lambda _: []
    aws.provisioning.put(aws.project.functions[0], "live", 2, now=0.0)
    await aws.settle()
    assert standing(aws) == Standing(ProvisionedStatus.READY, 2)
    await aws.service.stop()


@story
async def test_code_that_did_not_initialise_is_tried_again_when_it_is_saved() -> None:
    declared = function("hello", aliases=(Alias("live"),), provisioned=(Provisioned("live", 1),))
    aws = await begun(declared, init=lambda _: [Fail(b"{}", "Runtime.X"), Exit(1)])
    assert aws.service.loaded("Hello") == (None, True, False)
    aws.sandbox.init = lambda _: []
    aws.save()
    await aws.settle()
    assert [one.phase for one in aws.service.environments()] == ["FROZEN"]
    assert standing(aws, version="2") == Standing(ProvisionedStatus.READY, 1)
    await aws.service.stop()


@story
async def test_what_does_not_fit_is_told_once_and_leaves_a_place_for_others() -> None:
    aws = await begun(hello(5), function("other"), capacity=3)
    await aws.advance(3)
    (problem,) = [fact.problem for fact in aws.told(ProblemFound)]
    assert (problem.where, problem.warning) == ("hello", True)
    assert problem.what == "5 provisioned environments of version 1 do not fit on this machine"
    assert "--max-environments 6" in problem.hint
    assert standing(aws) == Standing(ProvisionedStatus.FAILED, 2, NO_ROOM)
    assert (await aws.answer("r1", "Other")).error == ""
    assert len(aws.environments()) == 3
    aws.swap(hello(2), function("other"))
    await aws.settle()
    assert standing(aws) == Standing(ProvisionedStatus.READY, 2)
    await aws.service.stop()


@story
async def test_idle_environments_of_others_make_room_for_them() -> None:
    aws = Lambda(hello(2), function("other", timeout=3), capacity=3, script=never)
    calls = [aws.start(f"r{number}", "Other") for number in range(3)]
    await aws.settle()
    aws.service.provision()
    assert len(aws.environments()) == 3
    await aws.advance(3)
    for call in calls:
        await call
    for _ in range(3):
        await aws.advance(1)
    kinds = [one.initialization for one in aws.service.environments()]
    assert kinds.count(Initialization.PROVISIONED) == 2
    await aws.service.stop()


@story
async def test_one_that_waited_for_room_takes_a_provisioned_environment_that_becomes_free() -> None:
    aws = await begun(hello(1), script=never, capacity=2)
    calls = [aws.start(f"r{number}", qualifier="live") for number in range(3)]
    await aws.settle()
    aws.sandbox.script = lambda _: [Respond(b"1")]
    await aws.advance(3)
    assert all(call.done() for call in calls)
    assert aws.limits.running(aws.project.functions[0]) == 0
    assert repr(aws.limits) == "<Limits [0 running of 1000]>"
    await aws.service.stop()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(["latest", "live", "tick", "crash", "save", "recycle", "one", "three", "none"]),
        min_size=1,
        max_size=40,
    )
)
def test_in_any_storm_the_number_is_kept_no_limit_is_passed_and_everybody_is_answered(storm: list[str]) -> None:
    async def tell() -> None:
        wanted = 2
        aws = await begun(hello(2, reserved_concurrency=5), capacity=12)
        one = aws.project.functions[0]
        script: list[Step] = [Respond(b"1")]
        aws.sandbox.script = lambda _: list(script)
        calls = []
        for number, step in enumerate(storm):
            script[:] = [Exit(1)] if step == "crash" else [Hang()] if number % 3 else [Respond(b"1")]
            match step:
                case "latest" | "live" | "crash":
                    ahead = [
                        env for env in aws.service.environments() if env.initialization == "provisioned-concurrency"
                    ]
                    free = [env for env in ahead if env.phase == "FROZEN" and not env.reserved and not env.stale]
                    call = aws.start(f"r{number}", qualifier="$LATEST" if step == "latest" else "live")
                    if free and step != "latest":
                        assert any(env.reserved for env in free), "a provisioned one is taken first"
                    calls.append(call)
                case "tick":
                    await aws.advance(1.5)
                case "save":
                    aws.save()
                case "recycle":
                    aws.service.recycle()
                case "one" | "three" | "none":
                    wanted = {"one": 1, "three": 3, "none": 0}[step]
                    if wanted:
                        aws.provisioning.put(one, "live", wanted, now=0.0)
                    else:
                        aws.provisioning.delete(one, "live")
            await aws.settle()
            busy = [env for env in aws.service.environments() if env.reserved]
            demand = [env for env in busy if env.initialization == "on-demand"]
            assert len(demand) <= 5
            assert len(busy) <= 5 + 3
        for _ in range(6):
            await aws.advance(1.5)
        outcomes = [await call for call in calls]
        assert all(isinstance(outcome, Answered | Refused) for outcome in outcomes)
        assert aws.limits.running(one) == 0
        ahead = [env for env in aws.service.environments() if env.initialization == "provisioned-concurrency"]
        assert [env.phase for env in ahead] == ["FROZEN"] * wanted
        await aws.service.stop()
        assert aws.environments() == []

    asyncio.run(tell())

"""Functions in the stage are called there; all others here."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from localstack_lite.app.staged import AT_ONCE, CallsCloud, Staged, Trouble
from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.function import Code, Function
from localstack_lite.model.invocation import Answered, Invocation, Outcome, Refused, Report
from localstack_lite.model.project import Project

HERE = Function("Orders", "orders", "python3.12", "app.handler", Code(Path("src")))
THERE = replace(HERE, logical_id="Reports", name="reports", in_stage=True)
MAIL = replace(HERE, logical_id="Mail", name="mail", in_stage=True)
PROJECT = Project(Path("/p"), functions=(HERE, THERE, MAIL))


def answered(invocation: Invocation, where: str) -> Outcome:
    report = Report(invocation.request_id, 1.0, 1, 128, 10)
    return Answered(invocation.request_id, where.encode(), report)


async def here(invocation: Invocation) -> Outcome:
    return answered(invocation, "here")


def there(invocation: Invocation, shown: str) -> Outcome:
    return answered(invocation, f"{shown} there")


def lost(invocation: Invocation, shown: str) -> Outcome:
    raise RemoteError(shown, f"out of reach for {invocation.request_id}")


def within(
    story: Callable[[Staged], Awaitable[None]], cloud: CallsCloud, tell: Callable[[Trouble], None] | None = None
) -> None:
    async def run() -> None:
        more = () if tell is None else (tell,)
        staged = Staged(lambda: PROJECT, here, cloud, *more)
        try:
            await story(staged)
        finally:
            staged.close()

    asyncio.run(run())


def call(function: str, cloud: CallsCloud = there) -> Outcome:
    outcomes: list[Outcome] = []

    async def story(staged: Staged) -> None:
        outcomes.append(await staged(Invocation(function, b"{}", "r1")))

    within(story, cloud)
    return outcomes[0]


def test_a_function_runs_here_unless_it_is_in_the_stage() -> None:
    local, remote = call("Orders"), call("Reports")
    assert isinstance(local, Answered)
    assert isinstance(remote, Answered)
    assert (local.payload, remote.payload) == (b"here", b"reports there")


def test_an_unknown_function_is_the_local_services_business() -> None:
    outcome = call("Nothing")
    assert isinstance(outcome, Answered)
    assert outcome.payload == b"here"


def test_a_stage_out_of_reach_is_an_answer_and_no_crash() -> None:
    outcome = call("Reports", lost)
    assert isinstance(outcome, Refused)
    assert (outcome.status, outcome.code) == (503, "ServiceException")
    assert b"out of reach" in outcome.body


def test_a_wrong_setting_of_the_stage_is_an_answer_as_well() -> None:
    def misconfigured(invocation: Invocation, shown: str) -> Outcome:
        raise UserError("stage dev", "no AWS region is set", "set one")

    outcome = call("Reports", misconfigured)
    assert isinstance(outcome, Refused)
    assert (outcome.status, outcome.reason) == (503, "no AWS region is set")


def test_why_it_cannot_be_reached_is_told_once_for_all_functions_until_it_can_be_again() -> None:
    told: list[str] = []
    down = [True]

    def cloud(invocation: Invocation, shown: str) -> Outcome:
        if down[0]:
            raise RemoteError("stage dev", "the AWS credentials have expired", "sign in again")
        return answered(invocation, "there")

    async def story(staged: Staged) -> None:
        for function in ("Reports", "Mail", "Reports"):
            assert isinstance(await staged(Invocation(function, b"{}", "r")), Refused)
        assert told == ["the AWS credentials have expired"]
        down[0] = False
        assert isinstance(await staged(Invocation("Mail", b"{}", "r")), Answered)
        down[0] = True
        await staged(Invocation("Reports", b"{}", "r"))
        assert len(told) == 2

    within(story, cloud, lambda trouble: told.append(trouble.what))


def test_two_different_troubles_are_told_each() -> None:
    told: list[str] = []

    async def story(staged: Staged) -> None:
        for function in ("Reports", "Mail", "Reports", "Mail"):
            await staged(Invocation(function, b"{}", "r"))

    within(story, lost, lambda trouble: told.append(trouble.where))
    assert told == ["reports", "mail"]


def test_whoever_waits_when_it_ends_is_answered_and_the_cloud_is_not_waited_for() -> None:
    entered, release = threading.Event(), threading.Event()

    def slow(invocation: Invocation, shown: str) -> Outcome:
        entered.set()
        release.wait(30)
        return answered(invocation, "late")

    async def story(staged: Staged) -> None:
        waits = [staged(Invocation("Reports", b"{}", f"r{number}")) for number in range(AT_ONCE + 3)]
        assert await asyncio.to_thread(entered.wait, 10)
        staged.close()
        outcomes = await asyncio.wait_for(asyncio.gather(*waits), 10)
        assert {outcome.reason for outcome in outcomes if isinstance(outcome, Refused)} == {"Stopping"}
        assert len(outcomes) == AT_ONCE + 3

    try:
        within(story, slow)
    finally:
        release.set()


def test_a_gateway_that_gave_up_does_not_disturb_the_others() -> None:
    entered, release = threading.Event(), threading.Event()

    def slow(invocation: Invocation, shown: str) -> Outcome:
        if invocation.request_id == "slow":
            entered.set()
            release.wait(30)
        return answered(invocation, "there")

    async def story(staged: Staged) -> None:
        given_up = staged(Invocation("Reports", b"{}", "slow"))
        assert await asyncio.to_thread(entered.wait, 10)
        given_up.cancel()
        release.set()
        assert isinstance(await staged(Invocation("Reports", b"{}", "next")), Answered)
        assert given_up.cancelled()

    within(story, slow)

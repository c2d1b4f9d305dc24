from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.push_facts import StageFound
from localstack_lite.sync.arrival import arrive, ask, recall, refuse_protected
from localstack_lite.sync.running import Answer, Running
from tests.sync.desk import STAGE, Desk
from tests.sync.scripted_cloud import ACCOUNT, REGION, ScriptedCloud


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(ScriptedCloud(), tmp_path)


def test_without_a_stack_the_account_is_asked_for(desk: Desk) -> None:
    assert arrive(desk.site(), 0) == (None, ACCOUNT)
    assert desk.cloud.asked == ["stack", "account"]
    assert [(fact.account, fact.region, fact.state) for fact in desk.told(StageFound)] == [(ACCOUNT, REGION, "")]


def test_a_stack_says_its_account_itself(desk: Desk) -> None:
    made = desk.cloud.deploy("shop-dev", {}, {})
    assert arrive(desk.site(), 4) == (made, ACCOUNT)
    assert desk.cloud.asked == ["stack"]
    assert desk.told(StageFound)[0].release == 4


def test_a_bad_state_matters_only_to_who_wants_to_push(desk: Desk) -> None:
    desk.cloud.deploy("shop-dev", {}, {})
    stack = desk.cloud.stacks["shop-dev"]
    stack.remote = replace(stack.remote, status="ROLLBACK_COMPLETE")
    with pytest.raises(RemoteError, match="ROLLBACK_COMPLETE"):
        arrive(desk.site(), 0)
    assert desk.told(StageFound)[0].state == "ROLLBACK_COMPLETE"
    assert arrive(desk.site(), 0, ready=False)[0] == stack.remote


def test_it_is_asked_once_for_each_place(desk: Desk) -> None:
    site = desk.site()
    desk.answers = [True, True]
    ask(site, None, ACCOUNT, REGION, False)
    given = site.journal.answer()
    assert given == Answer(desk.clock, "shop-dev", ACCOUNT, REGION)
    ask(site, given, ACCOUNT, REGION, False)
    assert len(desk.asked) == 1
    ask(site, given, ACCOUNT, "us-east-1", False)
    assert "it was another place the last time" in desk.asked[1][1]


def test_nobody_there_is_a_no_and_yes_needs_nobody(desk: Desk) -> None:
    site = desk.site()
    with pytest.raises(UserError) as caught:
        ask(site, None, ACCOUNT, REGION, False)
    assert "--yes" in caught.value.hint
    assert site.journal.answer() is None
    ask(site, None, ACCOUNT, REGION, True)
    assert site.journal.answer() is not None


def test_what_was_interrupted_and_what_cannot_be_read_is_told(desk: Desk) -> None:
    site = desk.site()
    cut = Running(7, "t", 1.0, "ana@laptop")
    site.journal.write_running(cut)
    (site.journal.folder / "manifest.json").write_text("{")
    assert recall(site)[2] == cut
    told = desk.problems
    assert told[0].startswith("release 7 was interrupted")
    assert told[1].startswith("cannot be read")


def test_only_a_protected_stage_is_refused() -> None:
    refuse_protected(STAGE)
    with pytest.raises(UserError, match="protected"):
        refuse_protected(replace(STAGE, protected=True))

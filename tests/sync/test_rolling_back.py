from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.push_facts import Pushed
from localstack_lite.sync.push import Push, PushOptions
from localstack_lite.sync.release import ReleaseState
from localstack_lite.sync.rolling_back import roll_back
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import BUCKET, ScriptedCloud, package, released
from tests.sync.scripted_project import ScriptedProject
from tests.sync.test_storm import ALIAS


@pytest.fixture
def cloud() -> ScriptedCloud:
    return ScriptedCloud()


@pytest.fixture
def desk(cloud: ScriptedCloud, tmp_path: Path) -> Desk:
    """Three releases: the first makes the stack, the others change Hello."""
    desk, project = Desk(cloud, tmp_path / ".devserve"), shop(tmp_path)
    for content in ("hello 1", "hello 2", "hello 3"):
        project.code["Hello"] = content
        push(desk, project)
    return desk


def shop(tmp_path: Path) -> ScriptedProject:
    return ScriptedProject(folder=tmp_path)


def push(desk: Desk, project: ScriptedProject) -> Pushed:
    return Push(desk.site(), project, PushOptions(yes=True)).run()


def hello(desk: Desk) -> str:
    named = {package("Hello", f"hello {number}").sha256: f"hello {number}" for number in range(1, 9)}
    return named[desk.cloud.function("Hello").sha256]


def test_the_code_before_comes_back_in_one_call_as_a_new_release(desk: Desk, cloud: ScriptedCloud) -> None:
    end = roll_back(desk.site())
    assert cloud.log == ["claim 4", "update_code Hello", "finish 4 done"]
    assert (end.ok, end.release, end.functions) == (True, 4, ("Hello",))
    assert hello(desk) == "hello 2"
    assert cloud.records[4].rolled_back_to == 2
    assert cloud.records[4].functions == cloud.records[2].functions


def test_two_rollbacks_go_back_two(desk: Desk, cloud: ScriptedCloud) -> None:
    roll_back(desk.site())
    roll_back(desk.site())
    assert hello(desk) == "hello 1"
    assert [record.rolled_back_to for record in cloud.records.values()] == [0, 0, 0, 2, 1]


def test_a_release_can_be_named_and_one_that_runs_already_needs_nothing(desk: Desk, cloud: ScriptedCloud) -> None:
    roll_back(desk.site(), 1)
    assert hello(desk) == "hello 1"
    end = roll_back(desk.site(), 1)
    assert (end.ok, end.release, end.writes) == (True, 1, 0)
    with pytest.raises(UserError, match="there is no release 9"):
        roll_back(desk.site(), 9)


def test_the_next_push_brings_the_newest_code_again(desk: Desk, cloud: ScriptedCloud, tmp_path: Path) -> None:
    roll_back(desk.site())
    project = shop(tmp_path)
    project.code["Hello"] = "hello 3"
    assert push(desk, project).release == 5
    assert cloud.log == ["claim 5", "update_code Hello", "finish 5 done"]
    assert push(desk, project).writes == 0


def test_after_somebody_elses_deploy_too_and_the_next_push_reads_the_stack_again(
    desk: Desk, cloud: ScriptedCloud, tmp_path: Path
) -> None:
    cloud.deploy("shop-dev", cloud.stacks["shop-dev"].template, {})
    roll_back(desk.site(), 2)
    assert hello(desk) == "hello 2"
    project = shop(tmp_path)
    project.code["Hello"] = "hello 2"
    assert push(desk, project).writes == 0
    assert cloud.asked == ["stack", "resources", "templates", "functions"]


def test_aliases_follow(cloud: ScriptedCloud, tmp_path: Path) -> None:
    desk = Desk(cloud, tmp_path / ".devserve")
    project = ScriptedProject({"Alpha": "alpha 1"}, resources=dict(ALIAS), folder=tmp_path)
    push(desk, project)
    project.code["Alpha"] = "alpha 2"
    push(desk, project)
    roll_back(desk.site())
    assert cloud.published("Alpha") == package("Alpha", "alpha 1").sha256


def test_code_that_is_only_on_a_colleagues_machine_names_the_colleague(
    desk: Desk, cloud: ScriptedCloud, tmp_path: Path
) -> None:
    other = Desk(cloud, tmp_path / "other", who="mia@desk")
    with pytest.raises(RemoteError) as caught:
        roll_back(other.site(), yes=True)
    assert "Hello" in caught.value.what
    assert "ana@laptop" in caught.value.hint
    assert cloud.log == []


def test_the_code_of_the_first_deploy_is_in_the_bucket_for_everybody(
    desk: Desk, cloud: ScriptedCloud, tmp_path: Path
) -> None:
    other = Desk(cloud, tmp_path / "other", who="mia@desk")
    assert roll_back(other.site(), 1, yes=True).release == 4
    assert hello(desk) == "hello 1"


def test_code_whose_key_is_gone_is_sent_from_here_and_by_others_named(
    desk: Desk, cloud: ScriptedCloud, tmp_path: Path
) -> None:
    cloud.buckets[BUCKET].clear()
    with pytest.raises(RemoteError, match="not on this machine and not in the bucket any more"):
        roll_back(Desk(cloud, tmp_path / "other", who="mia@desk").site(), 1, yes=True)
    assert roll_back(desk.site(), 1).ok
    assert hello(desk) == "hello 1"


def test_a_rollback_that_fails_is_told_by_the_next_run(desk: Desk, cloud: ScriptedCloud) -> None:
    site = desk.site()
    cloud.fail(6)
    with pytest.raises(RemoteError):
        roll_back(site)
    assert cloud.records[4].state is ReleaseState.FAILED
    assert not desk.end.ok
    roll_back(desk.site())
    assert any(text.startswith("release 4 failed: ") for text in desk.problems)
    assert hello(desk) == "hello 2"


def test_nothing_is_rolled_back_while_somebody_pushes(desk: Desk, cloud: ScriptedCloud) -> None:
    cloud.records[4] = released(4, at=desk.clock - 5)
    with pytest.raises(RemoteError, match="mia@desk is pushing release 4"):
        roll_back(desk.site())


def test_a_protected_stage_is_left_alone(desk: Desk, cloud: ScriptedCloud) -> None:
    desk.stage = replace(desk.stage, protected=True)
    with pytest.raises(UserError, match="protected"):
        roll_back(desk.site())
    assert cloud.asked == []


def test_without_a_stack_there_is_nothing_to_roll_back(cloud: ScriptedCloud, tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match="there is no stack shop-dev"):
        roll_back(Desk(cloud, tmp_path).site())

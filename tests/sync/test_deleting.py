from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.push_facts import PlanMade, StackEvent
from localstack_lite.sync.deleting import delete
from localstack_lite.sync.push import Push, PushOptions
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import BUCKET, ScriptedCloud, released
from tests.sync.scripted_project import ScriptedProject

UPLOADS = {"Type": "AWS::S3::Bucket", "Properties": {}}


@pytest.fixture
def cloud() -> ScriptedCloud:
    return ScriptedCloud()


@pytest.fixture
def desk(cloud: ScriptedCloud, tmp_path: Path) -> Desk:
    """A stage with two functions and a bucket."""
    desk = Desk(cloud, tmp_path / ".devserve")
    Push(desk.site(), ScriptedProject(resources={"Uploads": UPLOADS}), PushOptions(yes=True)).run()
    cloud.buckets[BUCKET]["other-stage/code/1.zip"] = "theirs"
    return desk


def test_what_goes_is_shown_and_asked_for_before_it_goes(desk: Desk, cloud: ScriptedCloud) -> None:
    desk.answers = [True]
    end = delete(desk.site())
    ((question, details),) = desk.asked
    assert question == "Delete the stage dev?"
    assert any(line.startswith("- Hello (AWS::Lambda::Function)") for line in details)
    assert desk.plan == ["delete_stack shop-dev"]
    assert (end.ok, end.stack) == (True, True)
    assert cloud.stacks == {}
    assert cloud.functions == {}
    assert desk.told(StackEvent)


def test_only_the_stages_own_objects_go_with_it(desk: Desk, cloud: ScriptedCloud) -> None:
    delete(desk.site(), yes=True)
    assert cloud.buckets[BUCKET] == {"other-stage/code/1.zip": "theirs"}
    assert cloud.records == {}
    assert sorted(file.name for file in desk.folder.rglob("*") if file.is_file()) == ["lock"]


def test_a_no_deletes_nothing(desk: Desk, cloud: ScriptedCloud) -> None:
    with pytest.raises(UserError, match="nothing was deleted"):
        delete(desk.site())
    assert cloud.log == []
    assert desk.told(PlanMade)


def test_a_bucket_with_objects_stays_and_is_named(desk: Desk, cloud: ScriptedCloud) -> None:
    bucket = cloud.physical("Uploads")
    cloud.buckets[bucket] = {"cat.png": "x"}
    cloud.stuck = {"Uploads"}
    site = desk.site()
    assert delete(site, yes=True).ok
    assert [line for line in cloud.log if line.startswith("delete_stack")] == ["delete_stack shop-dev Uploads"]
    assert cloud.stacks == {}
    assert desk.problems == [f"the bucket {bucket} (Uploads) stays: it is not empty"]


def test_what_cannot_be_deleted_for_another_reason_is_told_and_all_is_kept(desk: Desk, cloud: ScriptedCloud) -> None:
    cloud.stuck = {"Hello"}
    with pytest.raises(RemoteError, match="Hello failed"):
        delete(desk.site(), yes=True)
    assert cloud.records != {}
    assert not desk.end.ok


def test_a_deletion_that_was_cut_off_goes_on(desk: Desk, cloud: ScriptedCloud) -> None:
    site = desk.site()
    cloud.before["delete_objects"] = _cut
    with pytest.raises(RemoteError):
        delete(site, yes=True)
    assert cloud.stacks == {}
    delete(desk.site(), yes=True)
    assert cloud.records == {}
    with pytest.raises(RemoteError, match="there is no stack shop-dev"):
        delete(desk.site(), yes=True)


def _cut() -> None:
    raise RemoteError("eu-west-2", "the connection was cut")


def test_after_it_the_stage_can_be_pushed_again_and_is_asked_for_again(desk: Desk, cloud: ScriptedCloud) -> None:
    delete(desk.site(), yes=True)
    desk.answers = [True]
    assert Push(desk.site(), ScriptedProject()).run().release == 1


def test_a_stack_that_is_being_changed_or_pushed_to_is_left_alone(desk: Desk, cloud: ScriptedCloud) -> None:
    cloud.records[2] = released(2, at=desk.clock - 5)
    with pytest.raises(RemoteError, match="mia@desk is pushing release 2"):
        delete(desk.site(), yes=True)
    stack = cloud.stacks["shop-dev"]
    stack.remote = replace(stack.remote, status="UPDATE_IN_PROGRESS")
    with pytest.raises(RemoteError, match="UPDATE_IN_PROGRESS"):
        delete(desk.site(), yes=True)
    assert cloud.log == []


def test_a_stack_that_could_not_be_made_can_be_deleted(desk: Desk, cloud: ScriptedCloud) -> None:
    stack = cloud.stacks["shop-dev"]
    stack.remote = replace(stack.remote, status="ROLLBACK_COMPLETE")
    assert delete(desk.site(), yes=True).ok


def test_a_protected_stage_is_never_deleted(desk: Desk, cloud: ScriptedCloud) -> None:
    desk.stage = replace(desk.stage, protected=True)
    with pytest.raises(UserError, match="protected"):
        delete(desk.site(), yes=True)
    assert cloud.asked == []

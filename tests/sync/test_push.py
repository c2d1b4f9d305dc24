from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.project import Problem
from localstack_lite.model.push_facts import PlanMade, Pushed, StackEvent, StageFound
from localstack_lite.sync.lock import held
from localstack_lite.sync.push import Push, PushOptions
from localstack_lite.sync.release import ReleaseState
from localstack_lite.sync.steps import Change
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import BUCKET, ScriptedCloud, package, released
from tests.sync.scripted_project import ScriptedProject


@pytest.fixture
def cloud() -> ScriptedCloud:
    return ScriptedCloud()


@pytest.fixture
def desk(cloud: ScriptedCloud, tmp_path: Path) -> Desk:
    return Desk(cloud, tmp_path / ".devserve")


@pytest.fixture
def project() -> ScriptedProject:
    return ScriptedProject()


def push(desk: Desk, project: ScriptedProject, **options: Any) -> Pushed:
    return Push(desk.site(), project, PushOptions(**options)).run()


def pushed_before(desk: Desk, project: ScriptedProject) -> None:
    assert push(desk, project, yes=True).ok


def test_the_first_push_makes_the_stack(desk: Desk, cloud: ScriptedCloud, project: ScriptedProject) -> None:
    project.outputs = {"Url": {"Value": "https://a1.example/"}}
    desk.answers = [True]
    end = push(desk, project)
    assert (end.ok, end.release, end.stack, end.functions) == (True, 1, True, ("Hello", "Orders"))
    assert end.urls == ("https://a1.example/",)
    assert cloud.function("Hello").sha256 == project.wanted("Hello")
    assert cloud.log[:2] == [f"bucket {BUCKET}", "claim 1"]
    assert cloud.log[-2:] == ["execute", "finish 1 done"]
    (question, details), *others = desk.asked
    assert question == "Is dev a development stage?"
    assert "stack shop-dev in account 111122223333, eu-west-2" in details
    assert others == []
    assert desk.told(StackEvent)
    assert cloud.records[1].functions["Hello"].key.startswith("shop-dev/code/")


def test_the_second_push_of_the_same_writes_nothing_and_asks_two_things(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    end = push(desk, project)
    assert (end.ok, end.calls, end.writes) == (True, 2, 0)
    assert cloud.asked == ["stack", "functions"]
    assert desk.plan == []
    assert desk.asked == []


def test_changed_code_is_one_direct_call_between_claim_and_finish(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.code["Orders"] = "orders 2"
    end = push(desk, project)
    assert cloud.log == ["claim 2", "update_code Orders", "finish 2 done"]
    assert (end.functions, end.calls, end.writes, end.stack) == (("Orders",), 5, 3, False)
    assert cloud.function("Orders").sha256 == project.wanted("Orders")
    assert push(desk, project).writes == 0


def test_changed_settings_take_a_direct_call_and_stay_recorded_as_drift(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.settings["Hello"] = {"MemorySize": 512}
    push(desk, project)
    assert cloud.log == ["claim 2", "update_config Hello", "finish 2 done"]
    assert cloud.function("Hello").configuration["MemorySize"] == 512
    push(desk, project)
    assert cloud.log == []
    assert any(line.startswith("Hello") for line in desk.told(PlanMade)[-1].drift)


def test_code_and_settings_of_one_function_do_not_supersede_each_other(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.code["Hello"] = "hello 2"
    project.settings["Hello"] = {"Timeout": 9}
    assert push(desk, project).ok
    assert cloud.log == ["claim 2", "update_code Hello", "update_config Hello", "finish 2 done"]


def test_a_layer_is_published_before_its_functions_take_it(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    project.layers = {"Deps": "deps 1"}
    project.settings["Hello"] = {"Layers": [{"Ref": "Deps"}]}
    pushed_before(desk, project)
    project.layers["Deps"] = "deps 2"
    end = push(desk, project)
    assert cloud.log == ["claim 2", "update_layer Deps", "update_config Hello", "finish 2 done"]
    assert (end.layers, end.functions) == (("Deps",), ("Hello",))
    push(desk, project)
    assert cloud.log == []


def test_a_new_function_is_a_stack_deploy(desk: Desk, cloud: ScriptedCloud, project: ScriptedProject) -> None:
    pushed_before(desk, project)
    project.code["Mails"] = "mails 1"
    end = push(desk, project)
    assert (end.stack, end.functions) == (True, ("Mails",))
    assert [line.split()[0] for line in cloud.log] == ["claim", "upload", "change_set", "execute", "finish"]
    assert cloud.function("Mails").sha256 == project.wanted("Mails")
    assert desk.asked == []
    push(desk, project)
    assert cloud.log == []


def test_drift_disappears_at_the_next_stack_deploy(desk: Desk, cloud: ScriptedCloud, project: ScriptedProject) -> None:
    pushed_before(desk, project)
    project.code["Hello"] = "hello 2"
    project.settings["Hello"] = {"MemorySize": 256}
    push(desk, project)
    project.code["Mails"] = "mails 1"
    push(desk, project)
    push(desk, project)
    assert desk.told(PlanMade)[-1].drift == ()
    assert cloud.log == []
    assert cloud.function("Hello").sha256 == project.wanted("Hello")


def test_a_dry_run_shows_the_plan_and_writes_nothing_anywhere(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    end = push(desk, project, dry_run=True)
    assert end.ok
    assert desk.plan[-1] == "deploy_stack shop-dev"
    assert desk.told(PlanMade)[0].dry
    assert (cloud.log, desk.asked, end.writes) == ([], [], 0)
    assert not desk.folder.exists()


def test_a_protected_stage_is_refused_before_anything_is_asked(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    desk.stage = replace(desk.stage, protected=True)
    with pytest.raises(UserError, match="protected"):
        push(desk, project, yes=True)
    assert cloud.asked == []
    assert not desk.end.ok


def test_a_stage_that_is_not_for_development_is_left_alone(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    desk.answers = [False]
    with pytest.raises(UserError, match="not known as a development stage"):
        push(desk, project)
    assert cloud.log == []
    assert project.built == 0
    desk.answers = [True]
    assert push(desk, project).ok
    assert len(desk.asked) == 1


def test_a_stage_that_points_elsewhere_is_asked_for_again(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    desk.stage = replace(desk.stage, stack_name="shop-prod")
    with pytest.raises(UserError):
        push(desk, project)
    assert "it was another place the last time" in desk.asked[0][1]
    assert cloud.log == []


def test_the_account_and_region_are_told_before_the_first_write(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    (found,) = desk.told(StageFound)
    assert (found.account, found.region, found.stack, found.state) == ("111122223333", "eu-west-2", "shop-dev", "")
    assert desk.facts.index(found) == 0


def test_a_replacement_that_is_not_wanted_drops_the_change_set(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.code["Mails"] = "mails 1"
    cloud.changes = (Change("Table", "AWS::DynamoDB::Table", "modify", "yes", ("KeySchema",)),)
    with pytest.raises(UserError, match="Table AWS::DynamoDB::Table: KeySchema"):
        push(desk, project)
    assert cloud.log[-2:] == ["drop", "finish 2 failed"]
    assert "execute" not in cloud.log
    assert cloud.records[2].done == ("upload of Mails",)
    desk.answers = [True]
    assert push(desk, project).ok
    assert cloud.log[-2:] == ["execute", "finish 3 done"]


def test_a_failure_in_the_middle_keeps_what_was_done_and_the_next_run_does_the_rest(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.code["Hello"] = "hello 2"
    project.settings["Hello"] = {"Timeout": 9}
    site = desk.site()
    cloud.fail(5, RemoteError("Hello", "the network was lost", "try again"))
    with pytest.raises(RemoteError, match="the network was lost"):
        Push(site, project).run()
    assert cloud.log == ["claim 2", "update_code Hello", "finish 2 failed"]
    assert (desk.end.ok, desk.end.what, desk.end.done) == (False, "the network was lost", ("code of Hello",))
    assert cloud.records[2].state is ReleaseState.FAILED
    assert cloud.records[2].done == ("code of Hello",)
    push(desk, project)
    assert desk.problems == ["release 2 failed: the network was lost; 1 of 2 steps were done: code of Hello"]
    assert cloud.log == ["claim 3", "update_config Hello", "finish 3 done"]
    push(desk, project)
    assert (desk.problems, cloud.log) == ([], [])


def test_a_failure_ends_its_own_function_and_begins_no_other(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    project.code = {f"F{number:02}": "1" for number in range(30)}
    pushed_before(desk, project)
    project.code = {f"F{number:02}": "2" for number in range(30)}
    site = desk.site()
    cloud.fail(4)
    with pytest.raises(RemoteError):
        Push(site, project).run()
    updated = [line for line in cloud.log if line.startswith("update_code")]
    assert len(updated) < 16
    assert set(cloud.records[2].done) == {f"code of {line.split()[1]}" for line in updated}
    push(desk, project)
    assert all(cloud.function(id).sha256 == project.wanted(id) for id in project.code)


def test_a_run_that_was_killed_is_told_and_finished_under_its_own_number(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.code = {"Hello": "hello 2", "Orders": "orders 2"}
    site = desk.site()
    with desk.killed(5):
        Push(site, project).run()
    assert cloud.records[2].state is ReleaseState.STARTED
    push(desk, project)
    assert desk.problems[0].startswith("release 2 was interrupted; ")
    assert cloud.records[2].state is ReleaseState.DONE
    assert 3 not in cloud.records
    assert all(cloud.function(id).sha256 == project.wanted(id) for id in project.code)


def test_ctrl_c_is_raised_once_nothing_runs_any_more(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.code["Mails"] = "mails 1"
    site = desk.site()
    cloud.before["change_set"] = _interrupt
    with pytest.raises(KeyboardInterrupt):
        Push(site, project).run()
    assert (desk.end.ok, desk.end.what) == (False, "interrupted")
    assert cloud.records[2].state is ReleaseState.FAILED
    assert push(desk, project).ok


def _interrupt() -> None:
    raise KeyboardInterrupt


def test_a_function_that_somebody_else_changed_meanwhile_is_not_overwritten(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.code["Hello"] = "hello 2"

    def second_deployer() -> None:
        hello = cloud.function("Hello")
        hello.sha256, hello.revision = "theirs", hello.revision + 1

    site = desk.site()
    cloud.before["claim"] = second_deployer
    with pytest.raises(RemoteError) as caught:
        Push(site, project).run()
    assert caught.value.where == "Hello"
    assert caught.value.what == "somebody else changed it (2026-11-22T05:00:02.000+0000) since the plan was made"
    assert "devserve sync dev" in caught.value.hint
    assert cloud.function("Hello").sha256 == "theirs"
    assert push(desk, project).ok
    assert cloud.function("Hello").sha256 == project.wanted("Hello")


def test_two_people_cannot_push_at_once(desk: Desk, cloud: ScriptedCloud, project: ScriptedProject) -> None:
    pushed_before(desk, project)
    project.code["Hello"] = "hello 2"
    site = desk.site()
    cloud.records[2] = released(2, at=desk.clock - 60)
    with pytest.raises(RemoteError, match="mia@desk is pushing release 2 since"):
        Push(site, project).run()
    assert cloud.log == []
    assert cloud.records[2] == released(2, at=desk.clock - 60)
    desk.clock += 15 * 60
    assert push(desk, project).release == 3
    assert any(text.startswith("mia@desk began and never ended release 2") for text in desk.problems)


def test_what_somebody_else_pushed_meanwhile_is_planned_on(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.code = {"Hello": "hello 2", "Orders": "orders 2"}
    site = desk.site()

    def second_deployer() -> None:
        hello = cloud.function("Hello")
        hello.sha256, hello.revision = project.wanted("Hello"), hello.revision + 1
        cloud.records[2] = released(2, at=desk.clock, state=ReleaseState.DONE)

    cloud.before["claim"] = second_deployer
    assert Push(site, project).run().release == 3
    assert cloud.log == ["claim 3", "update_code Orders", "finish 3 done"]
    assert [len(made.steps) for made in desk.told(PlanMade)] == [2, 1]
    assert any(text.startswith("mia@desk pushed release 2 at ") for text in desk.problems)


def test_what_somebody_else_pushed_already_needs_no_release(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.code["Hello"] = "hello 2"
    site = desk.site()

    def second_deployer() -> None:
        cloud.function("Hello").sha256 = project.wanted("Hello")
        cloud.records[2] = released(2, at=desk.clock, state=ReleaseState.DONE)

    cloud.before["claim"] = second_deployer
    assert Push(site, project).run().ok
    assert cloud.log == []
    project.code["Hello"] = "hello 3"
    assert push(desk, project).release == 3


def test_what_somebody_else_pushed_and_this_push_replaces_is_named(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    """Our checkout is older than theirs: our plan would undo it without a word."""
    pushed_before(desk, project)
    project.code["Orders"] = "orders 2"
    hello = cloud.function("Hello")
    hello.sha256, hello.revision = package("Hello", "newer").sha256, hello.revision + 1
    theirs = {"at": desk.clock, "state": ReleaseState.DONE}
    cloud.records[2] = released(2, changed=("Hello", "Orders"), **theirs)
    cloud.records[3] = released(3, changed=("Hello",), **theirs)
    assert push(desk, project).release == 4
    replaced = [text for text in desk.problems if "this push replaces" in text]
    assert [text.partition(" at ")[0] for text in replaced] == ["release 3 by mia@desk", "release 2 by mia@desk"]
    assert [text.partition(" changed ")[2] for text in replaced] == [
        "Hello; this push replaces it",
        "Orders; this push replaces it",
    ]


def test_what_is_gone_from_the_bucket_is_uploaded_again_before_a_deploy(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    there = dict(cloud.buckets[BUCKET])
    assert there
    cloud.buckets[BUCKET].clear()
    project.code["Later"] = "later 1"
    assert push(desk, project).ok
    assert there.items() < cloud.buckets[BUCKET].items()


def test_what_is_in_the_bucket_is_not_looked_for_without_a_deploy(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.code["Hello"] = "hello 2"
    push(desk, project)
    assert "objects" not in cloud.asked


def test_a_colleague_with_a_fresh_clone_finds_the_bucket_and_the_number(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject, tmp_path: Path
) -> None:
    pushed_before(desk, project)
    other = Desk(cloud, tmp_path / "other", who="mia@desk", clock=desk.clock)
    project.code["Hello"] = "hello 2"
    assert push(other, project, yes=True).release == 2
    assert cloud.log == ["claim 2", "update_code Hello", "finish 2 done"]


def test_a_stack_made_by_another_tool_gets_code_without_a_bucket(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    of_sam = {
        "Resources": {
            id: {
                "Type": "AWS::Lambda::Function",
                "Properties": {"Handler": "app.handler", "Runtime": "python3.13", "Code": {"ZipFile": id}},
            }
            for id in project.code
        }
    }
    cloud.deploy("shop-dev", of_sam, {})
    end = push(desk, project, yes=True)
    assert sorted(cloud.log) == ["update_code Hello", "update_code Orders"]
    assert cloud.buckets == {}
    assert end.release == 1
    assert desk.problems == ["dev has no bucket, so its releases are only known on this machine"]
    project.code["Hello"] = "hello 2"
    assert push(desk, project).release == 2
    assert cloud.asked == ["stack", "functions", "update_code"]
    assert desk.problems == []


def test_a_bucket_that_the_stage_names_is_used_at_once(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    desk.stage = replace(desk.stage, s3_bucket="mine")
    cloud.buckets["mine"] = {}
    project.code["Hello"] = "hello 2"
    push(desk, project)
    assert cloud.asked.count("bucket") == 1
    project.code["Hello"] = "hello 3"
    push(desk, project)
    assert "bucket" not in cloud.asked


def test_the_second_terminal_in_one_folder_is_told_who_pushes(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    site = desk.site()
    with held(site.journal.make(), "dev", "ana@laptop", desk.now), pytest.raises(RemoteError) as caught:
        Push(site, project, PushOptions(yes=True)).run()
    assert caught.value.what.startswith("is being pushed by ana@laptop")
    assert cloud.asked == []


def test_a_newer_save_stops_between_two_steps(desk: Desk, cloud: ScriptedCloud, project: ScriptedProject) -> None:
    pushed_before(desk, project)
    project.code["Hello"] = "hello 2"
    project.settings["Hello"] = {"Timeout": 9}
    one = Push(desk.site(), project)
    cloud.before["update_code"] = one.cancel
    end = one.run()
    assert (end.ok, end.what, end.done) == (False, "a newer save", ("code of Hello",))
    assert cloud.log == ["claim 2", "update_code Hello", "finish 2 failed"]
    assert push(desk, project).ok
    assert cloud.function("Hello").configuration["Timeout"] == 9


def test_a_newer_save_before_the_plan_begins_writes_nothing(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.code["Hello"] = "hello 2"
    one = Push(desk.site(), project)
    project.before = one.cancel
    assert not one.run().ok
    assert cloud.log == []


def test_problems_of_the_project_stop_it_before_any_write(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    project.package_problems = [
        Problem("requirements.txt:3", "numpy cannot be had", "pin it", "Hello"),
        Problem("app.py", "is big", warning=True),
        Problem("layer/", "is empty", "", "Deps"),
    ]
    with pytest.raises(UserError) as caught:
        push(desk, project, yes=True)
    assert (caught.value.where, caught.value.what) == ("requirements.txt:3", "numpy cannot be had (and 1 more)")
    assert desk.problems == ["numpy cannot be had", "is big", "is empty"]
    assert cloud.log == []


def test_no_credentials_end_the_build_at_once(desk: Desk, cloud: ScriptedCloud, project: ScriptedProject) -> None:
    site = desk.site()
    cloud.fail(1, RemoteError("dev", "there are no credentials", "aws configure"))
    with pytest.raises(RemoteError, match="no credentials"):
        Push(site, project, PushOptions(yes=True)).run()
    assert (desk.end.ok, desk.end.hint) == (False, "aws configure")
    assert cloud.log == []


def test_a_function_deleted_by_hand_is_said(desk: Desk, cloud: ScriptedCloud, project: ScriptedProject) -> None:
    pushed_before(desk, project)
    del cloud.functions[cloud.physical("Hello")]
    with pytest.raises(RemoteError, match="Hello was deleted by hand"):
        push(desk, project)
    assert cloud.log == []


def test_a_stack_in_a_bad_state_is_refused(desk: Desk, cloud: ScriptedCloud, project: ScriptedProject) -> None:
    pushed_before(desk, project)
    stack = cloud.stacks["shop-dev"]
    stack.remote = replace(stack.remote, status="UPDATE_ROLLBACK_FAILED")
    with pytest.raises(RemoteError, match="UPDATE_ROLLBACK_FAILED"):
        push(desk, project)


def test_code_only_leaves_settings_as_they_are(desk: Desk, cloud: ScriptedCloud, project: ScriptedProject) -> None:
    pushed_before(desk, project)
    project.code["Hello"] = "hello 2"
    project.settings["Hello"] = {"MemorySize": 512}
    push(desk, project, code_only=True)
    assert cloud.log == ["claim 2", "update_code Hello", "finish 2 done"]
    assert cloud.function("Hello").configuration["MemorySize"] == 128


def test_a_stack_that_somebody_else_deployed_is_read_again(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    cloud.deploy("shop-dev", cloud.stacks["shop-dev"].template, {})
    assert push(desk, project).writes == 0
    assert cloud.asked == ["stack", "resources", "templates", "functions"]
    push(desk, project)
    assert cloud.asked == ["stack", "functions"]


def test_a_record_that_could_not_be_closed_is_closed_by_the_next_run(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.code["Hello"] = "hello 2"
    site = desk.site()
    cloud.fail(5)
    with pytest.raises(RemoteError):
        Push(site, project).run()
    assert cloud.records[2].state is ReleaseState.STARTED
    assert push(desk, project).ok
    assert cloud.log == ["finish 2 done"]
    assert cloud.records[2].state is ReleaseState.DONE
    assert push(desk, project).writes == 0


def test_a_lost_answer_to_the_claim_is_known_as_our_own(
    desk: Desk, cloud: ScriptedCloud, project: ScriptedProject
) -> None:
    pushed_before(desk, project)
    project.code["Hello"] = "hello 2"
    site = desk.site()
    cloud.fail(3, after=True)
    with pytest.raises(RemoteError):
        Push(site, project).run()
    assert push(desk, project).release == 2
    assert cloud.log == ["update_code Hello", "finish 2 done"]

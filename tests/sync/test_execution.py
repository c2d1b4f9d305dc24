from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from localstack_lite.errors import Bug, RemoteError
from localstack_lite.model.push_facts import StepMoved
from localstack_lite.ports import Moved
from localstack_lite.sync.execution import AT_ONCE, Execution
from localstack_lite.sync.remote import RemoteStack
from localstack_lite.sync.steps import (
    DeployStack,
    NewLayer,
    PublishVersion,
    PushImage,
    Step,
    UpdateAlias,
    UpdateConcurrency,
    UpdateConfig,
    UpdateLayer,
    UploadCode,
    UploadObject,
)
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import Deployed, ScriptedCloud, package

STACK = RemoteStack("arn:aws:cloudformation:eu-west-2:111122223333:stack/shop-dev/1", "shop-dev", "UPDATE_COMPLETE")


class Scene:
    """A cloud with functions of these ids, and an execution there."""

    def __init__(self, folder: Path, ids: Sequence[str] = ("Hello", "Orders")) -> None:
        self.cloud = ScriptedCloud()
        self.desk = Desk(self.cloud, folder)
        self.cloud.functions = {id: Deployed(id, "old") for id in ids}
        self.cloud.buckets["bucket"] = {}
        self.stopped = threading.Event()
        self.noted: list[str] = []
        self.execution = Execution(self.desk.site(), "bucket", self.deploy, self.note, self.stopped)

    def note(self, step: Step) -> None:
        self.noted.append(f"{step.kind} {step.id}")

    def deploy(self, step: DeployStack, moved: Moved) -> RemoteStack:
        moved(step.kind, step.id, "UPDATE_IN_PROGRESS")
        return STACK


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def code(id: str, content: str = "new", **changes: str) -> UploadCode:
    made = package(id, content)
    return UploadCode(id, id, made.sha256, "changed", made, **changes)


def test_all_steps_are_done_and_noted_and_told(scene: Scene) -> None:
    assert scene.execution.run([code("Hello"), code("Orders")])
    assert sorted(scene.noted) == ["upload_code Hello", "upload_code Orders"]
    assert scene.execution.done.functions["Hello"].code_sha256 == package("Hello", "new").sha256
    told = [(fact.subject, fact.state, fact.done) for fact in scene.desk.told(StepMoved) if fact.subject == "Hello"]
    assert told == [("Hello", "updating", False), ("Hello", "done", True)]


def test_our_own_change_of_a_function_is_no_foreign_one(scene: Scene) -> None:
    steps = [code("Hello", revision="r1"), UpdateConfig("Hello", "Hello", {"Timeout": 9}, "", revision="r1")]
    assert scene.execution.run(steps)
    assert scene.cloud.functions["Hello"].configuration == {"Timeout": 9}


def test_what_one_step_makes_another_takes(scene: Scene) -> None:
    image = package("Orders", "image")
    steps = [
        UploadObject("Deps", "k1", "", package("Deps", "1")),
        UpdateLayer("Deps", "deps", "", package("Deps", "1"), key="k1"),
        UpdateConfig("Hello", "Hello", {"Layers": [NewLayer("Deps")]}, ""),
        PublishVersion("Hello", "Hello", ""),
        UpdateAlias("Live", "Hello", "Hello", "live", ""),
        PushImage("Orders", image, "repo:1", ""),
        UploadCode("Orders", "Orders", "", "", image="repo:1"),
        UpdateConcurrency("Orders", "Orders", 2, ""),
    ]
    assert scene.execution.run(steps)
    done = scene.execution.done
    assert scene.cloud.functions["Hello"].configuration["Layers"] == [{"Arn": done.layers["Deps"]}]
    assert scene.cloud.functions["Hello"].aliases == {"live": "1"}
    assert scene.cloud.functions["Orders"].reserved == 2
    assert done.images == {"Orders": f"repo@{image.sha256}"}
    assert done.uploaded == {"k1"}


def test_a_stack_deploy_runs_alone_on_the_thread_that_asked(tmp_path: Path) -> None:
    threads: list[str] = []

    class Deploying(Scene):
        def deploy(self, step: DeployStack, moved: Moved) -> RemoteStack:
            threads.append(threading.current_thread().name)
            assert self.noted == ["upload_object Hello"]
            return super().deploy(step, moved)

    scene = Deploying(tmp_path)
    upload = UploadObject("Hello", "k1", "", package("Hello", "1"))
    assert scene.execution.run([upload, DeployStack("shop-dev", "", False, {}), code("Hello")])
    assert threads == [threading.current_thread().name]
    assert scene.execution.done.stack == STACK


def test_after_a_failure_nothing_new_begins_and_the_first_error_is_raised(tmp_path: Path) -> None:
    ids = [f"F{number:02}" for number in range(40)]
    scene = Scene(tmp_path, ids)
    scene.cloud.fail(1, RemoteError("F", "refused", "look"))
    with pytest.raises(RemoteError, match="refused"):
        scene.execution.run([code(id) for id in ids])
    assert len(scene.noted) < 3 * AT_ONCE
    assert len(scene.noted) == len(scene.cloud.log)
    failed = [fact for fact in scene.desk.told(StepMoved) if fact.state == "failed"]
    assert [fact.details for fact in failed] == [("refused", "look")]


def test_code_that_is_not_what_was_sent_is_an_error(scene: Scene) -> None:
    def meddle() -> None:
        scene.cloud.functions["Hello"].sha256 = "theirs"

    scene.cloud.before["update_config"] = meddle
    with pytest.raises(RemoteError, match="somebody else pushed at the same time"):
        scene.execution.run([code("Hello"), UpdateConfig("Hello", "Hello", {"Timeout": 9}, "")])


def test_stopped_between_two_steps_the_rest_is_left(scene: Scene) -> None:
    scene.cloud.before["update_code"] = scene.stopped.set
    assert not scene.execution.run([code("Hello"), UpdateConfig("Hello", "Hello", {"Timeout": 9}, "")])
    assert scene.noted == ["upload_code Hello"]


def test_ctrl_c_waits_for_what_runs_and_notes_it(tmp_path: Path) -> None:
    class Interrupted(Scene):
        def deploy(self, step: DeployStack, moved: Moved) -> RemoteStack:
            raise KeyboardInterrupt

    scene = Interrupted(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        scene.execution.run([code("Hello"), DeployStack("shop-dev", "", False, {}), code("Orders")])
    assert scene.noted == ["upload_code Hello"]


def test_an_alias_without_a_version_is_our_own_mistake(scene: Scene) -> None:
    with pytest.raises(Bug, match="alias live of Hello"):
        scene.execution.run([UpdateAlias("Live", "Hello", "Hello", "live", "")])

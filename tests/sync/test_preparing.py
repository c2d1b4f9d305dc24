from __future__ import annotations

import threading
from pathlib import Path

import pytest

from localstack_lite.errors import UserError
from localstack_lite.model.project import Problem
from localstack_lite.sync.preparing import Preparing
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import ScriptedCloud
from tests.sync.scripted_project import ScriptedProject


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(ScriptedCloud(), tmp_path)


def test_the_project_is_packaged_while_others_look(desk: Desk) -> None:
    building, go_on = threading.Event(), threading.Event()
    project = ScriptedProject(before=lambda: (building.set(), go_on.wait(10)))
    with Preparing(desk.site(), project) as preparing:
        preparing.begin()
        assert building.wait(10)
        go_on.set()
        assert preparing.packages().keys() == project.code.keys()
        assert preparing.blueprint() == project.blueprint()
    assert project.built == 1
    assert not project.closed


def test_what_is_asked_for_before_it_was_begun_is_begun(desk: Desk) -> None:
    project = ScriptedProject()
    with Preparing(desk.site(), project) as preparing:
        preparing.packages()
        preparing.begin()
    assert project.built == 1


def test_left_before_it_is_through_it_is_ended(desk: Desk) -> None:
    building = threading.Event()
    project = ScriptedProject()
    project.before = lambda: (building.set(), _until(lambda: project.closed))
    with pytest.raises(KeyError), Preparing(desk.site(), project) as preparing:  # noqa: PT012
        preparing.begin()
        assert building.wait(10)
        raise KeyError
    assert project.closed


def test_a_blueprint_that_cannot_be_pushed_is_not_packaged(desk: Desk) -> None:
    project = ScriptedProject(problems=[Problem("template.yaml:3", "is broken", "mend it")])
    with Preparing(desk.site(), project) as preparing, pytest.raises(UserError, match="is broken"):
        preparing.packages()
    assert project.built == 0
    assert desk.problems == ["is broken"]


def test_warnings_stop_nothing(desk: Desk) -> None:
    project = ScriptedProject(package_problems=[Problem("app.py", "is big", warning=True)])
    with Preparing(desk.site(), project) as preparing:
        assert preparing.packages()
    assert desk.problems == ["is big"]


def _until(true: object) -> None:
    assert callable(true)
    for _ in range(10_000):
        if true():
            return
        threading.Event().wait(0.001)
    raise AssertionError("it was never closed")

"""Pushes under failures at random calls, the program killed among them: whatever happens, a later push that succeeds
leaves what the project says, and no record says more than was done."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.errors import RemoteError
from localstack_lite.sync.push import Push, PushOptions
from localstack_lite.sync.release import ReleaseState
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import ScriptedCloud, package
from tests.sync.scripted_project import ScriptedProject

NAMES = ("Alpha", "Beta", "Gamma")
ALIAS = {
    "AlphaVersion": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Alpha"}}},
    "AlphaLive": {
        "Type": "AWS::Lambda::Alias",
        "Properties": {
            "Name": "live",
            "FunctionName": {"Ref": "Alpha"},
            "FunctionVersion": {"Fn::GetAtt": ["AlphaVersion", "Version"]},
        },
    },
}

edits = st.one_of(
    st.tuples(st.just("code"), st.sampled_from(NAMES), st.integers(1, 3)),
    st.tuples(st.just("memory"), st.sampled_from(NAMES), st.sampled_from([128, 256, 512])),
    st.tuples(st.just("layer"), st.just("Deps"), st.integers(1, 3)),
    st.tuples(st.just("new"), st.just("Delta"), st.integers(1, 2)),
)
accidents = st.one_of(
    st.none(),
    st.tuples(st.sampled_from(["refused", "lost", "killed", "killed after"]), st.integers(1, 14)),
)


def edit(project: ScriptedProject, kind: str, name: str, value: int) -> None:
    match kind:
        case "code" | "new":
            project.code[name] = f"{name} {value}"
        case "memory":
            project.settings.setdefault(name, {})["MemorySize"] = value
        case "layer":
            project.layers[name] = f"layer {value}"


def shop() -> ScriptedProject:
    project = ScriptedProject({name: f"{name} 1" for name in NAMES}, layers={"Deps": "layer 1"}, resources=dict(ALIAS))
    project.settings["Beta"] = {"Layers": [{"Ref": "Deps"}]}
    return project


def push(desk: Desk, project: ScriptedProject, accident: tuple[str, int] | None) -> bool:
    site = desk.site()
    one = Push(site, project, PushOptions(yes=True))
    try:
        match accident:
            case None:
                return one.run().ok
            case ("refused" | "lost") as kind, call:
                desk.cloud.fail(call, after=kind == "lost")
                return one.run().ok
            case kind, call:
                with desk.killed(call, after=kind == "killed after"):
                    return one.run().ok
    except RemoteError:
        pass
    return False


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.lists(edits, min_size=1, max_size=3), accidents), min_size=1, max_size=5), st.data())
def test_what_the_project_says_is_reached_after_any_accidents(rounds: list[Any], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cloud, project = ScriptedCloud(), shop()
        desk = Desk(cloud, Path(folder) / ".devserve")
        push(desk, project, data.draw(accidents))
        for changes, accident in rounds:
            for change in changes:
                edit(project, *change)
            ok = push(desk, project, accident)
            _records_are_true(cloud)
            if ok:
                _reached(cloud, project)
        assert push(desk, project, None)
        _reached(cloud, project)
        _records_are_true(cloud)
        assert all(record.state is not ReleaseState.STARTED for record in cloud.records.values())
        assert push(desk, project, None)
        assert cloud.log == []
        assert desk.problems == []


def _reached(cloud: ScriptedCloud, project: ScriptedProject) -> None:
    for id in project.code:
        function = cloud.function(id)
        assert function.sha256 == project.wanted(id), id
        wanted = project.settings.get(id, {})
        assert function.configuration["MemorySize"] == wanted.get("MemorySize", 128), id
    assert cloud.published("Alpha") == project.wanted("Alpha")
    assert cloud.layer_of("Beta") == package("Deps", project.layers["Deps"]).sha256


def _records_are_true(cloud: ScriptedCloud) -> None:
    numbers = sorted(cloud.records)
    assert numbers == list(range(1, len(numbers) + 1))
    for record in cloud.records.values():
        assert record.number == numbers[record.number - 1]
        if record.state is ReleaseState.FAILED:
            assert {(record.number, step) for step in record.done} <= cloud.did

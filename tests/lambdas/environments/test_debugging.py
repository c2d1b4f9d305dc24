"""Who is under a debugger, at which address, and how long one holds the time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.lambdas.environments.debugging import Debuggers, Session, waits
from localstack_lite.lambdas.environments.events import DebuggerAttached, DebuggerLeft
from localstack_lite.model.facts import DebuggerWaits
from localstack_lite.model.function import Build, Code, Function, Image
from tests.builders import function
from tests.lambdas.doors import FakeDoors

ORDERS, USERS, SHELL = function("orders"), function("users", runtime="nodejs20.x"), function("sh", runtime="provided")


def debuggers() -> tuple[Debuggers, FakeDoors]:
    doors = FakeDoors()
    return Debuggers(doors, lambda address: None), doors


def test_the_first_environment_of_a_function_is_under_the_debugger_and_no_other() -> None:
    who, _ = debuggers()
    assert [who.take(ORDERS, 1), who.take(ORDERS, 2), who.take(USERS, 3)] == [True, False, True]


def test_a_successor_takes_the_place_of_one_that_left() -> None:
    who, _ = debuggers()
    who.take(ORDERS, 1)
    who.leave(ORDERS, 2)
    assert not who.take(ORDERS, 3)
    who.leave(ORDERS, 1)
    assert who.take(ORDERS, 4)


@pytest.mark.parametrize(
    ("runtime", "can"),
    [("python3.9", True), ("nodejs22.x", True), ("java21", True), ("provided.al2023", False), ("", False)],
)
def test_only_runtimes_that_have_a_debugger_start_under_one(runtime: str, can: bool) -> None:
    who, _ = debuggers()
    assert who.take(replace(ORDERS, runtime=runtime), 1) is can


@pytest.mark.parametrize(
    ("refused", "kind"),
    [(SHELL, "runtime provided"), (replace(ORDERS, runtime="", image=Image("shop:1")), "a container image")],
)
def test_that_a_function_runs_without_a_debugger_is_said_once(refused: Function, kind: str) -> None:
    who, _ = debuggers()
    problem = who.refusal(refused)
    assert problem is not None
    assert (problem.where, problem.subject, problem.warning) == (refused.name, refused.logical_id, True)
    assert problem.what == f"runs without a debugger: {kind} has none here"
    assert who.refusal(refused) is None


def test_nothing_is_said_of_a_function_that_can_have_one() -> None:
    who, _ = debuggers()
    assert who.refusal(ORDERS) is None


def test_the_address_that_was_asked_for_is_open_before_anything_runs() -> None:
    _, doors = debuggers()
    assert [door.address for door in doors.doors] == ["127.0.0.1:5890"]


def test_each_function_keeps_its_address_and_the_next_one_gets_the_next() -> None:
    who, doors = debuggers()
    assert [who.door(USERS).address, who.door(ORDERS).address] == ["127.0.0.1:5890", "127.0.0.1:5891"]
    assert [who.door(ORDERS).address, who.door(USERS).address] == ["127.0.0.1:5891", "127.0.0.1:5890"]
    who.close()
    assert [door.closed for door in doors.doors] == [True, True]


def test_time_stands_still_until_a_client_has_come_and_gone() -> None:
    who, doors = debuggers()
    told: list[DebuggerAttached | DebuggerLeft] = []
    session = Session(who.door(ORDERS), ("127.0.0.1", 40_000), told.append)
    (door,) = doors.doors
    assert (told, door.behind, session.came) == ([DebuggerAttached()], ("127.0.0.1", 40_000), False)
    door.client(True)
    assert (session.came, session.attached) == (True, True)
    door.client(False)
    assert (session.came, session.attached) == (True, False)
    door.client(True)
    assert told[1:] == [DebuggerAttached(), DebuggerLeft(), DebuggerAttached()]


def test_the_end_of_the_runtime_shuts_the_door_and_lets_time_pass() -> None:
    who, doors = debuggers()
    told: list[DebuggerAttached | DebuggerLeft] = []
    session = Session(who.door(ORDERS), ("127.0.0.1", 40_000), told.append)
    doors.doors[0].client(True)
    session.end()
    assert (doors.doors[0].behind, session.attached, told[-1]) == (None, False, DebuggerLeft())


@pytest.mark.parametrize(("sandbox", "remote"), [("process", "/project"), ("docker", "/var/task")])
def test_the_editor_is_told_both_names_of_the_folder(sandbox: str, remote: str) -> None:
    told = waits(5.0, ORDERS, "orders#1", "127.0.0.1:5890", sandbox)
    assert told == DebuggerWaits(5.0, "Orders", "orders#1", "python", "127.0.0.1:5890", "/project", remote)


def test_of_built_code_the_editor_is_told_the_folder_that_the_user_edits() -> None:
    built = replace(ORDERS, code=Code(Path("/built"), build=Build("python3.13", Path("/source"))))
    told = waits(5.0, built, "orders#1", "127.0.0.1:5890", "process")
    assert (told.local_root, told.remote_root) == ("/source", "/built")

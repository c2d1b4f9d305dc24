from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.errors import UserError
from localstack_lite.model.push_facts import StackEvent
from localstack_lite.sync.deploying import Deploying
from localstack_lite.sync.steps import Change, DeployStack
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import ScriptedCloud

STEP = DeployStack("shop-dev", "new", False, {"Resources": {}})
GONE = Change("Table", "AWS::DynamoDB::Table", "remove")
NEW = Change("Queue", "AWS::SQS::Queue", "add")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(ScriptedCloud(), tmp_path)
    desk.cloud.deploy("shop-dev", {"Resources": {}}, {})
    return desk


class Told:
    def __init__(self) -> None:
        self.states: list[str] = []
        self.details: tuple[str, ...] = ()

    def __call__(self, kind: str, subject: str, state: str, *args: Any, **more: Any) -> None:
        self.states.append(state)
        self.details = more.get("details") or self.details


def deploying(desk: Desk, *, yes: bool = False) -> Deploying:
    return Deploying(desk.site(), "bucket", desk.cloud.stacks["shop-dev"].remote, yes)


def test_what_cloudformation_will_do_is_shown_before_it_is_done(desk: Desk) -> None:
    one, told = deploying(desk), Told()
    desk.cloud.changes = (NEW,)
    stack = one.deploy(STEP, told)
    assert stack.status == "UPDATE_COMPLETE"
    assert told.states == ["changing", "UPDATE_IN_PROGRESS"]
    assert told.details == ("+ Queue AWS::SQS::Queue",)
    assert one.changes == (NEW,)
    assert desk.asked == []
    assert [event.status for event in desk.told(StackEvent)] == ["UPDATE_IN_PROGRESS"]


def test_what_takes_something_away_is_asked_for(desk: Desk) -> None:
    one = deploying(desk)
    desk.cloud.changes, desk.answers = (NEW, GONE), [True]
    one.deploy(STEP, Told())
    assert [details for _, details in desk.asked] == [("- Table AWS::DynamoDB::Table",)]
    assert "execute" in desk.cloud.log


def test_what_goes_in_a_nested_stack_is_asked_for_as_well(desk: Desk) -> None:
    """The change set says of a nested stack no more than that it changes."""
    one, below = deploying(desk), Change("Child/Table", "AWS::DynamoDB::Table", "modify", "yes", ("KeySchema",))
    other = Change("Other/Table", "AWS::DynamoDB::Table", "remove")  # CloudFormation does not touch that stack
    child = Change("Child", "AWS::CloudFormation::Stack", "modify")
    desk.cloud.changes, desk.answers = (child,), [True]
    one.deploy(replace(STEP, changes=(child, below, other)), Told())
    assert [details for _, details in desk.asked] == [
        ("~ Child/Table AWS::DynamoDB::Table: KeySchema (is replaced)",),
    ]
    assert one.changes == (child, below)


def test_what_is_not_wanted_is_dropped(desk: Desk) -> None:
    one = deploying(desk)
    desk.cloud.changes = (GONE,)
    with pytest.raises(UserError) as caught:
        one.deploy(STEP, Told())
    assert "--yes" in caught.value.hint
    assert desk.cloud.log == ["change_set", "drop"]
    assert one.changes == ()


def test_yes_is_yes_to_everything(desk: Desk) -> None:
    one = deploying(desk, yes=True)
    desk.cloud.changes = (GONE,)
    one.deploy(STEP, Told())
    assert desk.asked == []


def test_a_change_set_without_changes_leaves_the_stack_as_it_is(desk: Desk) -> None:
    one = deploying(desk)
    desk.cloud.changes = ()
    assert one.deploy(STEP, Told()) == desk.cloud.stacks["shop-dev"].remote
    assert desk.cloud.log == ["change_set", "drop"]

"""A blueprint finds resources and pieces by the ids that people see."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.model.blueprint import SLOT, Blueprint, Piece, PieceKind, StackBlueprint

ORDERS = {"Type": "AWS::Lambda::Function", "Properties": {"Code": {SLOT: "Child/Orders"}}}
PIECE = Piece("Child/Orders", PieceKind.FUNCTION, Path("src"))
BLUEPRINT = Blueprint(
    (
        StackBlueprint("", {"Resources": {"Child": {"Type": "AWS::CloudFormation::Stack"}}}, {"Stage": "dev"}),
        StackBlueprint("Child/", {"Resources": {"Orders": ORDERS}}),
    ),
    (PIECE,),
)


def test_the_first_stack_is_the_stages_own() -> None:
    assert "Child" in BLUEPRINT.template["Resources"]


def test_a_resource_of_a_nested_stack_is_found_by_its_path() -> None:
    assert BLUEPRINT.resource("Child/Orders") == ORDERS
    assert BLUEPRINT.resource("Child") == {"Type": "AWS::CloudFormation::Stack"}


def test_a_resource_that_is_not_there_is_empty() -> None:
    assert BLUEPRINT.resource("Orders") == {}
    assert BLUEPRINT.resource("Other/Orders") == {}


def test_a_piece_is_found_by_its_id() -> None:
    assert BLUEPRINT.piece("Child/Orders") is PIECE
    assert BLUEPRINT.piece("Orders") is None

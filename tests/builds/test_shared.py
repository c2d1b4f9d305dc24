from __future__ import annotations

from pathlib import Path
from typing import Any

from localstack_lite.builds.shared import SHARED, is_shared, with_shared_layers
from localstack_lite.model.blueprint import SLOT, Blueprint, Piece, PieceKind, StackBlueprint

HERE = Path("/project/.devserve/cache/dependencies")


def function(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.12", **properties}}


def blueprint(**stacks: dict[str, Any]) -> Blueprint:
    """Stacks by name (`Root` is the stage's own), each with its functions."""
    made, pieces = [], []
    for name, resources in stacks.items():
        path = "" if name == "Root" else f"{name}/"
        made.append(StackBlueprint(path, {"Resources": resources, "Outputs": {}}))
        pieces += [Piece(f"{path}{id}", PieceKind.FUNCTION, Path("/src")) for id in resources]
    return Blueprint(tuple(made), tuple(pieces))


def test_functions_with_the_same_packages_get_one_layer() -> None:
    before = blueprint(Root={"A": function(Layers=["arn:own"]), "B": function(), "C": function()})
    after = with_shared_layers(before, {"A": "abc", "B": "abc", "C": "other"}, HERE)
    assert after.resource("A")["Properties"]["Layers"] == ["arn:own", {"Ref": "DevservePackagesabc"}]
    assert after.resource("B")["Properties"]["Layers"] == [{"Ref": "DevservePackagesabc"}]
    assert after.resource("C") == function()
    layer = after.piece("DevservePackagesabc")
    assert layer == Piece("DevservePackagesabc", PieceKind.LAYER, HERE / "abc", SHARED, ("python3.12",))
    assert is_shared(layer)
    assert after.resource("DevservePackagesabc")["Type"] == "AWS::Lambda::LayerVersion"
    assert after.resource("DevservePackagesabc")["Properties"]["Content"] == {SLOT: "DevservePackagesabc"}
    assert [(piece.id, piece.build) for piece in after.pieces[:3]] == [("A", SHARED), ("B", SHARED), ("C", "")]
    assert before.resource("A")["Properties"]["Layers"] == ["arn:own"]


def test_every_stack_has_a_layer_of_its_own() -> None:
    two = {"A": function(), "B": function()}
    names = dict.fromkeys(("A", "B", "Child/A", "Child/B", "Other/A"), "abc")
    after = with_shared_layers(blueprint(Root=two, Child=two, Other={"A": function()}), names, HERE)
    assert [piece.id for piece in after.pieces if is_shared(piece)] == [
        *("DevservePackagesabc", "Child/DevservePackagesabc")
    ]
    assert after.resource("Child/A")["Properties"]["Layers"] == [{"Ref": "DevservePackagesabc"}]
    assert after.resource("Child/DevservePackagesabc")["Properties"]["Content"] == {SLOT: "Child/DevservePackagesabc"}
    assert after.resource("Other/A") == function()


def test_nothing_changes_where_nothing_is_shared_or_no_layer_fits() -> None:
    full, computed = function(Layers=["arn"] * 5), function(Layers={"Fn::If": []})
    before = blueprint(Root={"A": function(), "Full": full, "Computed": computed, "No": function(Runtime={"Ref": "R"})})
    names = dict.fromkeys(("A", "Full", "Computed", "No"), "abc")
    assert with_shared_layers(before, names, HERE) is before
    assert with_shared_layers(before, {"A": "", "Full": ""}, HERE) is before

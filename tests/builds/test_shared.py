from __future__ import annotations

from pathlib import Path
from typing import Any

from localstack_lite.builds.shared import PREFIX, SHARED, is_shared, with_shared_layers
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


def shared(before: Blueprint, names: dict[str, str]) -> Blueprint:
    return with_shared_layers(before, names, HERE, "shop-dev")


def test_functions_with_the_same_packages_get_one_layer() -> None:
    before = blueprint(Root={"A": function(Layers=["arn:own"]), "B": function(), "C": function()})
    after = shared(before, {"A": "abc", "B": "abc", "C": "other"})
    (layer,) = [piece for piece in after.pieces if is_shared(piece)]
    assert layer == Piece(layer.id, PieceKind.LAYER, HERE / "abc", SHARED, ("python3.12",))
    assert after.resource("A")["Properties"]["Layers"] == ["arn:own", {"Ref": layer.id}]
    assert after.resource("B")["Properties"]["Layers"] == [{"Ref": layer.id}]
    assert after.resource("C") == function()
    made = after.resource(layer.id)
    assert made["Type"] == "AWS::Lambda::LayerVersion"
    assert made["Properties"]["Content"] == {SLOT: layer.id}
    assert made["Properties"]["LayerName"] == f"shop-dev-packages-{layer.id.removeprefix(PREFIX)}"
    assert [(piece.id, piece.build) for piece in after.pieces[:3]] == [("A", SHARED), ("B", SHARED), ("C", "")]
    assert before.resource("A")["Properties"]["Layers"] == ["arn:own"]
    assert after.problems == ()


def test_other_packages_change_no_template() -> None:
    before = blueprint(Root={"A": function(), "B": function(), "C": function()})
    one, other = (shared(before, {"A": name, "B": name, "C": "c"}) for name in ("abc", "def"))
    assert one.stacks == other.stacks
    assert [piece.source.name for piece in (*one.pieces, *other.pieces) if is_shared(piece)] == ["abc", "def"]


def test_every_group_and_every_stack_has_a_layer_of_its_own() -> None:
    two = {"A": function(), "B": function()}
    names = dict.fromkeys(("A", "B", "Child/A", "Child/B", "Other/A"), "abc")
    names |= {"C": "def", "D": "def"}
    root = {**two, "C": function(), "D": function()}
    after = shared(blueprint(Root=root, Child=two, Other={"A": function()}), names)
    layers = [piece.id for piece in after.pieces if is_shared(piece)]
    assert len(set(layers)) == 3
    (below,) = [id for id in layers if id.startswith("Child/")]
    assert after.resource("Child/A")["Properties"]["Layers"] == [{"Ref": below.removeprefix("Child/")}]
    assert after.resource(below)["Properties"]["Content"] == {SLOT: below}
    assert after.resource("Other/A") == function()


def test_a_function_that_has_no_room_for_a_layer_keeps_its_packages_and_is_told() -> None:
    full, computed = function(Layers=["arn"] * 5), function(Layers={"Fn::If": []})
    resources = {"A": function(), "B": function(), "Full": full, "Computed": computed}
    before = blueprint(Root={**resources, "No": function(Runtime={"Ref": "R"})})
    after = shared(before, dict.fromkeys(("A", "B", "Full", "Computed", "No"), "abc"))
    assert {piece.id for piece in after.pieces if piece.build == SHARED and not is_shared(piece)} == {"A", "B"}
    assert (after.resource("Full"), after.resource("Computed")) == (full, computed)
    assert all(problem.warning for problem in after.problems)
    told = {problem.subject: problem.what for problem in after.problems}
    assert told.keys() == {"Full", "Computed", "No"}
    assert "Full: its packages are in its own zip" in told["Full"]
    assert "it has 5 layers, and AWS takes 5" in told["Full"]


def test_nothing_changes_where_nothing_is_shared() -> None:
    full = function(Layers=["arn"] * 5)
    before = blueprint(Root={"A": function(), "B": function(), "Full": full})
    assert shared(before, {"A": "abc", "B": "def", "Full": "ghi"}) is before
    assert shared(before, {"A": "", "B": ""}) is before
    alone = shared(before, {"A": "abc", "Full": "abc"})
    assert alone.stacks == before.stacks
    assert [problem.subject for problem in alone.problems] == ["Full"]

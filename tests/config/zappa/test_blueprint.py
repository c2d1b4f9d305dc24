from dataclasses import replace
from pathlib import Path

from localstack_lite.config.zappa.blueprint import is_zappa, zappa_blueprint
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.blueprint import SLOT, PieceKind
from localstack_lite.model.function import Code, Function, Layer
from localstack_lite.model.project import Problem, Project

ADAPTER = Adapter(AppKind.ZAPPA, "web:app", "zappa 0.63.0")
FUNCTION = Function(
    "shop-dev", "shop-dev", "python3.12", "handler.lambda_handler", Code(Path("/shop")), 512, 30, adapter=ADAPTER
)


def drawn(function=FUNCTION, problems=()):
    return zappa_blueprint(Project(Path("/shop"), (function,), problems=problems))


def properties(function=FUNCTION):
    return drawn(function).template["Resources"]["ShopDev"]["Properties"]


def test_a_stage_is_one_function_with_what_zappa_update_sets():
    assert properties() == {
        "FunctionName": "shop-dev",
        "Code": {SLOT: "ShopDev"},
        "Runtime": "python3.12",
        "Handler": "handler.lambda_handler",
        "MemorySize": 512,
        "Timeout": 30,
        "Architectures": ["x86_64"],
    }


def test_its_code_is_a_piece_and_the_function_has_the_pieces_id():
    made = drawn()
    (piece,), (function,) = made.pieces, made.functions
    assert (piece.id, piece.kind, piece.source) == ("ShopDev", PieceKind.FUNCTION, Path("/shop"))
    assert (function.logical_id, function.name, function.adapter) == ("ShopDev", "shop-dev", ADAPTER)


def test_what_is_set_beyond_the_defaults_is_stated():
    layer = Layer("arn:aws:lambda:eu-west-2:123456789012:layer:a:1")
    full = replace(FUNCTION, environment={"A": "1"}, ephemeral_storage=1024, layers=(layer,), tracing="Active")
    stated = properties(full)
    assert stated["Environment"] == {"Variables": {"A": "1"}}
    assert stated["EphemeralStorage"] == {"Size": 1024}
    assert stated["Layers"] == [layer.arn]
    assert stated["TracingConfig"] == {"Mode": "Active"}


def test_a_setting_that_was_not_understood_is_not_pushed_as_its_default():
    wrong = Problem("s.json:1", "memory_size is something else", "", "memory_size")
    assert drawn(problems=(wrong,)).problems == (wrong,)


def test_what_is_not_pushed_keeps_nothing_back():
    event = Problem("s.json:1", "AWS refuses the schedule", "", "events")
    warning = Problem("s.json:1", "slim_handler", "", "slim_handler", warning=True)
    assert drawn(problems=(event, warning)).problems == ()


def test_which_projects_are_zappas():
    assert is_zappa(Project(Path("/shop"), (FUNCTION,)))
    assert not is_zappa(Project(Path("/shop"), (replace(FUNCTION, adapter=None),)))

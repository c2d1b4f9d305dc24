from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.config.devserve_toml import parse_settings
from localstack_lite.config.environment import Variables
from localstack_lite.config.toml_project import read_toml
from localstack_lite.model.api import LambdaProxy
from localstack_lite.model.function import Code, Dockerfile, Function, Image
from tests.config.samples import FilesInMemory

DECLARED = Function("Hello", "shop-hello", "python3.13", "app.handler", Code(Path("/project")), environment={"A": "1"})


def read_text(text, declared=(), variables=None, files=None):
    settings = parse_settings(text, "devserve.toml")
    return read_toml(settings, declared, "shop", files or FilesInMemory(), variables or Variables(), "python3.12")


def test_a_function_with_routes():
    read = read_text(
        "[functions.f]\nhandler = 'app.handler'\nroutes = ['GET /x', 'any /y/{proxy+}', '$default', '/z']\n"
    )
    (function,) = read.functions
    assert (function.runtime, function.memory, function.timeout) == ("python3.12", 128, 3)
    (api,) = read.apis
    assert api.name == "shop"
    assert [route.key for route in api.routes] == ["GET /x", "ANY /y/{proxy+}", "$default", "ANY /z"]
    assert [route.integration for route in api.routes] == [LambdaProxy("f", "2.0")] * 4


def test_the_only_function_gets_every_request():
    (api,) = read_text("[functions.f]\nhandler = 'app.handler'\npayload = '1.0'\n").apis
    assert [(route.key, route.integration) for route in api.routes] == [("$default", LambdaProxy("f", "1.0"))]


def test_several_functions_without_routes_have_no_api():
    assert read_text("[functions.f]\nhandler = 'app.handler'\n[functions.g]\nhandler = 'app.other'\n").apis == ()


@pytest.mark.parametrize("name", ["Hello", "shop-hello"])
def test_a_function_of_the_template_is_changed_by_either_of_its_names(name):
    text = f"[functions.{name}]\nmemory = 512\nreserved_concurrency = 1\nenvironment = {{ B = '2' }}\n"
    read = read_text(text, (DECLARED,), Variables(dotenv={"B": "dotenv"}))
    (function,) = read.functions
    assert (function.memory, function.timeout, function.reserved_concurrency) == (512, 3, 1)
    assert function.environment == {"A": "1", "B": "dotenv"}
    assert read.apis == ()


@pytest.mark.parametrize(("declared", "kept"), [((), None), ((DECLARED,), DECLARED.reserved_concurrency)])
def test_a_reservation_that_cannot_be_is_told_and_changes_nothing(declared, kept):
    name = "Hello" if declared else "f"
    read = read_text(f"[functions.{name}]\nhandler = 'app.handler'\nreserved_concurrency = -1\n", declared)
    (problem,) = (one for one in read.problems if "reserved" in one.what)
    assert (problem.what, problem.hint) == (f"{name}: reserved_concurrency is -1", "0 (off) or more")
    assert [function.reserved_concurrency for function in read.functions] == [kept]


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("[functions.f]\nmemory = 512\n", "no such function in the template", "handler"),
        ("[functions.f]\nhandler = 'apps.handler'\n", "no file apps.py", "did you mean app.py?"),
        ("[functions.f]\nhandler = 'app.handler'\nruntime = 'python4'\n", "no runtime python4", "known"),
        ("[functions.f]\nhandler = 'app.handler'\ncode = 'nowhere'\n", "no code at nowhere", "path"),
        ("[functions.'f x']\nhandler = 'app.handler'\n", "not a name", "letters"),
    ],
)
def test_a_function_that_cannot_run_is_left_out_and_the_others_stay(text, what, hint):
    read = read_text(text, (DECLARED,))
    assert read.functions == (DECLARED,)
    (problem,) = read.problems
    assert what in problem.what
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("routes = ['GTE /x']", "'GTE /x' is not a route"),
        ("routes = ['GET x']", "'GET x' is not a route"),
        ("memory = 1", "128 is used"),
        ("timeout = 1000", "900 is used"),
        ("runtime = 'python3.9'", "retired"),
    ],
)
def test_other_mistakes_cost_only_themselves(line, what):
    read = read_text(f"[functions.f]\nhandler = 'app.handler'\n{line}\n")
    assert len(read.functions) == 1
    (problem,) = read.problems
    assert what in problem.what


FILES = FilesInMemory({".": ("app", "Dockerfile"), "one": ("a",), "img": ("Dockerfile", "My.Dockerfile")})
ARN = "arn:aws:lambda:eu-west-1:017000801446:layer:Powertools:7"


def test_layers_are_paths_and_arns():
    text = f"[functions.f]\nhandler = 'app.handler'\nlayers = ['one', '{ARN}', 'nowhere', 'arn:x']\n"
    read = read_text(text, files=FILES)
    (function,) = read.functions
    assert function.layers[0].folder == Path("/project/one")
    assert [layer.arn for layer in function.layers][1:] == [ARN]
    assert function.opt is not None
    assert read.awaited == (Path("/project/one"), Path("/project/nowhere"))
    assert [problem.warning for problem in read.problems] == [True, True]
    assert "no layer at nowhere; it runs without this layer" in read.problems[0].what


def test_settings_change_layers_architecture_and_storage_of_a_templates_function():
    text = "[functions.Hello]\nlayers = ['one']\narchitecture = 'arm64'\nephemeral_storage = 99\n"
    read = read_text(text, (DECLARED,), files=FILES)
    (function,) = read.functions
    assert function.opt == Path("/project/one")
    assert (function.architecture, function.ephemeral_storage) == ("arm64", 512)
    (problem,) = read.problems
    assert "512 to 10240, not 99" in problem.what


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("image = 'shop:1'", Image("shop:1")),
        ("image = 'shop:1'\ndockerfile = 'Dockerfile'", Image("shop:1", Dockerfile(Path("/project")))),
        (
            "image = 'shop:1'\ndockerfile = 'img/My.Dockerfile'",
            Image("shop:1", Dockerfile(Path("/project/img"), "My.Dockerfile")),
        ),
        ("image = 'i'\ncode = 'img'\ndockerfile = 'Dockerfile'", Image("i", Dockerfile(Path("/project/img")))),
    ],
)
def test_an_image_needs_no_handler(text, image):
    (function,) = read_text(f"[functions.f]\n{text}\n", files=FILES).functions
    assert function.image == image
    assert (function.runtime, function.handler, function.package_type) == ("", "", "Image")


def test_a_function_of_the_template_becomes_an_image():
    (function,) = read_text("[functions.Hello]\ndockerfile = 'img/Dockerfile'\n", (DECLARED,), files=FILES).functions
    assert function.image is not None
    assert function.image.dockerfile == Dockerfile(Path("/project/img"))
    assert (function.code.folder, function.runtime) == (Path("/project/img"), "")


def test_a_custom_runtime_needs_no_handler_but_its_program():
    read = read_text("[functions.f]\nruntime = 'provided.al2023'\ncode = 'one'\n", files=FILES)
    assert read.functions[0].handler == ""
    assert "no program named bootstrap" in read.problems[0].what


@pytest.mark.parametrize(("run", "expected"), [("stage", True), ("local", False)])
def test_a_function_runs_where_it_is_told_to(run, expected):
    (changed,) = read_text(f"[functions.Hello]\nrun = '{run}'\n", (DECLARED,)).functions
    assert changed == replace(DECLARED, in_stage=expected)
    (made,) = read_text(f"[functions.f]\nhandler = 'app.handler'\nrun = '{run}'\n").functions
    assert made.in_stage is expected


def test_without_a_word_a_function_runs_here():
    (changed,) = read_text("[functions.Hello]\nmemory = 512\n", (DECLARED,)).functions
    assert not changed.in_stage

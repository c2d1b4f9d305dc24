import pytest

from localstack_lite.config.devserve_toml import parse_settings
from localstack_lite.errors import UserError

WHOLE = """\
[project]
name = "x"

[tool.devserve]
template = "template.yaml"
sandbox = "process"
region = "eu-west-2"
[tool.devserve.functions.hello]
handler = "app.handler"
runtime = "python3.13"
memory = 512
timeout = 10
reserved_concurrency = 2
environment = { TABLE = "orders-dev", N = 1, ON = true }
routes = ["GET /hello", "ANY /hello/{proxy+}"]
payload = "1.0"
code = "src"
[tool.devserve.images]
"python3.11" = "my/lambda-python:3.11"
[tool.devserve.stages.dev]
stack_name = "shop-dev"
region = "eu-west-1"
parameter_overrides = { Stage = "dev" }
s3_bucket = "x"
"""


def test_everything_of_the_contract_is_read():
    settings = parse_settings(WHOLE, "pyproject.toml")
    assert (settings.template, settings.sandbox, settings.region) == ("template.yaml", "process", "eu-west-2")
    (hello,) = settings.functions
    assert (hello.handler, hello.runtime, hello.code, hello.payload) == ("app.handler", "python3.13", "src", "1.0")
    assert (hello.memory, hello.timeout, hello.reserved_concurrency) == (512, 10, 2)
    assert hello.environment == {"TABLE": "orders-dev", "N": "1", "ON": "true"}
    assert hello.routes == ("GET /hello", "ANY /hello/{proxy+}")
    assert hello.where == "pyproject.toml:8"
    assert settings.images == {"python3.11": "my/lambda-python:3.11"}
    assert settings.stages["dev"].parameter_overrides == {"Stage": "dev"}
    assert settings.problems == ()
    assert settings.declares_functions


def test_devserve_toml_has_the_same_keys_without_the_prefix():
    settings = parse_settings("[functions.hello]\nmemory = 256\n", "devserve.toml")
    assert settings.functions[0].memory == 256
    assert not settings.declares_functions


@pytest.mark.parametrize("says", ["image = 'a'", "dockerfile = 'D'", "runtime = 'provided.al2023'", "handler = 'a.b'"])
def test_what_says_what_runs_is_a_function_of_its_own(says):
    settings = parse_settings(f"[functions.f]\n{says}\nlayers = ['one', 'two']\n", "devserve.toml")
    assert settings.declares_functions
    assert settings.functions[0].layers == ("one", "two")


@pytest.mark.parametrize("text", ["", "[tool.other]\na = 1", "tool = 1"])
def test_a_pyproject_without_our_table_has_no_settings(text):
    assert parse_settings(text, "pyproject.toml") is None


@pytest.mark.parametrize(
    ("text", "what", "hint", "where"),
    [
        ("tempalte = 'x'\n", "no setting tempalte", "did you mean template?", "devserve.toml:1"),
        ("[functions.f]\nhandler = 'a.b'\nmemry = 1\n", "no setting functions.f.memry", "memory", "devserve.toml:3"),
        ("[functions.f]\nmemory = '512'\n", "functions.f.memory is '512'", "a whole number", "devserve.toml:2"),
        ("[functions.f]\nmemory = true\n", "functions.f.memory is True", "a whole number", "devserve.toml:2"),
        ("[functions.f]\npayload = '3.0'\n", "payload of f is '3.0'", "2.0", "devserve.toml:2"),
        ("[functions.f]\narchitecture = 'x86'\n", "architecture of f is 'x86'", "arm64", "devserve.toml:2"),
        ("[functions.f]\nlayers = 'one'\n", "functions.f.layers is 'one'", "a list of text", "devserve.toml:2"),
        ("sandbox = 'magic'\n", "sandbox is 'magic'", "docker", "devserve.toml:1"),
        ("[functions]\nf = 'app.handler'\n", "functions.f is not a table", "[functions.f]", "devserve.toml:2"),
        ("functions = 3\n", "functions is 3", "a table", "devserve.toml:1"),
    ],
)
def test_a_bad_setting_is_told_and_changes_nothing(text, what, hint, where):
    settings = parse_settings(text, "devserve.toml")
    (problem,) = settings.problems
    assert what in problem.what
    assert hint in problem.hint
    assert problem.where == where


def test_bad_toml_names_its_line():
    with pytest.raises(UserError) as caught:
        parse_settings("a = 1\nb = \n", "devserve.toml")
    assert caught.value.where == "devserve.toml:2"

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
s3_bucket = "shop-artifacts"
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
    dev = settings.stages["dev"]
    assert (dev.stack_name, dev.region, dev.s3_bucket) == ("shop-dev", "eu-west-1", "shop-artifacts")
    assert dev.parameter_overrides == {"Stage": "dev"}
    assert (dev.name, dev.where) == ("dev", "pyproject.toml:20")
    assert settings.problems == ()
    assert settings.declares_functions


def test_devserve_toml_has_the_same_keys_without_the_prefix():
    settings = parse_settings("[functions.hello]\nmemory = 256\n", "devserve.toml")
    assert settings.functions[0].memory == 256
    assert not settings.declares_functions


def test_what_is_not_pushed_and_what_is_shared_is_said_once_for_all_functions():
    text = "exclude = ['docs/**', '!.env']\nshared_dependencies = true\n"
    settings = parse_settings(text, "devserve.toml")
    assert (settings.exclude, settings.shared_dependencies) == (("docs/**", "!.env"), True)
    assert settings.problems == ()
    nothing = parse_settings("", "devserve.toml")
    assert (nothing.exclude, nothing.shared_dependencies) == ((), False)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("exclude = 'docs'", "exclude is 'docs'"),
        ("exclude = ['docs', 1]", "exclude is ['docs', 1]"),
        ("shared_dependencies = 'yes'", "shared_dependencies is 'yes'"),
        ("shared_dependencies = 1", "shared_dependencies is 1"),
    ],
)
def test_what_is_no_list_and_no_yes_is_told(text, what):
    settings = parse_settings(text, "devserve.toml")
    (problem,) = settings.problems
    assert (problem.what, problem.where) == (what, "devserve.toml:1")
    assert settings.shared_dependencies is False


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
        ("[functions.f]\nrun = 'cloud'\n", "run of f is 'cloud'", "stage", "devserve.toml:2"),
        ("[functions.f]\nrun = true\n", "functions.f.run is True", "text", "devserve.toml:2"),
        ("[stages.dev]\nregoin = 'x'\n", "no setting stages.dev.regoin", "did you mean region?", "devserve.toml:2"),
        ("[stages.dev]\ntags = ['a']\n", "stages.dev.tags is ['a']", "a table", "devserve.toml:2"),
        ("[stages.dev]\ncapabilities = 'x'\n", "stages.dev.capabilities is 'x'", "a list", "devserve.toml:2"),
        ("[stages.dev]\ns3_bucket = 'A'\n", "s3_bucket of stage dev is 'A'", "lower-case", "devserve.toml:2"),
        ("[stages.dev]\nendpoint_url = 'x'\n", "endpoint_url of stage dev is 'x'", "http", "devserve.toml:2"),
        ("[stages.'a/b']\n", "'a/b' is no name for a stage", "letters", "devserve.toml:1"),
        ("[stages]\ndev = 'x'\n", "stages.dev is not a table", "[stages.dev]", "devserve.toml:2"),
        ("protected_stages = 'prod'\n", "protected_stages is 'prod'", "a list of text", "devserve.toml:1"),
        ("protected_stages = ['prod', 1]\n", "protected_stages is ['prod', 1]", "a list of text", "devserve.toml:1"),
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


STAGE = """\
protected_stages = ["prod*", "live"]
[stages.dev]
stack_name = "shop-dev"
region = "eu-west-2"
profile = "shop"
s3_bucket = "shop-artifacts"
s3_prefix = "dev"
image_repository = "host.test/shop"
role_arn = "arn:aws:iam::123456789012:role/deploy"
endpoint_url = "http://127.0.0.1:5000"
capabilities = ["CAPABILITY_IAM"]
tags = { team = "shop" }
parameter_overrides = { Stage = "dev", N = 1 }
"""


def test_every_key_of_a_stage_is_read():
    settings = parse_settings(STAGE, "devserve.toml")
    dev = settings.stages["dev"]
    assert settings.problems == dev.problems == ()
    assert settings.protected_stages == ("prod*", "live")
    assert (dev.s3_prefix, dev.image_repository, dev.endpoint_url) == ("dev", "host.test/shop", "http://127.0.0.1:5000")
    assert (dev.profile, dev.role_arn) == ("shop", "arn:aws:iam::123456789012:role/deploy")
    assert (dev.capabilities, dev.tags) == (("CAPABILITY_IAM",), {"team": "shop"})
    assert dev.parameter_overrides == {"Stage": "dev", "N": "1"}


def test_a_stage_keeps_what_is_wrong_with_it_and_no_other_does():
    settings = parse_settings("[stages.dev]\nregoin = 'x'\ns3_bucket = 'A'\n[stages.b]\n", "devserve.toml")
    assert [problem.warning for problem in settings.problems] == [True, True]
    assert [problem.warning for problem in settings.stages["dev"].problems] == [False, False]
    assert settings.stages["b"].problems == ()


def test_text_where_a_table_belongs_is_not_repeated():
    (problem,) = parse_settings("[stages.dev]\nparameter_overrides = 'P=hunter2'\n", "devserve.toml").problems
    assert "hunter2" not in problem.what + problem.hint

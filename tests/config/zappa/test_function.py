import json
from pathlib import Path

import pytest

from localstack_lite.config.managed_aliases import Managed
from localstack_lite.config.zappa.function import Surroundings, alias_of, function_of
from localstack_lite.config.zappa.module import settings_module
from localstack_lite.model.adapter import AppKind
from tests.config.zappa_samples import given_of

LAYER = "arn:aws:lambda:eu-west-2:123456789012:layer:shared:3"


def of(stage, zappa="0.63.0", variables=None):
    around = Surroundings(Path("/shop"), "3.12", zappa, Path("/runtimes/zappa"))
    module = settings_module(stage, "shop", "eu-west-2", zappa, {})
    return function_of(stage, "shop", module, around, variables or {})


def test_a_stage_is_one_function_with_zappas_defaults():
    function = of(given_of(app_function="shop.app"))
    assert (function.logical_id, function.name, function.handler) == ("shop-dev", "shop-dev", "handler.lambda_handler")
    assert (function.runtime, function.memory, function.timeout) == ("python3.12", 512, 30)
    assert (function.ephemeral_storage, function.architecture, function.environment) == (512, "x86_64", {})
    assert (function.reserved_concurrency, function.tracing) == (None, "PassThrough")
    assert (function.code.folder, function.where) == (Path("/shop"), "zappa_settings.json:app_function")


def test_settings_of_lambda_are_the_functions():
    function = of(
        given_of(
            lambda_handler="own.handler",
            runtime="python3.11",
            memory_size=1024,
            timeout_seconds=60,
            ephemeral_storage={"Size": 2048},
            architecture="arm64",
            lambda_concurrency=0,
            aws_environment_variables={"LAMBDAS": "1", "OTHER": "2"},
            environment_variables={"APPS": "1"},
            layers=[LAYER],
            xray_tracing=True,
            role_arn="arn:aws:iam::123456789012:role/functions",
            lambda_description="The shop",
            tags={"team": "shop", "size": 1},
        ),
        variables={"OTHER": "given"},
    )
    assert (function.handler, function.runtime) == ("own.handler", "python3.11")
    assert (function.memory, function.timeout, function.ephemeral_storage) == (1024, 60, 2048)
    assert (function.architecture, function.reserved_concurrency, function.tracing) == ("arm64", 0, "Active")
    assert function.environment == {"LAMBDAS": "1", "OTHER": "given"}
    assert [layer.arn for layer in function.layers] == [LAYER]
    assert function.opt is not None
    assert (function.description, function.tags) == ("The shop", {"team": "shop", "size": "1"})
    assert function.role == "arn:aws:iam::123456789012:role/functions"


def test_the_adapter_is_the_installed_zappa():
    adapter = of(given_of(app_function="shop.web.app")).adapter
    assert (adapter.kind, adapter.app, adapter.name) == (AppKind.ZAPPA, "shop.web:app", "zappa 0.63.0")
    assert (adapter.folders, adapter.django_settings) == ((Path("/runtimes/zappa"),), "")
    told = json.loads(adapter.variables["DEVSERVE_ZAPPA"])
    assert (told["APP_MODULE"], told["APP_FUNCTION"], told["EXCEPTION_HANDLER"]) == ("shop.web", "app", None)
    assert (told["DEVSERVE_SHIM"], told["DEVSERVE_ZAPPA_VERSION"]) == (False, "0.63.0")
    assert told["DEVSERVE_REMOTE_ENV_FILE"] == ".devserve/remote_env.json"


def test_without_zappa_something_stands_in_for_it_and_says_so():
    adapter = of(given_of(django_settings="shop.settings"), zappa="").adapter
    assert adapter.name == "zappa shim, modelled on 0.63.0"
    assert (adapter.app, adapter.django_settings) == ("shop.settings", "shop.settings")
    assert json.loads(adapter.variables["DEVSERVE_ZAPPA"])["DEVSERVE_SHIM"] is True


@pytest.mark.parametrize(
    ("settings", "attribute", "used"),
    [
        ({"memory_size": 64}, "memory", 128),
        ({"timeout_seconds": 1000}, "timeout", 900),
        ({"ephemeral_storage": {"Size": 100}}, "ephemeral_storage", 512),
        ({"ephemeral_storage": {"size": 1024}}, "ephemeral_storage", 512),
        ({"architecture": "arm"}, "architecture", "x86_64"),
        ({"runtime": "python2.7"}, "runtime", "python3.12"),
        ({"layers": ["shared"]}, "layers", ()),
    ],
)
def test_what_aws_would_refuse_is_told(settings, attribute, used):
    stage = given_of(**settings)
    assert getattr(of(stage), attribute) == used
    (problem,) = stage.problems
    assert problem.subject in settings


def test_a_retired_runtime_runs_with_a_remark():
    stage = given_of(runtime="python3.9")
    assert of(stage).runtime == "python3.9"
    assert "retired" in stage.problems[0].what


@pytest.mark.parametrize(
    ("settings", "alias"),
    [
        ({}, None),
        ({"provisioned_concurrency": 3}, Managed("provisioned-concurrency", 3)),
        ({"snap_start": "PublishedVersions"}, Managed("snapstart")),
        ({"snap_start": "None", "provisioned_concurrency": 0}, None),
    ],
)
def test_zappas_own_alias(settings, alias):
    assert alias_of(given_of(app_function="a.b", **settings)) == alias


def test_dead_letters_and_snapshots():
    function = of(given_of(app_function="a.b", dead_letter_arn="arn:aws:sqs:x", snap_start="PublishedVersions"))
    assert (function.dead_letter, function.snap_start) == ("arn:aws:sqs:x", True)

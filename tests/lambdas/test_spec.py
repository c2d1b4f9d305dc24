"""What an environment of a function is started with, and a person's command, which has no Runtime API."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from localstack_lite.lambdas.service import Settings
from localstack_lite.lambdas.spec import spec_of, stream_of
from localstack_lite.lambdas.variables import variables
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.function import Code, Function
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.project import Project

ADAPTER = Adapter(AppKind.WSGI, "shop.wsgi:application", "apig-wsgi", variables={"DEVSERVE_APP": "{}"})
SHOP = Function(
    "Shop",
    "shop",
    "python3.12",
    "devserve_app.handler",
    Code(Path("/p")),
    memory=256,
    environment={"TABLE": "orders"},
    opt=Path("/p/.devserve/opt"),
    adapter=ADAPTER,
)
PROJECT = Project(Path("/p"), (SHOP,), region="eu-west-2")
SETTINGS = Settings(
    4,
    Path("/tmp/run-1"),
    "run-1",
    user=(("AWS_PROFILE", "me"),),
    lambda_endpoint="http://127.0.0.1:3001",
    strict_fs=True,
    extensions=Path("/p/extensions"),
)


def test_it_is_what_the_function_and_this_machine_say() -> None:
    stream = stream_of(0.0, "f" * 32)
    assert stream == f"1970/01/01/[$LATEST]{'f' * 32}"
    spec = spec_of(SHOP, PROJECT, SETTINGS, name="3", stream=stream, address="127.0.0.1:9", debug=True)
    expected = variables(
        SHOP,
        PROJECT,
        runtime_api="127.0.0.1:9",
        stream=stream,
        user={"AWS_PROFILE": "me"},
        lambda_endpoint="http://127.0.0.1:3001",
    )
    assert spec.environ == expected
    assert (spec.folder, spec.opt, spec.memory, spec.adapter) == (Path("/p"), SHOP.opt, 256, ADAPTER)
    assert (spec.runtime_api, spec.strict_fs, spec.debug) == ("127.0.0.1:9", True, True)
    assert spec.extensions == Path("/p/extensions")


def test_a_published_version_says_so_in_its_log_stream_and_its_variables() -> None:
    assert stream_of(0.0, "f" * 32, "7") == f"1970/01/01/[7]{'f' * 32}"
    kind = Initialization.PROVISIONED
    spec = spec_of(replace(SHOP, version="7"), PROJECT, SETTINGS, name="3", stream="s", initialization=kind)
    assert spec.environ["AWS_LAMBDA_FUNCTION_VERSION"] == "7"
    assert spec.environ["AWS_LAMBDA_INITIALIZATION_TYPE"] == "provisioned-concurrency"


def test_its_tmp_is_its_own_and_a_command_needs_no_runtime_api() -> None:
    spec = spec_of(SHOP, PROJECT, SETTINGS, name="terminal", stream="s")
    assert spec.scratch == Path("/tmp/run-1/run-1-terminal")
    assert (spec.runtime_api, spec.debug) == ("", False)

"""What a person's command is started with: all that an environment of the function has, but a Runtime API."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.app.terminal import spec_of
from localstack_lite.lambdas.service import Settings
from localstack_lite.lambdas.variables import variables
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.function import Code, Function
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
)


def test_it_is_what_an_environment_of_the_function_is() -> None:
    spec = spec_of(SHOP, PROJECT, SETTINGS, "f" * 32, 0.0)
    expected = variables(
        SHOP,
        PROJECT,
        runtime_api="",
        stream=f"1970/01/01/[$LATEST]{'f' * 32}",
        version="$LATEST",
        user={"AWS_PROFILE": "me"},
        lambda_endpoint="http://127.0.0.1:3001",
    )
    assert spec.environ == expected
    assert (spec.folder, spec.opt, spec.memory, spec.adapter) == (Path("/p"), SHOP.opt, 256, ADAPTER)
    assert spec.strict_fs


def test_its_tmp_is_its_own() -> None:
    assert spec_of(SHOP, PROJECT, SETTINGS, "f", 0.0).scratch == Path("/tmp/run-1/run-1-terminal")

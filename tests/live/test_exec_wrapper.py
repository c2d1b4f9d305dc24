"""`AWS_LAMBDA_EXEC_WRAPPER`: a script of a layer that starts the runtime, in either sandbox and either language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.devserver import DOCKER, PROCESS, Devserve, devserve, write
from tests.live.docker_projects import settings
from tests.live.templates import function, sam

pytestmark = pytest.mark.live

APP = """
import os
def handler(event, context):
    return {"wrapped": os.environ.get("WRAPPED"), "arguments": int(os.environ.get("ARGUMENTS", "0"))}
"""
INDEX = """
exports.handler = async () => ({ wrapped: process.env.WRAPPED, arguments: Number(process.env.ARGUMENTS) });
"""
WRAPPER = """#!/bin/sh
export WRAPPED="by $(basename "$0") of $AWS_LAMBDA_FUNCTION_NAME" ARGUMENTS="$#"
exec "$@"
"""


@pytest.fixture(scope="module", params=[PROCESS, pytest.param(DOCKER, marks=pytest.mark.docker)])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    wrapped = {
        "Layers": [{"Ref": "Wrapper"}],
        "Environment": {"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"}},
        "MemorySize": 1769,
    }
    nowhere = {"Environment": {"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/no-such-wrapper"}}, "MemorySize": 1769}
    template = sam(
        {
            "Wrapper": {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "layer"}},
            "Python": function("app.handler", FunctionName="python", **wrapped),
            "Node": function("index.handler", FunctionName="node", Runtime="nodejs20.x", **wrapped),
            "Nowhere": function("app.handler", FunctionName="nowhere", **nowhere),
            "Plain": function("app.handler", FunctionName="plain", MemorySize=1769),
        }
    )
    folder = tmp_path_factory.mktemp("wrapper")
    files = {"template.json": template, "app.py": APP, "index.js": INDEX, "layer/wrapper": WRAPPER}
    if request.param == DOCKER:
        files |= settings(template)
    (write(folder / "project", files) / "layer" / "wrapper").chmod(0o755)
    with devserve(folder, sandbox=request.param) as running:
        yield running


@pytest.mark.parametrize("name", ["python", "node"])
def test_the_wrapper_starts_the_runtime_with_its_command_line(server: Devserve, name: str) -> None:
    answer = server.invoke(name, {}, tail=True)
    assert answer.error is None, answer.log
    assert answer.payload["wrapped"] == f"by wrapper of {name}"
    assert answer.payload["arguments"] >= 1


def test_a_function_without_one_is_started_as_ever(server: Devserve) -> None:
    assert server.invoke("plain", {}).payload == {"wrapped": None, "arguments": 0}


def test_a_wrapper_that_is_not_there_is_an_answer(server: Devserve) -> None:
    answer = server.invoke("nowhere", {}, tail=True)
    assert (answer.status, answer.error) == (200, "Unhandled")
    assert answer.payload["errorType"].startswith("Runtime.")
    assert "no-such-wrapper" in "".join(server.log("nowhere"))

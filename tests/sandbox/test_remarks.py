"""What is said about functions that the process sandbox runs differently, or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.model.function import Code, Function, Image
from localstack_lite.sandbox.interpreter import Interpreter
from localstack_lite.sandbox.remarks import remark

FOUND = Interpreter(Path("/x"), "20.20.2", "a test")


def function(runtime: str) -> Function:
    return Function("Fn", "fn", runtime, "app.handler", Code(Path("/p")))


@pytest.mark.parametrize("runtime", ["python3.12", "nodejs20.x", "provided.al2023", "go1.x"])
def test_nothing_when_all_is_as_on_aws(runtime: str) -> None:
    assert remark(function(runtime), FOUND, "x86_64") is None


def test_another_version_is_a_warning() -> None:
    warned = replace(FOUND, warning="nodejs22.x asked, running 20.20.2 from a test")
    said = remark(function("nodejs22.x"), warned, "x86_64")
    assert said is not None
    assert (said.warning, said.what, said.subject) == (True, warned.warning, "Fn")


@pytest.mark.parametrize("runtime", ["java21", "ruby3.4", "dotnet8"])
def test_a_runtime_that_only_images_have_is_a_problem(runtime: str) -> None:
    said = remark(function(runtime), None, "x86_64")
    assert said is not None
    assert (said.warning, said.what) == (False, f"{runtime} runs only in the Docker sandbox")
    assert "--sandbox docker" in said.hint


def test_a_container_image_is_a_problem() -> None:
    said = remark(replace(function(""), image=Image("mine:1")), None, "x86_64")
    assert said is not None
    assert (said.warning, said.what) == (False, "container images run only in the Docker sandbox")


def test_a_machine_without_node_is_a_problem_with_a_way_out() -> None:
    said = remark(function("nodejs22.x"), None, "x86_64")
    assert said is not None
    assert (said.warning, said.what) == (False, "nodejs22.x needs Node.js, and there is none on this machine")
    assert said.hint.startswith("install Node.js 22, or ")


@pytest.mark.parametrize(
    ("asked", "machine", "expected"),
    [
        ("arm64", "x86_64", "arm64 asked, running on this machine's x86_64"),
        ("x86_64", "aarch64", "x86_64 asked, running on this machine's arm64"),
        ("arm64", "aarch64", None),
        ("arm64", "arm64", None),
    ],
)
def test_another_architecture_is_a_warning_that_names_no_function(asked: str, machine: str, expected: str) -> None:
    said = remark(replace(function("python3.12"), architecture=asked), FOUND, machine)
    assert (said.what if said else None) == expected
    assert said is None or said.warning

"""What makes a runtime in a container wait for a debugger."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from localstack_lite import shipped
from localstack_lite.sandbox.container import Mount
from localstack_lite.sandbox.debugging import attachment


def test_python_runs_under_debugpy_through_its_exec_wrapper() -> None:
    found = attachment("python3.13", {}, "/venv/debugpy", "/share/wrapper.sh")
    assert Mount("/venv/debugpy", "/var/devserve/debugger/debugpy") in found.mounts
    assert Mount("/share/wrapper.sh", found.environ["AWS_LAMBDA_EXEC_WRAPPER"]) in found.mounts
    assert found.problem == ""


def test_a_wrapper_of_the_functions_own_is_still_called() -> None:
    found = attachment("python3.13", {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel"}, "/venv/debugpy", "/w")
    assert found.environ["DEVSERVE_EXEC_WRAPPER"] == "/opt/otel"


def test_without_debugpy_it_is_said_how_to_get_it() -> None:
    found = attachment("python3.13", {}, "", "/w")
    assert "pip install debugpy" in found.problem
    assert (found.mounts, found.environ) == ((), {})


def test_options_of_the_function_stay() -> None:
    node = attachment("nodejs22.x", {"NODE_OPTIONS": "--enable-source-maps"}, "", "")
    assert node.environ == {
        "NODE_OPTIONS": "--enable-source-maps --inspect-brk=0.0.0.0:5678 --inspect-publish-uid=http"
    }
    java = attachment("java21", {}, "", "")
    assert "address=*:5678" in java.environ["JAVA_TOOL_OPTIONS"]


def test_other_runtimes_run_without_and_say_so() -> None:
    assert "provided.al2023" in attachment("provided.al2023", {}, "", "").problem
    assert "an image" in attachment("", {}, "", "").problem


@pytest.mark.parametrize("own", [False, True])
def test_the_wrapper_puts_debugpy_between_python_and_its_program(tmp_path: Path, own: bool) -> None:
    python, outer = tmp_path / "python", tmp_path / "outer"
    python.write_text('#!/bin/sh\nfor word in "$@"; do echo "[$word]"; done\necho "$PYTHONPATH"\n')
    outer.write_text('#!/bin/sh\necho outer\nexec "$@"\n')
    for each in (python, outer):
        each.chmod(0o755)
    environ = {"PATH": "/usr/bin:/bin", "DEVSERVE_DEBUG_PORT": "5678", "PYTHONPATH": "/var/runtime"}
    if own:
        environ["DEVSERVE_EXEC_WRAPPER"] = str(outer)
    wrapper = shipped.runtimes() / "docker" / "debug-wrapper.sh"
    done = subprocess.run(
        [str(wrapper), str(python), "-m", "awslambdaric", "app.handler"],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    words = done.stdout.split("\n")
    assert words[:1] == (["outer"] if own else ["[-X]"])
    debugpy = "[-m]\n[debugpy]\n[--listen]\n[0.0.0.0:5678]\n[--wait-for-client]\n"
    assert f"{debugpy}[-m]\n[awslambdaric]\n[app.handler]\n" in done.stdout
    assert "/var/devserve/debugger:/var/runtime" in done.stdout

"""How a function becomes a process: command, folder, variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox.interpreter import Interpreter
from localstack_lite.sandbox.spec import Impossible, Launch, launch, variables

PYTHON = Interpreter(Path("/p/.venv/bin/python"), "3.12", ".venv")
RUNTIMES = Path("/devserve/runtimes")
HOST = {"PATH": "/home/me/bin:/usr/bin", "SECRET": "mine", "PYTHONPATH": "/mine"}


def spec(runtime: str = "python3.12", environ: dict[str, str] | None = None) -> SandboxSpec:
    return SandboxSpec(
        "t", runtime, "app.handler", Path("/p/src"), environ or {}, "127.0.0.1:9001", 128, Path("/tmp/scratch")
    )


def made(environ: dict[str, str], host: dict[str, str] = HOST) -> dict[str, str]:
    return variables(spec(environ=environ), "run/t/1", RUNTIMES / "python", PYTHON.path.parent, host)


def test_python_runs_our_bootstrap_without_writing_byte_code_and_unbuffered() -> None:
    plan = launch(spec(), "run/t/1", PYTHON, RUNTIMES, HOST)
    assert isinstance(plan, Launch)
    assert plan.command == ("/p/.venv/bin/python", "-B", "-u", "/devserve/runtimes/python/bootstrap.py")
    assert plan.folder == Path("/p/src")


def test_provided_runs_the_executable_in_the_code() -> None:
    plan = launch(spec("provided.al2023"), "run/t/1", None, RUNTIMES, HOST)
    assert isinstance(plan, Launch)
    assert plan.command == ("/p/src/bootstrap",)
    assert plan.environ["LAMBDA_RUNTIME_DIR"] == "/p/src"


@pytest.mark.parametrize("runtime", ["nodejs22.x", "java21", "", "cobol"])
def test_other_runtimes_are_refused_with_a_reason(runtime: str) -> None:
    plan = launch(spec(runtime), "run/t/1", None, RUNTIMES, HOST)
    assert isinstance(plan, Impossible)
    assert (runtime or "(none)") in plan.why


def test_the_machines_own_variables_are_completed() -> None:
    values = made({"MINE": "kept", "LAMBDA_TASK_ROOT": "/var/task", "TMPDIR": "/elsewhere"})
    assert values["MINE"] == "kept"
    assert values["LAMBDA_TASK_ROOT"] == values["PWD"] == "/p/src"
    assert values["LAMBDA_RUNTIME_DIR"] == "/devserve/runtimes/python"
    assert values["AWS_LAMBDA_RUNTIME_API"] == "127.0.0.1:9001"
    assert values["_HANDLER"] == "app.handler"
    assert values["TMPDIR"] == "/tmp/scratch"
    assert values["DEVSERVE_ENVIRONMENT"] == "run/t/1"


def test_nothing_else_of_devserves_own_environment_is_inherited() -> None:
    values = made({})
    assert "SECRET" not in values
    assert "PYTHONPATH" not in values


def test_commands_are_found_beside_the_interpreter_first_then_where_the_user_finds_them() -> None:
    assert made({})["PATH"] == "/p/.venv/bin:/home/me/bin:/usr/bin"
    aws = "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin"
    assert made({"PATH": aws})["PATH"] == "/p/.venv/bin:/usr/local/bin:/usr/bin:/bin:/home/me/bin"
    assert made({}, {})["PATH"] == "/p/.venv/bin:/usr/local/bin:/usr/bin:/bin"


def test_search_paths_of_awss_image_are_translated() -> None:
    values = made(
        {
            "LD_LIBRARY_PATH": "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/task:/var/task/lib:/opt/lib:/mine",
            "PYTHONPATH": "/var/runtime:/var/task/vendor:/var/tasks",
        }
    )
    assert values["LD_LIBRARY_PATH"] == "/p/src:/p/src/lib:/mine"
    assert values["PYTHONPATH"] == "/p/src/vendor:/var/tasks"


def test_a_search_path_that_means_nothing_here_is_left_out() -> None:
    values = made({"LD_LIBRARY_PATH": "/var/lang/lib", "PYTHONPATH": "/var/runtime"})
    assert "LD_LIBRARY_PATH" not in values
    assert "PYTHONPATH" not in values


def test_libraries_that_the_interpreter_needs_are_still_found() -> None:
    assert made({}, {"LD_LIBRARY_PATH": "/conda/lib"})["LD_LIBRARY_PATH"] == "/conda/lib"

"""How a function becomes a process: command, folder, variables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox.interpreter import Interpreter
from localstack_lite.sandbox.spec import Found, Impossible, Launch, launch, variables, wrapper_of

PYTHON = Interpreter(Path("/p/.venv/bin/python"), "3.12", ".venv")
NODE = Interpreter(Path("/nvm/v20.20.2/bin/node"), "20.20.2", "nvm 20.20.2")
RUNTIMES = Path("/devserve/runtimes")
HOST = {"PATH": "/home/me/bin:/usr/bin", "SECRET": "mine", "PYTHONPATH": "/mine"}


def spec(runtime: str = "python3.12", environ: dict[str, str] | None = None) -> SandboxSpec:
    return SandboxSpec(
        "t", runtime, "app.handler", Path("/p/src"), environ or {}, "127.0.0.1:9001", 128, Path("/tmp/scratch")
    )


def started(given: SandboxSpec, found: Found) -> Launch:
    plan = launch(given, "run/t/1", found, RUNTIMES, HOST)
    assert isinstance(plan, Launch)
    return plan


def made(environ: dict[str, str], host: dict[str, str] = HOST) -> dict[str, str]:
    return variables(spec(environ=environ), "run/t/1", RUNTIMES / "python", PYTHON, host)


def test_python_runs_our_bootstrap_without_writing_byte_code_and_unbuffered() -> None:
    plan = started(spec(), Found(PYTHON))
    assert plan.command == ("/p/.venv/bin/python", "-B", "-u", "/devserve/runtimes/python/bootstrap.py")
    assert plan.folder == Path("/p/src")


def test_node_runs_our_bootstrap_with_the_memory_divided_as_aws_divides_it() -> None:
    plan = started(spec("nodejs24.x"), Found(replace(NODE, version="24.1.0")))
    memory = ("--max-semi-space-size=6", "--max-old-space-size=116")
    bootstrap = "/devserve/runtimes/nodejs/bootstrap.cjs"
    assert plan.command == (str(NODE.path), *memory, "--max-http-header-size=81920", bootstrap)
    assert plan.environ["LAMBDA_RUNTIME_DIR"] == "/devserve/runtimes/nodejs"


@pytest.mark.parametrize(
    ("runtime", "version", "options", "expected"),
    [
        ("nodejs20.x", "20.20.2", "", {"require"}),
        ("nodejs22.x", "22.1.0", "", {"require", "detect"}),
        ("nodejs22.x", "22.1.0", "--experimental-require-module --title=x", {"detect"}),
        ("nodejs22.x", "20.9.0", "", set()),
        ("nodejs22.x", "", "", set()),
        ("nodejs24.x", "24.1.0", "", set()),
        ("nodejs18.x", "20.20.2", "", set()),
    ],
)
def test_experiments_that_aws_switches_off_are_off_unless_the_function_wants_them(
    runtime: str, version: str, options: str, expected: set[str]
) -> None:
    plan = started(spec(runtime, {"NODE_OPTIONS": options}), Found(replace(NODE, version=version)))
    off = {word.split("-")[4] for word in plan.command if word.startswith("--no-experimental-")}
    assert off == expected


def test_stacks_are_told_in_terms_of_the_source_when_there_is_a_map() -> None:
    assert "--enable-source-maps" in started(spec("nodejs20.x"), Found(NODE, source_maps=True)).command
    assert "--enable-source-maps" not in started(spec("nodejs20.x"), Found(NODE)).command


def test_provided_runs_the_executable() -> None:
    plan = started(spec("provided.al2023"), Found(bootstrap=Path("/p/src/bootstrap")))
    assert plan.command == ("/p/src/bootstrap",)
    assert plan.environ["LAMBDA_RUNTIME_DIR"] == "/p/src"


@pytest.mark.parametrize("runtime", ["java21", "ruby3.4", "dotnet8"])
def test_other_runtimes_are_refused_with_a_reason(runtime: str) -> None:
    plan = launch(spec(runtime), "run/t/1", Found(), RUNTIMES, HOST)
    assert isinstance(plan, Impossible)
    assert plan.why == f"runtime {runtime} runs only in the Docker sandbox: start devserve with --sandbox docker"


def test_a_debugged_python_waits_for_its_client() -> None:
    debugged = replace(spec(), debug=True)
    plan = started(debugged, Found(PYTHON, debug_port=5678, debugpy=Path("/site/debugpy")))
    assert plan.command[3:] == (
        *("-Xfrozen_modules=off", "/site/debugpy", "--listen", "127.0.0.1:5678", "--wait-for-client"),
        "/devserve/runtimes/python/bootstrap.py",
    )


def test_a_python_without_debugger_is_not_started_for_debugging() -> None:
    plan = launch(replace(spec(), debug=True), "m", Found(PYTHON, debug_port=5678), RUNTIMES, HOST)
    assert isinstance(plan, Impossible)
    assert "pip install debugpy" in plan.why


def test_a_debugged_node_waits_for_its_client_and_prints_nothing_about_it() -> None:
    plan = started(replace(spec("nodejs20.x"), debug=True), Found(NODE, debug_port=9229))
    assert plan.command[-3:-1] == ("--inspect-brk=127.0.0.1:9229", "--inspect-publish-uid=http")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", None),
        ("/opt/wrapper", "/layers/f/wrapper"),
        ("/var/task/bin/wrapper", "/p/src/bin/wrapper"),
        ("/usr/bin/env", "/usr/bin/env"),
    ],
)
def test_a_wrapper_is_found_where_it_is_on_this_machine(given: str, expected: str | None) -> None:
    wrapped = replace(spec(environ={"AWS_LAMBDA_EXEC_WRAPPER": given}), opt=Path("/layers/f"))
    assert wrapper_of(wrapped) == (Path(expected) if expected else None)


def test_a_wrapper_is_given_the_runtimes_command_line() -> None:
    wrapped = replace(spec(environ={"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"}), opt=Path("/layers/f"))
    plan = started(wrapped, Found(PYTHON))
    assert plan.command[:2] == ("/layers/f/wrapper", "/p/.venv/bin/python")


def test_a_wrapper_does_not_count_for_custom_runtimes() -> None:
    wrapped = spec("provided.al2023", {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"})
    assert started(wrapped, Found(bootstrap=Path("/p/src/bootstrap"))).command == ("/p/src/bootstrap",)


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


def test_files_of_layers_are_reported_where_files_are() -> None:
    layered = replace(spec(environ={"DEVSERVE_REPORT_FILES": "1"}), opt=Path("/layers/f"))
    assert variables(layered, "m", RUNTIMES, PYTHON, HOST)["DEVSERVE_WATCH_ROOTS"] == "/layers/f"
    assert "DEVSERVE_WATCH_ROOTS" not in variables(replace(layered, environ={}), "m", RUNTIMES, PYTHON, HOST)


def test_an_adapter_is_told_which_packages_it_may_offer() -> None:
    adapter = Adapter(AppKind.ASGI, "app:app", "Mangum", (Path("/ours"),), (Path("/own/mangum"), Path("/own/t.py")))
    given = replace(spec(), adapter=adapter)
    values = variables(given, "mark", Path("/runtimes/python"), PYTHON, HOST)
    assert values["DEVSERVE_PACKAGES"] == "/own/mangum:/own/t.py"
    assert values["PYTHONPATH"] == "/ours"
    assert "DEVSERVE_PACKAGES" not in variables(spec(), "mark", Path("/runtimes/python"), PYTHON, HOST)

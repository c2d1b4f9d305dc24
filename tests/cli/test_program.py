"""The first argument decides; whatever goes wrong is words and an exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from localstack_lite import __version__
from localstack_lite.cli import program
from localstack_lite.cli.program import COMMANDS, run


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"devserve {__version__}\n"


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_the_help_has_the_options_of_serve_and_all_commands(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([flag]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Usage: devserve [OPTIONS] [TARGET]\n")
    assert all(f"\n  {name} " in said for name in COMMANDS)
    assert "--warm-containers" in said


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_a_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: devserve {name}")


@pytest.mark.parametrize(
    "arguments",
    [["none"], ["serve", "none"], ["-p", "0", "none"], ["none", "-p", "0"], ["--parameter-overrides", "A=1", "none"]],
)
def test_what_is_no_command_is_served(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("devserve: ")
    assert "none" in said


def test_a_folder_that_is_called_like_a_command_can_be_served_with_a_dot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "events").mkdir()
    assert run(["./events"]) == 2  # it is empty
    assert "apigw" not in capsys.readouterr().out


def test_a_fault_of_ours_is_written_to_the_projects_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".devserve").mkdir()
    written = program._written(RuntimeError("broken"), [])
    assert written == str(tmp_path / ".devserve" / "crash.log")
    assert "RuntimeError: broken" in Path(written).read_text(encoding="utf-8")


def test_a_fault_of_ours_without_a_project_is_written_to_a_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written = Path(program._written(RuntimeError("broken"), ["x"]))
    try:
        assert "RuntimeError: broken" in written.read_text(encoding="utf-8")
        assert list(tmp_path.iterdir()) == []
    finally:
        written.unlink()


def test_help_and_invoke_load_nothing_heavy() -> None:
    """What they import decides how long a person waits; these alone would take longer than all the rest."""
    code = (
        "import sys, localstack_lite.cli.serve, localstack_lite.cli.invoke\n"
        "from localstack_lite.cli.program import run\n"
        "run(['--help'])\n"
        "heavy = {'asyncio', 'boto3', 'botocore', 'docker', 'rich', 'samtranslator', 'uvicorn', 'watchdog', 'yaml'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_one_invocation_loads_no_server_and_nothing_of_what_others_need() -> None:
    code = (
        "import sys; import localstack_lite.app, localstack_lite.config.read, localstack_lite.config.template\n"
        "import localstack_lite.cli.invoke, localstack_lite.observe.plain_log, localstack_lite.sandbox.process\n"
        "heavy = {'boto3', 'botocore', 'docker', 'psutil', 'rich', 'samtranslator', 'uvicorn', 'watchdog'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"

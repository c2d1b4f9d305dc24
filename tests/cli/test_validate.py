"""`devserve validate` on good, odd and broken projects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from localstack_lite.cli.program import run

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    return tmp_path


def settings(folder: Path, text: str) -> str:
    (folder / "devserve.toml").write_text(text, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize("example", ["hello", "toml", "bare"])
def test_the_examples_have_no_problems(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", str(EXAMPLES / example)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(": no problems")


def test_a_warning_alone_is_code_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = settings(folder, '[functions.a]\nhandler = "app.handler"\nmemorry = 256\n')
    assert run(["validate", project]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("devserve.toml:3: warning: ")
    assert lines[1].startswith("  hint: ")
    assert lines[-1].endswith(": 1 warning")


BROKEN = '[functions.a]\nhandler = "app.handler"\n[functions.b]\nhandler = "app.handler"\nruntime = "python9.9"\n'


def test_a_function_that_cannot_run_is_code_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", settings(folder, BROKEN)]) == 2
    said = capsys.readouterr().out
    assert said.startswith("devserve.toml:")
    assert "python9.9" in said
    assert said.splitlines()[-1].startswith("1 function, ")


def test_problems_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "--json", settings(folder, BROKEN)]) == 2
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["functions"], found["problems"][0]["subject"]) == (False, ["a"], "b")


def test_a_project_that_cannot_be_read_is_code_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = settings(folder, "[functions\n")
    assert run(["validate", project]) == 2
    assert capsys.readouterr().err.startswith("devserve: devserve.toml:1: ")
    assert run(["validate", "--json", project]) == 2
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["problems"][0]["where"]) == (False, "devserve.toml:1")


def test_the_stage_is_the_one_that_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stages = '{"dev": {"app_function": "app.handler"}, "prod": {"extends": "dev", "memory_size": "lots"}}'
    (folder / "zappa_settings.json").write_text(stages, encoding="utf-8")
    assert run(["validate", str(folder)]) == 0
    assert run(["validate", str(folder), "--stage", "prod"]) == 2
    assert "stage prod: memory_size is text" in capsys.readouterr().out

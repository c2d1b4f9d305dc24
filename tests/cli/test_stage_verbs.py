"""The verbs of a stage before anything is asked of AWS: which stage, and whether there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.cli.program import run

STAGES = """
[functions.a]
handler = "app.handler"
[stages.dev]
region = "eu-west-2"
[stages.test]
region = "eu-west-2"
"""
VERBS = ("sync", "status", "logs", "rollback", "delete")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    (tmp_path / "devserve.toml").write_text(STAGES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("verb", VERBS)
def test_a_stage_has_to_be_named(verb: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb]) == 2
    assert capsys.readouterr().err == f"devserve: STAGE: is missing\n  hint: try `devserve {verb} --help`\n"
    assert not (project / ".devserve").exists()


@pytest.mark.parametrize("verb", VERBS)
def test_a_mistyped_stage_is_refused_with_what_was_meant(
    verb: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([verb, "devv"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    what, hint = said.err.splitlines()
    assert what.startswith("devserve: ")
    assert "dev" in hint
    assert not (project / ".devserve").exists()


@pytest.mark.parametrize("number", ["0", "-1", "last"])
def test_a_release_is_a_number(project: Path, number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rollback", "dev", f"--to={number}"]) == 2
    assert capsys.readouterr().err.startswith("devserve: --to: ")
    assert not (project / ".devserve").exists()


def test_a_server_pushes_to_the_stage_that_it_serves(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--sync", "dev", "--stage", "test"]) == 2
    assert capsys.readouterr().err.startswith("devserve: --sync: --stage is test and --sync is dev")
    assert run(["serve", "--tail"]) == 2
    assert capsys.readouterr().err.startswith("devserve: --tail: ")
    assert not (project / ".devserve").exists()

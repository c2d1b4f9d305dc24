"""`devserve schedules` on a project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from localstack_lite.cli.program import run

TEMPLATE = """\
Resources:
  Hello: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: app.handler, Code: .}}
  Yearly:
    Type: AWS::Events::Rule
    Properties: {ScheduleExpression: cron(0 12 1 1 ? *), Targets: [{Id: a, Arn: !GetAtt Hello.Arn}]}
  Broken:
    Type: AWS::Events::Rule
    Properties: {ScheduleExpression: rate(1 minutes), Targets: [{Id: a, Arn: !GetAtt Hello.Arn}]}
"""


def project_in(folder: Path, template: str) -> str:
    (folder / "template.yaml").write_text(template, encoding="utf-8")
    (folder / "app.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    return str(folder)


def test_the_table_of_a_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schedules", project_in(tmp_path, TEMPLATE)]) == 0
    headings, row, problems = capsys.readouterr().out.splitlines()
    assert headings.split() == ["NAME", "FUNCTION", "EXPRESSION", "NEXT", "RUNS"]
    assert row.startswith("Yearly  Hello     cron(0 12 1 1 ? *)  ")
    assert row.count("-01-01 ") == 3
    assert problems == "1 problem or warning: `devserve validate` shows it"


def test_a_project_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schedules", project_in(tmp_path, TEMPLATE), "--json"]) == 0
    (schedule,) = json.loads(capsys.readouterr().out)["schedules"]
    assert (schedule["name"], schedule["enabled"]) == ("Yearly", True)
    assert all(at.endswith("-01-01T12:00:00Z") for at in schedule["next"])


def test_a_project_without_schedules_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schedules", project_in(tmp_path, TEMPLATE.partition("  Yearly")[0])]) == 0
    assert capsys.readouterr().out == "no schedules\n"


def test_nothing_to_read_is_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schedules", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("devserve: ")


def test_the_stage_is_the_one_that_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stages = '{"dev": {"app_function": "a.app", "project_name": "shop"}, "prod": {"extends": "dev"}}'
    (tmp_path / "zappa_settings.json").write_text(stages, encoding="utf-8")
    (tmp_path / "a.py").write_text("app = None\n", encoding="utf-8")
    assert run(["schedules", str(tmp_path), "--stage", "prod"]) == 0
    assert "shop-prod" in capsys.readouterr().out

"""`devserve routes` on the examples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from localstack_lite.cli.program import run

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def test_the_table_of_a_project(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["routes", str(EXAMPLES / "toml"), "-p", "4000"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[:3] for line in lines] == [
        ["METHOD", "PATH", "FUNCTION"],
        ["GET", "/orders", "list_orders"],
        ["GET", "/orders/{id}", "list_orders"],
        ["POST", "/orders", "place_order"],
    ]
    assert lines[1][-1] == "http://127.0.0.1:4000/orders"


def test_a_project_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["routes", str(EXAMPLES / "hello"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(r["method"], r["path"], r["memory"], r["timeout"], r["type"]) for r in found["routes"]] == [
        ("GET", "/hello", 256, 10, "HTTP")
    ]
    assert found["functionsWithoutRoute"] == []
    assert found["madeUpApiKeys"] == {}


def test_a_function_without_a_route_and_a_warning_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    (tmp_path / "devserve.toml").write_text(
        '[functions.a]\nhandler = "app.handler"\n[functions.b]\nhandler = "app.handler"\nmemorry = 1\n',
        encoding="utf-8",
    )
    assert run(["routes", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "no routes",
        "without a route: a, b",
        "1 problem or warning: `devserve validate` shows it",
    ]


def test_nothing_to_read_is_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["routes", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("devserve: ")


def test_the_stage_is_the_one_that_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stages = '{"dev": {"app_function": "a.app", "project_name": "shop"}, "prod": {"extends": "dev"}}'
    (tmp_path / "zappa_settings.json").write_text(stages, encoding="utf-8")
    (tmp_path / "a.py").write_text("app = None\n", encoding="utf-8")
    assert run(["routes", str(tmp_path), "--stage", "prod"]) == 0
    assert "shop-prod" in capsys.readouterr().out

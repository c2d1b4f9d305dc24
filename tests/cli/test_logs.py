"""`devserve logs STAGE`: what its options come to."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from localstack_lite.cli.logs import command
from localstack_lite.cli.program import run


def parsed(*arguments: str) -> dict[str, object]:
    return command.make_context("logs", list(arguments)).params


def test_a_stage_alone_shows_what_is_there_and_ends() -> None:
    found = parsed("dev")
    assert (found["stage"], found["functions"]) == ("dev", ())
    assert (found["tail"], found["since"], found["pattern"], found["as_json"]) == (False, "", "", False)


def test_functions_stand_after_the_stage_and_options_anywhere() -> None:
    found = parsed("--tail", "dev", "Orders", "--since", "2h", "mail", "--filter", '"a b"', "--json")
    assert (found["stage"], found["functions"]) == ("dev", ("Orders", "mail"))
    assert (found["tail"], found["since"], found["pattern"], found["as_json"]) == (True, "2h", '"a b"', True)


def test_without_a_stage_it_is_a_usage_error() -> None:
    with pytest.raises(click.MissingParameter):
        parsed()


def test_a_stage_that_nobody_declared_is_exit_code_2_with_a_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "devserve.toml").write_text('[stages.dev]\nstack_name = "shop-dev"\n')
    monkeypatch.chdir(tmp_path)
    assert run(["logs", "prod"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "prod" in said.err
    assert "hint: " in said.err
    assert "Traceback" not in said.err

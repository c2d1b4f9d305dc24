"""How options become the values that the readers and the application take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from localstack_lite.cli import options
from localstack_lite.errors import UserError


def chosen(**more: Any) -> dict[str, Any]:
    return {"template": None, "parameter_overrides": (), "env_vars": None, "env_file": None, "region": None, **more}


def test_nothing_given_is_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = options.read_options(None, chosen())
    assert (found.folder, found.target, found.template) == (tmp_path, ".", None)


def test_named_files_are_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("t.yaml", "vars.json", ".env"):
        (tmp_path / name).touch()
    found = options.read_options("x", chosen(template="t.yaml", env_vars="vars.json", env_file=".env"))
    assert (found.target, found.template) == ("x", Path("t.yaml"))
    assert (found.env_vars, found.env_file) == (tmp_path / "vars.json", tmp_path / ".env")


def test_a_folder_as_template_is_the_project_in_it(tmp_path: Path) -> None:
    found = options.read_options(None, chosen(template=str(tmp_path)))
    assert (found.target, found.template) == (str(tmp_path), None)


@pytest.mark.parametrize(("option", "key"), [("--env-vars", "env_vars"), ("--env-file", "env_file")])
def test_a_named_file_that_is_not_there_is_named(option: str, key: str, tmp_path: Path) -> None:
    missing = str(tmp_path / "none")
    with pytest.raises(UserError, match="there is no such file") as raised:
        options.read_options(None, chosen(**{key: missing}))
    assert raised.value.where == f"{option} {missing}"
    with pytest.raises(UserError, match="is a folder"):
        options.read_options(None, chosen(**{key: str(tmp_path)}))


def test_overrides_and_region_are_passed_on() -> None:
    found = options.read_options(None, chosen(parameter_overrides=("A=1 B=2",), region="eu-west-2"))
    assert (dict(found.parameter_overrides), found.region) == ({"A": "1", "B": "2"}, "eu-west-2")


@click.command(cls=options.Command)
@click.argument("target", required=False)
@options.reading
@click.option("--count", callback=options.number(0, 9))
def example(target: str | None, count: int | None, **rest: Any) -> tuple[str | None, int | None, Any]:
    return target, count, rest["parameter_overrides"]


def parse(*arguments: str) -> Any:
    return example.main(list(arguments), standalone_mode=False)


def test_pairs_and_target_are_told_apart() -> None:
    assert parse("--parameter-overrides", "A=1", "B=2", "folder") == ("folder", None, ("A=1", "B=2"))


@pytest.mark.parametrize(("text", "expected"), [("0", 0), ("9", 9)])
def test_numbers_within_bounds_are_read(text: str, expected: int) -> None:
    assert parse("--count", text)[1] == expected


@pytest.mark.parametrize("text", ["10", "-1", "x", "", "1.5", "²"])
def test_other_numbers_are_refused_in_plain_words(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a number from 0 to 9"):
        parse("--count", text)

"""What `devserve [TARGET]` makes of its options, and the targets it refuses at once."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from localstack_lite.cli.serve import command, refuse_mistyped, serve_options
from localstack_lite.errors import UserError
from localstack_lite.model.options import ServeOptions


def chosen(*arguments: str) -> ServeOptions:
    return serve_options(command.make_context("serve", list(arguments)).params)


def test_without_options_everything_is_as_the_defaults_say() -> None:
    assert chosen() == ServeOptions()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-p", "0", "--lambda-port", "4001"], ServeOptions(port=0, lambda_port=4001)),
        (["--port=4000", "folder"], ServeOptions(port=4000)),
        (["--warm-containers", "eager"], ServeOptions(eager=True)),
        (["--max-environments", "3"], ServeOptions(max_environments=3)),
        (["--no-reload"], ServeOptions(reload=False)),
        (["--no-credentials", "--profile", "shop"], ServeOptions(credentials=False, profile="shop")),
        (["--sandbox", "process"], ServeOptions(sandbox="process")),
        (["--host", "0.0.0.0"], ServeOptions(host="0.0.0.0")),
        (["--host", "box.lan"], ServeOptions(host="box.lan", allowed_hosts=("box.lan",))),
        (["--disable-authorizer", "-s", "/"], ServeOptions(disable_authorizer=True, static_dir=Path("/"))),
        (["-d", "5890", "--sandbox", "docker"], ServeOptions(debug_port=5890, sandbox="docker")),
        (["--allow-host", "a", "--allow-host", "b"], ServeOptions(allowed_hosts=("a", "b"))),
    ],
)
def test_options_become_values(arguments: list[str], expected: ServeOptions) -> None:
    assert chosen(*arguments) == expected


@pytest.mark.parametrize("arguments", [["-p", "70000"], ["-p", "x"], ["--max-environments", "0"]])
def test_numbers_out_of_bounds_are_refused(arguments: list[str]) -> None:
    with pytest.raises(click.BadParameter, match="is not a number from"):
        chosen(*arguments)


@pytest.mark.parametrize(("target", "meant"), [("rotes", "routes"), ("invok", "invoke"), ("validat", "validate")])
def test_a_target_that_is_nearly_a_command_was_meant_as_one(
    target: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as raised:
        refuse_mistyped(target)
    assert raised.value.hint == f"did you mean `devserve {meant}`?"


@pytest.mark.parametrize("target", [None, ".", "rotes.yaml", "app.handler", "main:app", "./rotes", "something"])
def test_other_targets_are_left_to_the_reader(
    target: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refuse_mistyped(target)


def test_a_folder_that_exists_is_no_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "event").mkdir()
    refuse_mistyped("event")

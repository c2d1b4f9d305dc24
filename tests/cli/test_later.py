"""What belongs to later versions is refused by name, and never also there."""

from __future__ import annotations

import click
import pytest

from localstack_lite.cli import later, program


def options_of(command: click.Command) -> set[str]:
    return {word for one in command.params if isinstance(one, click.Option) for word in one.opts + one.secondary_opts}


@pytest.mark.parametrize("name", later.COMMANDS)
def test_a_later_command_is_not_a_spelling_mistake(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run([name, "dev"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"devserve: {name}: not in this version yet")
    assert "\n  hint: " in said


@pytest.mark.parametrize("option", later.OPTIONS)
def test_a_later_option_is_not_accepted_silently(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run([option, "value"]) == 2
    assert capsys.readouterr().err.startswith(f"devserve: {option}: comes in a later version")


@pytest.mark.parametrize("name", program.COMMANDS)
def test_no_command_has_an_option_that_is_listed_as_later(name: str) -> None:
    command = program.program.get_command(click.Context(program.program), name)
    assert command is not None
    assert options_of(command) & later.OPTIONS.keys() == set()


def test_no_command_of_this_version_is_listed_as_later() -> None:
    assert program.COMMANDS.keys() & later.COMMANDS.keys() == set()

"""Which words of the command line are devserve's, and which belong to the command."""

from __future__ import annotations

from typing import Any

import click
import pytest

from localstack_lite.cli.manage import command


def parsed(*words: str) -> dict[str, Any]:
    return command.make_context("manage", list(words)).params


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        (("migrate", "--noinput"), ("migrate", "--noinput")),
        (("--", "migrate", "--noinput"), ("migrate", "--noinput")),
        (("migrate", "-t", "x", "--help"), ("migrate", "-t", "x", "--help")),
        (("odd", "--", "-x"), ("odd", "--", "-x")),
        (("shell", "-c", "print('a  b')"), ("shell", "-c", "print('a  b')")),
        ((), ()),
    ],
)
def test_everything_from_the_command_on_is_the_commands(words: tuple[str, ...], arguments: tuple[str, ...]) -> None:
    assert parsed(*words)["arguments"] == arguments


def test_options_before_the_command_are_devserves() -> None:
    seen = parsed("--sandbox", "process", "--function", "Shop", "--stage", "dev", "migrate", "--stage", "theirs")
    assert (seen["sandbox"], seen["function"], seen["stage"]) == ("process", "Shop", "dev")
    assert seen["arguments"] == ("migrate", "--stage", "theirs")


def test_an_unknown_option_before_the_command_is_refused() -> None:
    with pytest.raises(click.NoSuchOption):
        parsed("--stge", "dev", "migrate")

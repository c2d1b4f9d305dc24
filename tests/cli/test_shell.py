"""The options of the prompt."""

from __future__ import annotations

from typing import Any

import click
import pytest

from localstack_lite.cli.shell import command


def parsed(*words: str) -> dict[str, Any]:
    return command.make_context("shell", list(words)).params


@pytest.mark.parametrize("option", ["-c", "--command"])
def test_code_is_taken_as_it_was_typed(option: str) -> None:
    assert parsed(option, "print('a  b')")["code"] == "print('a  b')"


def test_without_code_there_is_a_prompt() -> None:
    assert parsed()["code"] is None


def test_it_takes_no_other_words() -> None:
    with pytest.raises(click.UsageError):
        parsed("print(1)")

"""Which key means what."""

from __future__ import annotations

import pytest

from localstack_lite.app.keys import KEYS, Action, Keys, Pressed, help_lines


@pytest.mark.parametrize(("key", "action"), [("h", Action.HELP), ("Q", Action.QUIT), ("\r", Action.SPACE)])
def test_a_key_is_an_action_whatever_its_case(key: str, action: Action) -> None:
    assert Keys().pressed(key) == Pressed(action)


@pytest.mark.parametrize("key", ["x", "1", "é", " ", "²"])
def test_other_keys_mean_nothing(key: str) -> None:
    assert Keys().pressed(key) is None


def test_a_digit_is_a_schedule_only_just_after_they_were_listed() -> None:
    keys = Keys()
    assert keys.pressed("e") == Pressed(Action.SCHEDULES)
    assert keys.pressed("2") == Pressed(Action.FIRE, 2)
    assert keys.pressed("3") == Pressed(Action.FIRE, 3), "several may be run"
    assert keys.pressed("0") is None
    keys.pressed("e")
    keys.pressed("k")
    assert keys.pressed("2") is None


def test_help_lists_every_key_that_does_something_here() -> None:
    everything = help_lines(["switchable", "staged", "schedules", "stage"])
    shown = {line.split()[0] for line in everything}
    assert shown == {key for key, action in KEYS.items() if key.isalpha() and action is not Action.HELP}
    assert {line.split()[0] for line in help_lines([])} == shown - {"a", "p", "e", "s"}

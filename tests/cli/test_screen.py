"""When there is colour, and how wide lines may be."""

from __future__ import annotations

import pytest

from localstack_lite.cli.screen import colour, width


@pytest.mark.parametrize(
    ("environ", "tty", "expected"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colour_is_for_terminals_unless_the_environment_says_otherwise(
    environ: dict[str, str], tty: bool, expected: bool
) -> None:
    assert colour(environ, tty) is expected


@pytest.mark.parametrize(
    ("environ", "columns", "expected"),
    [({}, 0, 100), ({}, 132, 132), ({"COLUMNS": "60"}, 132, 60), ({"COLUMNS": "wide"}, 80, 80), ({}, 3, 20)],
)
def test_width_is_what_the_user_or_the_system_says(environ: dict[str, str], columns: int, expected: int) -> None:
    assert width(environ, columns) == expected

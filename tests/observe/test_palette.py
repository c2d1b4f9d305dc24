"""Colours and other people's text."""

from __future__ import annotations

import pytest

from localstack_lite.observe.palette import Palette, width

PLAIN, COLOR = Palette(False), Palette(True)


def test_styles_are_there_with_colour_only() -> None:
    assert COLOR("x", "red", "bold") == "\x1b[31;1mx\x1b[0m"
    assert PLAIN("x", "red", "bold") == "x"
    assert COLOR("", "red") == ""


@pytest.mark.parametrize(("code", "style"), [(200, "32"), (302, "32"), (404, "33"), (502, "31;1")])
def test_a_status_has_the_colour_of_its_class(code: int, style: str) -> None:
    assert COLOR.status(str(code), code) == f"\x1b[{style}m{code}\x1b[0m"


def test_colours_have_no_width() -> None:
    assert width(COLOR("abc", "red")) == 3


@pytest.mark.parametrize(
    ("text", "plain", "colored"),
    [
        ("plain ü", "plain ü", "plain ü"),
        ("a\tb", "a\tb", "a\tb"),
        ("\x1b[31mred\x1b[0m", "red", "\x1b[31mred\x1b[0m\x1b[0m"),
        ("\x1b[31mopen", "open", "\x1b[31mopen\x1b[0m"),
        ("\x1b[2J\x1b[Hcleared", "cleared", "cleared"),
        ("\x1b]0;title\x07text", "text", "text"),
        ("bell\x07 10%\r20%", "bell� 10% 20%", "bell� 10% 20%"),
        ("end\x1b", "end", "end"),
        ("\x1b\x1b[31mx", "x", "\x1b[31mx\x1b[0m"),
    ],
)
def test_foreign_text_keeps_its_colours_and_controls_nothing_else(text: str, plain: str, colored: str) -> None:
    assert PLAIN.foreign(text) == plain
    assert COLOR.foreign(text) == colored

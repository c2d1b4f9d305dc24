"""What kinds of values the settings of `devserve.toml` take, as messages call them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

TEXT, WHOLE, TABLE_OF, LIST = "text", "a whole number", "a table", "a list of text"
YES = "true or false"
FIGURES = "a list of numbers"
NUMBER = "a number"
TEXTS = "text or a list of text"
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    TEXT: str,
    WHOLE: int,
    TABLE_OF: dict,
    LIST: list,
    FIGURES: list,
    YES: bool,
    NUMBER: (int, float),
    TEXTS: (str, list),
}


def fits(kind: str, value: object) -> bool:
    """Whether a value is of the kind, as far as its own type says; members of lists are looked at by `members_fit`."""
    return isinstance(value, _TYPES[kind]) and isinstance(value, bool) is (kind == YES)


def members_fit(kind: str, value: object) -> bool:
    """Whether what a list of numbers, or one of text that must be all text, has in it is right."""
    if not isinstance(value, list):
        return True
    if kind == FIGURES:
        return all(type(figure) in (int, float) for figure in value)
    return kind != TEXTS or all(isinstance(one, str) for one in value)


def texts(value: object) -> tuple[str, ...]:
    """A value of `TEXTS`; empty for None."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()

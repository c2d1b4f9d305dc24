"""Records, the values made for every request: equal and hashable by what they hold, with nothing beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import pytest

from localstack_lite.model.record import record


@record
class Point:
    kind: ClassVar[str] = "point"
    x: int
    y: int = 0


def test_it_is_what_it_holds() -> None:
    assert Point(1) == Point(1, 0)
    assert Point(1) != Point(2)
    assert {Point(1), Point(1, y=0)} == {Point(1)}
    assert repr(Point(1)) == "Point(x=1, y=0)"
    assert Point.kind == "point"


def test_it_is_changed_by_making_another() -> None:
    first = Point(1)
    assert (replace(first, y=2), first) == (Point(1, 2), Point(1))


def test_it_holds_nothing_but_its_fields() -> None:
    with pytest.raises(AttributeError):
        setattr(Point(1), "z", 3)  # noqa: B010 - the type checker would not let it be written as an assignment

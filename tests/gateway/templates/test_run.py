"""A run is bounded in everything."""

from __future__ import annotations

import pytest

from localstack_lite.gateway.templates.run import DEEPEST, MOST_STEPS, Loop, Run, call, member
from localstack_lite.gateway.templates.values import LARGEST_TEXT, CannotGoOn


def test_steps_end() -> None:
    run = Run({})
    for _ in range(MOST_STEPS):
        run.step()
    with pytest.raises(CannotGoOn, match="steps"):
        run.step()


def test_what_is_written_ends() -> None:
    run = Run({})
    run.write("x" * LARGEST_TEXT)
    with pytest.raises(CannotGoOn, match="writes more"):
        run.write("x")


def test_depth_ends() -> None:
    def deeper(run: Run) -> None:
        run.deeper(deeper)

    run = Run({})
    with pytest.raises(CannotGoOn, match=f"more than {DEEPEST}"):
        run.deeper(deeper)
    assert run.depth <= DEEPEST + 1


def test_what_is_written_aside_is_not_written() -> None:
    run = Run({})
    run.write("a")
    assert run.aside(lambda inner: inner.write("b")) == "b"
    assert run.parts == ["a"]


def test_a_loop_knows_where_it_is() -> None:
    outer = Loop(0, 1, None)
    loop = Loop(1, 3, outer)
    names = ("index", "count", "hasNext", "first", "last")
    assert [loop.member(name) for name in names] == [1, 2, True, False, False]
    assert loop.call("hasNext", []) is True
    assert member(loop, "parent") is outer
    assert loop.member("_size") is None


def test_members_and_methods_that_are_not_there_are_null() -> None:
    assert member("text", "length") is None
    assert call("text", "nothing", []) is None
    with pytest.raises(CannotGoOn, match="1 argument"):
        call("text", "length", [1])

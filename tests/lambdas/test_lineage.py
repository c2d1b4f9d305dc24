"""Functions that call each other in a circle are stopped after about 16 runs, others never."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.lambdas import lineage
from localstack_lite.lambdas.api.api_error import ApiError
from localstack_lite.lambdas.lineage import RECURSIVE, RUNS, Lineage

FIRST = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:6e5eb7d9:0"


def calls(way: list[str], circle: list[str], *, loops: bool = False) -> list[str]:
    """The functions that run, when those of `way` call each other and then those of `circle` go round, until one is
    refused or 200 ran. The first is called from outside."""
    ran, trace = [], FIRST
    for number in range(200):
        function = way[number] if number < len(way) else circle[(number - len(way)) % len(circle)]
        if number:
            passed = lineage.extended(trace, function, loops=loops)
            if isinstance(passed, ApiError):
                break
            trace = passed
        ran.append(function)
    return ran


def test_a_function_that_calls_itself_runs_16_times() -> None:
    assert calls([], ["Self"]) == ["Self"] * RUNS


def test_two_that_call_each_other_run_about_as_often() -> None:
    ran = calls([], ["A", "B"])
    assert {ran.count("A"), ran.count("B")} <= {RUNS - 1, RUNS}


@given(st.integers(0, 12), st.integers(1, 9))
def test_every_circle_is_found_however_long_the_way_into_it(before: int, around: int) -> None:
    ran = calls([f"way{number}" for number in range(before)], [f"circle{number}" for number in range(around)])
    # The watch may have to move on until it falls into the circle: at the latest when as many calls were made as make
    # up the way and the circle, rounded up to a power of two.
    assert RUNS - 1 <= ran.count("circle0") <= RUNS + 32 // around + 1


def test_a_circle_that_is_wanted_goes_on() -> None:
    assert len(calls([], ["Self"], loops=True)) == 200


@given(st.integers(1, 60))
def test_a_chain_without_a_circle_is_left_alone(length: int) -> None:
    chain = [f"f{number}" for number in range(length)]
    assert calls(chain, ["last"])[:length] == chain


def test_the_rest_of_the_header_stays_as_it_was() -> None:
    passed = lineage.extended(FIRST + ";Self=1-2", "Fn")
    assert isinstance(passed, str)
    head, _, tail = passed.partition(";Lineage=")
    assert head == FIRST.partition(";Lineage=")[0]
    assert tail.startswith("2:")
    assert tail.endswith(":0;Self=1-2")


@pytest.mark.parametrize("trace", ["Root=1-2", "", "Lineage=x", "Lineage=1:zz:0", "Root=1-2;Lineage=1:6e5eb7d9"])
def test_a_header_without_a_lineage_is_passed_on_as_it_is(trace: str) -> None:
    assert lineage.extended(trace, "Fn") == trace


def test_counters_stay_in_their_bounds() -> None:
    assert Lineage(32_767, "0" * 8, 1).onward("Fn") == Lineage(32_767, "0" * 8, 1)
    own = Lineage(1, "0" * 8, 0).onward("Fn").hash
    assert Lineage(5, own, 255).onward("Fn").count == 255


def test_the_refusal_is_awss() -> None:
    assert (RECURSIVE.status, RECURSIVE.code) == (400, "RecursiveInvocationException")

"""What a stage has past its stack."""

from __future__ import annotations

from localstack_lite.sync.changes import compare
from localstack_lite.sync.drift import drift, shortened
from tests.sync.grounds import ground
from tests.sync.modelled_stage import function, layer, package, sha


def test_each_resource_is_a_line_of_names() -> None:
    new = {"A": function("A", MemorySize=256, Environment={"Variables": {"X": "hidden"}}), "L": layer("L")}
    old = {"A": function("A", Environment={"Variables": {"X": "old"}}), "L": layer("L")}
    found = ground(
        new,
        old,
        packages={"A": package("A", "b"), "L": package("L", "2")},
        deployed={"A": sha("a"), "L": sha("1")},
    )
    lines = drift(found, compare(found.blueprint, found.deployed))
    assert lines == ("A: code, MemorySize, Environment.Variables.X", "L: content")


def test_what_the_stack_has_as_it_is_or_what_is_not_known_is_no_drift() -> None:
    for deployed in ({"A": sha("a")}, {}):
        found = ground({"A": function("A")}, packages={"A": package("A", "a")}, deployed=deployed)
        assert drift(found, ()) == ()


def test_what_a_stack_deploy_brings_is_no_drift() -> None:
    found = ground({"A": function("A", Tags=[1])}, {"A": function("A")})
    assert drift(found, compare(found.blueprint, found.deployed)) == ()


def test_long_lists_are_cut() -> None:
    assert shortened("abc") == "a, b, c"
    assert shortened("abcdefgh") == "a, b, c, d, e and 3 more"
    assert shortened("abcd", 3) == "a, b and 2 more"

"""What calls of the API made, as values that are changed into other values."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.lambdas.api.code_facts import CodeFacts
from localstack_lite.lambdas.published import (
    NOTHING,
    KeptAlias,
    OfFunction,
    OfLayer,
    Statement,
    UrlConfig,
    Version,
    with_alias,
    with_policy,
    with_url,
    with_version,
    without_alias,
    without_url,
    without_version,
)
from localstack_lite.model.alias import Alias
from localstack_lite.model.function import Code
from tests.builders import function


def version(number: str) -> Version:
    return Version(function("hello", version=number, code=Code(Path(number))), CodeFacts(1, "s", 0.0), "c", "r")


def test_numbers_go_up_and_are_never_given_twice() -> None:
    of = with_version(with_version(OfFunction(), version("1")), version("2"))
    assert (of.last, list(of.versions)) == (2, ["1", "2"])
    left = without_version(of, "2")
    assert (left.last, list(left.versions)) == (2, ["1"])


def test_an_alias_is_replaced_by_one_of_its_name() -> None:
    first, second = KeptAlias(Alias("a", "1"), "r1"), KeptAlias(Alias("a", "2"), "r2")
    assert with_alias(with_alias(OfFunction(), first), second).aliases == {"a": second}


def test_what_the_project_declares_is_remembered_as_deleted_and_nothing_else() -> None:
    of = with_url(with_alias(OfFunction(), KeptAlias(Alias("a", "1"), "r")), "", UrlConfig("NONE", 0, 0))
    assert without_alias(of, "a", declared=False).aliases == {}
    assert without_alias(of, "a", declared=True).aliases == {"a": None}
    assert without_url(of, "", declared=False).urls == {}
    assert without_url(of, "", declared=True).urls == {"": None}


def test_a_policy_without_statements_is_none() -> None:
    of = with_policy(OfFunction(), "", (Statement("s", "{}"),))
    assert of.policies == {"": (Statement("s", "{}"),)}
    assert with_policy(of, "", ()).policies == {}


def test_functions_and_layers_are_changed_one_by_one() -> None:
    kept = NOTHING.with_function("A", OfFunction(1)).with_function("B", OfFunction(2)).with_layer("l", OfLayer(3))
    assert (kept.of("A").last, kept.of("B").last, kept.layer("l").last) == (1, 2, 3)
    assert (kept.of("C"), kept.layer("m")) == (OfFunction(), OfLayer())
    assert NOTHING.functions == {}

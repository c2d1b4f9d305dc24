"""Which code a qualifier stands for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.lambdas.api.code_facts import CodeFacts
from localstack_lite.lambdas.catalogue import Catalogue, choose
from localstack_lite.lambdas.published import KeptAlias, OfFunction, Version, without_version
from localstack_lite.model.alias import Alias
from localstack_lite.model.function import Code, Function
from localstack_lite.model.project import Project
from tests.builders import function, project

FACTS = CodeFacts(1, "sha", 0.0)


def never() -> float:
    raise AssertionError("nobody asked for a number")


def published(one: Function, *numbers: int, aliases: tuple[Alias, ...] = ()) -> OfFunction:
    versions = {}
    for number in map(str, numbers):
        copied = replace(one, version=number, code=Code(Path("/copies") / number), aliases=())
        versions[number] = Version(copied, FACTS, "configured", f"revision-{number}")
    kept = {alias.name: KeptAlias(alias, "revision") for alias in aliases}
    return OfFunction(max(numbers, default=0), versions, kept)


def catalogue(one: Function, *numbers: int, aliases: tuple[Alias, ...] = ()) -> Catalogue:
    made = Catalogue(project(one))
    made.change(one.logical_id, published(one, *numbers, aliases=aliases))
    return made


HELLO = function("hello")
LIVE = function("hello", aliases=(Alias("live"),))


@pytest.mark.parametrize("qualifier", ["", "$LATEST"])
def test_without_a_qualifier_it_is_the_project_s_own_function(qualifier: str) -> None:
    assert Catalogue(project(HELLO)).resolve("Hello", qualifier, never) is HELLO


def test_what_is_not_there_is_none() -> None:
    made = catalogue(HELLO, 1)
    for logical_id, qualifier in (("Nobody", ""), ("Nobody", "1"), ("Hello", "2"), ("Hello", "prod"), ("Hello", "x")):
        assert made.resolve(logical_id, qualifier, never) is None
        assert made.version_of(logical_id, qualifier) is None


def test_a_published_version_is_the_copy_with_its_number() -> None:
    found = catalogue(HELLO, 1, 2).resolve("Hello", "1", never)
    assert found is not None
    assert (found.version, found.code.folder) == ("1", Path("/copies/1"))


def test_an_alias_stands_for_its_version() -> None:
    made = catalogue(HELLO, 1, 2, aliases=(Alias("prod", "1"), Alias("now", "$LATEST")))
    found = made.resolve("Hello", "prod", never)
    assert found is not None
    assert found.version == "1"
    assert made.resolve("Hello", "now", never) is HELLO
    assert made.version_of("Hello", "prod") == "1"


@pytest.mark.parametrize(("roll", "version"), [(0.0, "2"), (0.29, "2"), (0.3, "1"), (0.999, "1")])
def test_weights_share_the_invocations(roll: float, version: str) -> None:
    made = catalogue(HELLO, 1, 2, aliases=(Alias("prod", "1", weights={"2": 0.3}),))
    found = made.resolve("Hello", "prod", lambda: roll)
    assert found is not None
    assert found.version == version
    assert made.version_of("Hello", "prod") == "1", "the one that has the rest"


def test_every_share_is_counted_from_where_the_one_before_ends() -> None:
    alias = Alias("a", "1", weights={"2": 0.25, "3": 0.5})
    assert [choose(alias, number) for number in (0.2, 0.25, 0.74, 0.75)] == ["2", "3", "3", "1"]
    assert choose(Alias("a", "1", weights={"2": 1.0}), 0.9999) == "2"
    assert choose(Alias("a", "1", weights={"2": 0.0}), 0.0) == "1"


def test_a_declared_alias_without_a_version_is_the_code_as_it_is_under_the_next_number() -> None:
    made = Catalogue(project(LIVE))
    found = made.resolve("Hello", "live", never)
    assert found is not None
    assert (found.version, found.code) == ("1", LIVE.code)
    assert made.is_live(found)
    assert made.at("Hello", "1") == found, "it can be called by its number, too"
    after = catalogue(LIVE, 4).resolve("Hello", "live", never)
    assert after is not None
    assert after.version == "5"


def test_a_save_moves_it_on_and_the_one_before_is_gone() -> None:
    made = Catalogue(project(LIVE))
    before = made.at("Hello", "1")
    assert before is not None
    made.saved(["Hello"])
    now = made.resolve("Hello", "live", never)
    assert now is not None
    assert now.version == "2"
    assert made.at("Hello", "1") is None
    assert made.now(before) == now


def test_the_next_publication_gets_its_number() -> None:
    made = Catalogue(project(LIVE))
    made.saved(["Hello"])
    assert made.next_number("Hello") == 2
    made.change("Hello", published(LIVE, 2))
    hot = made.resolve("Hello", "live", never)
    assert hot is not None
    assert hot.version == "3"
    two = made.at("Hello", "2")
    assert two is not None
    assert not made.is_live(two)


def test_saves_count_for_nothing_without_such_an_alias() -> None:
    made = catalogue(HELLO, 1, aliases=(Alias("prod", "1"),))
    made.saved(["Hello", "Nobody"])
    assert made.next_number("Hello") == 2


def test_a_declared_number_that_was_never_published_here_is_the_code_as_it_is() -> None:
    made = Catalogue(project(function("hello", aliases=(Alias("prod", "7"),))))
    found = made.resolve("Hello", "prod", never)
    assert found is not None
    assert found.version == "7"
    assert made.is_live(found)
    made.saved(["Hello"])
    assert made.now(found) == found, "its number is the project's to change"
    assert made.next_number("Hello") == 1


def test_a_version_that_was_deleted_stays_gone_for_aliases_too() -> None:
    made = catalogue(function("hello", aliases=(Alias("prod", "1"),)), 1, 2)
    made.change("Hello", without_version(made.kept.of("Hello"), "1"))
    assert made.resolve("Hello", "prod", never) is None


def test_what_the_api_made_goes_before_what_is_declared() -> None:
    made = catalogue(LIVE, 1, aliases=(Alias("live", "1"), Alias("more", "1")))
    found = made.resolve("Hello", "live", never)
    assert found is not None
    assert not made.is_live(found)
    assert sorted(made.aliases("Hello")) == ["live", "more"]


def test_a_declared_alias_can_be_deleted() -> None:
    made = Catalogue(project(LIVE))
    made.change("Hello", OfFunction(aliases={"live": None}))
    assert made.resolve("Hello", "live", never) is None


def test_a_new_project_changes_latest_and_hot_versions_and_leaves_published_ones() -> None:
    made = catalogue(LIVE, 1)
    before = [made.at("Hello", version) for version in ("$LATEST", "1", "2")]
    made.swap(project(replace(LIVE, memory=512)))
    after = [made.now(one) for one in before if one is not None]
    assert [(one.version, one.memory) for one in after if one] == [("$LATEST", 512), ("1", 128), ("3", 512)]
    made.swap(project())
    assert [made.now(one) for one in before if one is not None] == [None, None, None]


def test_when_its_alias_is_no_longer_declared_a_hot_version_is_gone() -> None:
    made = Catalogue(project(LIVE))
    hot = made.at("Hello", "1")
    assert hot is not None
    made.swap(project(HELLO))
    assert made.now(hot) is None


def test_the_versions_of_a_function_are_in_order() -> None:
    made = catalogue(LIVE, 1, 2, 10)
    assert made.versions("Hello") == ("1", "2", "10", "11")
    assert Catalogue(project(HELLO)).versions("Hello") == ()
    assert Catalogue(project(HELLO)).versions("Nobody") == ()


def test_what_runs_in_the_stage_knows_its_own_versions() -> None:
    staged = replace(HELLO, in_stage=True)
    assert Catalogue(project(staged)).has(staged, "anything")
    assert not Catalogue(project(HELLO)).has(HELLO, "anything")


def test_recursion_is_the_function_s_and_that_of_all_its_versions() -> None:
    made = catalogue(HELLO, 1)
    made.put_recursion("Hello", "Allow")
    for version in ("$LATEST", "1"):
        found = made.at("Hello", version)
        assert found is not None
        assert found.recursive_loop == "Allow"
    made.swap(project(HELLO))
    assert made.project.functions[0].recursive_loop == "Allow", "as in the cloud until the next deployment"


def test_an_empty_project_has_nothing() -> None:
    assert Catalogue(Project(Path("/p"))).resolve("Hello", "", never) is None


def test_a_function_that_is_declared_otherwise_moves_its_hot_version_on() -> None:
    made = Catalogue(project(LIVE))
    made.swap(project(LIVE))
    assert made.version_of("Hello", "live") == "1", "nothing changed"
    made.swap(project(replace(LIVE, memory=512)))
    assert made.version_of("Hello", "live") == "2"
    made.put_recursion("Hello", "Allow")
    assert made.version_of("Hello", "live") == "2", "that is no part of a version"


def test_managed_functions_have_a_newest_published_version() -> None:
    managed = replace(HELLO, managed=True)
    found = Catalogue(project(managed)).resolve("Hello", "$LATEST.PUBLISHED", never)
    assert found is not None
    assert (found.version, found.code) == ("$LATEST.PUBLISHED", HELLO.code)
    assert Catalogue(project(HELLO)).resolve("Hello", "$LATEST.PUBLISHED", never) is None

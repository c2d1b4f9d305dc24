"""Aliases that follow their function."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_lite.sync.aliases import Alias, alias_steps, following, unpublished
from localstack_lite.sync.ground import DOUBT, Ground
from localstack_lite.sync.steps import PublishVersion, UpdateAlias
from tests.sync.grounds import ground
from tests.sync.modelled_stage import alias, function, package, sha

LIVE = Alias("AAliaslive", "A")


def found(deployed: str | None = "a", **more: Any) -> Ground:
    known = {} if deployed is None else {"A": sha(deployed)}
    resources = {"A": function("A"), **alias("A")}
    return ground(resources, packages={"A": package("A", "a")}, deployed=known, **more)


def test_an_alias_of_a_version_that_the_template_has_follows() -> None:
    assert list(following(found())) == [LIVE]


def test_an_alias_of_a_fixed_version_does_not() -> None:
    fixed = {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "A"}, "FunctionVersion": "3"}}
    assert list(following(ground({"A": function("A"), "Fixed": fixed}))) == []


def test_an_alias_that_is_still_to_be_made_follows_after_the_deploy() -> None:
    new = ground({"A": function("A"), **alias("A")}, {"A": function("A")})
    assert list(following(new)) == []
    assert list(following(new, deployed=True)) == [LIVE]


def test_an_alias_is_left_behind_when_it_was_noted_or_the_code_came_past_the_stack() -> None:
    assert not unpublished(found(), LIVE)
    assert not unpublished(found(None), LIVE)
    assert unpublished(found("b"), LIVE)
    assert unpublished(found(direct={"AAliaslive": {"FunctionVersion": ""}}), LIVE)
    assert not unpublished(found("b", direct={"AAliaslive": {"FunctionVersion": "7"}}), LIVE)
    assert unpublished(found("b", direct={"AAliaslive": {"FunctionVersion": DOUBT}}), LIVE)


def test_one_version_is_published_for_all_aliases() -> None:
    publish, update = alias_steps(found(), "A", [LIVE], "why")
    assert publish == PublishVersion("A", "shop-dev-A", "why")
    assert isinstance(update, UpdateAlias)
    assert (update.id, update.function, update.name, update.alias) == ("AAliaslive", "A", "shop-dev-A", "live")


def test_an_alias_goes_by_its_arn_before_its_template() -> None:
    arn = "arn:aws:lambda:r:1:function:shop-A:green"
    _, update = alias_steps(found(physical={"AAliaslive": arn}), "A", [LIVE], "why")
    assert isinstance(update, UpdateAlias)
    assert update.alias == "green"


def test_an_alias_without_a_name_is_a_lookup_error() -> None:
    nameless = alias("A")
    del nameless["AAliaslive"]["Properties"]["Name"]
    with pytest.raises(LookupError):
        alias_steps(ground({"A": function("A"), **nameless}), "A", [LIVE], "why")

"""The questions that every rule of a plan asks."""

from __future__ import annotations

import pytest

from localstack_lite.sync.ground import DOUBT, parted
from localstack_lite.sync.values import digest
from tests.sync.grounds import ground
from tests.sync.modelled_stage import function, package


def test_an_id_is_parted_into_the_path_of_its_stack_and_its_name() -> None:
    assert parted("Child/Inner/A") == ("Child/Inner/", "A")
    assert parted("A") == ("", "A")


def test_a_property_is_ours_when_any_template_or_push_stated_it() -> None:
    found = ground({"A": function("A", Timeout=1)}, {"A": function("A", MemorySize=1)}, direct={"A": {"Role": "x"}})
    assert all(found.stated("A", name) for name in ("Timeout", "MemorySize", "Role"))
    assert not found.stated("A", "Description")


def test_what_nobody_asks_aws_about_is_pending_by_what_was_set_last() -> None:
    new, old = {"A": function("A", Timeout=2)}, {"A": function("A", Timeout=1)}
    assert ground(new, old).pending("A", "Timeout")
    assert not ground(new, new).pending("A", "Timeout")
    assert not ground(new, old, direct={"A": {"Timeout": digest(2)}}).pending("A", "Timeout")
    assert ground(new, new, direct={"A": {"Timeout": digest(1)}}).pending("A", "Timeout")
    assert ground(new, new, direct={"A": {"Timeout": DOUBT}}).pending("A", "Timeout")


def test_a_value_is_resolved_and_what_is_no_value_is_none() -> None:
    found = ground(
        {"A": function("A", Role={"Ref": "R"}, Description={"Ref": "AWS::NoValue"}, Timeout={"Ref": "Secret"})}
    )
    assert found.value("A", "Role") == "R!"
    assert found.value("A", "Description") is None
    assert found.value("A", "MemorySize") is None
    with pytest.raises(LookupError):
        found.value("A", "Timeout")


def test_what_the_stack_does_not_have_is_in_the_template_only() -> None:
    found = ground({"A": function("A"), "B": function("B")}, {"A": function("A")})
    assert found.exists("A")
    assert not found.exists("B")
    assert [id for id, _ in found.resources("AWS::Lambda::Function")] == ["A", "B"]


def test_the_package_is_that_of_the_slot() -> None:
    found = ground({"A": function("A")}, packages={"A": package("A", "a")})
    assert found.package("A", "Code") == package("A", "a")
    assert found.package("A", "Handler") is None

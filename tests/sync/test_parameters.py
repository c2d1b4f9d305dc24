"""Parameters: given, kept, changed."""

from __future__ import annotations

from typing import Any

from localstack_lite.sync.parameters import Parameters, parameters
from tests.sync.grounds import ground

TEXT = {"Type": "String"}


def found(
    declared: dict[str, Any], given: dict[str, str], has: dict[str, str], old: dict[str, Any] | None = None, **more: Any
) -> Parameters:
    return parameters(
        ground(
            {},
            parameters=given,
            stack_parameters=has,
            sections={"Parameters": declared},
            old_sections={"Parameters": declared if old is None else old},
            **more,
        )
    )


def test_what_the_stage_gives_is_given_and_all_else_kept() -> None:
    declared = {"Stage": TEXT, "Size": {"Type": "Number", "Default": 1}}
    made = found(declared, {"Stage": "dev"}, {"Stage": "dev", "Size": "1"})
    assert made == Parameters({"Stage": "dev"}, ("Size",), {})


def test_another_value_is_told_with_both() -> None:
    made = found({"Stage": TEXT}, {"Stage": "test"}, {"Stage": "dev"})
    assert made.changed == {"Stage": "parameter Stage dev → test"}


def test_no_value_of_a_noecho_parameter_is_told_or_compared() -> None:
    secret = {"Key": {"Type": "String", "NoEcho": True}}
    assert found(secret, {"Key": "hidden"}, {"Key": "****"}).changed == {}
    assert found({"Key": TEXT}, {"Key": "hidden"}, {"Key": "****"}, old=secret).changed == {}


def test_a_new_default_takes_the_place_of_the_old_one_but_of_no_other_value() -> None:
    new, old = {"Size": {"Type": "Number", "Default": 2}}, {"Size": {"Type": "Number", "Default": "1"}}
    assert found(new, {}, {"Size": "1"}, old).changed == {"Size": "parameter Size 1 → 2, its new default"}
    assert found(new, {}, {"Size": "1"}, old).kept == ()
    assert found(new, {}, {"Size": "7"}, old) == Parameters({}, ("Size",), {})


def test_a_list_is_the_same_with_blanks() -> None:
    declared = {"Zones": {"Type": "List<String>"}, "Names": {"Type": "CommaDelimitedList"}}
    given = {"Zones": "a, b", "Names": "c,d"}
    assert found(declared, given, {"Zones": "a,b", "Names": "c , d"}).changed == {}


def test_a_parameter_that_the_stack_has_not_is_neither_kept_nor_changed() -> None:
    assert found({"New": {"Type": "String", "Default": "x"}}, {}, {}) == Parameters({}, (), {})


def test_what_the_template_does_not_declare_is_not_given() -> None:
    assert found({}, {"Unknown": "x"}, {}).given == {}


def test_without_a_stack_nothing_is_kept() -> None:
    assert found({"Stage": TEXT}, {"Stage": "dev"}, {}, stack=False) == Parameters({"Stage": "dev"}, (), {})

"""Definitions of state machines."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_lite.sync.state_machines import state_machine_step, substituted
from tests.sync.grounds import ground


def definition(physical: str = "arn:f", **stated: Any) -> str:
    flow = {"Type": "AWS::StepFunctions::StateMachine", "Properties": stated}
    step = state_machine_step(ground({"Flow": flow}, physical={"Flow": physical}), "Flow")
    assert step.name == physical
    return step.definition


def test_a_definition_as_text_gets_its_substitutions() -> None:
    given = {"Fn": {"Ref": "A"}, "N": 3, "B": True}
    text = '{"a": "${Fn}", "n": ${N}, "b": ${B}, "c": "${Other}"}'
    expected = '{"a": "A!", "n": 3, "b": true, "c": "${Other}"}'
    assert definition(DefinitionString=text, DefinitionSubstitutions=given) == expected


def test_a_definition_as_an_object_becomes_text() -> None:
    stated = {"Definition": {"StartAt": "${First}"}, "DefinitionSubstitutions": {"First": "A"}}
    assert definition(**stated) == '{"StartAt":"A"}'


@pytest.mark.parametrize(
    "stated", [{}, {"DefinitionString": {"Ref": "Secret"}}, {"DefinitionS3Location": {"Bucket": "b", "Key": "k"}}]
)
def test_a_definition_that_cannot_be_known_is_a_lookup_error(stated: dict[str, Any]) -> None:
    with pytest.raises(LookupError):
        definition(**stated)


def test_a_state_machine_without_an_arn_is_a_lookup_error() -> None:
    with pytest.raises(LookupError):
        definition("", DefinitionString="{}")


def test_only_what_is_given_is_put_in() -> None:
    assert substituted("${A} ${B} $A", {"A": 1}) == "1 ${B} $A"

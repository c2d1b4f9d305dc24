"""What service integrations of HTTP APIs must be given."""

from __future__ import annotations

import pytest

from localstack_lite.model.integration import ServiceAction
from localstack_lite.model.service_subtypes import SUBTYPES, unsupported_action


@pytest.mark.parametrize("name", sorted(SUBTYPES))
def test_a_subtype_needs_all_it_must_have_and_takes_the_rest(name: str) -> None:
    subtype = SUBTYPES[name]
    whole = dict.fromkeys((*subtype.required, *subtype.optional, "Region"), "x")
    assert unsupported_action(ServiceAction(name, whole)) == ""
    assert unsupported_action(ServiceAction(name, dict.fromkeys(subtype.required, "x"))) == ""
    assert unsupported_action(ServiceAction(name, {})) == f"{name} needs {', '.join(subtype.required)}"
    assert unsupported_action(ServiceAction(name, {**whole, "Colour": "red"})) == f"{name} takes no Colour"


def test_an_unknown_subtype_is_told_the_known_ones() -> None:
    assert unsupported_action(ServiceAction("S3-PutObject")).startswith("S3-PutObject is no service integration")
    assert unsupported_action(ServiceAction("")).startswith("no subtype is")


def test_an_attribute_name_may_be_spelled_as_in_the_reference() -> None:
    assert unsupported_action(ServiceAction("SQS-ReceiveMessage", {"QueueUrl": "x", "AttributeName": "All"})) == ""

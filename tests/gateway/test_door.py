"""A rule that waits for nothing, as a door."""

from __future__ import annotations

from dataclasses import replace

import pytest

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.door import gate
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.gateway_response import ResponseType
from tests.gateway.tale import request, visit


def test_what_the_rule_returns_is_what_the_door_returns_without_a_step() -> None:
    came = visit(request())
    denial = Denial(ResponseType.THROTTLED)

    def moved(one: Visit) -> Visit:
        return replace(one, path="/moved")

    for rule, expected in ((moved, replace(came, path="/moved")), (lambda _: denial, denial)):
        with pytest.raises(StopIteration) as end:
            next(gate(rule)(came))
        assert end.value.value == expected

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from localstack_lite.gateway.sites import Sites
from localstack_lite.gateway.visit import ServedRoute
from tests.gateway.tale import STAMP, http, project, request, visit


def test_a_visit_and_its_stamp_cannot_change() -> None:
    for value, name in ((STAMP, "now"), (visit(request()), "path")):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, None)


def test_a_served_route_knows_its_key_its_api_and_the_arn_it_calls() -> None:
    place = Sites(project(http({"GET /x": "Fn"}))).at("localhost").place("GET", "/x")
    assert place.match is not None
    served: ServedRoute = place.match.target
    assert (served.api, served.key, served.arn) == (
        "Http",
        "GET /x",
        "arn:aws:lambda:us-east-1:123456789012:function:Fn",
    )

from __future__ import annotations

from dataclasses import replace

from localstack_lite.gateway.sites import Sites
from localstack_lite.gateway.visit import ServedRoute
from tests.gateway.tale import STAMP, http, project, request, visit


def test_visits_and_stamps_are_values() -> None:
    assert visit(request()) == visit(request())
    assert {STAMP, replace(STAMP)} == {STAMP}
    assert replace(STAMP, now=STAMP.now + 1) != STAMP


def test_a_served_route_knows_its_key_its_api_and_the_arn_it_calls() -> None:
    place = Sites(project(http({"GET /x": "Fn"}))).at("localhost").place("GET", "/x")
    assert place.match is not None
    served: ServedRoute = place.match.target
    assert (served.api, served.key, served.arn) == (
        "Http",
        "GET /x",
        "arn:aws:lambda:us-east-1:123456789012:function:Fn",
    )

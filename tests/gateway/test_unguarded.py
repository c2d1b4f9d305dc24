"""`--disable-authorizer`: what was protected is open, and it is said."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from localstack_lite.gateway.unguarded import unguarded
from localstack_lite.model.api import Api, LambdaProxy, Unsupported
from localstack_lite.model.project import Problem
from tests.gateway.tale import http, project, request, rest, returned, tell

GUARD = "GET /x is protected by Tokens, and authorizers are not run by this version"


def guarded(api: Api, *keys: str, by: str = "Tokens") -> Api:
    """The API with these routes protected."""
    routes = (
        replace(route, integration=Unsupported(GUARD, route.integration), authorizer=by) if route.key in keys else route
        for route in api.routes
    )
    return replace(api, routes=tuple(routes))


def test_a_protected_route_calls_its_function_without_an_authorizer_in_the_event() -> None:
    closed = project(guarded(http({"GET /x": "Fn"}), "GET /x"))
    assert tell(closed, request(target="/x"))[0] is None
    call, answer = tell(unguarded(closed), request(target="/x"), returned({"statusCode": 200}))
    assert call is not None
    event: dict[str, Any] = json.loads(call.invocation.payload)
    assert "authorizer" not in event["requestContext"]
    assert answer.response.status == 200


def test_each_api_is_warned_about_once_and_nothing_untrue_is_left() -> None:
    api = guarded(rest({"GET /x": "Fn", "GET /y": "Fn", "GET /z": "Fn"}), "GET /x", "GET /y")
    other = http({"GET /x": "Fn"})
    unrelated = Problem("t.yaml:7", "something else", warning=True)
    before = replace(project(api, other), problems=(Problem("t.yaml:3", f"Rest: {GUARD}", warning=True), unrelated))
    warning, *rest_of = unguarded(before).problems
    assert (warning.where, warning.warning) == ("--disable-authorizer", True)
    assert warning.what == "rest: 2 routes that Tokens protects on AWS stand open"
    assert rest_of == [unrelated]


def test_one_open_route_is_one() -> None:
    (warning,) = unguarded(project(guarded(http({"GET /x": "Fn"}), "GET /x", by="AWS_IAM"))).problems
    assert warning.what == "http: 1 route that AWS_IAM protects on AWS stands open"


def test_what_answers_500_for_another_reason_goes_on_doing_so() -> None:
    broken = Unsupported("an HTTP integration")
    before = project(http({"GET /x": broken, "GET /y": Unsupported(GUARD, broken), "GET /z": "Fn"}))
    opened = unguarded(before).apis[0].routes
    assert [route.integration for route in opened] == [broken, broken, LambdaProxy("Fn")]


def test_a_project_without_authorizers_is_left_as_it_is() -> None:
    open_anyway = project(http({"GET /x": "Fn"}), rest({"GET /x": "Fn"}))
    assert unguarded(open_anyway) == open_anyway

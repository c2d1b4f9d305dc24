"""`--disable-authorizer`: what was protected is open, and it is said."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from localstack_lite.gateway.guards.unguarded import unguarded
from localstack_lite.model.api import Api, LambdaProxy, Unsupported
from localstack_lite.model.authorizer import Authorizer, BrokenAuthorizer, Guard, IamAuthorizer
from localstack_lite.model.project import Problem
from tests.gateway.tale import http, project, request, rest, returned, tell, url

TOKENS = BrokenAuthorizer("Tokens", "its function is in another stack")


def guarded(api: Api, *keys: str, by: Authorizer = TOKENS) -> Api:
    """The API with these routes protected."""
    routes = (
        replace(route, guard=Guard(by), authorizer=by.name) if route.key in keys else route for route in api.routes
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


def test_a_function_url_needs_no_signature() -> None:
    closed = project(guarded(url(), "$default", by=IamAuthorizer()))
    assert tell(closed, request())[1].response.status == 403
    assert tell(unguarded(closed), request())[1].response.status == 200


def test_each_api_is_warned_about_once_and_what_else_was_said_stays() -> None:
    api = guarded(rest({"GET /x": "Fn", "GET /y": "Fn", "GET /z": "Fn"}), "GET /x", "GET /y")
    other = http({"GET /x": "Fn"})
    unrelated = Problem("t.yaml:7", "something else", warning=True)
    before = replace(project(api, other), problems=(unrelated,))
    warning, *rest_of = unguarded(before).problems
    assert (warning.where, warning.warning) == ("--disable-authorizer", True)
    assert warning.what == "rest: 2 routes that Tokens protects on AWS stand open"
    assert rest_of == [unrelated]


def test_no_api_key_is_asked_for_either_and_it_is_said() -> None:
    keyed = rest({"GET /x": "Fn", "GET /y": "Fn", "GET /z": "Fn"})
    keyed = guarded(keyed, "GET /x", "GET /y", by=IamAuthorizer())
    routes = tuple(replace(route, api_key=route.key in ("GET /y", "GET /z")) for route in keyed.routes)
    closed = project(replace(keyed, routes=routes))
    assert tell(closed, request(target="/z"))[1].response.status == 403
    assert tell(unguarded(closed), request(target="/z"), returned({"statusCode": 200}))[1].response.status == 200
    (warning,) = unguarded(closed).problems
    assert warning.what == "rest: 3 routes that AWS_IAM and an API key protect on AWS stand open"


def test_one_open_route_is_one() -> None:
    (warning,) = unguarded(project(guarded(http({"GET /x": "Fn"}), "GET /x", by=IamAuthorizer()))).problems
    assert warning.what == "http: 1 route that AWS_IAM protects on AWS stands open"


def test_what_answers_500_for_another_reason_goes_on_doing_so() -> None:
    broken = Unsupported("an HTTP integration")
    before = project(guarded(http({"GET /x": broken, "GET /y": broken, "GET /z": "Fn"}), "GET /y"))
    opened = unguarded(before).apis[0].routes
    assert [route.integration for route in opened] == [broken, broken, LambdaProxy("Fn")]
    assert [route.guard for route in opened] == [None, None, None]


def test_a_resource_policy_goes_on_counting() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    api = guarded(rest({"GET /x": "Fn"}, policy={"Version": "2012-10-17", "Statement": deny}), "GET /x")
    assert tell(unguarded(project(api)), request(target="/x"))[1].response.status == 403


def test_a_project_without_authorizers_is_left_as_it_is() -> None:
    open_anyway = project(http({"GET /x": "Fn"}), rest({"GET /x": "Fn"}))
    assert unguarded(open_anyway) == open_anyway

"""Which function is meant: by name, or by the event."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from localstack_lite import shipped
from localstack_lite.cli.choice import call_of, named, pointed_to, takes
from localstack_lite.errors import UserError
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route, Unsupported
from localstack_lite.model.function import Code, Function
from localstack_lite.model.project import Problem, Project


def function(logical_id: str, name: str = "") -> Function:
    return Function(logical_id, name or logical_id, "python3.13", "app.handler", Code(Path("/project")))


def api(kind: ApiKind, *routes: tuple[str, str, str], name: str = "Api") -> Api:
    return Api(name, name, kind, tuple(Route(method, path, LambdaProxy(to)) for method, path, to in routes))


def project(*functions: Function, apis: tuple[Api, ...] = (), problems: tuple[Problem, ...] = ()) -> Project:
    return Project(Path("/project"), functions, apis, problems=problems)


def sample(name: str) -> Any:
    return json.loads((shipped.sample_events() / f"{name}.json").read_text(encoding="utf-8"))


SHOP = project(function("Orders", "shop-orders"), function("Hello"))
ARN = "arn:aws:lambda:us-east-1:123456789012:function"


@pytest.mark.parametrize(
    ("called", "expected", "qualifier"),
    [
        ("Orders", "Orders", ""),
        ("shop-orders", "Orders", ""),
        ("Hello", "Hello", ""),
        (f"{ARN}:shop-orders", "Orders", ""),
        (f"{ARN}:shop-orders:$LATEST", "Orders", "$LATEST"),
        ("123456789012:function:shop-orders", "Orders", ""),
        ("function:shop-orders", "Orders", ""),
        ("shop-orders:7", "Orders", "7"),
    ],
)
def test_a_function_is_known_by_name_logical_id_and_arn(called: str, expected: str, qualifier: str) -> None:
    found, asked = named(SHOP, called)
    assert (found.logical_id, asked) == (expected, qualifier)


def test_a_mistyped_name_gets_the_nearest_one() -> None:
    with pytest.raises(UserError, match="there is no such function") as raised:
        named(SHOP, "shop-order")
    assert raised.value.hint == "did you mean shop-orders? There is Orders (shop-orders), Hello"


def test_an_unknown_name_gets_the_list() -> None:
    with pytest.raises(UserError) as raised:
        named(SHOP, "zzz")
    assert raised.value.hint == "there is Orders (shop-orders), Hello"


def test_a_logical_id_goes_before_another_functions_name() -> None:
    found, _ = named(project(function("A", "B"), function("B", "C")), "B")
    assert found.logical_id == "B"


def test_a_name_that_two_functions_have_is_refused() -> None:
    with pytest.raises(UserError, match="several functions have this name") as raised:
        named(project(function("A", "same"), function("B", "same")), "same")
    assert raised.value.hint == "use a logical id: A (same), B (same)"


def test_a_function_that_was_left_out_says_why() -> None:
    lost = Problem("template.yaml:7", "the runtime is unknown", "use python3.13", subject="Broken")
    with pytest.raises(UserError) as raised:
        named(project(function("A"), problems=(lost,)), "Broken")
    assert (raised.value.where, raised.value.hint) == ("template.yaml:7", "use python3.13")
    assert "Broken cannot run: the runtime is unknown" in raised.value.what


def test_the_only_function_is_meant_whatever_the_event() -> None:
    assert pointed_to(project(function("A")), {"anything": 1}).logical_id == "A"


def test_a_project_without_a_function_is_an_error() -> None:
    with pytest.raises(UserError, match="there is no function to run"):
        pointed_to(project(), {})


REST = api(ApiKind.REST, ("GET", "/hello", "A"), ("POST", "/hello", "B"), ("ANY", "/{proxy+}", "C"), name="Rest")
HTTP = api(ApiKind.HTTP, ("GET", "/hello", "B"), ("GET", "/{name}", "C"), ("ANY", "$default", "D"), name="Http")
URL = api(ApiKind.FUNCTION_URL, ("ANY", "$default", "D"), name="Url")
ALL = project(*map(function, "ABCD"), apis=(REST, HTTP, URL))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (sample("apigw"), "A"),
        ({**sample("apigw"), "httpMethod": "POST"}, "B"),
        ({**sample("apigw"), "resource": "", "path": "/other/thing"}, "C"),
        ({**sample("apigw"), "resource": "/{proxy+}", "path": "/hello"}, "C"),
        (sample("http_api"), "B"),
        (sample("http_api_v1"), "B"),
        ({**sample("http_api_v1"), "resource": "", "path": "/name"}, "C"),
        ({**sample("http_api_v1"), "resource": "", "path": "/a/b"}, "D"),
        (sample("function_url"), "D"),
    ],
)
def test_an_event_of_an_api_points_to_the_function_of_its_route(event: Any, expected: str) -> None:
    assert pointed_to(ALL, event).logical_id == expected


def test_when_one_function_has_all_routes_of_such_apis_it_is_meant_although_no_route_fits() -> None:
    shop = project(function("A"), function("B"), apis=(api(ApiKind.REST, ("GET", "/orders", "A")),))
    assert pointed_to(shop, sample("apigw")).logical_id == "A"


@pytest.mark.parametrize("event", [sample("sqs"), sample("alb"), sample("schedule"), {}, [], None, "text", 1])
def test_any_other_event_needs_the_functions_name(event: Any) -> None:
    with pytest.raises(UserError) as raised:
        pointed_to(ALL, event)
    assert raised.value.hint == "devserve invoke FUNCTION, one of A, B, C, D"


def test_two_apis_with_the_same_route_leave_the_choice_to_the_user() -> None:
    twice = (api(ApiKind.REST, ("GET", "/hello", "A")), api(ApiKind.REST, ("GET", "/hello", "B"), name="Second"))
    with pytest.raises(UserError):
        pointed_to(project(function("A"), function("B"), apis=twice), sample("apigw"))


def test_a_route_that_cannot_run_points_to_nothing() -> None:
    guarded = Api("Api", "Api", ApiKind.REST, (Route("GET", "/hello", Unsupported("authorizer")),))
    with pytest.raises(UserError):
        pointed_to(project(function("A"), function("B"), apis=(guarded,)), sample("apigw"))


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("/a", "/a", True),
        ("/a", "/a/", False),
        ("/{x}", "/a", True),
        ("/{x}", "/a/b", False),
        ("/{x}", "/", False),
        ("/{x+}", "/a/b", True),
        ("/a/{x+}", "/a", False),
        ("/a.b", "/aXb", False),
        ("$default", "/anything", True),
    ],
)
def test_a_template_takes_a_path(template: str, path: str, expected: bool) -> None:
    assert takes(template, path) is expected


def test_an_event_that_only_looks_like_a_request_is_none() -> None:
    assert call_of({"httpMethod": 1, "path": None}) is None


def test_an_event_of_a_load_balancer_points_to_what_is_behind_one() -> None:
    pay, hello = Route("ANY", "$default", LambdaProxy("Pay")), Route("GET", "/hello", LambdaProxy("Hello"))
    apis = (Api("Web", "web", ApiKind.HTTP, (hello,)), Api("Targets", "targets", ApiKind.ALB, (pay,)))
    found = project(function("Hello"), function("Pay"), apis=apis)
    elb = {"requestContext": {"elb": {"targetGroupArn": "arn"}}, "httpMethod": "GET", "path": "/hello", "headers": {}}
    assert pointed_to(found, elb).logical_id == "Pay"

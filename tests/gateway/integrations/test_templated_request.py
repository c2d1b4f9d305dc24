"""What goes to the integration: templates by content type, mapped parameters, overrides, headers."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_lite.gateway.integrations.templated_request import Requests, Stuck, address
from localstack_lite.gateway.steps import Call
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.integration import Passthrough
from localstack_lite.model.outgoing import Outgoing, Returned
from tests.gateway.tale import header, project, request, rest, returned, visit
from tests.gateway.templates.shared import integration, story

JSON = {"application/json": '{"made": $input.json("$")}'}


def outgoing(kind: str = "HTTP", route: str = "ANY /x", sent: Any = None, **more: Any) -> Outgoing:
    declared = integration(kind, **{"uri": "http://backend/", **more})
    asked = request("POST", "/x") if sent is None else sent
    steps, _ = story(project(rest({route: declared}, stage_variables={"host": "http://there"})), asked, Returned(200))
    assert isinstance(steps[0], Outgoing)
    return steps[0]


def named(step: Outgoing, name: str) -> list[str]:
    return [value for key, value in step.headers if key.lower() == name.lower()]


XML = request("POST", "/x", [("Content-Type", "application/xml")], b"<a/>")


@pytest.mark.parametrize(
    ("passthrough", "templates", "status"),
    [
        ("WHEN_NO_MATCH", JSON, 200),
        ("WHEN_NO_MATCH", {}, 200),
        ("WHEN_NO_TEMPLATES", JSON, 415),
        ("WHEN_NO_TEMPLATES", {}, 200),
        ("NEVER", JSON, 415),
        ("NEVER", {}, 415),
    ],
)
def test_without_a_template_for_the_type_the_passthrough_behaviour_counts(
    passthrough: str, templates: dict[str, str], status: int
) -> None:
    declared = integration("HTTP", uri="http://b/", templates=templates, passthrough=Passthrough(passthrough))
    came = (Returned(200),) if status == 200 else ()
    steps, answer = story(project(rest({"POST /x": declared})), XML, *came)
    assert answer.response.status == status
    if status == 200:
        assert isinstance(steps[0], Outgoing)
        assert steps[0].body == b"<a/>"
    else:
        assert answer.response.body == b'{"message":"Unsupported Media Type"}'


@pytest.mark.parametrize(
    ("content_type", "made"),
    [
        (None, '{"made": {"a":1}}'),
        ("application/json", '{"made": {"a":1}}'),
        ("application/json; charset=utf-8", '{"made": {"a":1}}'),
        ("text/plain", "other"),
    ],
)
def test_a_template_is_chosen_by_the_content_type(content_type: str | None, made: str) -> None:
    headers = [("Content-Type", content_type)] if content_type else []
    sent = request("POST", "/x", headers, b'{"a": 1}')
    assert outgoing(sent=sent, templates={**JSON, "$default": "other"}).body.decode() == made


def test_parameters_are_mapped_into_headers_query_and_path() -> None:
    """Recorded with an HTTP proxy: what is mapped stands behind what is there; what has no value is not mapped."""
    sent = request(
        "POST",
        "/foobar?testQueryString=foo&testVar=bar",
        [("foobar", "mapped-value"), ("headerVar", "request-value"), ("Accept", "application/json")],
        b'{"message": "hello world"}',
    )
    parameters = {
        "integration.request.header.headerVar": "method.request.header.foobar",
        "integration.request.path.qsVar": "method.request.querystring.testVar",
        "integration.request.path.pathVar": "method.request.path.pathVariable",
        "integration.request.querystring.queryString": "method.request.querystring.testQueryString",
        "integration.request.querystring.testQs": "method.request.querystring.testQueryString",
        "integration.request.querystring.testEmptyQs": "method.request.header.emptyheader",
    }
    step = outgoing(
        "HTTP_PROXY",
        "ANY /{pathVariable}",
        sent,
        uri="http://b/echo?testVar={pathVar}&testQs={qsVar}",
        parameters=parameters,
    )
    query = "testVar=foobar&testQs=bar&testQueryString=foo&testVar=bar&queryString=foo&testQs=foo"
    assert (step.method, step.url) == ("POST", f"http://b/echo?{query}")
    assert step.body == b'{"message": "hello world"}'
    assert (named(step, "headervar"), named(step, "foobar")) == (["mapped-value"], ["mapped-value"])
    assert named(step, "host") == []


def test_a_mapped_header_is_all_that_a_non_proxy_integration_gets_of_a_request() -> None:
    sent = request("POST", "/x", [("Cookie", "c"), ("Content-Type", "text/plain"), ("User-Agent", "curl")], b"t")
    step = outgoing(sent=sent, parameters={"integration.request.header.X-A": "'static'"})
    names = [name for name, _ in step.headers]
    assert names == ["X-A", "Accept", "User-Agent", "Content-Type", "X-Amzn-Trace-Id", "X-Amzn-Apigateway-Api-Id"]
    assert named(step, "User-Agent") == ["AmazonAPIGateway_rest"]
    assert named(step, "Accept") == ["application/json"]


@pytest.mark.parametrize(("method", "body"), [("GET", b""), ("HEAD", b""), ("OPTIONS", b""), ("PUT", b"text")])
def test_the_method_is_the_integrations_or_the_requests_own(method: str, body: bytes) -> None:
    step = outgoing(sent=request(method, "/x", body=b"text"), method="ANY")
    assert (step.method, step.body) == (method, body)
    assert outgoing(sent=request(method, "/x"), method="PATCH").method == "PATCH"


def test_overrides_of_a_template_go_over_what_is_mapped() -> None:
    template = (
        "#set($context.requestOverride.header.X-A = 'over')#set($context.requestOverride.header.X-New = 5)"
        "#set($context.requestOverride.querystring.q = ['1', '2'])#set($context.requestOverride.path.id = 'p/q')body"
    )
    parameters = {
        "integration.request.header.x-a": "'mapped'",
        "integration.request.querystring.q": "'mapped'",
        "integration.request.path.id": "method.request.path.id",
    }
    step = outgoing(
        route="ANY /{id}",
        sent=request("POST", "/a%20b"),
        uri="http://b/{id}",
        parameters=parameters,
        templates={"application/json": template},
    )
    assert step.url == "http://b/p/q?q=1&q=2"
    assert (named(step, "x-a"), named(step, "x-new"), step.body) == (["over"], ["5"], b"body")


def test_a_path_parameter_goes_on_as_it_was_sent() -> None:
    parameters = {"integration.request.path.proxy": "method.request.path.proxy"}
    step = outgoing(
        "HTTP_PROXY",
        "ANY /{proxy+}",
        request("GET", "/a%2Fb/c%20d/?x=%C3%A9"),
        uri="http://b/{proxy}",
        parameters=parameters,
    )
    assert step.url == "http://b/a%2Fb/c%20d?x=%C3%A9"


def test_stage_variables_stand_in_addresses() -> None:
    assert outgoing(uri="${stageVariables.host}/y/${stageVariables.none}").url == "http://there/y/"


@pytest.mark.parametrize("uri", ["", "ftp://x", "{host}", "${stageVariables.none}"])
def test_what_is_no_address_is_500_with_a_note(uri: str) -> None:
    _, answer = story(project(rest({"GET /x": integration("HTTP", uri=uri)})), request(target="/x"))
    assert answer.response.status == 500
    assert "is no address" in answer.note


@pytest.mark.parametrize("name", ["Authorization", "Connection", "Expect", "Proxy-Authenticate", "TE"])
def test_a_forbidden_mapping_is_500(name: str) -> None:
    declared = integration("AWS", function="Fn", parameters={f"integration.request.header.{name}": "'x'"})
    steps, answer = story(project(rest({"GET /x": declared})), request(target="/x"))
    assert steps == []
    assert answer.response.status == 500
    assert header(answer.response, "x-amzn-ErrorType") == "InternalServerErrorException"
    assert name in answer.note


def test_a_body_that_should_be_json_and_is_not_is_400() -> None:
    declared = integration(
        "HTTP", uri="http://b/", parameters={"integration.request.header.a": "method.request.body.a"}
    )
    _, answer = story(project(rest({"POST /x": declared})), request("POST", "/x", body=b"{oh"))
    assert (answer.response.status, answer.response.body) == (400, b'{"message":"Invalid JSON in request body"}')


def test_a_template_that_fails_is_500_and_the_note_says_where() -> None:
    declared = integration("MOCK", templates={"application/json": "{\n$input.path('$[')}"})
    _, answer = story(project(rest({"GET /x": declared})), request(target="/x"))
    assert answer.response.status == 500
    assert answer.note.startswith("request template application/json of GET /x, line 2: JSONPath")


def test_a_template_needs_text() -> None:
    declared = integration("HTTP", uri="http://b/", templates={"image/png": "$input.body"})
    sent = request("POST", "/x", [("Content-Type", "image/png")], b"\xff")
    _, answer = story(project(rest({"POST /x": declared}, binary_media_types=("image/png",))), sent)
    assert answer.response.status == 500
    assert "CONVERT_TO_TEXT" in answer.note


def test_a_function_gets_the_rendered_template() -> None:
    declared = integration(
        "AWS", function="Fn", templates={"application/json": '{"param1": "$input.params(\'param1\')"}'}
    )
    sent = request(target="/x?param1=foobar&Signature=1")
    steps, answer = story(project(rest({"GET /x": declared})), sent, returned({"param1": "foobar"}))
    assert isinstance(steps[0], Call)
    assert steps[0].invocation.payload == b'{"param1": "foobar"}'
    assert answer.response.body == b'{"param1": "foobar"}'


def test_an_address_without_a_value_for_a_name_has_nothing_there() -> None:
    declared = integration("HTTP", uri="http://b/{a}/x")
    api = rest({"GET /x": declared})
    asked = Requests(project(api), api, api.routes[0], declared).made(visit(request(target="/x")))
    assert address("http://b/{a}/{b+}?c={c}", asked, {}, proxy=False) == "http://b//?c="


def test_a_denial_carries_its_type() -> None:
    declared = integration("MOCK", passthrough=Passthrough.NEVER)
    api = rest({"GET /x": declared})
    with pytest.raises(Stuck) as found:
        Requests(project(api), api, api.routes[0], declared).made(visit(request(target="/x")))
    assert found.value.denial.type is ResponseType.UNSUPPORTED_MEDIA_TYPE

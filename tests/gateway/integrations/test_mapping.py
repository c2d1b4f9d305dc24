"""Parameter expressions: of a request, of a reply, of the context."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localstack_lite.gateway.integrations.mapping import NotJson, Sent, replied, source
from localstack_lite.model.api import Face, LambdaProxy
from localstack_lite.model.invocation import Refused
from tests.gateway.tale import project, request, rest, tell, visit

CONTEXT = (
    "accountId",
    "apiId",
    "domainName",
    "domainPrefix",
    "extendedRequestId",
    "httpMethod",
    "identity.sourceIp",
    "identity.userAgent",
    "path",
    "protocol",
    "requestId",
    "resourcePath",
    "stage",
)


def tenant(expression: str, target: str = "/acme/x", headers: tuple[tuple[str, str], ...] = (), **api: Any) -> str:
    served = project(rest({"GET /{who}/x": LambdaProxy("Fn", tenant=expression)}, **api))
    call, _ = tell(served, request(target=target, headers=headers))
    assert call is not None
    return call.invocation.tenant_id


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("method.request.header.x-tenant", "blue"),
        ("method.request.querystring.t", "b c"),
        ("method.request.path.who", "a/me"),
        ("stageVariables.who", "shop"),
        ("'static one'", "static one"),
        ("method.request.header.X-Other", ""),
        ("method.request.querystring.other", ""),
        ("method.request.path.other", ""),
        ("stageVariables.other", ""),
        ("method.request.body", ""),
    ],
)
def test_a_tenant_is_read_where_the_integration_says(expression: str, value: str) -> None:
    sent = (("X-Tenant", "blue"),)
    assert tenant(expression, "/a%2Fme/x?t=a&t=b+c", sent, stage_variables={"who": "shop"}) == value


@pytest.mark.parametrize("name", CONTEXT)
@pytest.mark.parametrize("face", [{}, {"face": Face.DOMAIN, "domain": "shop.example", "base_path": "v1"}])
def test_values_of_the_context_are_those_of_the_event(name: str, face: dict[str, Any]) -> None:
    served = project(rest({"GET /{who}/x": LambdaProxy("Fn", tenant=f"context.{name}")}, **face))
    target = "/v1/acme/x" if face else "/acme/x"
    call, _ = tell(served, request(target=target, headers=[("User-Agent", "curl/8")]))
    assert call is not None
    found = json.loads(call.invocation.payload)["requestContext"]
    for key in name.split("."):
        found = found[key]
    assert call.invocation.tenant_id == found
    assert found


def test_a_route_that_maps_none_names_none() -> None:
    assert tenant("") == ""


def test_a_rest_api_answers_500_when_lambda_refuses_for_want_of_a_tenant() -> None:
    served = project(rest({"GET /x": LambdaProxy("Fn", tenant="method.request.header.X-Tenant")}))
    refused = Refused("id", 400, "InvalidParameterValueException", b"{}")
    call, told = tell(served, request(target="/x"), refused)
    assert call is not None
    assert call.invocation.tenant_id == ""
    assert (told.response.status, told.note) == (500, "refused: InvalidParameterValueException")


BODY = b'{"a": {"b": [1, "two"]}, "t": "x", "n": null, "list": [1, {"k": "v"}]}'
SENT = Sent(
    visit(
        request("POST", "/x?q=1&q=2&e=", [("X-A", "1"), ("x-a", "2"), ("X-Empty", "")], BODY),
        params={"id": "a%2Fb", "proxy": "c/d"},
    ),
    {"requestId": "r"}.get,
    {"v": "stage"},
)


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("method.request.header.x-A", ("2",)),
        ("method.request.multivalueheader.X-A", ("1,2",)),
        ("method.request.header.none", ()),
        ("method.request.multivalueheader.none", ()),
        ("method.request.querystring.q", ("2",)),
        ("method.request.multivaluequerystring.q", ("1", "2")),
        ("method.request.querystring.e", ("",)),
        ("method.request.querystring.none", ()),
        ("method.request.path.id", ("a/b",)),
        ("method.request.path.proxy", ("c/d",)),
        ("method.request.path.none", ()),
        ("method.request.body", (BODY.decode(),)),
        ("method.request.body.a.b[1]", ("two",)),
        ("method.request.body.a.b[0]", ("1",)),
        ("method.request.body.$.t", ("x",)),
        ("method.request.body.list", ('[1,{"k":"v"}]',)),
        ("method.request.body.n", ()),
        ("method.request.body.none", ()),
        ("method.request.body.[", ()),
        ("route.request.body.t", ("x",)),
        ("method.request.cookie.a", ()),
        ("context.requestId", ("r",)),
        ("context.none", ()),
        ("stageVariables.v", ("stage",)),
        ("stageVariables.none", ()),
        ("'a static text'", ("a static text",)),
        ("''", ("",)),
        ("nothing", ()),
        ("integration.response.header.X-A", ()),
    ],
)
def test_an_expression_reads_what_it_names_of_a_request(expression: str, values: tuple[str, ...]) -> None:
    assert SENT.values(source(expression)) == values


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("integration.response.header.set-cookie", ("b",)),
        ("integration.response.multivalueheader.Set-Cookie", ("a,b",)),
        ("integration.response.body.t", ("x",)),
        ("integration.response.body", (BODY.decode(),)),
        ("integration.response.header.none", ()),
        ("integration.response.status", ()),
        ("context.requestId", ("r",)),
        ("'*'", ("*",)),
        ("method.request.header.x-a", ()),
    ],
)
def test_an_expression_reads_what_it_names_of_a_reply(expression: str, values: tuple[str, ...]) -> None:
    assert replied(source(expression), (("Set-Cookie", "a"), ("set-cookie", "b")), BODY, SENT) == values


def test_a_body_that_begins_as_json_has_to_be_json() -> None:
    with pytest.raises(NotJson):
        replied(source("integration.response.body.a"), (), b"{oh", SENT)
    assert replied(source("integration.response.body.a"), (), b"<a/>", SENT) == ()
    assert replied(source("integration.response.body.a"), (), b"", SENT) == ()


def test_a_path_parameter_is_also_known_as_it_was_sent() -> None:
    assert SENT.raw_path("id") == "a%2Fb"
    assert SENT.raw_path("none") is None

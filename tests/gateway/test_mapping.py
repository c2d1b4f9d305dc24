"""The value of a mapped request parameter is what the same request's event says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localstack_lite.model.api import Face, LambdaProxy
from localstack_lite.model.invocation import Refused
from localstack_lite.model.mapping import CONTEXT
from tests.gateway.tale import project, request, rest, tell


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


@pytest.mark.parametrize("name", sorted(CONTEXT))
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

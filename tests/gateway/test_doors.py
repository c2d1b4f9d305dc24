from __future__ import annotations

from dataclasses import replace

import pytest

from localstack_lite.gateway.controls.meters import Meters
from localstack_lite.gateway.doors import doors_of
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.sites import Sites
from localstack_lite.model.api import Api
from localstack_lite.model.authorizer import BrokenAuthorizer, Guard
from localstack_lite.model.usage import ApiKey, Quota, RateLimit, UsagePlan
from localstack_lite.model.validation import Validation
from tests.gateway.tale import alb, http, project, request, rest, tell, url

KEY = "a-key-0123456789-0123456789"
PLAN = UsagePlan("p", "plan", (ApiKey("k", "key", KEY),), quota=Quota(1))
NOBODY = RateLimit(0, 0)


def controlled(*, guarded: bool = False, limit: RateLimit = NOBODY, plan: UsagePlan = PLAN) -> Api:
    api = rest({"GET /a": "Fn"}, usage_plans=(plan,), limits={"*": limit})
    guard = Guard(BrokenAuthorizer("broken", "its function is not here")) if guarded else None
    validation = Validation(("method.request.header.x",))
    return replace(api, routes=(replace(api.routes[0], api_key=True, validation=validation, guard=guard),))


@pytest.mark.parametrize("api", [rest({"GET /a": "Fn"}), http({"GET /a": "Fn"}), url(), alb()])
def test_a_route_that_asks_for_nothing_has_no_door(api: Api) -> None:
    assert doors_of(project(api), api, api.routes[0], Settings(), Meters(), ApiMemory()) == ()


@pytest.mark.parametrize(
    ("api", "headers", "status", "body"),
    [
        (controlled(guarded=True), [], 500, b'{"message":null}'),
        (controlled(), [], 403, b'{"message":"Forbidden"}'),
        (controlled(plan=replace(PLAN, quota=Quota(0))), [("x-api-key", KEY)], 429, b'{"message":"Limit Exceeded"}'),
        (controlled(), [("x-api-key", KEY)], 429, b'{"message":"Too Many Requests"}'),
        (
            controlled(limit=RateLimit(1, 1)),
            [("x-api-key", KEY)],
            400,
            b'{"message":"Missing required request parameters: [x]"}',
        ),
        (controlled(limit=RateLimit(1, 1)), [("x-api-key", KEY), ("x", "1")], 200, b""),
    ],
)
def test_authorizer_usage_plan_throttling_and_validation_are_asked_in_this_order(
    api: Api, headers: list[tuple[str, str]], status: int, body: bytes
) -> None:
    call, answer = tell(Sites(project(api)), request(target="/a", headers=headers))
    assert (answer.response.status, answer.response.body) == (status, body)
    assert (call is not None) == (status == 200)

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.controls.meters import Meters
from localstack_lite.gateway.controls.usage import usage_of
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.sites import Sites
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.api import Api, ApiStage
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.usage import ApiKey, Period, Quota, RateLimit, UsagePlan
from tests.gateway.tale import STAMP, header, project, request, rest, tell_at, visit

SECRET = "k3y-of-alice-0123456789-0123456789"
ALICE = ApiKey("alice1", "alice", SECRET)
BOB = ApiKey("bob001", "bob", "k3y-of-bob-0123456789-0123456789-0")
GONE = ApiKey("gone01", "carol", "k3y-of-carol-0123456789-0123456789", enabled=False)
PLAN = UsagePlan("plan01", "basic", (ALICE, BOB, GONE))
T = STAMP.now


def api(plan: UsagePlan = PLAN, *, name: str = "Rest", **more: Any) -> Api:
    made = rest({"GET /a": "Fn", "GET /b": "Fn"}, name=name, usage_plans=(plan,), **more)
    return replace(made, routes=tuple(replace(route, api_key=True) for route in made.routes))


def served(*apis: Api, meters: Meters | None = None) -> Sites:
    return Sites(project(*apis), (), Settings(), meters)


def status(sites: Sites, key: str, target: str = "/a", now: float = T, host: str = "") -> int:
    headers = [("X-Api-Key", key)] if key else []
    return tell_at(now, sites, request(target=target, headers=headers, host=host))[1].response.status


@pytest.mark.parametrize(
    ("key", "expected"), [("", 403), ("nobody's", 403), (SECRET, 200), (GONE.value, 403), (SECRET.upper(), 403)]
)
def test_only_an_enabled_key_of_a_plan_opens_the_route(key: str, expected: int) -> None:
    assert status(served(api()), key) == expected


def test_the_refusal_is_rests_forbidden() -> None:
    call, answer = tell_at(T, served(api()), request(target="/a"))
    assert call is None
    assert (answer.response.status, answer.response.body) == (403, b'{"message":"Forbidden"}')
    assert header(answer.response, "x-amzn-ErrorType") == "ForbiddenException"


def test_a_route_that_wants_no_key_counts_nowhere() -> None:
    plan = replace(PLAN, quota=Quota(1))
    both = api(plan)
    sites = served(replace(both, routes=(both.routes[0], replace(both.routes[1], api_key=False))))
    assert [status(sites, SECRET, target) for target in ("/b", "/b", "/a", "/a")] == [200, 200, 200, 429]


def test_the_event_names_the_key() -> None:
    call, _ = tell_at(T, served(api()), request(target="/a", headers=[("x-api-key", SECRET)]))
    assert call is not None
    identity = json.loads(call.invocation.payload)["requestContext"]["identity"]
    assert (identity["apiKey"], identity["apiKeyId"]) == (SECRET, "alice1")


@pytest.mark.parametrize(
    ("key", "note"),
    [
        ("", "no API key: x-api-key is empty"),
        ("nobody's", "no such API key in x-api-key"),
        (GONE.value, "the API key carol is disabled"),
        ("0ther-0123456789", "the API key dave is in no usage plan of this API and stage"),
    ],
)
def test_the_note_says_what_is_wrong_and_never_the_key(key: str, note: str) -> None:
    other = api(UsagePlan("p2", "other", (ApiKey("d", "dave", "0ther-0123456789"),)), name="Second")
    answer = tell_at(T, served(api(), other), request(target="/a", headers=[("x-api-key", key)]))[1]
    assert answer.note == note
    assert not key or key not in repr((answer.note, answer.response, answer.differences))


def test_who_cannot_know_the_key_is_told_where_it_is_shown() -> None:
    made_up = replace(ALICE, made_up=True)
    answer = tell_at(T, served(api(UsagePlan("p", "basic", (made_up,)))), request(target="/a"))[1]
    assert answer.note == "no API key: x-api-key is empty; `devserve routes` shows the one that is made up here"


def test_rates_are_each_keys_own() -> None:
    sites = served(api(replace(PLAN, limit=RateLimit(1, 1))))
    assert [status(sites, SECRET), status(sites, SECRET), status(sites, BOB.value)] == [200, 429, 200]
    assert status(sites, SECRET, now=T + 1) == 200


def test_a_keys_rate_holds_for_all_apis_of_its_plan() -> None:
    plan = replace(PLAN, limit=RateLimit(1, 1))
    sites = served(api(plan), api(plan, name="Second"))
    assert status(sites, SECRET, host="rest.localhost") == 200
    assert status(sites, SECRET, host="second.localhost") == 429


def test_a_plans_limit_for_a_method_is_that_methods_alone() -> None:
    sites = served(api(replace(PLAN, methods={"/a/GET": RateLimit(1, 1)}, limit=RateLimit(9, 3))))
    assert [status(sites, SECRET, target) for target in ("/a", "/a", "/b", "/b", "/b")] == [200, 429, 200, 200, 429]


def test_a_used_up_quota_is_429_with_words_of_its_own_until_the_next_period() -> None:
    sites = served(api(replace(PLAN, quota=Quota(2, Period.DAY))))
    assert [status(sites, SECRET) for _ in range(3)] == [200, 200, 429]
    answer = tell_at(T, sites, request(target="/b", headers=[("x-api-key", SECRET)]))[1]
    assert answer.response.body == b'{"message":"Limit Exceeded"}'
    assert header(answer.response, "x-amzn-ErrorType") == "LimitExceededException"
    assert answer.note == "usage plan basic: the quota of 2 requests a day is used up"
    assert [status(sites, BOB.value), status(sites, SECRET, now=T + 86_400)] == [200, 200]


def test_a_refused_request_uses_no_quota() -> None:
    sites = served(api(replace(PLAN, quota=Quota(2), limit=RateLimit(1, 1))))
    assert [status(sites, SECRET) for _ in range(4)] == [200, 429, 429, 429]
    assert [status(sites, SECRET, now=T + 5), status(sites, SECRET, now=T + 10)] == [200, 429]


def test_what_was_used_stays_used_when_the_project_is_read_again() -> None:
    meters = Meters()
    plan = replace(PLAN, quota=Quota(1))
    assert status(served(api(plan), meters=meters), SECRET) == 200
    assert status(served(api(plan, stage_variables={"a": "b"}), meters=meters), SECRET) == 429
    assert status(served(api(replace(plan, quota=Quota(2))), meters=meters), SECRET) == 200


def asked(source: Api, sent: Visit) -> Visit | Denial:
    rule = usage_of(project(source), source, source.routes[0], Meters())
    assert rule is not None
    return rule(sent)


def test_with_an_authorizer_as_the_source_the_header_is_not_looked_at() -> None:
    source = api(key_source="AUTHORIZER")
    by_header = visit(request(target="/a", headers=[("x-api-key", SECRET)]))
    denied = asked(source, by_header)
    assert isinstance(denied, Denial)
    assert (denied.type, denied.note) == (
        ResponseType.INVALID_API_KEY,
        "no API key: the authorizer's usageIdentifierKey is empty",
    )
    by_authorizer = replace(by_header, caller=Caller({"principalId": "me"}, {"user": "me"}, SECRET))
    passed = asked(source, by_authorizer)
    assert isinstance(passed, Visit)
    assert passed.caller is not None
    assert passed.caller.identity == {"user": "me", "apiKey": SECRET, "apiKeyId": "alice1"}
    assert passed.caller.authorizer == {"principalId": "me"}


def test_without_any_plan_a_route_that_wants_a_key_is_closed() -> None:
    source = replace(api(), usage_plans=())
    assert status(served(source), SECRET) == 403


def test_a_stage_beside_the_first_has_its_own_plans() -> None:
    source = replace(api(), stages=(ApiStage("beta", usage_plans=(UsagePlan("p2", "beta", (BOB,)),)),))
    sites = served(source)
    host = f"{source.id}.execute-api.localhost"
    keys = (SECRET, BOB.value)
    assert [status(sites, key, "/beta/a", host=host) for key in keys] == [403, 200]
    assert [status(sites, key, "/stage/a", host=host) for key in keys] == [200, 200]

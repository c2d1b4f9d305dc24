from __future__ import annotations

import pytest

from localstack_lite.gateway.controls.meters import Bucket, Meters
from localstack_lite.gateway.controls.throttle import taken, throttle_of
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.sites import Sites
from localstack_lite.model.api import Api
from localstack_lite.model.usage import RateLimit
from tests.gateway.tale import STAMP, header, http, project, request, rest, tell_at

ONE = RateLimit(1, 1)
T = STAMP.now


def statuses(sites: Sites, *targets: str, now: float = T) -> list[int]:
    return [tell_at(now, sites, request(target=target))[1].response.status for target in targets]


def served(api: Api, meters: Meters | None = None) -> Sites:
    return Sites(project(api), (), Settings(), meters)


@pytest.mark.parametrize(
    "api", [rest({"GET /a": "Fn"}, limits={"GET /a": ONE}), http({"GET /a": "Fn"}, limits={"GET /a": ONE})]
)
def test_a_route_over_its_limit_is_429_until_a_token_came_back(api: Api) -> None:
    sites = served(api)
    assert statuses(sites, "/a", "/a") == [200, 429]
    assert statuses(sites, "/a", "/a", now=T + 1) == [200, 429]


def test_the_words_of_a_throttled_rest_route() -> None:
    sites = served(rest({"GET /a": "Fn"}, limits={"*": RateLimit(0, 0)}))
    call, answer = tell_at(T, sites, request(target="/a"))
    assert call is None
    assert (answer.response.status, answer.response.body) == (429, b'{"message":"Too Many Requests"}')
    assert header(answer.response, "x-amzn-ErrorType") == "TooManyRequestsException"
    assert answer.note == "throttled: the route's limit is 0 requests a second, burst 0"


def test_the_stages_limit_is_the_default_of_each_route_by_itself() -> None:
    sites = served(rest({"GET /a": "Fn", "GET /b": "Fn"}, limits={"*": ONE}))
    assert statuses(sites, "/a", "/b", "/a", "/b") == [200, 200, 429, 429]


def test_a_routes_own_limit_stands_in_place_of_the_stages() -> None:
    sites = served(rest({"GET /a": "Fn", "GET /b": "Fn"}, limits={"*": ONE, "GET /b": RateLimit(3, 3)}))
    assert statuses(sites, "/a", "/a", "/b", "/b", "/b", "/b") == [200, 429, 200, 200, 200, 429]


def test_a_default_route_is_limited_by_its_key() -> None:
    sites = served(http({"$default": "Fn"}, limits={"$default": ONE}))
    assert statuses(sites, "/x", "/y") == [200, 429]


def test_a_saved_file_fills_no_bucket_and_another_limit_does() -> None:
    meters = Meters()
    assert statuses(served(rest({"GET /a": "Fn"}, limits={"*": ONE}), meters), "/a") == [200]
    assert statuses(served(rest({"GET /a": "Other"}, limits={"*": ONE}), meters), "/a") == [429]
    assert statuses(served(rest({"GET /a": "Other"}, limits={"*": RateLimit(2, 2)}), meters), "/a") == [200]


def test_a_route_without_a_limit_has_no_throttle() -> None:
    api = rest({"GET /a": "Fn"}, limits={"GET /b": ONE})
    assert throttle_of(api, api.routes[0], Meters()) is None
    api = rest({"GET /a": "Fn"}, limits={"*": RateLimit()})
    assert throttle_of(api, api.routes[0], Meters()) is None


def test_the_account_limits_what_a_route_does_not() -> None:
    api = rest({"GET /a": "Fn"}, limits={"*": RateLimit(1e6, 10**6)})
    sites = served(api)
    sent = request(target="/a")
    answers = [tell_at(T, sites, sent)[1] for _ in range(5_001)]
    assert [answer.response.status for answer in answers[4_999:]] == [200, 429]
    assert answers[-1].note == "throttled: the account's limit is 10000 requests a second, burst 5000"


def test_no_bucket_gives_a_token_when_another_has_none() -> None:
    full, empty = Bucket(RateLimit(1, 2)), Bucket(RateLimit(0, 0))
    assert taken((full, empty), T) is empty
    assert [taken((full,), T) for _ in range(3)] == [None, None, full]

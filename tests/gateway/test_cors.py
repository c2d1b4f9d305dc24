from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.cors import CorsPolicy, is_preflight
from localstack_lite.model.api import ApiKind, Cors
from localstack_lite.model.usage import RateLimit
from tests.gateway.tale import header, http, lines, project, request, response, returned, tell, url

ORIGIN = "https://serverless.com"


def test_http_api_replaces_the_functions_cors_headers_and_lower_cases_names() -> None:
    policy = CorsPolicy(Cors(allow_origins=("*",), expose_headers=("X-foo",)), ApiKind.HTTP)
    own = [("X-A", "1"), ("Access-Control-Allow-Origin", "https://mine"), ("access-control-allow-methods", "GET")]
    assert policy.applied(own, ORIGIN) == (
        ("X-A", "1"),
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", "x-foo"),
    )


def test_without_origin_nothing_is_added_and_the_functions_are_still_ignored() -> None:
    policy = CorsPolicy(Cors(allow_origins=("*",)), ApiKind.HTTP)
    assert policy.applied([("Access-Control-Allow-Origin", "x"), ("X-A", "1")], None) == (("X-A", "1"),)


def test_function_url_sends_expose_and_credentials_without_configured_origins() -> None:
    cors = Cors(expose_headers=("x-foo",), allow_credentials=True, allow_methods=("GET",))
    assert CorsPolicy(cors, ApiKind.FUNCTION_URL).applied([], ORIGIN) == (
        ("access-control-allow-credentials", "true"),
        ("access-control-expose-headers", "x-foo"),
    )


def test_function_url_keeps_what_it_does_not_configure() -> None:
    policy = CorsPolicy(Cors(allow_origins=("*",)), ApiKind.FUNCTION_URL)
    own = [("Access-Control-Allow-Origin", "mine"), ("Access-Control-Max-Age", "5")]
    assert policy.applied(own, ORIGIN) == (("Access-Control-Max-Age", "5"), ("access-control-allow-origin", "*"))


@pytest.mark.parametrize(
    ("configured", "origin", "allowed"),
    [
        ("https://a.example", "https://a.example", "https://a.example"),
        ("https://a.example", "https://b.example", None),
        ("https://*", "https://b.example", "https://b.example"),
        ("https://*", "http://b.example", None),
        ("http://localhost:*", "http://localhost:5173", "http://localhost:5173"),
        ("https://a.example", "https://a.example.evil", None),
        ("https://a.example", "https://aXexample", None),
    ],
)
def test_an_origin_is_answered_with_itself_when_it_is_configured(
    configured: str, origin: str, allowed: str | None
) -> None:
    policy = CorsPolicy(Cors(allow_origins=(configured,)), ApiKind.HTTP)
    assert dict(policy.applied([], origin)).get("access-control-allow-origin") == allowed


def test_credentials_need_the_origin_by_name() -> None:
    policy = CorsPolicy(Cors(allow_origins=("*",), allow_credentials=True), ApiKind.FUNCTION_URL)
    assert dict(policy.applied([], ORIGIN))["access-control-allow-origin"] == ORIGIN


def test_preflight_has_what_is_configured() -> None:
    cors = Cors(("*",), ("get", "POST"), ("Content-Type", "X-Api"), max_age=300)
    assert CorsPolicy(cors, ApiKind.HTTP).preflight(ORIGIN) == (
        ("access-control-allow-origin", "*"),
        ("access-control-allow-headers", "content-type,x-api"),
        ("access-control-allow-methods", "GET,POST"),
        ("access-control-max-age", "300"),
    )


def test_preflight_of_a_foreign_origin_is_bare() -> None:
    assert CorsPolicy(Cors(("https://a.example",), ("GET",)), ApiKind.HTTP).preflight(ORIGIN) == ()


@pytest.mark.parametrize(
    ("kind", "method", "origin", "host", "hidden"),
    [
        (ApiKind.HTTP, "GET", "https://b.example", "api.localhost:3000", True),
        (ApiKind.HTTP, "OPTIONS", "https://b.example", "api.localhost:3000", True),
        (ApiKind.HTTP, "GET", ORIGIN, "api.localhost:3000", False),
        (ApiKind.HTTP, "GET", "", "api.localhost:3000", False),
        (ApiKind.HTTP, "POST", "http://API.localhost:3000", "api.localhost:3000", False),
        (ApiKind.FUNCTION_URL, "GET", "https://b.example", "api.localhost:3000", False),
        (ApiKind.FUNCTION_URL, "OPTIONS", "https://b.example", "api.localhost:3000", True),
    ],
)
def test_who_is_kept_out_by_the_browser_is_told(
    kind: ApiKind, method: str, origin: str, host: str, hidden: bool
) -> None:
    policy = CorsPolicy(Cors(allow_origins=(ORIGIN,)), kind)
    said = policy.kept_from(request(method, headers=[("Origin", origin)] if origin else [], host=host))
    assert bool(said) is hidden
    assert not hidden or repr(origin) in said


def test_a_reply_that_a_browser_hides_says_so_at_its_request() -> None:
    api = http({"GET /x": "Fn"}, cors=Cors(allow_origins=(ORIGIN,)))
    for origin, note in ((ORIGIN, ""), ("https://b.example", "the API's CORS settings do not allow the origin")):
        sent = request(target="/x", headers=[("Origin", origin)])
        _, answer = tell(project(api), sent, returned({"statusCode": 200}))
        assert answer.note.startswith(note)
        assert bool(answer.note) == bool(note)


def test_preflight_statuses() -> None:
    assert CorsPolicy(Cors(), ApiKind.HTTP).preflight_status == 204
    assert CorsPolicy(Cors(), ApiKind.FUNCTION_URL).preflight_status == 200


def test_preflight_is_options_with_origin_and_wanted_method() -> None:
    both = [("Origin", ORIGIN), ("Access-Control-Request-Method", "GET")]
    assert is_preflight(request("OPTIONS", headers=both))
    assert not is_preflight(request("GET", headers=both))
    assert not is_preflight(request("OPTIONS", headers=both[:1]))
    assert not is_preflight(request("OPTIONS", headers=both[1:]))


@given(st.text(alphabet=st.characters(max_codepoint=255)))
def test_any_origin_gives_headers_that_can_be_sent(origin: str) -> None:
    policy = CorsPolicy(Cors(("*",), allow_credentials=True), ApiKind.FUNCTION_URL)
    assert all(value.isascii() and value.isprintable() for _, value in policy.preflight(origin))


PREFLIGHT = [("Origin", ORIGIN), ("Access-Control-Request-Method", "POST")]


@pytest.mark.parametrize("routes", [{"POST /a": "Fn"}, {"ANY /a": "Fn"}, {"$default": "Fn"}, {"OPTIONS /a": "Fn"}])
def test_the_configuration_answers_a_preflight_whatever_routes_there_are(routes: dict[str, str]) -> None:
    served = project(http(routes, cors=Cors((ORIGIN,), ("POST",), allow_credentials=True)))
    call, answer = tell(served, request("OPTIONS", "/a", PREFLIGHT))
    assert call is None
    assert (answer.response.status, answer.note) == (204, "CORS preflight")
    assert header(answer.response, "access-control-allow-origin") == ORIGIN
    assert header(answer.response, "access-control-allow-credentials") == "true"


@pytest.mark.parametrize(
    ("routes", "status"), [({"ANY /a": "Fn"}, 429), ({"$default": "Fn"}, 429), ({"POST /a": "Fn"}, 204)]
)
def test_the_doors_of_a_route_that_takes_options_stand_before_its_preflight(
    routes: dict[str, str], status: int
) -> None:
    served = project(http(routes, cors=Cors(("*",), ("POST",)), limits={"*": RateLimit(0, 0)}))
    assert tell(served, request("OPTIONS", "/a", PREFLIGHT))[1].response.status == status


def test_an_options_that_is_no_preflight_goes_to_its_route() -> None:
    call, _ = tell(project(http({"ANY /a": "Fn"}, cors=Cors(("*",)))), request("OPTIONS", "/a", [("Origin", ORIGIN)]))
    assert call is not None


def test_without_a_configuration_the_function_answers_a_preflight() -> None:
    answer = response(
        project(http({"ANY /a": "Fn"})),
        request("OPTIONS", "/a", PREFLIGHT),
        {"statusCode": 204, "headers": {"Access-Control-Allow-Origin": "mine"}},
    )
    assert lines(answer, "access-control-allow-origin") == ["mine"]


@pytest.mark.parametrize("kind", [ApiKind.HTTP, ApiKind.FUNCTION_URL])
def test_the_functions_own_header_never_stands_beside_the_configured_one(kind: ApiKind) -> None:
    cors = Cors((ORIGIN,), allow_credentials=True, max_age=9)
    served = project(http({"ANY /a": "Fn"}, cors=cors) if kind is ApiKind.HTTP else url(cors=cors))
    mine = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "false", "X-A": "1"}
    answer = response(served, request("GET", "/a", [("Origin", ORIGIN)]), {"statusCode": 200, "headers": mine})
    assert lines(answer, "access-control-allow-origin") == [ORIGIN]
    assert lines(answer, "access-control-allow-credentials") == ["true"]
    assert lines(answer, "x-a") == ["1"]


@pytest.mark.parametrize(
    ("configured", "origin", "allowed"),
    [
        ("http://*", "http://a.example", True),
        ("http://*", "https://a.example", False),
        ("https://*", "https://a.example:8443", True),
        ("https://*.a.example", "https://b.a.example", True),
        ("https://*.a.example", "https://a.example", False),
        ("*", "null", True),
    ],
)
def test_wildcards_of_origins(configured: str, origin: str, allowed: bool) -> None:
    answer = CorsPolicy(Cors((configured,), ("GET",)), ApiKind.HTTP).preflight(origin)
    assert bool(dict(answer).get("access-control-allow-origin")) == allowed

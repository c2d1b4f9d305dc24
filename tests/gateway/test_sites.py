from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.sites import Site, Sites, host_name
from localstack_lite.model.api import Api, ApiKind, ApiStage, Cors, DomainName, Face, LambdaProxy, Route
from tests.gateway.tale import alb, event, http, project, request, rest, url

SHOP = http({"GET /shop": "ShopFn", "GET /both": "ShopFn"}, name="Shop")
ADMIN = rest({"GET /admin": "AdminFn", "GET /both": "AdminFn", "GET /{proxy+}": "RestFn"}, name="Admin", stage="Prod")
PAY = url("PayFn")
SITES = Sites(project(SHOP, ADMIN, PAY), allowed_hosts=("dev.example:3000",))


def names(site: Site) -> list[str]:
    return [served.api.logical_id for served in site.apis]


@pytest.mark.parametrize(
    "host",
    [
        "localhost:3000",
        "LOCALHOST",
        "127.0.0.1:3000",
        "[::1]:3000",
        "0.0.0.0",
        "192.168.1.9:3000",
        "dev.example",
        "",
        None,
    ],
)
def test_bare_addresses_serve_all_apis_in_order_without_function_urls(host: str | None) -> None:
    assert names(SITES.at(host)) == ["Shop", "Admin"]


@pytest.mark.parametrize(
    ("host", "api", "aws_form"),
    [
        ("shop.localhost:3000", "Shop", False),
        ("Admin.LocalHost", "Admin", False),
        ("admin.execute-api.localhost:3000", "Admin", True),
        ("admin.execute-api.eu-west-2.amazonaws.com", "Admin", True),
        ("payfn.lambda-url.localhost:3000", "PayFnUrl", False),
        ("payfnurl.lambda-url.us-east-1.on.aws", "PayFnUrl", False),
    ],
)
def test_names_serve_one_api(host: str, api: str, aws_form: bool) -> None:
    site = SITES.at(host)
    assert (names(site), site.aws_form) == ([api], aws_form)


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("evil.example", "is not served"),
        ("localhost.evil.example", "is not served"),
        ("nobody.localhost", "nothing answers at nobody.localhost; there is: admin.execute-api.localhost"),
        ("gone.execute-api.us-east-1.amazonaws.com", "no API or function URL here has the id gone"),
        ("127.0.0.1.evil.example", "is not served"),
    ],
)
def test_other_hosts_are_refused_and_say_why(host: str, why: str) -> None:
    site = SITES.at(host)
    assert site.apis == ()
    assert why in site.why


def test_without_apis_function_urls_answer_at_the_bare_address() -> None:
    assert names(Sites(project(PAY)).at("localhost")) == ["PayFnUrl"]


def test_project_without_any_says_so() -> None:
    assert "has no API" in Sites(project()).at("localhost").why


@pytest.mark.parametrize(
    ("method", "path", "api"),
    [("GET", "/shop", "Shop"), ("GET", "/both", "Shop"), ("GET", "/admin", "Admin"), ("GET", "/x/y", "Admin")],
)
def test_first_api_with_a_route_answers_at_the_bare_address(method: str, path: str, api: str) -> None:
    place = SITES.at("localhost").place(method, path)
    assert place.api.api.logical_id == api
    assert place.match is not None


def test_what_nobody_has_is_the_first_apis_miss() -> None:
    place = SITES.at("localhost").place("POST", "/nowhere")
    assert (place.api.api.logical_id, place.match, place.staged) == ("Shop", None, True)


def test_links_with_the_stage_in_front_work_at_the_bare_address() -> None:
    sites = Sites(project(http({"GET /x": "Fn"}, stage="dev"), rest({"GET /y": "Fn"}, stage="Prod")))
    for path, rest_of_it in (("/dev/x", "/x"), ("/Prod/y", "/y")):
        place = sites.at("localhost").place("GET", path)
        assert place.match is not None
        assert place.path == rest_of_it


@pytest.mark.parametrize(
    ("path", "rest_of_it", "staged"),
    [
        ("/Prod/admin", "/admin", True),
        ("//Prod/admin", "/admin", True),
        ("/Prod//admin", "//admin", True),
        ("/Prod/", "/Prod/", True),
        ("/other/admin", "/other/admin", False),
        ("/Production/admin", "/Production/admin", False),
    ],
)
def test_first_segment_is_the_stage_in_awss_form(path: str, rest_of_it: str, staged: bool) -> None:
    place = SITES.at("admin.execute-api.localhost").place("GET", path)
    assert (place.path, place.staged) == (rest_of_it, staged)


def test_default_stage_has_no_segment_in_awss_form() -> None:
    assert SITES.at("shop.execute-api.localhost").place("GET", "/shop").match is not None


def test_a_load_balancer_answers_at_the_bare_address_and_at_a_host_of_its_own() -> None:
    sites = Sites(project(PAY, alb()))
    assert names(sites.at("127.0.0.1:3000")) == ["Lb"]
    for host in ("lb.elb.localhost", "lb.localhost:3000"):
        assert (names(sites.at(host)), sites.at(host).aws_form) == (["Lb"], False)
    assert sites.at("lb.execute-api.localhost").apis == ()


STAGED = rest({"GET /x": "StagedFn", "GET /only": "StagedFn"}, name="Staged", stage="dev", face=Face.AWS)
PLAIN = http({"GET /x": "PlainFn"}, name="Plain")


@pytest.mark.parametrize(
    ("path", "api", "rest_of_it", "staged"),
    [
        ("/dev/x", "Staged", "/x", True),
        ("//dev/x", "Staged", "/x", True),
        ("/dev", "Staged", None, True),
        ("/dev/none", "Staged", None, True),
        ("/x", "Plain", "/x", True),
        ("/only", "Plain", None, True),
        ("/devx", "Plain", None, True),
    ],
)
def test_an_api_with_a_face_has_only_what_is_behind_its_stage(
    path: str, api: str, rest_of_it: str | None, staged: bool
) -> None:
    place = Sites(project(STAGED, PLAIN)).at("localhost").place("GET", path)
    assert (place.match.target.api if place.match else None) == (api if rest_of_it else None)
    assert place.path == (rest_of_it or path)
    assert place.staged is staged


@pytest.mark.parametrize("host", ["localhost", "staged.localhost", "staged.execute-api.localhost"])
def test_outside_of_the_stage_there_is_nothing(host: str) -> None:
    place = Sites(project(STAGED)).at(host).place("GET", "/x")
    assert (place.match, place.staged) == (None, False)
    assert Sites(project(STAGED)).at(host).place("GET", "/dev/x").match is not None


def test_only_http_apis_and_function_urls_answer_cors_themselves() -> None:
    cors = Cors(("*",))
    apis = [rest({"GET /x": "Fn"}, cors=cors), http({"GET /x": "Fn"}, cors=cors), alb(cors=cors)]
    assert [served.cors is not None for served in Sites(project(*apis)).at("localhost").apis] == [False, True, False]


def test_two_stages_of_one_api_share_its_host() -> None:
    both = [
        Api("Api", "api", ApiKind.REST, (Route("GET", "/x", LambdaProxy(fn)),), stage)
        for fn, stage in (("Old", "v1"), ("New", "v2"))
    ]
    place = Sites(project(*both)).at("api.execute-api.localhost").place("GET", "/v2/x")
    assert place.match is not None
    integration = place.match.target.route.integration
    assert isinstance(integration, LambdaProxy)
    assert integration.function == "New"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Localhost:3000", "localhost"),
        ("[::1]:3000", "::1"),
        ("::1", "::1"),
        ("a.localhost.", "a.localhost"),
        ("a.localhost:", "a.localhost"),
        ("a:b", "a:b"),
    ],
)
def test_host_names_lose_port_brackets_and_case(host: str, name: str) -> None:
    assert host_name(host) == name


@given(st.text(alphabet=st.characters(max_codepoint=255)))
def test_any_host_is_served_or_refused_with_a_reason(host: str) -> None:
    site = SITES.at(host)
    assert bool(site.apis) != bool(site.why)


STAGES = http(
    {"GET /x": "Fn"},
    name="Many",
    stages=(ApiStage("beta", {"word": "b"}), ApiStage("old")),
    stage_variables={"word": "d"},
)


@pytest.mark.parametrize(
    ("host", "path", "stage", "rest_of_it"),
    [
        ("localhost", "/x", "$default", "/x"),
        ("localhost", "/beta/x", "beta", "/x"),
        ("many.localhost", "/old/x", "old", "/x"),
        ("many.execute-api.localhost", "/x", "$default", "/x"),
        ("many.execute-api.localhost", "/beta/x", "beta", "/x"),
    ],
)
def test_a_path_belongs_to_the_stage_that_it_names_and_else_to_the_first(
    host: str, path: str, stage: str, rest_of_it: str
) -> None:
    place = Sites(project(STAGES)).at(host).place("GET", path)
    assert place.match is not None
    assert (place.api.api.stage, place.path) == (stage, rest_of_it)


def test_each_stage_has_its_own_variables() -> None:
    assert event(project(STAGES), request(target="/beta/x"))["stageVariables"] == {"word": "b"}
    assert event(project(STAGES), request(target="/x"))["stageVariables"] == {"word": "d"}


def domain(name: str, base_path: str = "", stage: str = "") -> DomainName:
    return DomainName(name, base_path, stage)


SHOPS = (
    rest({"GET /x": "Fn"}, name="Base", domains=(domain("api.example.com"),)),
    rest({"GET /x": "Fn"}, name="One", domains=(domain("api.example.com", "v1"), domain("one.localhost"))),
    http(
        {"GET /x": "Fn"}, name="Two", stages=(ApiStage("beta"),), domains=(domain("api.example.com", "v1/two", "beta"),)
    ),
)


@pytest.mark.parametrize(
    ("host", "path", "api", "stage", "rest_of_it"),
    [
        ("api.example.com", "/x", "Base", "stage", "/x"),
        ("api.example.localhost:3000", "/v1/x", "One", "stage", "/x"),
        ("API.example.com.", "/v1/two/x", "Two", "beta", "/x"),
        ("one.localhost", "/x", "One", "stage", "/x"),
    ],
)
def test_the_longest_base_path_of_a_custom_domain_counts(
    host: str, path: str, api: str, stage: str, rest_of_it: str
) -> None:
    place = Sites(project(*SHOPS)).at(host).place("GET", path)
    assert place.match is not None
    assert (place.api.api.logical_id, place.api.api.stage, place.path) == (api, stage, rest_of_it)


def test_events_behind_a_custom_domain_know_it_and_its_base_path() -> None:
    seen = event(project(*SHOPS), request(target="/v1/x", host="api.example.localhost:3000"))
    assert (seen["path"], seen["requestContext"]["path"]) == ("/v1/x", "/v1/x")
    assert (seen["requestContext"]["domainName"], seen["headers"]["Host"]) == ("api.example.com", "api.example.com")
    second = event(project(*SHOPS), request(target="/v1/two/x", host="api.example.com"))
    assert (second["rawPath"], second["requestContext"]["stage"]) == ("/v1/two/x", "beta")


def test_a_custom_domain_knows_nothing_but_what_is_mapped_to_it() -> None:
    only = http({"GET /x": "Fn"}, name="Two", domains=(domain("api.example.com", "v2"),))
    place = Sites(project(only)).at("api.example.com").place("GET", "/x")
    assert (place.match, place.staged) == (None, False)

"""Requests and replies between the browser's address and the app's own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.faces import EDGE, Mask, address, aws_host, domain_name, mask_of
from localstack_lite.model.api import Api, Cors, Face, LambdaProxy
from localstack_lite.wire.messages import Headers, Request
from tests.gateway.tale import alb, event, header, http, lines, project, request, response, rest, returned, tell, url

HOST = "rest.execute-api.us-east-1.amazonaws.com"
HERE = "http://127.0.0.1:3000"
MASK = Mask(HOST)
DOMAIN = Mask("shop.example.com", parents=True)
ALL = {"ANY /": "Fn", "ANY /{proxy+}": "Fn"}
REST = rest(ALL, stage="dev", face=Face.AWS)
HTTP = http({"$default": "Fn"}, stage="dev", face=Face.AWS)
HTTP1 = http({"$default": LambdaProxy("Fn", "1.0")}, stage="dev", face=Face.AWS)
OWN = {"face": Face.DOMAIN, "domain": "shop.example.com", "base_path": "store"}


def browser(
    target: str = "/dev/x", *headers: tuple[str, str], method: str = "GET", host: str = "127.0.0.1:3000"
) -> Request:
    return request(method, target, headers, host=host)


# -- in


def test_the_app_sees_its_own_host_and_the_browsers_at_the_side() -> None:
    got = MASK.inward(browser("/dev/x?q=1", ("Accept", "*/*"), ("x-devserve-host", "forged")))
    assert got.headers.lines == (("Host", HOST), ("Accept", "*/*"), ("X-Devserve-Host", "127.0.0.1:3000"))
    assert (got.path, got.query, got.client) == ("/dev/x", "q=1", "192.0.2.7")


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("Origin", HERE, f"https://{HOST}"),
        ("origin", "HTTP://127.0.0.1:3000", f"https://{HOST}"),
        ("Origin", "http://localhost:3000", "http://localhost:3000"),
        ("Origin", "http://127.0.0.1:30001", "http://127.0.0.1:30001"),
        ("Origin", "https://127.0.0.1:3000", "https://127.0.0.1:3000"),
        ("Origin", "https://evil.example", "https://evil.example"),
        ("Origin", "null", "null"),
        ("Referer", HERE, f"https://{HOST}"),
        ("Referer", f"{HERE}/dev/login/?next={HERE}/x", f"https://{HOST}/dev/login/?next={HERE}/x"),
        ("Referer", "http://127.0.0.1:3000.evil.example/", "http://127.0.0.1:3000.evil.example/"),
        ("Referer", f"https://evil.example/?{HERE}/", f"https://evil.example/?{HERE}/"),
        ("X-Other", HERE, HERE),
    ],
)
def test_only_the_address_that_was_asked_is_rewritten_on_the_way_in(name: str, value: str, seen: str) -> None:
    assert MASK.inward(browser("/", (name, value))).headers.get(name) == seen


def test_a_proxy_that_speaks_https_makes_it_the_browsers_scheme() -> None:
    sent = browser("/", ("X-Forwarded-Proto", "https"), ("Origin", "https://127.0.0.1:3000"))
    assert address(sent) == "https://127.0.0.1:3000"
    assert MASK.inward(sent).headers.get("origin") == f"https://{HOST}"
    assert MASK.outward([("Location", f"https://{HOST}/a")], sent) == (("Location", "https://127.0.0.1:3000/a"),)


def test_body_query_path_and_protocol_are_never_touched() -> None:
    sent = Request("POST", f"/dev/{HERE}", f"next={HERE}", Headers((("Host", "127.0.0.1:3000"),)), HERE.encode())
    got = MASK.inward(sent)
    assert (got.path, got.query, got.body, got.protocol) == (sent.path, sent.query, sent.body, sent.protocol)


# -- out


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("Location", f"https://{HOST}/dev/login/?next=/dev/", f"{HERE}/dev/login/?next=/dev/"),
        ("location", f"https://{HOST.upper()}:443/x", f"{HERE}/x"),
        ("Location", f"http://{HOST}:80/x", f"{HERE}/x"),
        ("Location", f"//{HOST}/x", f"{HERE}/x"),
        ("Location", f"https://{HOST}", HERE),
        ("Location", f"https://{HOST}?a#b", f"{HERE}?a#b"),
        ("Location", "/dev/x", "/dev/x"),
        ("Location", "x", "x"),
        ("Location", f"https://{HOST}:8443/x", f"https://{HOST}:8443/x"),
        ("Location", f"https://{HOST}.evil.example/x", f"https://{HOST}.evil.example/x"),
        ("Location", f"https://{HOST}@evil.example/x", f"https://{HOST}@evil.example/x"),
        ("Location", f"https://evil.example/https://{HOST}/", f"https://evil.example/https://{HOST}/"),
        ("Location", f"https://login.example/?to=https://{HOST}/", f"https://login.example/?to=https://{HOST}/"),
        ("Content-Location", f"https://{HOST}/x", f"{HERE}/x"),
        ("Access-Control-Allow-Origin", f"https://{HOST}", HERE),
        ("Access-Control-Allow-Origin", "*", "*"),
        ("Refresh", f"5; url=https://{HOST}/x", f"5; url={HERE}/x"),
        ("Refresh", f"0;URL='https://{HOST}/x'", f"0;URL='{HERE}/x'"),
        ("Refresh", f"0; URL='https://{HOST}'", f"0; URL='{HERE}'"),
        ("Refresh", f"1.5, https://{HOST}/", f"1.5, {HERE}/"),
        ("Refresh", "5", "5"),
        ("Refresh", "5; url=https://evil.example/", "5; url=https://evil.example/"),
        ("Link", f"<https://{HOST}/x>; rel=next", f"<https://{HOST}/x>; rel=next"),
        ("X-Own", f"https://{HOST}/", f"https://{HOST}/"),
    ],
)
def test_only_the_apps_own_address_is_turned_back_on_the_way_out(name: str, value: str, seen: str) -> None:
    assert MASK.outward([(name, value)], browser()) == ((name, seen),)


@pytest.mark.parametrize(
    ("mask", "cookie", "seen"),
    [
        (MASK, f"a=1; Domain={HOST}; Path=/dev", "a=1; Path=/dev"),
        (MASK, f"a=1;domain=.{HOST.upper()};HttpOnly", "a=1;HttpOnly"),
        (MASK, "a=1; Domain=amazonaws.com; Path=/", "a=1; Domain=amazonaws.com; Path=/"),
        (MASK, "a=1; Domain=evil.example", "a=1; Domain=evil.example"),
        (MASK, f"a=Domain={HOST}; Path=/", f"a=Domain={HOST}; Path=/"),
        (MASK, "a=1; Secure; SameSite=None", "a=1; Secure; SameSite=None"),
        (MASK, "", ""),
        (DOMAIN, "a=1; Domain=shop.example.com; Secure", "a=1; Secure"),
        (DOMAIN, "a=1; Domain=.example.com", "a=1"),
        (DOMAIN, "a=1; Domain=com", "a=1; Domain=com"),
        (DOMAIN, "a=1; Domain=ample.com", "a=1; Domain=ample.com"),
        (DOMAIN, "a=1; Domain=other.example.com", "a=1; Domain=other.example.com"),
    ],
)
def test_a_cookie_for_the_apps_own_domain_becomes_one_for_the_browsers_host(mask: Mask, cookie: str, seen: str) -> None:
    assert mask.outward([("Set-Cookie", cookie)], browser()) == (("Set-Cookie", seen),)


@pytest.mark.parametrize("host", [HOST, ""])
@pytest.mark.parametrize(
    ("cookie", "seen"),
    [
        ("a=1; Secure; HttpOnly; SameSite=Lax", "a=1; HttpOnly; SameSite=Lax"),
        ("a=1; secure; SameSite=None; Partitioned; Path=/", "a=1; Path=/"),
        ("secure=1; Path=/", "secure=1; Path=/"),
        ("__Host-a=1; Secure; Path=/", "__Host-a=1; Secure; Path=/"),
        ("__secure-a=1; Secure; SameSite=None", "__secure-a=1; Secure; SameSite=None"),
        ("a=1; Domain=example.com", "a=1; Domain=example.com"),
    ],
)
def test_plain_cookies_lose_what_needs_https_and_nothing_else(host: str, cookie: str, seen: str) -> None:
    assert Mask(host, plain_cookies=True).outward([("set-cookie", cookie)], browser()) == (("set-cookie", seen),)


def test_a_secure_cookie_over_http_is_remarked_by_name() -> None:
    found = MASK.insecure([("Set-Cookie", "a=1"), ("set-cookie", "csrftoken=secret; SECURE ; Path=/")], browser())
    assert found.startswith("cookie csrftoken is Secure")
    assert "secret" not in found
    assert "--plain-cookies" in found


@pytest.mark.parametrize(
    ("mask", "cookie", "sent"),
    [
        (MASK, "a=1; Path=/", browser()),
        (MASK, "secure=secure; Path=/secure", browser()),
        (MASK, "a=1; Secure", browser("/", ("X-Forwarded-Proto", "https"))),
        (Mask(HOST, plain_cookies=True), "a=1; Secure", browser()),
    ],
)
def test_other_cookies_are_not_remarked(mask: Mask, cookie: str, sent: Request) -> None:
    assert mask.insecure([("Set-Cookie", cookie)], sent) == ""


TAILS = st.text(st.sampled_from("/?#ab%.:@=&"), max_size=12)


@given(TAILS)
def test_in_and_out_are_inverse(tail: str) -> None:
    """What the app takes from `Referer` and sends back as `Location` is where the browser was."""
    sent = browser("/", ("Referer", HERE + tail))
    seen = MASK.inward(sent).headers.get("referer") or ""
    assert seen in (HERE + tail, f"https://{HOST}{tail}")
    assert MASK.outward([("Location", seen)], sent) == (("Location", HERE + tail),)


@given(st.sampled_from(["http://", "https://", "//", ""]), st.text(st.sampled_from("abc.:-"), max_size=20), TAILS)
def test_nothing_of_other_hosts_is_touched(scheme: str, host: str, tail: str) -> None:
    value = f"{scheme}{host}.example{tail}"
    headers = (("Origin", value), ("Referer", value))
    assert MASK.inward(browser("/", *headers)).headers.lines[1:-1] == headers
    out = [(name, value) for name in ("Location", "Content-Location", "Access-Control-Allow-Origin", "Refresh")]
    assert MASK.outward(out, browser()) == tuple(out)


@given(st.lists(st.tuples(st.sampled_from(["Set-Cookie", "Location", "Refresh", "X"]), st.text(max_size=30))))
def test_any_header_comes_out_as_a_header_and_none_is_lost(given_lines: list[tuple[str, str]]) -> None:
    out = Mask(HOST, plain_cookies=True).outward(given_lines, browser())
    assert [name for name, _ in out] == [name for name, _ in given_lines]


# -- which APIs


def test_what_is_local_has_no_mask_unless_cookies_shall_be_plain() -> None:
    api = http(ALL)
    assert mask_of(project(api), api) is None
    plain = mask_of(project(api), api, plain_cookies=True)
    assert plain is not None
    assert plain.host == ""
    assert plain.inward(browser()) == browser()


@pytest.mark.parametrize(
    ("api", "host"),
    [
        (REST, "rest.execute-api.us-east-1.amazonaws.com"),
        (HTTP, "http.execute-api.us-east-1.amazonaws.com"),
        (url(), "fnurl.lambda-url.us-east-1.on.aws"),
        (alb(), "lb.us-east-1.elb.amazonaws.com"),
    ],
)
def test_every_kind_has_a_name_of_aws(api: Api, host: str) -> None:
    assert aws_host(project(api), api) == domain_name(project(api), api) == host


def test_a_custom_domain_is_the_face_but_in_awss_own_form() -> None:
    api = rest(ALL, **OWN)
    mask, aws = mask_of(project(api), api), mask_of(project(api), api, aws_form=True)
    assert mask is not None
    assert aws is not None
    assert (mask.host, aws.host, domain_name(project(api), api)) == ("shop.example.com", HOST, "shop.example.com")
    nameless = rest(ALL, face=Face.DOMAIN)
    assert mask_of(project(nameless), nameless) is None


# -- the whole way


def test_rest_event_is_what_aws_would_send() -> None:
    got = event(project(REST), browser("/dev/a%20b?q=1", ("Origin", HERE), ("X-Forwarded-For", "203.0.113.1")))
    assert (got["path"], got["requestContext"]["path"]) == ("/a%20b", "/dev/a%20b")
    assert got["requestContext"]["domainName"] == HOST
    expected = {
        "Host": HOST,
        "Origin": f"https://{HOST}",
        "X-Devserve-Host": "127.0.0.1:3000",
        "X-Forwarded-For": f"203.0.113.1, 192.0.2.7, {EDGE}",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    assert {name: value for name, value in got["headers"].items() if name in expected} == expected
    assert got["multiValueHeaders"]["Host"] == [HOST]
    assert got["requestContext"]["identity"]["sourceIp"] == "192.0.2.7"


def test_http_events_have_the_stage_in_their_path_and_one_address_in_front_of_them() -> None:
    got = event(project(HTTP), browser("/dev/a%20b"))
    assert (got["rawPath"], got["requestContext"]["http"]["path"]) == ("/dev/a b", "/dev/a b")
    assert got["headers"]["host"] == got["requestContext"]["domainName"] == "http.execute-api.us-east-1.amazonaws.com"
    assert (got["headers"]["x-forwarded-for"], got["headers"]["x-forwarded-port"]) == ("192.0.2.7", "443")
    old = event(project(HTTP1), browser("/dev/x"))
    assert (old["path"], old["requestContext"]["path"]) == ("/dev/x", "/dev/x")


@pytest.mark.parametrize(("target", "path"), [("/dev", "/"), ("/dev/", "/"), ("//dev/x", "/x"), ("/dev//x", "/x")])
def test_rest_paths_at_the_edge_of_the_stage(target: str, path: str) -> None:
    assert event(project(REST), browser(target))["path"] == path


@pytest.mark.parametrize(
    ("api", "status", "body"),
    [(REST, 403, b'{"message":"Forbidden"}'), (HTTP, 404, b'{"message":"Not Found"}')],
)
@pytest.mark.parametrize("target", ["/", "/x", "/devx", "/Dev/x"])
def test_a_path_outside_of_the_stage_is_refused_as_on_aws_and_told_the_right_url(
    api: Api, status: int, body: bytes, target: str
) -> None:
    call, told = tell(project(api), browser(target))
    assert call is None
    assert (told.response.status, told.response.body) == (status, body)
    assert told.note == "outside of /dev; the app is at http://127.0.0.1:3000/dev/"


def test_behind_a_custom_domain_there_is_its_base_path_and_no_stage() -> None:
    got = event(project(rest(ALL, stage="prod", **OWN)), browser("/store/x"))
    assert (got["path"], got["requestContext"]["path"]) == ("/store/x", "/store/x")
    assert (got["headers"]["Host"], got["requestContext"]["domainName"]) == ("shop.example.com", "shop.example.com")
    assert (got["requestContext"]["domainPrefix"], got["requestContext"]["stage"]) == ("shop", "prod")
    _, told = tell(project(rest(ALL, **OWN)), browser("/x"))
    assert (told.response.status, "http://127.0.0.1:3000/store/" in told.note) == (403, True)
    bare = rest(ALL, face=Face.DOMAIN, domain="shop.example.com")
    got = event(project(bare), browser("/"))
    assert (got["path"], got["requestContext"]["path"]) == ("/", "/")


def test_awss_own_form_keeps_its_paths_and_has_awss_host_for_what_has_a_face() -> None:
    sent = browser("/dev/x", host="rest.execute-api.localhost:3000")
    assert event(project(REST), sent)["headers"]["Host"] == HOST
    local = rest(ALL, stage="dev")
    assert event(project(local), sent)["headers"]["Host"] == "rest.execute-api.localhost:3000"


def test_reply_is_turned_back_for_the_browser() -> None:
    headers: dict[str, Any] = {
        "Location": f"https://{HOST}/dev/home",
        "Set-Cookie": f"a=1; Domain={HOST}; Secure",
        "Access-Control-Allow-Origin": f"https://{HOST}",
    }
    reply = response(project(REST), browser(), {"statusCode": 302, "headers": headers, "body": HOST})
    assert header(reply, "location") == f"{HERE}/dev/home"
    assert lines(reply, "set-cookie") == ["a=1; Secure"]
    assert header(reply, "access-control-allow-origin") == HERE
    assert reply.body == HOST.encode()


def test_secure_cookie_is_a_remark_of_the_answer() -> None:
    _, told = tell(project(REST), browser())
    assert told.remark == ""
    outcome = {"statusCode": 200, "headers": {"Set-Cookie": "a=1; Secure"}}
    _, told = tell(project(REST), browser(), returned(outcome))
    assert told.remark.startswith("cookie a is Secure")


def test_cors_of_another_page_is_answered_for_that_pages_origin() -> None:
    api = http({"$default": "Fn"}, stage="dev", face=Face.AWS, cors=Cors(("https://app.example",), ("GET",)))
    origin = ("Origin", "https://app.example")
    reply = response(project(api), browser("/dev/x", origin), {"statusCode": 200})
    assert header(reply, "access-control-allow-origin") == "https://app.example"
    sent = browser("/dev/x", origin, ("Access-Control-Request-Method", "GET"), method="OPTIONS")
    call, told = tell(project(api), sent)
    assert call is None
    assert header(told.response, "access-control-allow-origin") == "https://app.example"

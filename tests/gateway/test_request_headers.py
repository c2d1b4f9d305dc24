from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.request_headers import (
    DROPPED_BY_REST,
    HOP_BY_HOP,
    lower_map,
    port_of,
    two_maps,
    value_lists,
)
from localstack_lite.wire.messages import Headers, Request
from tests.gateway.tale import request, visit

SENT = (
    ("Accept", "application/json"),
    ("Age", "request_Age"),
    ("authorization", "Unauthorized"),
    ("Connection", "close"),
    ("Content-MD5", "x"),
    ("Content-Type", "application/json"),
    ("Date", "request_Date"),
    ("Expect", "100-continue"),
    ("Max-Forwards", "2"),
    ("Proxy-Authenticate", "Basic"),
    ("Server", "https://example.com/"),
    ("TE", "deflate"),
    ("Trailer", "Expires"),
    ("Transfer-Encoding", "chunked"),
    ("Upgrade", "HTTP/2.0"),
    ("user-Agent", "agent/0.0"),
    ("Via", "p.example.net"),
    ("WWW-Authenticate", "Basic"),
    ("tEsT-HEADeR", "aValUE"),
)


def test_rest_drops_what_the_recording_lacks_and_respells_two() -> None:
    maps = two_maps(visit(request(headers=SENT)), DROPPED_BY_REST)
    assert sorted(maps.single) == [
        "Accept",
        "Age",
        "Authorization",
        "Content-Type",
        "Date",
        "Host",
        "User-Agent",
        "Via",
        "X-Amzn-Trace-Id",
        "X-Forwarded-For",
        "X-Forwarded-Port",
        "X-Forwarded-Proto",
        "tEsT-HEADeR",
    ]
    assert (maps.content_type, maps.user_agent) == ("application/json", "agent/0.0")


def test_last_value_in_the_single_map_all_in_the_other() -> None:
    maps = two_maps(visit(request(headers=[("X-A", "1"), ("x-a", "2")])), DROPPED_BY_REST)
    assert maps.single["X-A"] == "2"
    assert maps.multi["X-A"] == ["1", "2"]
    assert "x-a" not in maps.single


def test_host_is_the_clients_and_forwarded_headers_tell_the_local_truth() -> None:
    sent = request(
        headers=[("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "198.51.100.1")], host="shop.localhost:3000"
    )
    maps = two_maps(visit(sent), DROPPED_BY_REST)
    assert maps.single["Host"] == "shop.localhost:3000"
    assert maps.single["X-Forwarded-Port"] == "3000"
    assert maps.multi["X-Forwarded-Proto"] == ["http"]
    assert maps.multi["X-Forwarded-For"] == ["198.51.100.1, 192.0.2.7"]


def test_missing_user_agent_and_content_type() -> None:
    maps = two_maps(visit(Request("GET", "/")), DROPPED_BY_REST)
    assert (maps.content_type, maps.user_agent) == ("", None)


def test_new_format_is_lower_case_joined_and_without_cookie() -> None:
    sent = request(
        headers=[("X-Custom", "1"), ("x-custom", "2"), ("Cookie", "session=abc123; theme=dark"), ("Upgrade", "x")]
    )
    found = lower_map(visit(sent), keep_cookie=False)
    assert found.headers["x-custom"] == "1,2"
    assert found.cookies == ["session=abc123", "theme=dark"]
    assert not {"cookie", "upgrade", "X-Custom"} & found.headers.keys()
    assert found.headers["x-forwarded-port"] == "3000"
    assert found.headers["x-amzn-trace-id"].startswith("Root=1-")


def test_function_urls_keep_the_cookie_header_too() -> None:
    found = lower_map(visit(request(headers=[("Cookie", "cookie1; cookie2")])), keep_cookie=True)
    assert (found.headers["cookie"], found.cookies) == ("cookie1; cookie2", ["cookie1", "cookie2"])


@pytest.mark.parametrize(
    ("host", "port"), [("localhost:3000", "3000"), ("localhost", "80"), ("[::1]:8", "8"), ("[::1]", "80"), ("", "80")]
)
def test_port_is_the_one_the_host_names(host: str, port: str) -> None:
    assert port_of(host) == port


LATIN = st.text(alphabet=st.characters(max_codepoint=255), max_size=12)


@given(st.lists(st.tuples(LATIN, LATIN), max_size=6))
def test_both_maps_hold_the_same_names(lines: list[tuple[str, str]]) -> None:
    maps = two_maps(visit(Request("GET", "/", headers=Headers(tuple(lines)))), DROPPED_BY_REST)
    assert maps.single.keys() == maps.multi.keys()
    assert all(maps.single[name] == values[-1] for name, values in maps.multi.items())


def test_lists_of_values_keep_their_order_and_have_names_in_lower_case() -> None:
    sent = request(headers=[("X-A", "1"), ("x-a", "2"), ("X-Forwarded-For", "203.0.113.1"), ("TE", "deflate")])
    found = value_lists(visit(sent), HOP_BY_HOP)
    assert found["x-a"] == ["1", "2"]
    assert found["x-forwarded-for"] == ["203.0.113.1, 192.0.2.7"]
    assert found["x-forwarded-port"] == ["3000"]
    assert "te" not in found

from __future__ import annotations

import pytest

from localstack_lite.gateway.limits import (
    ALB_BODY_LIMIT,
    ALB_HEADER_LIMIT,
    ALB_LINE_LIMIT,
    BODY_LIMIT,
    EVENT_LIMIT,
    HEADER_LIMIT,
    URL_LIMIT,
    event_excess,
    excess,
)
from localstack_lite.gateway.replies import Trouble
from localstack_lite.model.api import ApiKind
from tests.gateway.tale import HOST, request

HOST_LINE = len(HOST[0]) + len(HOST[1])
FRAME = {ApiKind.REST: HOST_LINE, ApiKind.HTTP: HOST_LINE + len("GET") + len("/")}


@pytest.mark.parametrize("kind", [ApiKind.REST, ApiKind.HTTP, ApiKind.FUNCTION_URL])
def test_body_over_10_mb_is_too_large(kind: ApiKind) -> None:
    assert excess(kind, request("POST", body=bytes(BODY_LIMIT))) is None
    found = excess(kind, request("POST", body=bytes(BODY_LIMIT + 1)))
    assert found is not None
    assert found[0] is Trouble.BODY_TOO_LARGE


@pytest.mark.parametrize("kind", [ApiKind.REST, ApiKind.HTTP])
def test_headers_over_10240_bytes_are_too_large_and_an_http_api_counts_the_request_line_too(kind: ApiKind) -> None:
    room = HEADER_LIMIT - FRAME[kind] - len("Cookie")
    assert excess(kind, request(headers=[("Cookie", "x" * room)])) is None
    over = request(headers=[("Cookie", "x" * (room + 1))])
    found = excess(kind, over)
    assert found is not None
    assert found[0] is Trouble.HEADERS_TOO_LARGE
    assert "10241 bytes" in found[1]
    assert excess(ApiKind.FUNCTION_URL, over) is None


def test_a_url_over_10240_bytes_is_too_long_for_a_rest_api() -> None:
    assert excess(ApiKind.REST, request(target="/" + "x" * (URL_LIMIT - 1))) is None
    found = excess(ApiKind.REST, request(target="/x?" + "y" * (URL_LIMIT - 1)))
    assert found is not None
    assert (found[0], "10241 bytes" in found[1]) == (Trouble.URL_TOO_LONG, True)


def test_a_url_counts_as_headers_of_an_http_api() -> None:
    found = excess(ApiKind.HTTP, request(target="/" + "x" * HEADER_LIMIT))
    assert found is not None
    assert found[0] is Trouble.HEADERS_TOO_LARGE


def test_body_over_1_mb_is_too_large_behind_a_load_balancer() -> None:
    assert excess(ApiKind.ALB, request("POST", body=bytes(ALB_BODY_LIMIT))) is None
    found = excess(ApiKind.ALB, request("POST", body=bytes(ALB_BODY_LIMIT + 1)))
    assert found is not None
    assert (found[0], "load balancer" in found[1]) == (Trouble.BODY_TOO_LARGE, True)


def test_a_load_balancer_takes_16_kb_in_a_line_and_64_kb_in_all_headers() -> None:
    line = "x" * (ALB_LINE_LIMIT - 1)
    assert excess(ApiKind.ALB, request(headers=[("A", line)])) is None
    assert excess(ApiKind.ALB, request(target="/" + line)) is None
    many = [("A", line)] * (ALB_HEADER_LIMIT // ALB_LINE_LIMIT)
    for over in (request(headers=[("A", line + "x")]), request(headers=many)):
        found = excess(ApiKind.ALB, over)
        assert found is not None
        assert found[0] is Trouble.HEADERS_TOO_LARGE
    found = excess(ApiKind.ALB, request(target=f"/{line}x"))
    assert found is not None
    assert found[0] is Trouble.URL_TOO_LONG


def test_event_over_lambdas_limit_is_told() -> None:
    assert event_excess(bytes(EVENT_LIMIT)) == ""
    assert "6291457 bytes" in event_excess(bytes(EVENT_LIMIT + 1))

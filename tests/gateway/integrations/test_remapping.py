"""Headers that a REST API renames, leaves out, or does not let be set; recorded on AWS."""

from __future__ import annotations

import pytest

from localstack_lite.gateway.integrations.remapping import forbidden, proxied, returned, sent
from localstack_lite.model.difference import Difference
from localstack_lite.model.integration import IntegrationKind

RENAMED = (
    "Authorization",
    "Connection",
    "Content-Length",
    "Content-MD5",
    "Date",
    "Expect",
    "Host",
    "Max-Forwards",
    "Proxy-Authenticate",
    "Server",
    "Trailer",
    "Upgrade",
    "User-Agent",
    "WWW-Authenticate",
)
KEPT = (
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Age",
    "Content-Encoding",
    "Content-Type",
    "Pragma",
    "Range",
    "Referer",
    "TE",
    "Warn",
)


def test_a_reply_of_an_aws_integration_is_renamed_as_recorded() -> None:
    found: list[Difference] = []
    lines = [(name, f"v_{name}") for name in (*RENAMED, *KEPT, "Transfer-Encoding")]
    made = returned(IntegrationKind.AWS, lines, found)
    assert made == [(f"x-amzn-Remapped-{name}", f"v_{name}") for name in RENAMED] + [
        (name, f"v_{name}") for name in KEPT
    ]
    assert any("WWW-Authenticate" in difference.what for difference in found)


def test_a_proxied_reply_is_renamed_as_recorded() -> None:
    lines = [("date", "d"), ("content-length", "3"), ("x-amzn-requestid", "i"), ("ETag", "e"), ("Keep-Alive", "k")]
    assert returned(IntegrationKind.HTTP_PROXY, lines, []) == [
        ("x-amzn-Remapped-date", "d"),
        ("x-amzn-Remapped-content-length", "3"),
        ("x-amzn-Remapped-x-amzn-requestid", "i"),
        ("ETag", "e"),
    ]


@pytest.mark.parametrize("name", ["Authorization", "Connection", "Expect", "Proxy-Authenticate", "TE"])
def test_an_aws_integration_is_not_given_these(name: str) -> None:
    assert forbidden(IntegrationKind.AWS, ["X-A", name]) == name
    assert forbidden(IntegrationKind.HTTP, ["X-A", name]) == ""


@pytest.mark.parametrize("kind", [IntegrationKind.AWS, IntegrationKind.HTTP, IntegrationKind.HTTP_PROXY])
@pytest.mark.parametrize("name", ["Content-Length", "Transfer-Encoding", "X-Amzn-Trace-Id", "X-Amzn-Apigateway-Api-Id"])
def test_no_integration_is_given_these(kind: IntegrationKind, name: str) -> None:
    assert forbidden(kind, [name]) == name


def test_some_mapped_headers_are_not_sent() -> None:
    lines = [("TE", "x"), ("Via", "x"), ("Referer", "x"), ("X", "x")]
    assert sent(IntegrationKind.HTTP, lines) == [("Referer", "x"), ("X", "x")]
    assert sent(IntegrationKind.AWS, lines) == [("Via", "x"), ("X", "x")]


def test_a_proxy_sends_on_what_is_not_between_two_only() -> None:
    lines = [("Host", "a"), ("Connection", "close"), ("Cookie", "c=1"), ("X-Devserve-Identity", "ann"), ("x-a", "1")]
    assert proxied(lines) == [("Cookie", "c=1"), ("x-a", "1")]

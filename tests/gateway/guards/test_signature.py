"""Signatures that botocore made, verified, and every change to what was signed found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.guards.signature import INVALID, ill_scoped, mismatched, unsigned_payload
from localstack_lite.gateway.guards.signed_request import Flaw, SignedRequest, signed_request
from localstack_lite.wire.messages import Headers, Request
from tests.gateway.signing import SECRET, changed, signed, signed_at


def read(request: Request) -> SignedRequest:
    found = signed_request(request)
    assert isinstance(found, SignedRequest), found
    return found


def fits(request: Request, secret: str = SECRET) -> bool:
    flaw = mismatched(request, read(request), secret)
    assert flaw is None or (flaw.error == INVALID and flaw.message.startswith("The request signature we calculated"))
    return flaw is None


@pytest.mark.parametrize(
    ("target", "more"),
    [
        ("/", {}),
        ("/x", {}),
        ("/x", {"method": "POST", "body": b'{"a":1}', "headers": (("Content-Type", "application/json"),)}),
        ("/x", {"method": "DELETE", "token": "session-token=="}),
        ("/caf%C3%A9/a%20b/%2F", {}),
        ("/a/../b/./c//d/", {}),
        ("/x?b=2&a=1&a=0&c=&d", {}),
        ("/x?a=%20%2B%2F&%C3%A9=%C3%A9&~=~", {}),
        ("/x?a=b%3Dc", {}),
        ("/x", {"headers": (("X-Spaced", "  a   b  "), ("X-Empty", ""))}),
        ("/x", {"body": bytes(range(256)), "method": "PUT"}),
        ("/x", {"expires": 60}),
        ("/x?b=2&a=1", {"expires": 60, "token": "session+/=="}),
        ("/x", {"host": "abc.execute-api.localhost:3000"}),
        ("/x", {"service": "lambda", "region": "eu-west-1"}),
    ],
)
def test_what_botocore_signed_fits(target: str, more: dict[str, Any]) -> None:
    request = signed(target, **more)
    assert fits(request)
    assert not fits(request, SECRET[:-1] + "x")


def test_a_query_may_be_encoded_in_other_ways_than_aws_would() -> None:
    """A client that encodes after it signed, and one that leaves characters that need no encoding."""
    clean = signed("/x?a=b%20c&at=%40&d=%C3%A9")
    assert fits(replace(clean, query="a=b+c&at=@&d=\xc3\xa9"))
    assert fits(signed("/x?at=@"))


@pytest.mark.parametrize(
    "change",
    [
        lambda r: replace(r, method="PUT"),
        lambda r: replace(r, path="/y"),
        lambda r: replace(r, path="/x/"),
        lambda r: replace(r, query="a=2"),
        lambda r: replace(r, query="a=1&admin=true"),
        lambda r: replace(r, query=""),
        lambda r: replace(r, body=b"other"),
        lambda r: changed(r, Host="elsewhere"),
        lambda r: changed(r, Content_Type="text/plain"),
        lambda r: changed(r, Content_Type=None),
        lambda r: replace(r, headers=Headers((*r.headers.lines, ("Content-Type", "again")))),
    ],
)
def test_a_change_on_the_way_is_found(change: Any) -> None:
    request = signed("/x?a=1", method="POST", body=b"text", headers=(("Content-Type", "application/json"),))
    assert fits(request)
    assert not fits(change(request))


def test_headers_that_nobody_signed_may_change() -> None:
    request = signed("/x")
    assert fits(replace(request, headers=Headers((*request.headers.lines, ("X-Forwarded-For", "1.2.3.4")))))


def test_several_lines_of_a_signed_header_count_in_their_order() -> None:
    request = signed("/x", headers=(("X-Many", "a"), ("X-Many", "b")))
    assert fits(request)
    lines = [line for line in request.headers.lines if line[0] != "X-Many"]
    assert not fits(replace(request, headers=Headers((*lines, ("X-Many", "b"), ("X-Many", "a")))))


def test_the_body_counts_whatever_a_header_says() -> None:
    request = signed("/x", method="POST", body=b"text", headers=(("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD"),))
    assert unsigned_payload(request)
    assert not fits(request)
    assert not unsigned_payload(signed())


@pytest.mark.parametrize("signature", ["0" * 64, "", "ü", "A" * 64])
def test_a_made_up_signature_does_not_fit(signature: str) -> None:
    request = signed()
    assert mismatched(request, replace(read(request), signature=signature), SECRET) is not None


@pytest.mark.parametrize("after", [-299.0, 0.0, 299.0])
def test_a_clock_may_be_five_minutes_off(after: float) -> None:
    request = signed()
    assert ill_scoped(read(request), "execute-api", signed_at(request) + after) is None


def test_a_signature_is_too_old_or_too_new_after_five_minutes() -> None:
    request = signed()
    old = ill_scoped(read(request), "execute-api", signed_at(request) + 301)
    new = ill_scoped(read(request), "execute-api", signed_at(request) - 301)
    assert isinstance(old, Flaw)
    assert isinstance(new, Flaw)
    assert old.message.startswith("Signature expired: ")
    assert old.message.endswith(" - 5 min.)")
    assert new.message.startswith("Signature not yet current: ")


def test_a_signed_address_is_good_for_as_long_as_it_says() -> None:
    request = signed(expires=3_600)
    assert ill_scoped(read(request), "execute-api", signed_at(request) + 3_599) is None
    assert isinstance(ill_scoped(read(request), "execute-api", signed_at(request) + 3_601), Flaw)
    assert isinstance(ill_scoped(read(request), "execute-api", signed_at(request) - 301), Flaw)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"service": "s3"}, "Credential should be scoped to correct service: 'execute-api'."),
        ({"terminator": "aws5"}, "Credential should be scoped with a valid terminator: 'aws4_request'."),
        ({"date": "20200101"}, "Date in Credential scope does not match"),
        ({"headers": ("x-amz-date",)}, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."),
        ({"moment": "99999999T999999Z"}, "Signature expired"),
    ],
)
def test_a_signature_for_something_else_is_told_what_it_should_be_for(more: dict[str, Any], said: str) -> None:
    request = signed()
    flaw = ill_scoped(replace(read(request), **more), "execute-api", signed_at(request))
    assert flaw is not None
    assert said in flaw.message


LATIN = st.text(st.characters(max_codepoint=255), max_size=40)


@given(
    LATIN,
    LATIN,
    LATIN,
    st.binary(max_size=40),
    st.lists(st.tuples(st.sampled_from(["X-Amz-Date", "x-a", "Host"]), LATIN), max_size=4),
)
def test_no_request_is_too_strange_to_have_another_signature(
    method: str, path: str, query: str, body: bytes, lines: list[tuple[str, str]]
) -> None:
    strange = Request(method, path, query, Headers(tuple(lines)), body)
    said = replace(read(signed()), headers=("host", "x-a", "x-b"))
    assert mismatched(strange, said, SECRET) is not None


@pytest.mark.parametrize(
    ("query", "signature"),
    [
        ("", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    ],
)
def test_the_signatures_of_awss_own_examples_fit(query: str, signature: str) -> None:
    """The suite of requests that AWS published for SigV4: not botocore's word alone."""
    scope = "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"
    value = f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host;x-amz-date, Signature={signature}"
    lines = (("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z"), ("Authorization", value))
    request = Request("GET", "/", query, Headers(lines))
    assert fits(request, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

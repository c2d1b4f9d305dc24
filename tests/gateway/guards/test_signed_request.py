"""What a request says of its signature, in its header or its address."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.guards.signed_request import ASYMMETRIC, INCOMPLETE, Flaw, SignedRequest, signed_request
from localstack_lite.wire.messages import Request
from tests.gateway.signing import KEY_ID, changed, signed
from tests.gateway.tale import request

PARTS = f"Credential={KEY_ID}/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=ab"
DATED = ("X-Amz-Date", "20260101T000000Z")


def with_authorization(value: str, *more: tuple[str, str]) -> Request:
    return request(target="/x", headers=(("Authorization", value), *more))


def test_a_signature_in_the_header_is_read() -> None:
    found = signed_request(signed(token="session"))
    assert isinstance(found, SignedRequest)
    assert (found.algorithm, found.key_id, found.region) == ("AWS4-HMAC-SHA256", KEY_ID, "us-east-1")
    assert (found.service, found.terminator) == ("execute-api", "aws4_request")
    assert found.headers == ("host", "x-amz-date", "x-amz-security-token")
    assert found.temporary
    assert found.expires is None
    assert found.moment[:8] == found.date


def test_a_signature_in_the_address_is_read() -> None:
    found = signed_request(signed("/x?a=b", expires=120))
    assert isinstance(found, SignedRequest)
    assert (found.key_id, found.expires, found.headers) == (KEY_ID, 120, ("host",))
    assert not found.temporary
    temporary = signed_request(signed(expires=60, token="session"))
    assert isinstance(temporary, SignedRequest)
    assert temporary.temporary


@pytest.mark.parametrize("target", ["/x", "/x?a=b", "/x?X-Amz-Other=1", "/x?note=X-Amz-Signature"])
def test_most_requests_are_not_signed(target: str) -> None:
    assert signed_request(request(target=target)) is None


@pytest.mark.parametrize("blanks", [", ", ",", " ", " , "])
def test_commas_and_blanks_part_what_a_header_says(blanks: str) -> None:
    value = "AWS4-HMAC-SHA256 " + PARTS.replace(", ", blanks)
    assert isinstance(signed_request(with_authorization(value, DATED)), SignedRequest)


@pytest.mark.parametrize(
    "date",
    [
        DATED,
        ("Date", "20260101T000000Z"),
        ("Date", "Thu, 01 Jan 2026 00:00:00 GMT"),
        ("Date", "Thu, 01 Jan 2026 01:00:00 +0100"),
    ],
)
def test_either_date_will_do(date: tuple[str, str]) -> None:
    found = signed_request(with_authorization(f"AWS4-HMAC-SHA256 {PARTS}", date))
    assert isinstance(found, SignedRequest)
    assert found.moment == "20260101T000000Z"


def test_an_asymmetric_signature_names_no_region() -> None:
    value = f"{ASYMMETRIC} {PARTS.replace('/us-east-1/', '/')}"
    found = signed_request(with_authorization(value, DATED))
    assert isinstance(found, SignedRequest)
    assert (found.algorithm, found.region, found.service) == (ASYMMETRIC, "", "execute-api")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Bearer eyJhbGciOi.secret.part", "Invalid key=value pair (missing equal-sign) in Authorization header"),
        ("eyJhbGciOi.secret.part", "Invalid key=value pair (missing equal-sign) in Authorization header"),
        ("Bearer secret=part", "'Credential' parameter. Authorization header requires 'Signature' parameter."),
        ("secret=part", "must begin with the algorithm name"),
        (f"AWS4-HMAC-SHA256 {PARTS.replace('Signature', 'Other')}", "requires 'Signature' parameter."),
        (f"AWS3-HMAC {PARTS}", "Unsupported AWS 'algorithm'"),
        (f"AWS4-HMAC-SHA256 {PARTS.replace('/us-east-1', '')}", "exactly 5 slash-delimited elements"),
        (f"AWS4-HMAC-SHA256 {PARTS.replace('us-east-1', '')}", "exactly 5 slash-delimited elements"),
        (f"AWS4-HMAC-SHA256 {PARTS.replace('=host', '=ho/st')}", "SignedHeaders must be"),
        ("", "Invalid key=value pair"),
    ],
)
def test_a_header_that_is_no_signature_is_told_so_without_being_repeated(value: str, said: str) -> None:
    found = signed_request(with_authorization(value, DATED))
    assert isinstance(found, Flaw)
    assert found.error == INCOMPLETE
    assert said in found.message
    assert "secret" not in found.message


def test_a_header_without_a_date_is_told_so() -> None:
    for date in (("X-Other", "1"), ("Date", "yesterday"), ("X-Amz-Date", "2026")):
        found = signed_request(with_authorization(f"AWS4-HMAC-SHA256 {PARTS}", date))
        assert isinstance(found, Flaw)
        assert "either a 'X-Amz-Date' or a 'Date' header" in found.message


def test_two_headers_are_not_one_signature() -> None:
    twice = request(headers=(("Authorization", "Bearer x"), ("Authorization", f"AWS4-HMAC-SHA256 {PARTS}"), DATED))
    assert isinstance(signed_request(twice), Flaw)


@pytest.mark.parametrize("missing", ["Algorithm", "Credential", "SignedHeaders", "Date", "Signature"])
def test_an_address_that_is_half_signed_is_told_what_it_lacks(missing: str) -> None:
    whole = signed(expires=60)
    query = re.sub(rf"&?X-Amz-{missing}=[^&]*", "", whole.query)
    found = signed_request(Request("GET", "/x", query, whole.headers))
    assert isinstance(found, Flaw)
    assert f"'X-Amz-{missing}'" in found.message


@pytest.mark.parametrize("expires", ["0", "604801", "-1", "x", "", "٣", "9" * 40])
def test_an_address_is_good_for_a_week_at_most(expires: str) -> None:
    query = re.sub(r"X-Amz-Expires=\d+", f"X-Amz-Expires={expires}", signed(expires=60).query)
    assert isinstance(signed_request(Request("GET", "/x", query)), Flaw)


@given(
    st.text(st.characters(max_codepoint=255)),
    st.text(st.characters(max_codepoint=255)),
    st.sampled_from(["", "X-Amz-Signature=a&X-Amz-Date="]),
)
def test_no_header_and_no_query_is_too_strange_to_be_read(value: str, more: str, start: str) -> None:
    signed_request(with_authorization(value, DATED, ("Date", more)))
    signed_request(with_authorization(f"AWS4-HMAC-SHA256 {value}", ("X-Amz-Date", more)))
    signed_request(with_authorization(f"AWS4-HMAC-SHA256 {PARTS}, {value}", ("Date", more)))
    signed_request(Request("GET", "/", start + more))
    signed_request(changed(signed(), X_Amz_Date=more))

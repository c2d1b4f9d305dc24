"""Condition blocks: operators, missing keys, several values, and what nobody can say."""

from __future__ import annotations

import pytest

from localstack_lite.gateway.guards.policy_condition import all_of, holds

KEYS = {
    "aws:sourceip": ("203.0.113.7",),
    "aws:useragent": ("curl/8.5",),
    "aws:currenttime": ("2026-11-22T14:00:00Z",),
    "aws:securetransport": ("true",),
    "aws:principalarn": ("arn:aws:iam::123456789012:role/app/Reader",),
    "aws:six": ("::ffff:203.0.113.7",),
    "n": ("5",),
    "tags": ("red", "green"),
}


def said(block: object) -> tuple[bool | None, list[str]]:
    notes: list[str] = []
    return holds(block, KEYS, variables=True, notes=notes), notes


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "expected"),
    [
        ("StringEquals", "aws:UserAgent", "curl/8.5", True),
        ("StringEquals", "AWS:useragent", ["x", "curl/8.5"], True),
        ("StringEquals", "aws:UserAgent", "CURL/8.5", False),
        ("StringEquals", "aws:UserAgent", "curl/*", False),
        ("StringEqualsIgnoreCase", "aws:UserAgent", "CURL/8.5", True),
        ("StringNotEqualsIgnoreCase", "aws:UserAgent", "CURL/8.5", False),
        ("StringNotEquals", "aws:UserAgent", ["a", "b"], True),
        ("StringNotEquals", "aws:UserAgent", ["a", "curl/8.5"], False),
        ("StringLike", "aws:UserAgent", "curl/*", True),
        ("StringLike", "aws:UserAgent", "wget/*", False),
        ("StringNotLike", "aws:UserAgent", "wget/*", True),
        ("StringEquals", "aws:UserAgent", "${aws:UserAgent}", True),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24", True),
        ("IpAddress", "aws:SourceIp", "203.0.113.7", True),
        ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "198.51.100.0/24"], False),
        ("IpAddress", "aws:SourceIp", "::/0", False),
        ("IpAddress", "aws:six", "203.0.113.0/24", True),
        ("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8", "203.0.113.0/24"], False),
        ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8", True),
        ("Bool", "aws:SecureTransport", "true", True),
        ("Bool", "aws:SecureTransport", True, True),
        ("Bool", "aws:SecureTransport", "false", False),
        ("DateGreaterThan", "aws:CurrentTime", "2026-11-22T13:59:59Z", True),
        ("DateGreaterThan", "aws:CurrentTime", "2026-11-22T14:00:00Z", False),
        ("DateGreaterThanEquals", "aws:CurrentTime", "2026-11-22T14:00:00Z", True),
        ("DateLessThan", "aws:CurrentTime", "2027-01-01", True),
        ("DateLessThan", "aws:CurrentTime", 1795355999, False),
        ("DateLessThanEquals", "aws:CurrentTime", "2026-01-01T00:00:00Z", False),
        ("DateEquals", "aws:CurrentTime", "2026-11-22T15:00:00+01:00", True),
        ("DateNotEquals", "aws:CurrentTime", "2026-11-22T14:00:00Z", False),
        ("NumericEquals", "n", "5.0", True),
        ("NumericNotEquals", "n", 5, False),
        ("NumericLessThan", "n", 6, True),
        ("NumericLessThanEquals", "n", 5, True),
        ("NumericGreaterThan", "n", 5, False),
        ("NumericGreaterThanEquals", "n", "5", True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", True),
        ("ArnEquals", "aws:PrincipalArn", "arn:*:role/app/Reader", False),
        ("ArnLike", "aws:PrincipalArn", "*", False),
        ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:user/*", True),
        ("ArnNotEquals", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/app/Reader", False),
        ("StringEquals", "tags", "green", True),
        ("StringNotEquals", "tags", "green", False),
        ("ForAnyValue:StringEquals", "tags", "green", True),
        ("ForAnyValue:StringEquals", "tags", "blue", False),
        ("ForAllValues:StringEquals", "tags", ["green", "red"], True),
        ("ForAllValues:StringEquals", "tags", "green", False),
        ("ForAnyValue:StringNotEquals", "tags", "green", True),
    ],
)
def test_operators(operator: str, key: str, wanted: object, expected: bool) -> None:
    assert said({operator: {key: wanted}}) == (expected, [])


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("IpAddress", False),
        ("Bool", False),
        ("StringNotEquals", True),
        ("NotIpAddress", True),
        ("StringEqualsIfExists", True),
        ("IpAddressIfExists", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAllValues:StringEquals", True),
    ],
)
def test_a_key_that_is_not_there(operator: str, expected: bool) -> None:
    assert said({operator: {"aws:SourceVpce": "vpce-1"}}) == (expected, [])


@pytest.mark.parametrize(
    ("key", "wanted", "expected"),
    [("aws:SourceVpce", "true", True), ("aws:SourceIp", "true", False), ("aws:SourceIp", False, True)],
)
def test_null_asks_whether_a_key_is_missing(key: str, wanted: object, expected: bool) -> None:
    assert said({"Null": {key: wanted}}) == (expected, [])


def test_all_operators_and_keys_have_to_hold() -> None:
    both = {"StringLike": {"aws:UserAgent": "curl/*"}, "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    assert said(both)[0] is True
    assert said({**both, "Bool": {"aws:SecureTransport": "false"}})[0] is False
    assert said({"StringLike": {"aws:UserAgent": "curl/*", "aws:Referer": "*"}})[0] is False
    assert said({}) == said(None) == (True, [])


@pytest.mark.parametrize(
    "block",
    [
        {"StringMatches": {"aws:UserAgent": "x"}},
        {"SomeValue:StringEquals": {"aws:UserAgent": "curl/8.5"}},
        {"StringEquals": "aws:UserAgent"},
        {"StringEquals": {"aws:UserAgent": {"Ref": "X"}}},
        {"IpAddress": {"aws:SourceIp": "not an address"}},
        {"NumericEquals": {"aws:UserAgent": "1"}},
        {"DateEquals": {"aws:CurrentTime": "yesterday"}},
        {"StringEquals": {"aws:UserAgent": "${aws:username}"}},
        "StringEquals",
    ],
)
def test_what_nobody_can_say_is_neither_and_is_told(block: object) -> None:
    answer, notes = said(block)
    assert answer is None
    assert len(notes) == 1


def test_what_does_not_hold_decides_whatever_is_unknown() -> None:
    assert said({"StringMatches": {"a": "b"}, "StringEquals": {"aws:UserAgent": "x"}})[0] is False
    assert all_of((True, None)) is None
    assert all_of((None, False)) is False
    assert all_of(()) is True

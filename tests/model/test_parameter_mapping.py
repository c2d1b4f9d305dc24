"""What parameter mapping may change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.model.integration import ParameterChanges
from localstack_lite.model.parameter_mapping import Act, Change, Place, change_of, reserved, unmappable


@pytest.mark.parametrize(
    ("key", "response", "change"),
    [
        ("append:header.x", False, Change(Act.APPEND, Place.HEADER, "x", "v")),
        ("overwrite:querystring.a.b", False, Change(Act.OVERWRITE, Place.QUERY, "a.b", "v")),
        ("remove:header.x", True, Change(Act.REMOVE, Place.HEADER, "x", "v")),
        ("overwrite:path", False, Change(Act.OVERWRITE, Place.PATH, "", "v")),
        ("overwrite:statuscode", True, Change(Act.OVERWRITE, Place.STATUS, "", "v")),
    ],
)
def test_a_key_says_what_is_done_to_what(key: str, response: bool, change: Change) -> None:
    assert change_of(key, "v", response=response) == change


@pytest.mark.parametrize(
    ("key", "response", "why"),
    [
        ("append:path", False, "is no parameter that can be mapped"),
        ("header.x", False, "is no parameter that can be mapped"),
        ("overwrite:statuscode", False, "only be mapped in responses"),
        ("overwrite:path", True, "only be mapped in requests"),
        ("append:querystring.x", True, "only be mapped in requests"),
        ("append:header.a b", False, "names no header"),
        ("append:header.Authorization", False, "the header Authorization is reserved"),
        ("overwrite:header.Access-Control-Allow-Origin", True, "is reserved"),
    ],
)
def test_what_aws_refuses_is_said(key: str, response: bool, why: str) -> None:
    found = change_of(key, "v", response=response)
    assert isinstance(found, str)
    assert why in found


@pytest.mark.parametrize(
    "name", ["apigw-requestid", "X-AMZN-Trace-Id", "x-amz-date", "Via", "X-Forwarded-For", "TE", "content-length"]
)
def test_reserved_headers_are_known_in_any_case(name: str) -> None:
    assert reserved(name)
    assert not reserved(f"own-{name}")


def test_all_that_is_refused_is_listed() -> None:
    changes = ParameterChanges({"append:header.x": "1", "nonsense": "2"}, {"200": {"append:header.via": "3"}})
    assert len(unmappable(changes)) == 2


@given(st.text(max_size=30))
def test_no_key_raises(key: str) -> None:
    assert isinstance(change_of(key, ""), str | Change)

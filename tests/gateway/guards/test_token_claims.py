"""Claims as events show them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.guards.token_claims import cognito_claims, http_claims


@pytest.mark.parametrize(
    ("value", "http", "cognito"),
    [
        ("text", "text", "text"),
        ("", "", ""),
        (1700000000, "1700000000", "1700000000"),
        (1700000000.0, "1700000000", "1700000000"),
        (1.5, "1.5", "1.5"),
        (True, "true", "true"),
        (False, "false", "false"),
        (["admin", "poweruser"], "[admin poweruser]", "admin,poweruser"),
        (["admin"], "[admin]", "admin"),
        ([], "[]", ""),
        ([1, True, ["x"]], "[1 true [x]]", '1,true,["x"]'),
        ({"city": "Zürich"}, '{"city":"Zürich"}', '{"city":"Zürich"}'),
        ([{"a": 1}], '[{"a":1}]', '{"a":1}'),
    ],
)
def test_every_claim_is_a_text(value: object, http: str, cognito: str) -> None:
    assert http_claims({"c": value}) == {"c": http}
    assert cognito_claims({"c": value}) == {"c": cognito}


def test_a_claim_that_is_null_is_left_out() -> None:
    assert http_claims({"nickname": None, "sub": "u"}) == {"sub": "u"}
    assert cognito_claims({"nickname": None, "sub": "u"}) == {"sub": "u"}


def test_a_cognito_authorizer_shows_two_times_as_dates() -> None:
    found = cognito_claims({"exp": 1680633579, "iat": 1680629979, "auth_time": 1680629979})
    assert found == {
        "exp": "Tue Apr 04 18:39:39 UTC 2023",
        "iat": "Tue Apr 04 17:39:39 UTC 2023",
        "auth_time": "1680629979",
    }


@given(
    st.dictionaries(
        st.text(),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**63), 2**63)
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(st.characters(codec="utf-8")),
            lambda x: st.lists(x) | st.dictionaries(st.text(st.characters(codec="utf-8")), x),
            max_leaves=6,
        ),
    )
)
def test_no_claims_are_too_strange_to_be_texts(claims: dict[str, Any]) -> None:
    for made in (http_claims({**claims, "exp": 1e300}), cognito_claims({**claims, "exp": 1e300})):
        assert all(isinstance(value, str) for value in made.values())
        assert set(made) == {name for name, value in claims.items() if value is not None} | {"exp"}

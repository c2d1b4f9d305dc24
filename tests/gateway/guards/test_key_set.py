"""Keys that verify, and everything that does not."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey

from localstack_lite.gateway.guards.key_set import LARGEST, KeySet, read_keys
from localstack_lite.gateway.guards.token_rules import PUBLIC_KEY, Unverified, unverified
from tests.gateway.tokens import claims, keys, token
from tests.oidc import sign


def key_set(*jwks: Any) -> KeySet:
    found = read_keys(json.dumps({"keys": list(jwks)}).encode())
    assert isinstance(found, KeySet), found
    return found


def opened(text: str) -> Unverified:
    found = unverified(text, PUBLIC_KEY)
    assert isinstance(found, Unverified), found
    return found


def public(of: RSAKey | ECKey, **more: Any) -> dict[str, Any]:
    return {**of.as_dict(private=False), **more}


@pytest.fixture(scope="module")
def other() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "other"})


def test_the_key_that_the_token_names_verifies_it() -> None:
    found = key_set(public(keys().current)).claims(opened(token(sub="u-9")))
    assert found is not None
    assert found["sub"] == "u-9"


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
def test_every_rsa_algorithm_verifies(algorithm: str) -> None:
    key = RSAKey.import_key({**keys().current.as_dict(private=True), "alg": algorithm})
    text = sign({"alg": algorithm, "kid": "a"}, claims(), key)
    assert key_set(public(key, kid="a")).claims(opened(text)) is not None


def test_an_elliptic_curve_key_verifies() -> None:
    key = ECKey.generate_key("P-256", {"kid": "ec"})
    assert key_set(public(key)).claims(opened(sign({"alg": "ES256", "kid": "ec"}, claims(), key))) is not None


def test_a_tampered_token_is_not_verified() -> None:
    head, _, signature = token().split(".")
    _, body, _ = token(sub="admin").split(".")
    assert key_set(public(keys().current)).claims(opened(f"{head}.{body}.{signature}")) is None


def test_a_token_of_another_key_under_this_kid_is_not_verified(other: RSAKey) -> None:
    text = keys().token(claims(), key=other)
    assert key_set(public(keys().current)).claims(opened(text)) is None


def test_a_token_with_the_kid_of_another_key_is_not_verified(other: RSAKey) -> None:
    text = keys().token(claims(), header={"kid": "other"})
    assert key_set(public(keys().current), public(other)).claims(opened(text)) is None


def test_of_two_keys_with_one_kid_either_will_do(other: RSAKey) -> None:
    both = key_set(public(other, kid="same"), public(keys().current, kid="same"))
    for key in (other, keys().current):
        assert both.claims(opened(keys().token(claims(), header={"kid": "same"}, key=key))) is not None


def test_a_public_key_is_no_shared_secret() -> None:
    """The classic: HS256 with the published key as its secret, and the set says nothing of algorithms."""
    head, body = (_encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "key-1"}, claims()))
    secret = keys().current.as_pem(private=False)
    forged = f"{head}.{body}.{_encoded(hmac.digest(secret, f'{head}.{body}'.encode(), 'sha256'))}"
    named = {name: value for name, value in public(keys().current).items() if name != "alg"}
    assert key_set(named).claims(Unverified(forged, "HS256", "key-1", {})) is None
    assert key_set(named).claims(Unverified(forged, "RS256", "key-1", {})) is None, "whatever somebody says it is"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def test_an_unsigned_token_is_not_verified_even_when_it_came_so_far() -> None:
    forged = token().rpartition(".")[0] + "."
    assert key_set(public(keys().current)).claims(Unverified(forged, "none", "key-1", {})) is None
    assert key_set(public(keys().current)).claims(Unverified(forged, "RS256", "key-1", {})) is None


def test_a_key_for_another_algorithm_or_for_encryption_verifies_nothing() -> None:
    assert key_set(public(keys().current, alg="RS512")).claims(opened(token())) is None
    assert isinstance(read_keys(json.dumps({"keys": [public(keys().current, use="enc")]}).encode()), str)


def test_the_payload_of_a_verified_token_is_an_object() -> None:
    nested = sign({"alg": "RS256", "kid": "key-1", "cty": "JWT"}, token().encode(), keys().current)
    assert key_set(public(keys().current)).claims(Unverified(nested, "RS256", "key-1", {})) is None


def test_unknown_parts_of_a_header_are_none_of_its_business() -> None:
    text = keys().token(claims(), header={"x-own": {"deep": [1]}, "x5t": "abc", "pad": "y" * 2_000})
    assert key_set(public(keys().current)).claims(opened(text)) is not None


def test_a_private_key_in_a_set_is_used_as_a_public_one() -> None:
    held = {**keys().current.as_dict(private=True)}
    assert key_set(held).claims(opened(token())) is not None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no JSON object"),
        (b"[]", "no JSON object"),
        (b"{}", "no JSON object"),
        (b'{"keys":{}}', "no JSON object"),
        (b'{"keys":[]}', "no RSA"),
        (b'{"keys":[1,null,{"kty":"oct","k":"c2VjcmV0","kid":"a"},{"kty":"RSA","n":"AQ","e":"AQAB"}]}', "no RSA"),
        (b" " * (LARGEST + 1), "150,001 bytes"),
        (b'\xff{"keys":[]}', "no JSON object"),
    ],
)
def test_what_is_no_key_set_says_why(body: bytes, why: str) -> None:
    found = read_keys(body)
    assert isinstance(found, str)
    assert why in found


@given(
    st.dictionaries(st.sampled_from(["n", "e", "crv", "x", "y", "alg"]), st.text() | st.none() | st.integers()),
    st.sampled_from(["RSA", "EC"]),
)
def test_no_key_is_too_strange_to_verify_nothing(parts: dict[str, Any], kind: str) -> None:
    strange = key_set({**parts, "kty": kind, "kid": "key-1"})
    assert strange.claims(opened(token())) is None


@given(st.binary(max_size=300))
def test_no_signature_is_too_strange_to_be_none(noise: bytes) -> None:
    head, body, _ = token().split(".")
    text = f"{head}.{body}.{_encoded(b'x' + noise)}"
    assert key_set(public(keys().current)).claims(opened(text)) is None

"""Where keys come from, how long they are kept, and what is said when they cannot be had."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest

from localstack_lite.gateway.guards.key_ring import Found, KeyRing, Lost, key_source
from localstack_lite.model.outgoing import Outgoing, Returned, Unreached
from tests.gateway.tokens import ISSUER, NOW, Documents, issuer, keys

DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
ROOT = PurePosixPath("/project")


def asked(ring: KeyRing, source: str, answer: Documents, *, kid: str = "key-1", now: float = NOW) -> Found | Lost:
    telling = ring.keys(source, kid, now)
    try:
        step = next(telling)
        while True:
            step = telling.send(answer(step))
    except StopIteration as end:
        result: Found | Lost = end.value
        return result


@pytest.mark.parametrize(
    ("of", "jwks", "source"),
    [
        (ISSUER, "", DISCOVERY),
        (f"{ISSUER}/", "", DISCOVERY),
        (ISSUER, "http://127.0.0.1:9/keys", "http://127.0.0.1:9/keys"),
        (ISSUER, "/keys/local.json", "file:///keys/local.json"),
        (ISSUER, "keys/local.json", "file:///project/keys/local.json"),
        (ISSUER, "file:///a.json", "file:///a.json"),
    ],
)
def test_keys_are_where_the_discovery_document_says_or_where_the_user_does(of: str, jwks: str, source: str) -> None:
    assert key_source(of, jwks, ROOT) == source


def test_the_discovery_document_leads_to_the_keys() -> None:
    documents = issuer()
    found = asked(KeyRing(), DISCOVERY, documents)
    assert isinstance(found, Found)
    assert found.keys.has("key-1")
    assert documents.asked == [DISCOVERY, f"{ISSUER}/keys"]


def test_a_document_has_as_long_as_api_gateway_gives_it() -> None:
    step = next(KeyRing().keys(DISCOVERY, "k", NOW))
    assert isinstance(step, Outgoing)
    assert (step.method, step.timeout) == ("GET", 1.5)


def test_keys_are_kept_for_two_hours() -> None:
    ring, documents = KeyRing(), issuer()
    asked(ring, DISCOVERY, documents)
    for later in (1, 7_199):
        assert isinstance(asked(ring, DISCOVERY, documents, now=NOW + later), Found)
    assert len(documents.asked) == 2
    asked(ring, DISCOVERY, documents, now=NOW + 7_200)
    assert len(documents.asked) == 4


def test_keys_that_cannot_be_had_again_are_gone_after_two_hours() -> None:
    ring = KeyRing()
    asked(ring, DISCOVERY, issuer())
    gone = Documents({DISCOVERY: Unreached("connection refused")})
    assert isinstance(asked(ring, DISCOVERY, gone, now=NOW + 7_199), Found)
    assert isinstance(asked(ring, DISCOVERY, gone, now=NOW + 7_201), Lost)


def test_an_unknown_key_is_looked_for_at_most_once_a_minute() -> None:
    ring, documents = KeyRing(), issuer()
    asked(ring, DISCOVERY, documents)
    for later in (5, 30, 59):
        found = asked(ring, DISCOVERY, documents, kid="forged", now=NOW + later)
        assert isinstance(found, Found)
        assert not found.keys.has("forged")
    assert len(documents.asked) == 2
    for later in (61, 62):
        asked(ring, DISCOVERY, documents, kid="forged", now=NOW + later)
    assert len(documents.asked) == 4


def test_a_new_key_is_found_and_said_to_be_new() -> None:
    ring = KeyRing()
    asked(ring, DISCOVERY, issuer(of=keys("old")), kid="old-1")
    found = asked(ring, DISCOVERY, issuer(), now=NOW + 61)
    assert isinstance(found, Found)
    assert found.again
    assert found.keys.has("key-1")


def test_an_issuer_on_this_machine_may_be_started_anew() -> None:
    ring, here = KeyRing(), "http://127.0.0.1:9"
    source = f"{here}/.well-known/openid-configuration"
    asked(ring, source, issuer(here, keys("old")), kid="old-1")
    at_once = asked(ring, source, issuer(here), now=NOW + 2)
    assert isinstance(at_once, Found)
    assert at_once.keys.has("key-1"), "a key it did not have before"
    documents = issuer(here)
    asked(ring, source, documents, now=NOW + 8)
    assert documents.asked, "another key may have the same name now"


def test_a_local_issuer_that_was_stopped_leaves_its_keys() -> None:
    ring, here = KeyRing(), "http://localhost:9"
    source = f"{here}/.well-known/openid-configuration"
    asked(ring, source, issuer(here))
    stopped = Documents({source: Unreached("connection refused")})
    assert isinstance(asked(ring, source, stopped, now=NOW + 60), Found)


@pytest.mark.parametrize(
    "documents",
    [
        {"file:///keys.json": keys().body},
        {"file:///keys.json": b'{"jwks_uri":"http://127.0.0.1:9/k"}', "http://127.0.0.1:9/k": keys().body},
    ],
)
def test_a_file_may_stand_in_for_an_issuer(documents: dict[str, Any]) -> None:
    assert isinstance(asked(KeyRing(), "file:///keys.json", Documents(documents)), Found)


@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "http://127.0.0.1:9/", "http://127.0.0.1:9/pool"])
def test_a_local_issuers_own_address_will_do(base: str) -> None:
    assert isinstance(asked(KeyRing(), base, issuer(base)), Found)


def test_the_address_of_a_key_set_will_do() -> None:
    documents = Documents({"http://127.0.0.1:9/jwks": keys().body})
    assert isinstance(asked(KeyRing(), "http://127.0.0.1:9/jwks", documents), Found)
    assert len(documents.asked) == 1


def test_an_address_that_is_neither_keys_nor_issuer_says_both() -> None:
    found = asked(KeyRing(), "http://keycloak:8080/realm", Documents({"http://keycloak:8080/realm": b"<html>"}))
    assert isinstance(found, Lost)
    assert "http://keycloak:8080/realm is no key set; " in found.why
    assert "/realm/.well-known/openid-configuration answered 404" in found.why


_KEYS = f"{ISSUER}/keys"
_LEADS = b'{"jwks_uri":"https://issuer.example/keys"}'
OIDC = "OIDC discovery endpoint communication error"
JWKS = "JWKS communication error"


@pytest.mark.parametrize(
    ("documents", "said", "why"),
    [
        ({}, OIDC, "answered 404"),
        ({DISCOVERY: Unreached("no such host")}, OIDC, "no such host"),
        ({DISCOVERY: Unreached("slow", timed_out=True)}, OIDC, "1.5 s"),
        ({DISCOVERY: Returned(302, (("Location", "https://x"),))}, OIDC, "answered 302"),
        ({DISCOVERY: b"<html>"}, OIDC, "no JSON object"),
        ({DISCOVERY: b"{}"}, OIDC, "jwks_uri"),
        ({DISCOVERY: b'{"jwks_uri":"file:///etc/passwd"}'}, OIDC, "jwks_uri"),
        ({DISCOVERY: b'{"jwks_uri":"http://["}'}, OIDC, "jwks_uri"),
        ({DISCOVERY: b'{"jwks_uri":7}'}, OIDC, "jwks_uri"),
        ({DISCOVERY: b'{"jwks_uri":%b}' % (b"[" * 900 + b"]" * 900)}, OIDC, "jwks_uri"),
        ({DISCOVERY: b" " * 150_001}, OIDC, "150,000"),
        ({DISCOVERY: _LEADS}, JWKS, "answered 404"),
        ({DISCOVERY: _LEADS, _KEYS: Unreached("reset")}, JWKS, "reset"),
        ({DISCOVERY: _LEADS, _KEYS: b"[]"}, JWKS, "list of keys"),
        ({DISCOVERY: _LEADS, _KEYS: b'{"keys":[]}'}, JWKS, "no RSA"),
        ({DISCOVERY: _LEADS, _KEYS: b" " * 150_001}, JWKS, "150,000"),
    ],
)
def test_keys_that_cannot_be_had_say_why(documents: dict[str, Any], said: str, why: str) -> None:
    found = asked(KeyRing(), DISCOVERY, Documents(documents))
    assert isinstance(found, Lost)
    assert found.said == said
    assert why in found.why


def test_a_missing_file_says_so() -> None:
    found = asked(KeyRing(), "file:///gone.json", Documents({"file:///gone.json": Unreached("no such file")}))
    assert isinstance(found, Lost)
    assert "no such file" in found.why


def test_an_issuer_out_of_reach_is_not_asked_by_every_request_of_a_storm() -> None:
    ring, gone = KeyRing(), Documents({})
    for later in (0.0, 0.5, 1.9):
        assert isinstance(asked(ring, DISCOVERY, gone, now=NOW + later), Lost)
    assert len(gone.asked) == 1
    assert isinstance(asked(ring, DISCOVERY, issuer(), now=NOW + 2.1), Found)

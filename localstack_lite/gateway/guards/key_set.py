"""The keys that an issuer publishes (a JSON Web Key Set) and the signatures that they verify. Pure; joserfc does the
cryptography and is imported with the first token.

A token's `kid` says which key it is (AWS docs); a token without one is refused. Only the public parts of a key are
taken, and only RSA and elliptic curve keys: with no shared secret among the keys, no token can make a public key into
one. Where two keys have one `kid`, either will do.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import orjson

from localstack_lite.gateway.guards.token_rules import PUBLIC_KEY, Claims, Unverified, claims_of

#: A set with more bytes is not taken (AWS docs).
LARGEST = 150_000
#: Keys of one `kid` that are tried.
_MOST = 4
_PUBLIC_PARTS = ("kty", "n", "e", "crv", "x", "y")
_KINDS = {"RS": "RSA", "PS": "RSA", "ES": "EC"}
_SIZES = {"max_header_length": 8_192, "max_payload_length": 16_384, "max_signature_length": 4_096}


class KeySet:
    """Made of a body that `read_keys` took."""

    def __init__(self, keys: tuple[Mapping[str, object], ...]) -> None:
        self._keys = keys
        self._ready: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def has(self, key_id: str) -> bool:
        return any(key["kid"] == key_id for key in self._keys)

    def claims(self, token: Unverified) -> Claims | None:
        """What the token says, if one of these keys signed it; else None."""
        if token.algorithm not in PUBLIC_KEY:
            return None
        for index in self._candidates(token):
            if (payload := self._verified(index, token)) is not None:
                return payload
        return None

    def _candidates(self, token: Unverified) -> list[int]:
        kind = _KINDS[token.algorithm[:2]]
        found = []
        for index, key in enumerate(self._keys):
            if key["kid"] == token.key_id and key["kty"] == kind and key.get("alg", token.algorithm) == token.algorithm:
                found.append(index)
        return found[:_MOST]

    def _verified(self, index: int, token: Unverified) -> Claims | None:
        from joserfc import jws

        registry = jws.JWSRegistry(algorithms=[token.algorithm], strict_check_header=False)
        for name, size in _SIZES.items():
            setattr(registry, name, size)
        try:
            found = jws.deserialize_compact(token.token, self._key(index), registry=registry)
        except Exception:  # whatever a library finds wrong with a key or a token: it is not verified
            return None
        return claims_of(found.payload or b"")

    def _key(self, index: int) -> Any:
        if index not in self._ready:
            from joserfc.jwk import import_key

            public: Any = {name: self._keys[index][name] for name in _PUBLIC_PARTS if name in self._keys[index]}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a short key is the issuer's business
                self._ready[index] = import_key(public)
        return self._ready[index]


def read_keys(body: bytes) -> KeySet | str:
    """The keys of a document, or why it is no key set. Keys that cannot sign tokens are left out."""
    if len(body) > LARGEST:
        return f"it has {len(body):,} bytes; API Gateway takes {LARGEST:,}"
    document = json_object(body)
    keys = None if document is None else document.get("keys")
    if not isinstance(keys, list):
        return "it is no JSON object with a list of keys"
    usable = tuple(key for key in keys if isinstance(key, dict) and _is_usable(key))
    if not usable:
        return "it has no RSA or elliptic curve key with a kid"
    return KeySet(usable)


def json_object(body: bytes) -> Mapping[str, object] | None:
    try:
        found = orjson.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _is_usable(key: Mapping[str, object]) -> bool:
    kid = key.get("kid")
    return isinstance(kid, str) and bool(kid) and key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"

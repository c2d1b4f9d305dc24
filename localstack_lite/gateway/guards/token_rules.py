"""What a JSON Web Token must say to open a route. Pure: time is passed in; signatures are `key_set`'s business.

AWS docs: an HTTP API takes RSA algorithms only, a REST API those that its authorizer names; `iss` is compared as it is
written, slash at the end included; `aud` counts where there is one, `client_id` only without it; a route's scopes are
met by any one of them in `scope` or `scp`. Neither `none` nor a shared secret (HMAC) is ever an algorithm here. What
the client reads is recorded where there is a recording (number of segments, audience, scopes); the rest is ours.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from enum import Enum, auto

import orjson

from localstack_lite.model.record import record

Claims = Mapping[str, object]

#: What an HTTP API takes.
RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
#: Signatures whose keys may be public: all that any API takes.
PUBLIC_KEY = (*RSA, "ES256", "ES384", "ES512")
#: More characters than all headers of a request may have.
_LONGEST = 16_384
#: Seconds that a laptop's clock may be behind an issuer's: for `nbf` and `iat`, never for `exp`.
_BEHIND = 5.0
_URL_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


class Lack(Enum):
    """What a token that opens nothing lacks. Some kinds of APIs answer differently."""

    VALID = auto()
    TIME = auto()
    """It has expired."""
    SCOPE = auto()


@record
class Rejected:
    """`said` is for the client, `note` for the user: never a token, never a part of one that is a secret."""

    said: str
    note: str = ""
    lack: Lack = Lack.VALID


@record
class Unverified:
    """What a token says about itself; nothing of it is to be believed before its signature was looked at."""

    token: str
    algorithm: str
    key_id: str
    claims: Claims


@record
class Demands:
    """What a verified token must say. `audiences`: any one of them (empty: any audience); `scopes` likewise; `claims`:
    further ones it must have, each with the values that will do (empty: any); `use` is Cognito's `token_use`."""

    issuer: str
    audiences: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    claims: tuple[tuple[str, tuple[str, ...]], ...] = ()
    use: str = ""


def bare(value: str) -> str:
    """The token of an identity source: alone, or behind `Bearer` (AWS docs)."""
    value = value.strip()
    return value[7:].strip() if value[:7].lower() == "bearer " else value


def unverified(token: str, algorithms: tuple[str, ...]) -> Unverified | Rejected:
    """A token taken apart. `algorithms` are those that the authorizer allows."""
    if len(token) > _LONGEST:
        return Rejected("token is too long", "the token has more characters than a request's headers may have")
    segments = token.split(".")
    if len(segments) != 3 or not all(segments):
        note = "what came is no signed JWT: it has not three parts"
        return Rejected("token contains an invalid number of segments", note)
    header, claims = _object(segments[0]), _object(segments[1])
    if header is None or claims is None or not _is_safe(segments[2]):
        return Rejected("token is malformed", "what came is no signed JWT: header or claims are no JSON objects")
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in algorithms or algorithm not in PUBLIC_KEY:
        wanted = ", ".join(name for name in algorithms if name in PUBLIC_KEY) or "none that can be verified"
        named = algorithm if isinstance(algorithm, str) and algorithm.isalnum() and algorithm.isascii() else ""
        said = f"signing method {named[:20]} is invalid" if named else "signing method is invalid"
        return Rejected(said, f"the token's alg is {_shown(algorithm)}; allowed: {wanted}")
    if "crit" in header or "b64" in header:
        return Rejected("token is malformed", "the token's header has crit or b64, which nobody here understands")
    if not isinstance(key_id, str) or not key_id:
        return Rejected("the token does not have a key ID", "the token's header has no kid")
    return Unverified(token, algorithm, key_id, claims)


def rejected(claims: Claims, demands: Demands, now: float) -> Rejected | None:
    """Why verified claims do not do; None: they do. `now` is epoch seconds."""
    return (
        _of_other_issuer(claims, demands.issuer)
        or _out_of_time(claims, now)
        or _for_others(claims, demands.audiences)
        or _of_other_use(claims, demands.use)
        or _without_claims(claims, demands.claims)
        or _without_scope(claims, demands.scopes)
    )


def scopes_of(claims: Claims) -> tuple[str, ...]:
    """All scopes of a token: `scope` and `scp`, each a text with blanks between them or a list."""
    found: list[str] = []
    for name in ("scope", "scp"):
        match claims.get(name):
            case str() as text:
                found += text.split()
            case list() as several:
                found += [one for one in several if isinstance(one, str)]
    return tuple(dict.fromkeys(found))


def _of_other_issuer(claims: Claims, issuer: str) -> Rejected | None:
    said = claims.get("iss")
    if isinstance(said, str) and said == issuer:
        return None
    note = f"the token's iss is {_shown(said)}, the authorizer wants {issuer!r}"
    if isinstance(said, str) and said.rstrip("/") == issuer.rstrip("/"):
        note = f"{note}: a slash at the end counts"
    return Rejected("the token does not have a valid issuer", note)


def _out_of_time(claims: Claims, now: float) -> Rejected | None:
    expires = _number(claims.get("exp"))
    if expires is None:
        return Rejected("the token does not have an expiration time", "the token has no exp")
    if not now < expires:
        return Rejected("the token has expired", f"the token expired {_ago(now - expires)} ago", Lack.TIME)
    for name, said in (("nbf", "the token is not valid yet"), ("iat", "the token was used before it was issued")):
        if name not in claims:
            continue
        begins = _number(claims[name])
        if begins is None or not begins <= now + _BEHIND:
            return Rejected(said, f"the token's {name} is in the future, or no number")
    return None


def _for_others(claims: Claims, audiences: tuple[str, ...]) -> Rejected | None:
    if not audiences:
        return None
    name = "aud" if "aud" in claims else "client_id"
    said = claims.get(name)
    named = said if isinstance(said, list) else [said]
    if any(isinstance(one, str) and one in audiences for one in named):
        return None
    note = f"the token's {name} is {_shown(said)}, the authorizer wants {' or '.join(audiences)}"
    return Rejected("the token does not have a valid audience", note)


def _of_other_use(claims: Claims, use: str) -> Rejected | None:
    said = claims.get("token_use")
    if not use or said == use:
        return None
    why = (
        "a method with scopes wants an access token" if use == "access" else "a method without scopes wants an id token"
    )
    return Rejected("the token does not have a valid use", f"the token's token_use is {_shown(said)}: {why}")


def _without_claims(claims: Claims, wanted: tuple[tuple[str, tuple[str, ...]], ...]) -> Rejected | None:
    for name, values in wanted:
        if name not in claims or claims[name] is None:
            return Rejected("the token does not have a required claim", f"the token has no claim {name}")
        said = claims[name]
        if values and not any(_text(one) in values for one in (said if isinstance(said, list) else [said])):
            note = f"the token's {name} is none of {', '.join(values)}"
            return Rejected("the token does not have a required claim", note)
    return None


def _without_scope(claims: Claims, scopes: tuple[str, ...]) -> Rejected | None:
    if not scopes:
        return None
    has = scopes_of(claims)
    if any(one in scopes for one in has):
        return None
    said = f"expected scopes: [{' '.join(scopes)}]"
    return Rejected(said, f"the token has none of the scopes {', '.join(scopes)}", Lack.SCOPE)


def _object(segment: str) -> Claims | None:
    if not _is_safe(segment):
        return None
    try:
        return claims_of(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except binascii.Error:
        return None


def claims_of(text: bytes) -> Claims | None:
    """A JSON object; None: it is none, or one so deep that no event could show it."""
    try:
        found = orjson.loads(text)
        orjson.dumps([[[[[[[[found]]]]]]]])  # raises at 255 levels; events and templates have a few of their own
    except (ValueError, TypeError):
        return None
    return found if isinstance(found, dict) else None


def _is_safe(segment: str) -> bool:
    return _URL_SAFE.issuperset(segment)


def _number(value: object) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _text(value: object) -> str:
    """A claim as a configuration writes it: texts as they are, the rest as JSON."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _shown(value: object) -> str:
    """A claim for the user, short and in one line."""
    if value is None:
        return "missing"
    shown = repr(value)
    return shown if len(shown) <= 100 else f"{shown[:99]}…"


def _ago(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"

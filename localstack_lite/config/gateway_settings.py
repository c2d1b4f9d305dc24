"""What `devserve.toml` says of the gateway: identities, issuers, authorizers, WebSockets. Pure.

A key that is unknown or of the wrong kind is told by who calls, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.toml_kinds import LIST, NUMBER, TABLE_OF, TEXT, TEXTS, YES, texts
from localstack_lite.model.authorizer import TestIdentity

IDENTITY = {
    "principal": TEXT,
    "context": TABLE_OF,
    "claims": TABLE_OF,
    "scopes": LIST,
    "arn": TEXT,
    "usage_key": TEXT,
}
AUTHORIZER = {
    "type": TEXT,
    "function": TEXT,
    "identity_source": TEXTS,
    "ttl": NUMBER,
    "payload": TEXT,
    "simple": YES,
    "issuer": TEXT,
    "audience": TEXTS,
    "scopes": LIST,
    "validation": TEXT,
}
WEBSOCKET = {"idle": NUMBER, "duration": NUMBER, "selection": TEXT}

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuthorizerSettings:
    """One `authorizers.NAME` table. `where` is `file:line`; `ttl` in seconds, None: not given."""

    name: str
    where: str = ""
    type: str = ""
    function: str = ""
    sources: tuple[str, ...] = ()
    ttl: float | None = None
    payload: str = ""
    simple: bool = False
    issuer: str = ""
    audience: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    validation: str = ""


@dataclass(frozen=True, slots=True)
class IssuerSettings:
    """Where the keys of an issuer are: a URL, or a file."""

    issuer: str
    keys: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """`idle` and `duration` of WebSockets in seconds, None: AWS's; `selection` chooses the routes of this file's own
    WebSocket API."""

    identities: tuple[TestIdentity, ...] = ()
    identities_where: str = ""
    issuers: tuple[IssuerSettings, ...] = ()
    authorizers: Mapping[str, AuthorizerSettings] = field(default_factory=dict)
    idle: float | None = None
    duration: float | None = None
    selection: str = ""


def read_gateway(
    top: Mapping[str, Any],
    tables: Callable[[Mapping[str, Any], str], list[tuple[str, Mapping[str, Any]]]],
    checked: Callable[[Mapping[str, Any], Mapping[str, str], Path], dict[str, Any]],
    tell: Callable[[Path, str, str], None],
    place: Callable[[Path], str],
) -> GatewaySettings:
    """`tables` are those of a section, `checked` the good keys of one; `place` is the `file:line` of a path."""
    identities = tuple(
        _identity(name, checked(table, IDENTITY, ("identities", name))) for name, table in tables(top, "identities")
    )
    issuers = []
    for issuer, keys in top.get("issuers", {}).items():
        if isinstance(keys, str) and keys.strip():
            issuers.append(IssuerSettings(issuer, keys.strip(), place(("issuers", issuer))))
        else:
            hint = "a URL, or a file with the key set (JWKS): text"
            tell(("issuers", issuer), f"issuers.{issuer} is {'empty' if keys == '' else 'no text'}", hint)
    authorizers = {
        name: _authorizer(name, place(("authorizers", name)), checked(table, AUTHORIZER, ("authorizers", name)))
        for name, table in tables(top, "authorizers")
    }
    socket = checked(top.get("websocket", {}), WEBSOCKET, ("websocket",))
    for key in ("idle", "duration"):
        if key in socket and not socket[key] > 0:
            tell(("websocket", key), f"websocket.{key} is {socket.pop(key)}", "seconds, more than 0")
    return GatewaySettings(
        identities,
        place(("identities", identities[0].name)) if identities else "",
        tuple(issuers),
        authorizers,
        socket.get("idle"),
        socket.get("duration"),
        socket.get("selection", ""),
    )


def _identity(name: str, given: Mapping[str, Any]) -> TestIdentity:
    return TestIdentity(
        name,
        given.get("principal", ""),
        {key: _plain(value) for key, value in given.get("context", {}).items()},
        {key: _plain(value) for key, value in given.get("claims", {}).items()},
        tuple(map(str, given.get("scopes", ()))),
        given.get("arn", ""),
        given.get("usage_key", ""),
    )


def _plain(value: object) -> object:
    """A value as JSON has it: TOML's dates and times become text."""
    match value:
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case str() | int() | float():
            return value
    return str(value)


def _authorizer(name: str, where: str, given: Mapping[str, Any]) -> AuthorizerSettings:
    return AuthorizerSettings(
        name,
        where,
        given.get("type", "").lower(),
        given.get("function", ""),
        texts(given.get("identity_source")),
        given.get("ttl"),
        given.get("payload", ""),
        given.get("simple", False),
        given.get("issuer", ""),
        texts(given.get("audience")),
        tuple(map(str, given.get("scopes", ()))),
        given.get("validation", ""),
    )

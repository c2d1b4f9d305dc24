"""JWT authorizers of HTTP APIs and REST APIs, as what stands before a route.

HTTP API (recorded): 401 `{"message":"Unauthorized"}` with `www-authenticate: Bearer` when there is no token, and
`Bearer scope="" error="invalid_token" error_description="..."` when it does not do; keys that cannot be had are such an
answer too; 403 `{"message":"Forbidden"}` with `error="insufficient_scope"` when it has none of the route's scopes.
Events show `scopes` only for a route that demands some, and then all those of the token (measured).

REST API (AWS docs): several issuers, of which the token's `iss` picks one; 401, and 403 for a lack of scope. An issuer
out of reach is the gateway response for an authorizer that cannot be connected to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.guards.key_ring import KeyRing
from localstack_lite.gateway.guards.token_check import Believed, KeysLost, believed, token_source
from localstack_lite.gateway.guards.token_claims import http_claims
from localstack_lite.gateway.guards.token_rules import (
    PUBLIC_KEY,
    RSA,
    Demands,
    Lack,
    Rejected,
    Unverified,
    bare,
    unverified,
)
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.steps import Telling
from localstack_lite.gateway.visit import Door, Visit
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.authorizer import JwtAuthorizer, JwtIssuer
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.project import Project

_CHALLENGE = "www-authenticate"


def jwt_door(
    project: Project,
    api: Api,
    route: Route,
    authorizer: JwtAuthorizer,
    scopes: tuple[str, ...],
    settings: Settings,  # noqa: ARG001  the doors of all authorizers are made alike
    memory: ApiMemory,
) -> Door:
    """Lets requests with a token through, with the caller that it names."""
    read = token_source(project, api, route, authorizer.source)
    keys = memory.of(KeyRing)
    algorithms = (authorizer.algorithms or PUBLIC_KEY) if api.kind is ApiKind.REST else RSA
    required = tuple(authorizer.claims.items())

    def door(visit: Visit) -> Telling[Visit | Denial]:
        sent = read(visit)
        if not sent.strip():
            return _denied(api.kind, None, scopes, f"no token in {authorizer.source}")
        token = unverified(bare(sent), algorithms)
        if isinstance(token, Rejected):
            return _denied(api.kind, token, scopes)
        issuer = _issuer(authorizer, token)
        if issuer is None:
            return Denial(ResponseType.AUTHORIZER_CONFIGURATION_ERROR, f"{authorizer.name} has no issuer")
        demands = Demands(issuer.issuer, issuer.audiences, scopes, required)
        found = yield from believed(visit, token, issuer, demands, keys, project.root)
        match found:
            case Believed():
                caller = claims_caller(api, route, found.claims, found.scopes if scopes else ())
                return replace(visit, caller=replace(caller, note=found.note))
            case KeysLost() if api.kind is ApiKind.REST:
                return Denial(ResponseType.AUTHORIZER_CONFIGURATION_ERROR, found.note)
            case KeysLost():
                return _denied(api.kind, Rejected(found.said, found.note), scopes)
            case Rejected():
                return _denied(api.kind, found, scopes)

    return door


def claims_caller(api: Api, route: Route, claims: Mapping[str, object], scopes: tuple[str, ...]) -> Caller:
    """What events show of a token. `scopes` is empty where the route demands none."""
    if api.kind is ApiKind.REST:
        return Caller({"claims": dict(claims)})
    shown = {"claims": http_claims(claims), "scopes": list(scopes) or None}
    old = isinstance(route.integration, LambdaProxy) and route.integration.payload == "1.0"
    return Caller(shown if old else {"jwt": shown})


def _issuer(authorizer: JwtAuthorizer, token: Unverified) -> JwtIssuer | None:
    """The issuer that the token names, else the first: its keys and its name will not fit."""
    named = token.claims.get("iss")
    first = next(iter(authorizer.issuers), None)
    return next((one for one in authorizer.issuers if one.issuer == named), first)


def _denied(kind: ApiKind, why: Rejected | None, scopes: tuple[str, ...], note: str = "") -> Denial:
    """`why` is None when there is no token at all."""
    note = why.note if why is not None else note
    lacks_scope = why is not None and why.lack is Lack.SCOPE
    type_ = ResponseType.ACCESS_DENIED if lacks_scope else ResponseType.UNAUTHORIZED
    if kind is ApiKind.REST:
        return Denial(type_, note)
    if why is None:
        challenge = "Bearer"
    elif lacks_scope:
        challenge = f'Bearer scope="{" ".join(scopes)}" error="insufficient_scope" error_description="{why.said}"'
    else:
        challenge = f'Bearer scope="" error="invalid_token" error_description="{why.said}"'
    return Denial(type_, note, headers=((_CHALLENGE, challenge.encode("ascii", "replace").decode()),))

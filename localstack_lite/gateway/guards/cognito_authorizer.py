"""Cognito authorizers of REST APIs (`COGNITO_USER_POOLS`), as what stands before a method.

AWS docs: a method without scopes wants an identity token, one with scopes an access token with any one of them; a
validation expression is tried on the token before anything else. The answer is 401 `Unauthorized`, or 401 `The incoming
token has expired`. A pool signs with RS256. Which app client a token was made for is not asked, and the identity in the
request context gets nothing of the token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.guards.key_ring import KeyRing
from localstack_lite.gateway.guards.token_check import Believed, KeysLost, believed, token_source
from localstack_lite.gateway.guards.token_claims import cognito_claims
from localstack_lite.gateway.guards.token_rules import Demands, Lack, Rejected, bare, unverified
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.steps import Telling
from localstack_lite.gateway.visit import Door, Visit
from localstack_lite.model.api import Api, Route
from localstack_lite.model.authorizer import CognitoAuthorizer
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.project import Project

_ALGORITHMS = ("RS256",)


def cognito_door(
    project: Project,
    api: Api,
    route: Route,
    authorizer: CognitoAuthorizer,
    scopes: tuple[str, ...],
    settings: Settings,  # noqa: ARG001  the doors of all authorizers are made alike
    memory: ApiMemory,
) -> Door:
    """Lets requests with a pool's token through, with the caller that it names."""
    read = token_source(project, api, route, authorizer.source)
    keys = memory.of(KeyRing)
    use = "access" if scopes else "id"
    form = _expression(authorizer.validation)

    def door(visit: Visit) -> Telling[Visit | Denial]:
        sent = read(visit)
        if not sent.strip():
            return Denial(ResponseType.UNAUTHORIZED, f"no token in {authorizer.source}")
        if isinstance(form, str):
            return Denial(ResponseType.AUTHORIZER_CONFIGURATION_ERROR, form)
        if form is not None and form.fullmatch(sent) is None:
            return Denial(ResponseType.UNAUTHORIZED, "the token does not match the authorizer's validation expression")
        token = unverified(bare(sent), _ALGORITHMS)
        if isinstance(token, Rejected):
            return _denied(token)
        named = token.claims.get("iss")
        pool = next((one for one in authorizer.pools if one.issuer == named), None)
        if pool is None:
            wanted = " or ".join(one.issuer for one in authorizer.pools) or "none"
            return Denial(ResponseType.UNAUTHORIZED, f"the token is of no user pool of the authorizer ({wanted})")
        demands = Demands(pool.issuer, pool.audiences, scopes, use=use)
        found = yield from believed(visit, token, pool, demands, keys, project.root)
        match found:
            case Believed():
                caller = cognito_caller(api, route, found.claims, found.scopes)
                return replace(visit, caller=replace(caller, note=found.note))
            case KeysLost():
                return Denial(ResponseType.AUTHORIZER_CONFIGURATION_ERROR, found.note)
            case Rejected():
                return _denied(found)

    return door


def cognito_caller(
    api: Api,  # noqa: ARG001  callers of all authorizers are made alike
    route: Route,  # noqa: ARG001  (one signature for all of its kind)
    claims: Mapping[str, object],
    scopes: tuple[str, ...],  # noqa: ARG001  (one signature for all of its kind)
) -> Caller:
    """What events show of a pool's token."""
    return Caller({"claims": cognito_claims(claims)})


def _denied(why: Rejected) -> Denial:
    message = "The incoming token has expired" if why.lack is Lack.TIME else ""
    return Denial(ResponseType.UNAUTHORIZED, why.note, message)


def _expression(text: str) -> re.Pattern[str] | str | None:
    """The validation expression; None without one; a text says why it is none."""
    if not text:
        return None
    try:
        return re.compile(text)
    except re.error as error:
        return f"the authorizer's validation expression is no regular expression: {error}"

"""Being somebody for one request: `X-Devserve-Identity: NAME` puts on one of the identities of the configuration.

The authorizer is not asked; the function sees what it would see had that authorizer found this person. Scopes are
checked all the same. The header is one of devserve's own only in projects that have identities, never reaches a
function there, and every request that uses it says so. It does not open more than its route: a resource policy, API
keys, limits and validation count as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.guards.authorizer_result import Unusable, authorizer_context, flat_text
from localstack_lite.gateway.guards.lambda_authorizer import broken
from localstack_lite.gateway.steps import Telling
from localstack_lite.gateway.visit import Door, Visit
from localstack_lite.model.api import Api, ApiKind, Route
from localstack_lite.model.authorizer import (
    BrokenAuthorizer,
    CognitoAuthorizer,
    Guard,
    IamAuthorizer,
    JwtAuthorizer,
    LambdaAuthorizer,
    TestIdentity,
)
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.wire.messages import Headers

HEADER = "X-Devserve-Identity"


def unmarked(visit: Visit) -> Visit:
    """The visit without the header."""
    request = visit.request
    if request.headers.get(HEADER) is None:
        return visit
    lines = tuple(line for line in request.headers.lines if line[0].lower() != HEADER.lower())
    return replace(visit, request=replace(request, headers=Headers(lines)))


def assumable(identities: tuple[TestIdentity, ...], api: Api, route: Route, guard: Guard, door: Door) -> Door:
    """`door` for requests without the header."""
    known = {identity.name: identity for identity in identities}

    def assumed(visit: Visit) -> Telling[Visit | Denial]:
        name = visit.request.headers.get(HEADER)
        if name is None:
            return (yield from door(visit))
        identity = known.get(name)
        if identity is None:
            names = ", ".join(sorted(known))
            return Denial(ResponseType.ACCESS_DENIED, f"{HEADER} names no identity of this project; there is: {names}")
        try:
            caller = caller_of(identity, api, route, guard)
        except Unusable as unusable:
            return broken(f"the identity {name}: {unusable}")
        if caller is None:
            wanted = ", ".join(guard.scopes)
            return Denial(ResponseType.ACCESS_DENIED, f"{name} has none of the scopes that the route needs: {wanted}")
        return replace(unmarked(visit), caller=caller)

    return assumed


def caller_of(identity: TestIdentity, api: Api, route: Route, guard: Guard) -> Caller | None:
    """Who that is to this route; None: the scopes are missing. Raises `Unusable` when the route's authorizer could not
    have said so."""
    by_token = isinstance(guard.authorizer, JwtAuthorizer | CognitoAuthorizer)
    if by_token and guard.scopes and not set(guard.scopes) & set(identity.scopes):
        return None
    note = f"as {identity.name} ({HEADER}); on AWS {guard.authorizer.name} would be asked"
    match guard.authorizer:
        case LambdaAuthorizer(payload=payload):
            modern = api.kind is ApiKind.HTTP and payload == "2.0"
            context = identity.context if modern else {key: flat_text(value) for key, value in identity.context.items()}
            caller = Caller(authorizer_context(api, route, identity.principal, context, 0))
        case JwtAuthorizer():
            from localstack_lite.gateway.guards.jwt_authorizer import claims_caller

            caller = claims_caller(api, route, _claims(identity), identity.scopes if guard.scopes else ())
        case CognitoAuthorizer():
            from localstack_lite.gateway.guards.cognito_authorizer import cognito_caller

            caller = cognito_caller(api, route, _claims(identity), identity.scopes)
        case IamAuthorizer():
            from localstack_lite.gateway.guards.iam_authorizer import iam_caller

            caller = iam_caller(api, route, identity.arn)
        case BrokenAuthorizer(why=why):
            raise Unusable(f"nobody knows what {guard.authorizer.name} would say: {why}")
    return replace(caller, usage_key=identity.usage_key, note=note)


def _claims(identity: TestIdentity) -> Mapping[str, object]:
    """Those of a token: who it is, and its scopes, where the identity's own claims do not say so."""
    known: dict[str, object] = {}
    if identity.principal:
        known["sub"] = identity.principal
    if identity.scopes:
        known["scope"] = " ".join(identity.scopes)
    return {**known, **identity.claims}

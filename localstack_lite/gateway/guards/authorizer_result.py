"""What a Lambda authorizer returned: read once, kept, and held against every request that it counts for. Pure.

A policy (`principalId`, `policyDocument`, `context`, `usageIdentifierKey`) or, from an authorizer of an HTTP API with
simple responses, `{"isAuthorized": ..., "context": ...}`. Source: AWS docs, "Output from an API Gateway Lambda
authorizer" and "Control access to HTTP APIs with AWS Lambda authorizers".

REST, WebSocket and payload 1.0 take texts, numbers and booleans in the context only (an object, a list and, measured
with other tools, null make it a failure) and hand all of them on as texts; payload 2.0 takes and keeps what JSON has.
What cannot be read is a failure of the authorizer, never a yes.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from localstack_lite.gateway.guards.policy import LONGEST_RESOURCE, Policy, Unreadable, read_policy
from localstack_lite.gateway.result import parsed
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.authorizer import LambdaAuthorizer
from localstack_lite.model.record import record

#: Bytes of a result that a WebSocket API takes (AWS quotas).
LONGEST_SOCKET_RESULT = 8 * 1024
#: Where a function's claims are; a Lambda authorizer's context cannot be called so.
RESERVED = "claims"


class Unusable(ValueError):
    """The text says why, for people."""


@record
class Granted:
    """`policy` None: it was a simple response, and `allowed` says what it was. `context` as it will be handed on."""

    principal: str
    policy: Policy | None
    allowed: bool
    context: Mapping[str, object]
    usage_key: str = ""


def read_result(kind: ApiKind, authorizer: LambdaAuthorizer, payload: bytes) -> Granted:
    """Raises `Unusable`."""
    if kind is ApiKind.WEBSOCKET and len(payload) > LONGEST_SOCKET_RESULT:
        raise Unusable(f"its result has {len(payload)} bytes, a WebSocket API takes {LONGEST_SOCKET_RESULT}")
    try:
        result = parsed(payload)
    except ValueError:
        raise Unusable("its result is not valid JSON") from None
    if not isinstance(result, dict):
        raise Unusable("its result is no object")
    modern = kind is ApiKind.HTTP and authorizer.payload == "2.0"
    if modern and authorizer.simple:
        return _simple(result)
    principal = _principal(result, needed=not modern)
    try:
        policy = read_policy(result.get("policyDocument"))
    except Unreadable as unreadable:
        raise Unusable(str(unreadable)) from None
    if (longest := policy.longest_resource()) > LONGEST_RESOURCE:
        raise Unusable(f"a resource in its policy has {longest} bytes, API Gateway takes {LONGEST_RESOURCE}")
    context = result.get("context")
    usage_key = result.get("usageIdentifierKey")
    return Granted(
        principal,
        policy,
        allowed=False,
        context=_typed(context) if modern else _flat(context),
        usage_key=usage_key if isinstance(usage_key, str) else "",
    )


def authorizer_context(
    api: Api, route: Route, principal: str, context: Mapping[str, object], latency: int
) -> Mapping[str, object]:
    """`requestContext.authorizer` of the route's event. `latency` in ms is how long asking took, 0 for a result that
    was kept."""
    if api.kind is ApiKind.HTTP:
        proxy = route.integration
        if not (isinstance(proxy, LambdaProxy) and proxy.payload == "1.0"):
            return {"lambda": dict(context) or None}
        return {**context, **({"principalId": principal} if principal else {})}
    return {**context, "principalId": principal, "integrationLatency": latency}


def flat_text(value: object) -> str:
    """A value of the context as REST hands it on. Raises `Unusable`."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return value
        case int() | float():
            return orjson.dumps(value).decode()
    raise Unusable("its context has a value that is neither text, number nor boolean")


def _simple(result: Mapping[str, object]) -> Granted:
    allowed = result.get("isAuthorized")
    if not isinstance(allowed, bool):
        raise Unusable("its simple response has no isAuthorized that is true or false")
    return Granted("", None, allowed, _typed(result.get("context")))


def _principal(result: Mapping[str, object], *, needed: bool) -> str:
    match result.get("principalId"):
        case str(text):
            return text
        case None if not needed:
            return ""
        case int(number) if not isinstance(number, bool):
            return str(number)
        case None:
            raise Unusable("its result has no principalId")
    raise Unusable("its principalId is no text")


def _typed(context: object) -> Mapping[str, object]:
    if context is None:
        return {}
    if not isinstance(context, dict):
        raise Unusable("its context is no object")
    return context


def _flat(context: object) -> Mapping[str, object]:
    found = _typed(context)
    if RESERVED in found:
        raise Unusable(f"its context has the key {RESERVED}, which is reserved")
    return {name: flat_text(value) for name, value in found.items()}

"""`$context` of HTTP APIs: what parameter mappings and service integrations can say about a request. Pure.

Source: AWS docs, "Working with variables for HTTP APIs". An authorizer's results are `authorizer.NAME` (a Lambda
authorizer's context) and `authorizer.claims.NAME` (a token's). The epoch time is in milliseconds, as in events. What is
only known after the answer (latencies, sizes) and what belongs to mutual TLS has no value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import orjson

from localstack_lite.gateway.faces import domain_name
from localstack_lite.gateway.http_v2 import raw_path, stage_prefix
from localstack_lite.gateway.visit import Visit
from localstack_lite.gateway.wiretext import common_log_time
from localstack_lite.model.addresses import front
from localstack_lite.model.api import Api, Face, Route
from localstack_lite.model.project import Project

#: `identity.NAME` by what events of format 2.0 call it under `authorizer.iam`.
_SIGNED: Final = {
    "accountId": "accountId",
    "caller": "callerId",
    "principalOrgId": "principalOrgId",
    "user": "userId",
    "userArn": "userArn",
}
_COGNITO: Final = {"cognitoIdentityId": "identityId", "cognitoIdentityPoolId": "identityPoolId"}
_OF_REQUEST: Final[Mapping[str, Callable[[Visit], str]]] = {
    "extendedRequestId": lambda visit: visit.stamp.extended_id,
    "httpMethod": lambda visit: visit.request.method,
    "identity.sourceIp": lambda visit: visit.request.client,
    "identity.userAgent": lambda visit: visit.request.headers.get("user-agent") or "",
    "protocol": lambda visit: visit.request.protocol,
    "requestId": lambda visit: visit.stamp.extended_id,
    "requestTime": lambda visit: common_log_time(int(visit.stamp.now)),
    "requestTimeEpoch": lambda visit: str(int(visit.stamp.now * 1000)),
}


class HttpContext:
    """The variables of one route, made when the project is taken over."""

    def __init__(self, project: Project, api: Api, route: Route) -> None:
        domain = domain_name(project, api)
        self._prefix = stage_prefix(api)
        self._constant = {
            "accountId": project.account,
            "apiId": api.id,
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "routeKey": route.key,
            "stage": api.stage,
        }
        if api.face is Face.DOMAIN and (base := front(api).strip("/")):
            self._constant["customDomain.basePathMatched"] = base

    def value(self, visit: Visit, name: str) -> str | None:
        """`name` without `$context.`; None where it has no value."""
        if name in self._constant:
            return self._constant[name]
        if found := _OF_REQUEST.get(name):
            return found(visit)
        if name == "path":
            return raw_path(self._prefix, visit.path)
        authorizer = visit.caller.authorizer if visit.caller is not None else None
        if authorizer is None:
            return None
        if claim := name.removeprefix("authorizer.claims.") if name.startswith("authorizer.claims.") else "":
            return as_text(_claims(authorizer).get(claim))
        if name.startswith("authorizer."):
            return _of_lambda(authorizer, name.removeprefix("authorizer."))
        return _signed(authorizer, name.removeprefix("identity.")) if name.startswith("identity.") else None


def as_text(value: object) -> str | None:
    """A JSON value as a parameter: texts as they are, the others as JSON; null is no value."""
    if value is None or isinstance(value, str):
        return value
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return None


def _claims(authorizer: Mapping[str, object]) -> Mapping[str, object]:
    """A token's, in events of either format."""
    token = authorizer.get("jwt")
    claims = (token if isinstance(token, dict) else authorizer).get("claims")
    return claims if isinstance(claims, dict) else {}


def _of_lambda(authorizer: Mapping[str, object], name: str) -> str | None:
    context = authorizer.get("lambda")
    if isinstance(context, dict):
        return as_text(context.get(name))
    # format 1.0 has the context itself; the claims of a token are no text (AWS docs: null)
    return None if name in ("claims", "jwt", "iam") else as_text(authorizer.get(name))


def _signed(authorizer: Mapping[str, object], name: str) -> str | None:
    iam = authorizer.get("iam")
    if not isinstance(iam, dict):
        return None
    if name in _COGNITO:
        cognito = iam.get("cognitoIdentity")
        return as_text(cognito.get(_COGNITO[name])) if isinstance(cognito, dict) else None
    return as_text(iam.get(_SIGNED.get(name, "")))

"""`$context` of a REST or WebSocket API's visit: what mapping templates and parameter expressions may know of a request
beside its parameters. Pure; what does not change with the request is made once.

AWS docs, "Variables for data transformations for API Gateway". A new map for every request, because templates write
into it: `requestOverride` (header, querystring, path) and `responseOverride` (header, status). What nobody knows of the
caller's identity is an empty text, as it is in templates on AWS. Claims of a JWT authorizer are JSON (AWS docs: a text
comes with its quotes, what is not ASCII as `\\uXXXX`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from localstack_lite.gateway.faces import domain_name
from localstack_lite.gateway.rest_v1 import short_id
from localstack_lite.gateway.templates.values import of_json, text_of
from localstack_lite.gateway.visit import Visit
from localstack_lite.gateway.wiretext import common_log_time, readable
from localstack_lite.model.addresses import front
from localstack_lite.model.api import Api, Face, Route
from localstack_lite.model.authorizer import JwtAuthorizer
from localstack_lite.model.project import Project

_IDENTITY: Final = dict.fromkeys(
    (
        "accessKey",
        "accountId",
        "apiKey",
        "apiKeyId",
        "caller",
        "cognitoAuthenticationProvider",
        "cognitoAuthenticationType",
        "cognitoIdentityId",
        "cognitoIdentityPoolId",
        "principalOrgId",
        "sourceIp",
        "user",
        "userAgent",
        "userArn",
    ),
    "",
)


class Context:
    """The context of one route."""

    def __init__(self, project: Project, api: Api, route: Route) -> None:
        domain = domain_name(project, api)
        custom = api.face is Face.DOMAIN and bool(api.domain)
        self._prefix = front(api) if custom else f"/{api.stage}"
        self._jwt = route.guard is not None and isinstance(route.guard.authorizer, JwtAuthorizer)
        self._always: Mapping[str, Any] = {
            "accountId": project.account,
            "apiId": api.id,
            "deploymentId": short_id(f"{api.id}/{api.stage}"),
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "isCanaryRequest": "false",
            "resourceId": short_id(f"{api.id}{route.path}"),
            "resourcePath": route.path,
            "stage": api.stage,
            **({"customDomain": {"basePathMatched": api.base_path or "(none)"}} if custom else {}),
            **({"operationName": route.operation_name} if route.operation_name else {}),
        }

    def variables(self, visit: Visit) -> dict[str, Any]:
        """The whole context, to be changed by templates at will."""
        request, stamp = visit.request, visit.stamp
        context: dict[str, Any] = {
            **self._always,
            "authorizer": self._authorizer(visit),
            "awsEndpointRequestId": stamp.lambda_request_id,
            "extendedRequestId": stamp.extended_id,
            "httpMethod": request.method,
            "identity": _identity(visit),
            "path": self._prefix + readable(visit.path) or "/",
            "protocol": request.protocol,
            "requestId": stamp.request_id,
            "requestTime": common_log_time(int(stamp.now)),
            "requestTimeEpoch": int(stamp.now * 1000),
            "xrayTraceId": visit.trace.sent.partition(";")[0].removeprefix("Root="),
            "requestOverride": {"header": {}, "querystring": {}, "path": {}},
            "responseOverride": {"header": {}, "status": 0},
        }
        return context if visit.moment is None else self._of_socket(visit, context)

    def value(self, visit: Visit, name: str) -> str | None:
        """One variable: `identity.sourceIp`, `authorizer.claims.sub`; None where there is none."""
        return looked_up(self.variables(visit), name)

    def _authorizer(self, visit: Visit) -> dict[str, Any]:
        given = visit.caller.authorizer if visit.caller is not None else None
        found: dict[str, Any] = of_json(dict(given)) if given else {}
        claims = found.get("claims")
        if self._jwt and isinstance(claims, dict):
            found["claims"] = {name: json.dumps(claim) for name, claim in claims.items()}
        return found

    def _of_socket(self, visit: Visit, context: dict[str, Any]) -> dict[str, Any]:
        """What a WebSocket API knows more, and what it does not know."""
        moment = visit.moment
        assert moment is not None
        link = moment.link
        for name in ("httpMethod", "path", "protocol", "resourceId", "resourcePath"):
            context.pop(name, None)
        context["identity"] = {
            **context["identity"],
            "sourceIp": link.client,
            "userAgent": link.user_agent or "",
        }
        context |= {
            "connectedAt": int(link.connected_at * 1000),
            "connectionId": link.id,
            "eventType": str(moment.event),
            "messageDirection": "IN",
            "messageId": moment.message_id,
            "requestId": visit.stamp.extended_id,
            "routeKey": moment.route,
        }
        if moment.code:
            context |= {"disconnectStatusCode": moment.code, "disconnectReason": moment.reason}
        return context


def looked_up(context: Mapping[str, Any], name: str) -> str | None:
    """One variable of a context, by its name with dots; names that have dots of their own are found, too. None where
    there is none, or nothing in it."""
    found: object = context
    rest = name
    while rest and isinstance(found, Mapping):
        if rest in found:
            found, rest = found[rest], ""
            break
        first, _, rest = rest.partition(".")
        found = found.get(first)
    return None if rest or found is None or found == "" else text_of(found)


def _identity(visit: Visit) -> dict[str, Any]:
    request = visit.request
    known = {"sourceIp": request.client, "userAgent": request.headers.get("user-agent") or ""}
    given = visit.caller.identity if visit.caller is not None else {}
    return {**_IDENTITY, **known, **{name: of_json(value) for name, value in given.items() if value is not None}}

"""What a Lambda authorizer is asked: its event, and the ARN of what the client wants. Source: AWS docs, "Input to an
API Gateway Lambda authorizer" and "Control access to HTTP APIs with AWS Lambda authorizers".

A TOKEN authorizer gets the token and the ARN; every other one gets the event that the route's function would get in
that format, without its body, with `type`, the ARN and, on HTTP APIs, its identity sources. Maps that are empty are
`{}` where a function's event has null.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from localstack_lite.gateway.http_v1 import HttpV1
from localstack_lite.gateway.http_v2 import HttpV2
from localstack_lite.gateway.rest_v1 import RestV1
from localstack_lite.gateway.visit import Dialect, Visit
from localstack_lite.gateway.wiretext import decoded, readable
from localstack_lite.model.api import SOCKET, Api, ApiKind, Route
from localstack_lite.model.arn import execute_api_arn
from localstack_lite.model.authorizer import LambdaAuthorizer
from localstack_lite.model.project import Project

_MAPS = (
    "headers",
    "multiValueHeaders",
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "pathParameters",
    "stageVariables",
)

Asking = Callable[[Visit, tuple[str, ...]], bytes]
"""The event for a visit with these values of the identity sources."""


def method_arn(project: Project, api: Api, route: Route, visit: Visit) -> str:
    """`arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/VERB/path`; of a WebSocket API `.../STAGE/$connect`. The path is
    that of the request, without the stage: as sent in REST, decoded in HTTP APIs."""
    if route.method == SOCKET:
        return execute_api_arn(project.region, project.account, api.id, api.stage, route.path, "")
    path = readable(visit.path) if api.kind is ApiKind.REST else decoded(visit.path)
    where = project.region, project.account, api.id, api.stage
    return execute_api_arn(*where, visit.request.method, "/" + path.lstrip("/"))


def asking(project: Project, api: Api, route: Route, authorizer: LambdaAuthorizer) -> Asking:
    """How this authorizer is asked about this route."""
    if authorizer.token:

        def token(visit: Visit, sources: tuple[str, ...]) -> bytes:
            arn = method_arn(project, api, route, visit)
            return orjson.dumps({"type": "TOKEN", "methodArn": arn, "authorizationToken": ",".join(sources)})

        return token
    dialect = _dialect(project, api, route, authorizer)

    def event(visit: Visit, sources: tuple[str, ...]) -> bytes:
        arn = method_arn(project, api, route, visit)
        told = orjson.loads(dialect.event(replace(visit, request=replace(visit.request, body=b""))))
        return orjson.dumps(_asked(api, authorizer, told, arn, sources))

    return event


def _asked(
    api: Api, authorizer: LambdaAuthorizer, told: dict[str, Any], arn: str, sources: tuple[str, ...]
) -> dict[str, Any]:
    kind: dict[str, Any] = {"type": "REQUEST"}
    for name in ("version", "body", "isBase64Encoded"):
        told.pop(name, None)
    match api.kind:
        case ApiKind.HTTP if authorizer.payload == "2.0":
            return {"version": "2.0", **kind, "routeArn": arn, "identitySource": list(sources) or None, **told}
        case ApiKind.HTTP:
            source = ",".join(sources) or None
            kind |= {"version": "1.0", "methodArn": arn, "identitySource": source, "authorizationToken": source}
        case _:
            kind["methodArn"] = arn
    return {**kind, **told, **{name: told[name] or {} for name in _MAPS if name in told}}


def _dialect(project: Project, api: Api, route: Route, authorizer: LambdaAuthorizer) -> Dialect:
    match api.kind:
        case ApiKind.HTTP:
            made = HttpV2 if authorizer.payload == "2.0" else HttpV1
            return made(project, api, route)
        case ApiKind.WEBSOCKET:
            from localstack_lite.gateway.sockets.websocket import WebSocketDialect

            return WebSocketDialect(project, api, route)
        case _:
            return RestV1(project, api, route)

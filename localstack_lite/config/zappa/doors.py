"""What a Zappa project stands behind: API Gateway (v1 REST, v2 HTTP, WebSocket), a function URL, a load balancer. Pure.
Source: Zappa 0.63, which makes these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localstack_lite.config.zappa.guards import guard_of, policy_of, usage_plans, wants_key
from localstack_lite.config.zappa.keys import Given
from localstack_lite.model.api import SOCKET, Api, ApiKind, Cors, Face, LambdaProxy, Route
from localstack_lite.model.exposure import api_for
from localstack_lite.model.integration import (
    REST_TIMEOUT,
    IntegrationKind,
    IntegrationResponse,
    MethodResponse,
    Passthrough,
    TemplatedIntegration,
)
from localstack_lite.model.websocket import CONNECT, DEFAULT, DISCONNECT, WebSocket

_VERSIONS = {"v1": "rest", "v2": "http"}
#: What Zappa lets pass on a REST API when `cors` says nothing else.
_HEADERS = ("Content-Type", "X-Amz-Date", "Authorization", "X-Api-Key", "X-Amz-Security-Token")
_JSON = "application/json"
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def doors(given: Given, function: str) -> tuple[Api, ...]:
    """The APIs, the one that people open first. The stage stands in front of every path, as Zappa has it, unless there
    is a domain. Another kind may be chosen for the first, when nothing has to be kept closed behind it."""
    version = given.text("apigateway_version", "v1")
    if version not in _VERSIONS:
        what = f"stage {given.stage}: apigateway_version is {version!r}"
        given.tell("apigateway_version", what, "v1 or v2; v1 is used")
        version = "v1"
    kinds = []
    if given.yes("use_apigateway", True) and given.yes("apigateway_enabled", True):
        kinds.append(_VERSIONS[version])
        if version == "v2":
            _silently_open(given)
    kinds += ["url"] if given.yes("function_url_enabled", False) else []
    kinds += ["alb"] if given.yes("alb_enabled", False) else []
    made = [_door(given, function, kind) for kind in kinds]
    others = (replace(api, logical_id=f"Zappa{api.logical_id}", switchable=False) for api in made[1:])
    gateway = bool(made) and kinds[0] in _VERSIONS.values()
    sockets = (_sockets(given, function),) if gateway and given.text("websocket_handler_module") else ()
    return (*made[:1], *others, *sockets)


def _sockets(given: Given, function: str) -> Api:
    """Zappa's WebSocket API: three routes, and replies that only `send_message` sends."""
    proxy = LambdaProxy(function, "1.0", REST_TIMEOUT)
    return Api(
        "WsApi",
        f"{function}-ws",
        ApiKind.WEBSOCKET,
        tuple(Route(SOCKET, key, proxy) for key in (CONNECT, DISCONNECT, DEFAULT)),
        given.stage,
        where=given.at("websocket_handler_module"),
        websocket=WebSocket(),
    )


def _door(given: Given, function: str, kind: str) -> Api:
    domain = given.text("domain")
    api = api_for(
        function,
        kind,
        given.stage,
        Face.DOMAIN if domain else Face.AWS,
        domain=domain,
        base_path=given.text("base_path").strip("/"),
        cors=_cors(given, kind),
        where=given.at({"url": "function_url_enabled", "alb": "alb_enabled"}.get(kind, "apigateway_enabled")),
    )
    if api.kind is ApiKind.REST and not given.yes("binary_support", True):
        api = replace(api, binary_media_types=())
    if api.kind is ApiKind.REST:
        size = (
            given.values.get("payload_minimum_compression_size", 0) if given.yes("payload_compression", True) else None
        )
        api = replace(api, minimum_compression=size, policy=policy_of(given))
    guard, key = guard_of(given, api.kind, function), wants_key(given, api.kind)
    if api.policy is not None:
        api = replace(api, switchable=False)
    if guard is not None or key:
        name = guard.authorizer.name if guard else ""
        routes = tuple(replace(route, guard=guard, authorizer=name, api_key=key) for route in api.routes)
        api = replace(api, routes=routes, switchable=False, usage_plans=usage_plans(given) if key else ())
    if api.kind is ApiKind.REST and given.values.get("cors"):
        reply = _preflight(given.table("cors"))
        options = tuple(Route("OPTIONS", route.path, reply) for route in api.routes)
        api = replace(api, routes=(*api.routes, *options))
    return api


def _silently_open(given: Given) -> None:
    """What Zappa 0.63 leaves out of HTTP APIs without an error."""
    if given.table("authorizer") and not given.yes("iam_authorization", False):
        what = f"stage {given.stage}: with apigateway_version v2 Zappa deploys NO authorizer: every route stands OPEN"
        given.tell("authorizer", what, "use iam_authorization, or apigateway_version v1")
    if given.yes("api_key_required", False):
        what = f"stage {given.stage}: HTTP APIs know no API keys: with apigateway_version v2 every route stands OPEN"
        given.tell("api_key_required", what, "use apigateway_version v1")
    if given.values.get("cors") is True:
        what = f"stage {given.stage}: Zappa fails to deploy cors: true with apigateway_version v2"
        given.tell("cors", what, 'write a table, as {"allowed_origins": ["*"]}')


def _preflight(cors: Mapping[str, Any]) -> TemplatedIntegration:
    """The MOCK of a REST API that answers OPTIONS."""
    headers = {
        "Access-Control-Allow-Headers": ",".join(_several(cors, "allowed_headers", _HEADERS)),
        "Access-Control-Allow-Methods": ",".join(_several(cors, "allowed_methods", _METHODS)),
        "Access-Control-Allow-Origin": str(cors.get("allowed_origin", "*")),
    }
    parameters = {f"method.response.header.{name}": f"'{value}'" for name, value in headers.items()}
    return TemplatedIntegration(
        IntegrationKind.MOCK,
        templates={_JSON: '{"statusCode": 200}'},
        passthrough=Passthrough.NEVER,
        responses=(IntegrationResponse("200", parameters=parameters, templates={_JSON: ""}),),
        method_responses=(MethodResponse("200", tuple(headers), {_JSON: "Empty"}),),
    )


def _cors(given: Given, kind: str) -> Cors | None:
    if kind == "url":
        # One key of the table replaces Zappa's whole default.
        cors = given.table("function_url_config").get("cors", {"allowCredentials": False})
        if not cors:
            return None
        cors = cors if isinstance(cors, Mapping) else {}
        return Cors(
            _several(cors, "allowedOrigins"),
            _several(cors, "allowedMethods"),
            _several(cors, "allowedHeaders"),
            _several(cors, "exposedResponseHeaders"),
            bool(cors.get("allowCredentials", False)),
            _seconds(cors.get("maxAge")),
        )
    if kind == "alb" or not given.values.get("cors"):
        return None
    # A REST API answers its own way; these are for the HTTP API that may be chosen in its place.
    cors = given.table("cors")
    return Cors(
        _several(cors, "allowed_origin" if kind == "rest" else "allowed_origins"),
        _several(cors, "allowed_methods"),
        _several(cors, "allowed_headers"),
        _several(cors, "expose_headers", ()),
        bool(cors.get("allow_credentials")),
        _seconds(cors.get("max_age")),
    )


def _several(table: Mapping[str, Any], key: str, otherwise: tuple[str, ...] = ("*",)) -> tuple[str, ...]:
    value = table.get(key)
    if isinstance(value, list):
        return tuple(map(str, value))
    return (value,) if isinstance(value, str) else otherwise


def _seconds(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0

"""WebSocket APIs (`AWS::ApiGatewayV2` with `ProtocolType: WEBSOCKET`, SAM's among them) → model. Pure.

A route's reply goes back to the client where both are declared that AWS wants for it: the route's
`RouteResponseSelectionExpression` and an `AWS::ApiGatewayV2::RouteResponse`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from localstack_lite.config.api_domains import domains_of
from localstack_lite.config.api_stages import http_stages
from localstack_lite.config.authorizers import broken
from localstack_lite.config.belonging import belonging, says
from localstack_lite.config.guards import guard_of_resource
from localstack_lite.config.http_apis import API, integration_of, is_websocket
from localstack_lite.config.integrations import Targets, lambda_proxy, seconds
from localstack_lite.config.part import Part
from localstack_lite.config.references import references
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.config.templated import KIND, URI, response_of, templated
from localstack_lite.config.usage_plans import usage_plans
from localstack_lite.model.api import DEFAULT_STAGE, SOCKET, Api, ApiKind, Integration, Route, Unsupported
from localstack_lite.model.authorizer import CognitoAuthorizer, Guard, JwtAuthorizer, LambdaAuthorizer
from localstack_lite.model.integration import REST_TIMEOUT, IntegrationResponse
from localstack_lite.model.websocket import CONNECT, DEFAULT, WebSocket

#: What SAM calls the stage of its own; taken where a template has none (a WebSocket API has no stage `$default`).
_STAGE = "default"
_SELECTION = "$request.body.action"


def read_websocket_apis(stack: Stack, targets: Targets) -> Iterator[Api]:
    for resource in stack.of_type(API):
        try:
            ours = is_websocket(resource)
        except Refusal:  # told by the reader of HTTP APIs, which looks at all of them
            continue
        try:
            if ours:
                yield _api(resource, targets)
        except Refusal as refusal:
            resource.leave_out(refusal)


def _api(resource: Resource, targets: Targets) -> Api:
    stages = http_stages(resource)
    first, *others = (one.of_http() for one in stages)
    stage = _STAGE if first.name == DEFAULT_STAGE else first.name
    keyed = resource.text_or("", "ApiKeySelectionExpression")
    return Api(
        logical_id=resource.id,
        name=resource.text_or("", "Name") or resource.derived_name,
        kind=ApiKind.WEBSOCKET,
        routes=tuple(_routes(resource, targets, first.variables)),
        stage=stage,
        stage_variables=first.variables,
        where=resource.where(),
        stages=tuple(replace(one, usage_plans=usage_plans(resource, one.name)) for one in others),
        domains=domains_of(resource),
        limits=first.limits,
        usage_plans=usage_plans(resource, stage),
        key_source="AUTHORIZER" if "authorizer" in keyed else "HEADER",
        websocket=WebSocket(resource.text_or(_SELECTION, "RouteSelectionExpression") or _SELECTION),
    )


def _routes(api: Resource, targets: Targets, variables: Mapping[str, str]) -> Iterator[Route]:
    for declared in belonging(api, "AWS::ApiGatewayV2::Route", "ApiId"):
        try:
            yield _route(declared, targets, variables)
        except Refusal as refusal:
            declared.leave_out(refusal)


def _route(declared: Resource, targets: Targets, variables: Mapping[str, str]) -> Route:
    key = declared.text("RouteKey")
    if not key:
        raise Refusal("it has no route key", "$connect, $disconnect, $default or a name", ("RouteKey",))
    guard = guard_of_resource(declared, ApiKind.WEBSOCKET, targets, variables)
    if guard is not None and key != CONNECT:
        what = f"it asks for authorization, which AWS does for {CONNECT} only"
        raise Refusal(what, f"take it out: whoever is not let in by {CONNECT} sends nothing", ("AuthorizationType",))
    try:
        integration = _integration(declared, targets, variables)
    except Refusal as refusal:
        integration = Unsupported(refusal.what)
    if isinstance(integration, Unsupported):
        integration = Unsupported(f"{key} ({declared.logical_id}): {integration.why}")
    guard = _of_sockets(declared, guard)
    return Route(
        SOCKET,
        key,
        integration,
        declared.text_or("", "OperationName"),
        authorizer=guard.authorizer.name if guard else "",
        guard=guard,
        api_key=declared.text("ApiKeyRequired").lower() == "true",
        responds=_responds(declared),
    )


def _of_sockets(route: Resource, guard: Guard | None) -> Guard | None:
    """Functions and signatures are all that AWS has for WebSocket APIs; results are kept as long as the connection."""
    match guard:
        case Guard(LambdaAuthorizer() as asked):
            return Guard(replace(asked, ttl=0.0, payload="1.0", simple=False))
        case Guard(JwtAuthorizer() | CognitoAuthorizer() as other):
            part = Part(route, route.properties, ("AuthorizerId",))
            return Guard(broken(part, other.name, Refusal("is of a type that WebSocket APIs do not have")))
    return guard


def _responds(route: Resource) -> bool:
    expression = route.text_or("", "RouteResponseSelectionExpression")
    responses = [
        one
        for stack in route.stack.family
        for one in stack.of_type("AWS::ApiGatewayV2::RouteResponse")
        if _is_of(one, "RouteId", route)
    ]
    if bool(expression) is not bool(responses):
        missing = "AWS::ApiGatewayV2::RouteResponse" if expression else f"RouteResponseSelectionExpression: {DEFAULT}"
        what = f"nothing goes back to the client: {route.text('RouteKey')} has no {missing}"
        route.warn(Refusal(what, "AWS wants both for a reply", ("RouteResponseSelectionExpression",)))
    return bool(expression and responses)


def _integration(route: Resource, targets: Targets, variables: Mapping[str, str]) -> Integration:
    found = integration_of(route)
    if found is None:
        return Unsupported("it has no integration in this template")
    declared = Part(found, found.properties)
    if declared.text(*KIND).upper() == "AWS_PROXY":
        timeout = seconds(declared.value("timeoutInMillis"), REST_TIMEOUT)
        uri = declared.raw(*URI)
        return lambda_proxy(targets, found, uri, payload="1.0", timeout=timeout, variables=variables)
    return templated(declared, targets, variables, tuple(_responses(found)))


def _responses(integration: Resource) -> Iterator[IntegrationResponse]:
    """By their keys: `$default`, or a pattern of status codes between slashes."""
    for stack in integration.stack.family:
        for one in stack.of_type("AWS::ApiGatewayV2::IntegrationResponse"):
            if _is_of(one, "IntegrationId", integration):
                key = one.text("IntegrationResponseKey")
                pattern = "" if key == DEFAULT else key.removeprefix("/").removesuffix("/")
                yield response_of(Part(one, one.properties), pattern)


def _is_of(resource: Resource, name: str, other: Resource) -> bool:
    """Whether a property names another resource: by its id in the same stack, as text between stacks."""
    value = resource.properties.get(name)
    beside = resource.stack is other.stack and other.logical_id in references(value)
    return beside or says(resource, value) == other.derived_name

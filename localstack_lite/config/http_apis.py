"""HTTP APIs (`AWS::ApiGatewayV2`) → model: an OpenAPI body (what SAM makes), routes and integrations of their own, or
the quick-created `Target`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from localstack_lite.config.api_domains import domains_of
from localstack_lite.config.api_stages import http_stages
from localstack_lite.config.authorizers import UNREADABLE, broken
from localstack_lite.config.belonging import belonging
from localstack_lite.config.guards import guard_of, guard_of_resource
from localstack_lite.config.http_integrations import http_integration, quick
from localstack_lite.config.integrations import Targets, not_run
from localstack_lite.config.openapi import Body
from localstack_lite.config.parameters import as_text
from localstack_lite.config.part import Part
from localstack_lite.config.references import references
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.model.api import DEFAULT_ROUTE, Api, ApiKind, Cors, Integration, Route, Unsupported
from localstack_lite.model.authorizer import Guard

API = "AWS::ApiGatewayV2::Api"


def read_http_apis(stack: Stack, targets: Targets) -> Iterator[Api]:
    for resource in stack.of_type(API):
        try:
            if not is_websocket(resource):
                yield _api(resource, targets)
        except Refusal as refusal:
            resource.leave_out(refusal)


def is_websocket(resource: Resource) -> bool:
    """Whether an `AWS::ApiGatewayV2::Api` is one of the other kind."""
    return resource.text("ProtocolType").upper() == "WEBSOCKET"


def cors(found: object) -> Cors | None:
    """`CorsConfiguration` of a template or `x-amazon-apigateway-cors` of a body: the same names, another case."""
    if not isinstance(found, Mapping):
        return None
    given = {str(key)[:1].lower() + str(key)[1:]: value for key, value in found.items()}
    age = as_text(given.get("maxAge"))
    return Cors(
        allow_origins=_texts(given.get("allowOrigins")),
        allow_methods=_texts(given.get("allowMethods")),
        allow_headers=_texts(given.get("allowHeaders")),
        expose_headers=_texts(given.get("exposeHeaders")),
        allow_credentials=as_text(given.get("allowCredentials")).lower() == "true",
        max_age=int(age) if age.isdecimal() else None,
    )


def _api(resource: Resource, targets: Targets) -> Api:
    if resource.raw("BodyS3Location") is not None:
        raise Refusal("its definition is in S3, not here", "give it as Body or DefinitionBody", ("BodyS3Location",))
    stages = http_stages(resource)
    variables = stages[0].variables
    first, *others = (one.of_http() for one in stages)
    content = resource.mapping("Body")
    body = Body(resource, ApiKind.HTTP, targets, content, variables) if content else None
    routes = [
        *(body.routes() if body else ()),
        *_routes(resource, targets, variables),
        *_target(resource, targets, variables),
    ]
    configured = resource.value("CorsConfiguration") or (body.extension("x-amazon-apigateway-cors") if body else None)
    name = resource.text_or("", "Name") or (body.title() if body else "")
    return Api(
        logical_id=resource.id,
        name=name or resource.derived_name,
        kind=ApiKind.HTTP,
        routes=tuple(routes),
        stage=first.name,
        cors=cors(configured),
        stage_variables=first.variables,
        where=resource.where(),
        stages=tuple(others),
        domains=domains_of(resource),
        limits=first.limits,
    )


def _routes(resource: Resource, targets: Targets, variables: Mapping[str, str]) -> Iterator[Route]:
    for declared in belonging(resource, "AWS::ApiGatewayV2::Route", "ApiId"):
        try:
            route = _route(declared.text("RouteKey"))
        except Refusal as refusal:
            declared.leave_out(refusal)
            continue
        guard = guard_of_resource(declared, ApiKind.HTTP, targets, variables)
        try:
            integration = _integration(declared, targets, variables)
        except Refusal as refusal:
            integration = Unsupported(refusal.what)
        if isinstance(integration, Unsupported):
            integration = not_run(resource, declared, route.key, integration.why)
        yield replace(
            route,
            integration=integration,
            operation_name=declared.text_or("", "OperationName"),
            authorizer=guard.authorizer.name if guard else "",
            guard=guard,
        )


def _route(key: str) -> Route:
    if key == DEFAULT_ROUTE:
        return Route("ANY", DEFAULT_ROUTE, Unsupported(""))
    method, _, path = key.partition(" ")
    return Route(method.upper(), path, Unsupported(""))


def _integration(route: Resource, targets: Targets, variables: Mapping[str, str]) -> Integration:
    found = integration_of(route)
    if found is None:
        return Unsupported("it has no integration in this template")
    return http_integration(Part(found, found.properties), targets, variables)


def integration_of(route: Resource) -> Resource | None:
    """A route's `Target` is `integrations/ID`, in whichever way the template puts that together."""
    named = references(route.properties.get("Target"))
    integrations = tuple(integration_resources(route))
    for integration in integrations:
        if integration.stack is route.stack and integration.logical_id in named:
            return integration
    target = route.text("Target").rpartition("/")[2]
    return next((one for one in integrations if target and target == one.derived_name), None)


def integration_resources(route: Resource) -> Iterator[Resource]:
    """All integrations of the project's stacks, those of the route's own first."""
    for stack in (route.stack, *(other for other in route.stack.family if other is not route.stack)):
        yield from stack.of_type("AWS::ApiGatewayV2::Integration")


def _target(resource: Resource, targets: Targets, variables: Mapping[str, str]) -> Iterator[Route]:
    """Quick create: `Target` is what `$default` calls, or `RouteKey`."""
    if resource.raw("Target") is None:
        return
    route = _route(resource.text_or(DEFAULT_ROUTE, "RouteKey"))
    guard = _overridden(resource, targets, variables)
    integration = quick(Part(resource, resource.properties), targets, variables)
    name = guard.authorizer.name if guard else ""
    yield replace(route, integration=integration, guard=guard, authorizer=name)


def _overridden(resource: Resource, targets: Targets, variables: Mapping[str, str]) -> Guard | None:
    """Who may call what was made in one step: that is said beside the API."""
    for overrides in belonging(resource, "AWS::ApiGatewayV2::ApiGatewayManagedOverrides", "ApiId"):
        try:
            route = Part(overrides, overrides.properties).child("route")
        except Refusal as refusal:
            return Guard(broken(Part(overrides, overrides.properties), UNREADABLE, refusal))
        if route is not None and (guard := guard_of(route, ApiKind.HTTP, targets, variables)) is not None:
            return guard
    return None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(as_text, value)) if isinstance(value, list) else (as_text(value),) if value else ()

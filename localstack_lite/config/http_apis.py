"""HTTP APIs (`AWS::ApiGatewayV2`) → model: an OpenAPI body (what SAM makes), routes and integrations of their own, or
the quick-created `Target`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from localstack_lite.config.integrations import HTTP_TIMEOUT, Targets, lambda_proxy, protected, seconds
from localstack_lite.config.intrinsics import Resolver
from localstack_lite.config.openapi import Body
from localstack_lite.config.parameters import as_text
from localstack_lite.config.references import references
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.config.standins import api_id
from localstack_lite.model.api import DEFAULT_ROUTE, DEFAULT_STAGE, Api, ApiKind, Cors, Integration, Route, Unsupported

API = "AWS::ApiGatewayV2::Api"


def read_http_apis(stack: Stack, targets: Targets) -> Iterator[Api]:
    for resource in stack.of_type(API):
        try:
            if (resource.text_or("HTTP", "ProtocolType") or "HTTP").upper() != "HTTP":
                raise Refusal("WebSocket APIs are not served by this version", "", ("ProtocolType",))
            yield _api(resource, targets)
        except Refusal as refusal:
            resource.leave_out(refusal)


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
    stage, variables = _stage(resource)
    content = resource.mapping("Body")
    body = Body(resource, ApiKind.HTTP, targets, content, variables) if content else None
    routes = [*(body.routes() if body else ()), *_routes(resource, targets, variables), *_target(resource, targets)]
    configured = resource.value("CorsConfiguration") or (body.extension("x-amazon-apigateway-cors") if body else None)
    name = resource.text_or("", "Name") or (body.title() if body else "")
    return Api(
        logical_id=resource.id,
        name=name or resource.derived_name,
        kind=ApiKind.HTTP,
        routes=tuple(routes),
        stage=stage,
        cors=cors(configured),
        stage_variables=variables,
        where=resource.where(),
    )


def belonging(resource: Resource, kind: str, name: str) -> Iterator[Resource]:
    """Resources of a kind whose property `name` speaks of this API, those first that stand beside it. Nested stacks get
    its id as a parameter, or as an output of another one."""
    for other in resource.stack.of_type(kind):
        if resource.logical_id in references(other.properties.get(name)):
            yield other
    for stack in resource.stack.family:
        for other in stack.of_type(kind) if stack is not resource.stack else ():
            if _says(other, name) == api_id(resource.derived_name):
                yield other


def _says(resource: Resource, name: str) -> str:
    """A property as text; empty when it cannot be resolved, which the resource's own stack tells where it matters."""
    try:
        return as_text(Resolver(resource.stack.scope).resolve(resource.properties.get(name)))
    except Refusal:
        return ""


def stage_variables(stage: Resource, *path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in stage.mapping(*path):
        try:
            found[key] = stage.text(*path, key)
        except Refusal as refusal:
            stage.warn(refusal)
    return found


def _stage(resource: Resource) -> tuple[str, dict[str, str]]:
    """The first stage counts; an API has one on this machine."""
    for stage in belonging(resource, "AWS::ApiGatewayV2::Stage", "ApiId"):
        return stage.text_or(DEFAULT_STAGE, "StageName"), stage_variables(stage, "StageVariables")
    return DEFAULT_STAGE, {}


def _routes(resource: Resource, targets: Targets, variables: Mapping[str, str]) -> Iterator[Route]:
    for declared in belonging(resource, "AWS::ApiGatewayV2::Route", "ApiId"):
        try:
            key = declared.text("RouteKey")
            method, _, path = key.partition(" ")
            route = (
                Route("ANY", DEFAULT_ROUTE, Unsupported(""))
                if key == DEFAULT_ROUTE
                else Route(method.upper(), path, Unsupported(""))
            )
            authorization = declared.text("AuthorizationType", default="NONE").upper()
            name = authorization if authorization != "NONE" else ""
            if name in ("JWT", "CUSTOM"):
                name = next(iter(references(declared.properties.get("AuthorizerId"))), name)
            read = partial(_integration, declared, targets, variables)
            integration = protected(key, name, read) if name else read()
            operation = declared.text_or("", "OperationName")
            yield Route(route.method, route.path, integration, operation, name)
        except Refusal as refusal:
            declared.leave_out(refusal)


def _integration(route: Resource, targets: Targets, variables: Mapping[str, str]) -> Integration:
    named = references(route.properties.get("Target"))
    for integration in route.stack.of_type("AWS::ApiGatewayV2::Integration"):
        if integration.logical_id not in named:
            continue
        kind = integration.text_or("", "IntegrationType").upper()
        if kind != "AWS_PROXY" or integration.raw("IntegrationSubtype"):
            return Unsupported(f"{integration.logical_id} is of type {kind}, which this version does not run")
        return lambda_proxy(
            targets,
            integration,
            integration.raw("IntegrationUri"),
            payload=integration.text_or("1.0", "PayloadFormatVersion"),
            timeout=seconds(integration.value("TimeoutInMillis"), HTTP_TIMEOUT),
            variables=variables,
        )
    return Unsupported(f"{route.logical_id} has no integration in this template")


def _target(resource: Resource, targets: Targets) -> Iterator[Route]:
    """Quick create: `Target` is the function of `$default`, or of `RouteKey`."""
    target = resource.raw("Target")
    if target is None:
        return
    key = resource.text_or(DEFAULT_ROUTE, "RouteKey")
    method, _, path = key.partition(" ")
    integration = lambda_proxy(targets, resource, target, payload="2.0", timeout=HTTP_TIMEOUT)
    yield Route("ANY", DEFAULT_ROUTE, integration) if key == DEFAULT_ROUTE else Route(method.upper(), path, integration)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(as_text, value)) if isinstance(value, list) else (as_text(value),) if value else ()

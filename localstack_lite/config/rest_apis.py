"""REST APIs (`AWS::ApiGateway`) → model: an OpenAPI body (what SAM makes), or trees of resources and methods. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from localstack_lite.config.api_domains import domains_of
from localstack_lite.config.api_stages import rest_stages
from localstack_lite.config.belonging import belonging
from localstack_lite.config.gateway_responses import gateway_responses
from localstack_lite.config.guards import guard_of_resource
from localstack_lite.config.integrations import Targets, lambda_proxy, not_run, seconds
from localstack_lite.config.openapi import Body
from localstack_lite.config.parameters import as_text
from localstack_lite.config.part import Part
from localstack_lite.config.references import references
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.resource_policies import resource_policy
from localstack_lite.config.schemas import Schemas
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.config.standins import ROOT
from localstack_lite.config.templated import method_responses_of, responses_of, templated
from localstack_lite.config.usage_plans import usage_plans, with_a_key
from localstack_lite.config.validations import models_of, of_method
from localstack_lite.model.api import Api, ApiKind, Integration, Route, Unsupported
from localstack_lite.model.integration import REST_TIMEOUT
from localstack_lite.model.usage import UsagePlan

API = "AWS::ApiGateway::RestApi"
_RESOURCE = "AWS::ApiGateway::Resource"


def read_rest_apis(stack: Stack, targets: Targets) -> Iterator[Api]:
    for resource in stack.of_type(API):
        try:
            yield _api(resource, targets)
        except Refusal as refusal:
            resource.leave_out(refusal)


def _api(resource: Resource, targets: Targets) -> Api:
    if resource.raw("BodyS3Location") is not None:
        raise Refusal("its definition is in S3, not here", "give it as Body or DefinitionBody", ("BodyS3Location",))
    stages = rest_stages(resource)
    variables = stages[0].variables
    content = resource.mapping("Body")
    schemas = models_of(resource, content)
    body = Body(resource, ApiKind.REST, targets, content, variables, schemas) if content else None
    routes = (*(body.routes() if body else ()), *_methods(resource, targets, variables, schemas))
    setting = _Settings(Part(resource, resource.properties), body)
    first, *others = (one.of_rest(routes, _plans(resource, one.name, routes)) for one in stages)
    name = resource.text_or("", "Name") or (body.title() if body else "")
    return Api(
        logical_id=resource.id,
        name=name or resource.derived_name,
        kind=ApiKind.REST,
        routes=routes,
        stage=first.name,
        binary_media_types=setting.binary_media_types(),
        stage_variables=first.variables,
        where=resource.where(),
        stages=tuple(others),
        domains=domains_of(resource),
        limits=first.limits,
        usage_plans=first.usage_plans,
        key_source=setting.key_source(),
        gateway_responses=gateway_responses(resource, content),
        policy=resource_policy(resource, content),
        minimum_compression=setting.minimum_compression(),
    )


def _plans(resource: Resource, stage: str, routes: tuple[Route, ...]) -> tuple[UsagePlan, ...]:
    found = usage_plans(resource, stage)
    return with_a_key(resource, stage, found) if any(route.api_key for route in routes) else found


@dataclass(frozen=True, slots=True)
class _Settings:
    """Settings that an API has as a property or its body as an extension. One that cannot be read is told and left
    out."""

    declared: Part
    body: Body | None

    def binary_media_types(self) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                as_text(kind).replace("~1", "/")
                for value in self._values("binaryMediaTypes", "x-amazon-apigateway-binary-media-types")
                for kind in (value if isinstance(value, list) else ())
            )
        )

    def key_source(self) -> str:
        found = [as_text(one) for one in self._values("apiKeySourceType", "x-amazon-apigateway-api-key-source")]
        return "AUTHORIZER" if "AUTHORIZER" in (one.upper() for one in found[:1]) else "HEADER"

    def minimum_compression(self) -> int | None:
        values = self._values("minimumCompressionSize", "x-amazon-apigateway-minimum-compression-size")
        found = next(iter(values), None)
        return int(text) if (text := as_text(found)).isdecimal() else None

    def _values(self, name: str, extension: str) -> list[object]:
        """The property's before the body's, as far as they are there."""
        try:
            own = self.declared.value(name)
        except Refusal as refusal:
            self.declared.owner.warn(refusal)
            own = None
        return [one for one in (own, self.body.extension(extension) if self.body else None) if one is not None]


def _methods(api: Resource, targets: Targets, variables: Mapping[str, str], schemas: Schemas) -> Iterator[Route]:
    for declared in belonging(api, "AWS::ApiGateway::Method", "RestApiId"):
        try:
            method = declared.text("HttpMethod", default="ANY").upper()
            route = Route(method, _path(declared, api), Unsupported(""))
        except Refusal as refusal:
            declared.leave_out(refusal)
            continue
        guard = guard_of_resource(declared, ApiKind.REST, targets, variables)
        try:
            integration = _integration(declared, targets, variables)
        except Refusal as refusal:
            integration = Unsupported(refusal.what)
        if isinstance(integration, Unsupported):
            integration = not_run(api, declared, route.key, integration.why)
        yield replace(
            route,
            integration=integration,
            operation_name=declared.text_or("", "OperationName"),
            authorizer=guard.authorizer.name if guard else "",
            guard=guard,
            api_key=_wants_key(declared),
            validation=of_method(declared, schemas),
        )


def _wants_key(method: Resource) -> bool:
    """A value that cannot be resolved counts as yes."""
    try:
        return method.text("ApiKeyRequired").lower() == "true"
    except Refusal as refusal:
        method.warn(refusal, "; a key is asked for")
        return True


def _path(method: Resource, api: Resource) -> str:
    """Climbs from the method's resource to the API's root."""
    parts: list[str] = []
    step, above = method, "ResourceId"
    for _ in range(100):
        parent = _above(step, above, api)
        if parent is None:
            return "/" + "/".join(reversed(parts))
        parts.append(parent.text("PathPart"))
        step, above = parent, "ParentId"
    raise Refusal("its path leads in a circle", "look at ParentId of the API's resources", ("ResourceId",))


def _above(step: Resource, name: str, api: Resource) -> Resource | None:
    """The API resource that a property names; None when that is the API's root. Between nested stacks ids are handed
    over as text."""
    value = step.properties.get(name)
    named = references(value) & step.stack.resources.keys()
    if value is None or (api.stack is step.stack and api.logical_id in named):
        return None
    for logical_id in named:
        if Resource(step.stack, logical_id).kind == _RESOURCE:
            return Resource(step.stack, logical_id)
    text = step.text(name)
    if text == ROOT:
        return None
    for stack in step.stack.family:
        for resource in stack.of_type(_RESOURCE):
            if text == resource.derived_name:
                return resource
    raise Refusal(f"there is no API resource {next(iter(named), text)}", "", (name,))


def _integration(method: Resource, targets: Targets, variables: Mapping[str, str]) -> Integration:
    declared = Part(method, method.mapping("Integration"), ("Integration",))
    if not declared.content:
        return Unsupported("it has no integration")
    if declared.text("type").upper() == "AWS_PROXY":
        return lambda_proxy(
            targets,
            method,
            declared.raw("uri"),
            payload="1.0",
            timeout=seconds(declared.value("timeoutInMillis"), REST_TIMEOUT),
            method=declared.text("integrationHttpMethod", default="POST").upper(),
            variables=variables,
            streamed=declared.text("responseTransferMode") == "STREAM",
            parameters=declared.value("requestParameters"),
        )
    answers = method_responses_of(Part(method, method.properties))
    return templated(declared, targets, variables, responses_of(declared), answers)

"""REST APIs (`AWS::ApiGateway`) → model: an OpenAPI body (what SAM makes), or trees of resources and methods. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from localstack_lite.config.http_apis import belonging, stage_variables
from localstack_lite.config.integrations import REST_TIMEOUT, Targets, fixed_reply, lambda_proxy, protected, seconds
from localstack_lite.config.openapi import Body
from localstack_lite.config.parameters import as_text
from localstack_lite.config.references import references
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.config.standins import ROOT
from localstack_lite.model.api import Api, ApiKind, Integration, Route, Unsupported

API = "AWS::ApiGateway::RestApi"
_RESOURCE = "AWS::ApiGateway::Resource"
#: What SAM calls the stage of its own REST API; taken where a template has none.
_STAGE = "Prod"


def read_rest_apis(stack: Stack, targets: Targets) -> Iterator[Api]:
    for resource in stack.of_type(API):
        try:
            yield _api(resource, targets)
        except Refusal as refusal:
            resource.leave_out(refusal)


def _api(resource: Resource, targets: Targets) -> Api:
    if resource.raw("BodyS3Location") is not None:
        raise Refusal("its definition is in S3, not here", "give it as Body or DefinitionBody", ("BodyS3Location",))
    stage, variables = _stage(resource)
    content = resource.mapping("Body")
    body = Body(resource, ApiKind.REST, targets, content, variables) if content else None
    routes = [*(body.routes() if body else ()), *_methods(resource, targets, variables)]
    binary = [*_binary(resource), *_texts(body.extension("x-amazon-apigateway-binary-media-types") if body else None)]
    name = resource.text_or("", "Name") or (body.title() if body else "")
    return Api(
        logical_id=resource.id,
        name=name or resource.derived_name,
        kind=ApiKind.REST,
        routes=tuple(routes),
        stage=stage,
        binary_media_types=tuple(dict.fromkeys(kind.replace("~1", "/") for kind in binary)),
        stage_variables=variables,
        where=resource.where(),
    )


def _stage(resource: Resource) -> tuple[str, dict[str, str]]:
    for stage in belonging(resource, "AWS::ApiGateway::Stage", "RestApiId"):
        return stage.text_or(_STAGE, "StageName"), stage_variables(stage, "Variables")
    for deployment in belonging(resource, "AWS::ApiGateway::Deployment", "RestApiId"):
        if name := deployment.text_or("", "StageName"):
            return name, stage_variables(deployment, "StageDescription", "Variables")
    return _STAGE, {}


def _binary(resource: Resource) -> tuple[str, ...]:
    try:
        return resource.texts("BinaryMediaTypes")
    except Refusal as refusal:
        resource.warn(refusal)
        return ()


def _methods(api: Resource, targets: Targets, variables: Mapping[str, str]) -> Iterator[Route]:
    for declared in belonging(api, "AWS::ApiGateway::Method", "RestApiId"):
        try:
            method = declared.text("HttpMethod", default="ANY").upper()
            route = Route(method, _path(declared, api), Unsupported(""))
            name = _authorizer(declared)
            read = partial(_integration, declared, targets, variables, method)
            integration = protected(route.key, name, read) if name else read()
            yield Route(method, route.path, integration, declared.text_or("", "OperationName"), name)
        except Refusal as refusal:
            declared.leave_out(refusal)


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


def _authorizer(method: Resource) -> str:
    kind = method.text("AuthorizationType", default="NONE").upper()
    if kind != "NONE":
        return next(iter(references(method.properties.get("AuthorizerId"))), kind)
    return "an API key" if method.text("ApiKeyRequired").lower() == "true" else ""


def _integration(method: Resource, targets: Targets, variables: Mapping[str, str], verb: str) -> Integration:
    kind = method.text("Integration", "Type").upper()
    if kind == "AWS_PROXY":
        return lambda_proxy(
            targets,
            method,
            method.raw("Integration", "Uri"),
            payload="1.0",
            timeout=seconds(method.value("Integration", "TimeoutInMillis"), REST_TIMEOUT),
            method=(method.text("Integration", "IntegrationHttpMethod") or "POST").upper(),
            variables=variables,
            streamed=method.text("Integration", "ResponseTransferMode") == "STREAM",
            parameters=method.value("Integration", "RequestParameters"),
        )
    if kind == "MOCK":
        responses = method.value("Integration", "IntegrationResponses")
        return fixed_reply(
            (
                {
                    "status": response.get("StatusCode"),
                    "headers": response.get("ResponseParameters"),
                    "templates": response.get("ResponseTemplates"),
                }
                for response in (responses if isinstance(responses, list) else [])
                if isinstance(response, Mapping)
            ),
            verb,
        )
    return Unsupported(f"{method.logical_id} has an integration of type {kind}, which this version does not run")


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(as_text, value)) if isinstance(value, list) else ()

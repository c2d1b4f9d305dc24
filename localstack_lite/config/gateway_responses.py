"""Answers of the gateway itself that a project changes → model: resources of their own, or a part of the body. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from localstack_lite.config.belonging import belonging
from localstack_lite.config.part import Part
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.stack import Resource
from localstack_lite.model.gateway_response import GatewayResponse, ResponseType

_EXTENSION = "x-amazon-apigateway-gateway-responses"


def gateway_responses(api: Resource, body: Mapping[str, object]) -> tuple[GatewayResponse, ...]:
    """One for each type; a resource counts more than the body. One that cannot be read is told and left out."""
    found: dict[ResponseType, GatewayResponse] = {}
    for declared, kind in (*_of_body(api, body), *_resources(api)):
        try:
            response = _read(declared, kind if kind is not None else declared.text("responseType"))
        except Refusal as refusal:
            declared.owner.warn(refusal.at(declared.path), "; the gateway's own answer is given")
        else:
            found[response.type] = response
    return tuple(found.values())


def _of_body(api: Resource, body: Mapping[str, object]) -> Iterator[tuple[Part, str | None]]:
    try:
        yield from ((each, name) for name, each in tuple(Part(api, body, ("Body",)).named(_EXTENSION)))
    except Refusal as refusal:
        api.warn(refusal)


def _resources(api: Resource) -> Iterator[tuple[Part, str | None]]:
    for resource in belonging(api, "AWS::ApiGateway::GatewayResponse", "RestApiId"):
        yield Part(resource, resource.properties), None


def _read(declared: Part, name: str) -> GatewayResponse:
    try:
        kind = ResponseType(name)
    except ValueError:
        raise Refusal(f"there is no gateway response {name}", did_you_mean(name, ResponseType)) from None
    return GatewayResponse(
        kind, declared.text("statusCode"), declared.pairs("responseParameters"), declared.pairs("responseTemplates")
    )

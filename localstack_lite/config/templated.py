"""Integrations that are no proxy of a function (MOCK, HTTP, HTTP_PROXY, AWS) → model, as a method, a body or an
integration of its own declares them. Pure. What nothing can run is `Unsupported`, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from localstack_lite.config.integrations import Targets, address_of, seconds
from localstack_lite.config.part import Part
from localstack_lite.config.refusal import Refusal
from localstack_lite.model.api import Integration, Unsupported
from localstack_lite.model.aws_services import unsupported
from localstack_lite.model.integration import (
    REST_TIMEOUT,
    AwsService,
    ContentHandling,
    IntegrationKind,
    IntegrationResponse,
    MethodResponse,
    Passthrough,
    TemplatedIntegration,
)

_SERVICE = re.compile(r"arn:[\w-]+:apigateway:([\w-]*):([\w.-]+):(path|action)/(.*)", re.DOTALL)
_FUNCTION = re.compile(r":lambda:path/+[\d-]+/functions/")
#: How a resource of an HTTP or WebSocket API calls the same things.
URI = ("uri", "integrationUri")
METHOD = ("httpMethod", "integrationHttpMethod", "integrationMethod")
KIND = ("type", "integrationType")
_HANDLING = ("contentHandling", "contentHandlingStrategy")
_Kind = TypeVar("_Kind", bound=StrEnum)


def templated(
    declared: Part,
    targets: Targets,
    variables: Mapping[str, str],
    responses: tuple[IntegrationResponse, ...] = (),
    method_responses: tuple[MethodResponse, ...] = (),
) -> Integration:
    """`responses` and `method_responses` are declared in other places by other forms. A Refusal for a value that cannot
    be resolved or is none of AWS's."""
    kind = _one_of(IntegrationKind, declared.text(*KIND).upper(), "an integration's type")
    function = qualifier = address = ""
    service: AwsService | None = None
    if kind is not IntegrationKind.MOCK:
        address = address_of(declared.owner, declared.raw(*URI))
    if kind is IntegrationKind.AWS:
        found = _SERVICE.match(address)
        if found is None or _FUNCTION.search(address):
            try:
                function = targets.function(declared.owner, declared.raw(*URI), variables)
                qualifier = targets.qualifier(declared.owner, declared.raw(*URI), variables)
            except Refusal as refusal:
                return Unsupported(refusal.what)
        else:
            subdomain, _, name = found[2].rpartition(".")
            path, action = (found[4], "") if found[3] == "path" else ("", found[4])
            service = AwsService(name, found[1] or declared.owner.stack.scope.place.region, path, action, subdomain)
            if problem := unsupported(service):
                return Unsupported(problem)
        address = ""
    elif kind is not IntegrationKind.MOCK and (problem := unreachable(declared, address)):
        return Unsupported(problem)
    secure = declared.child("tlsConfig")
    return TemplatedIntegration(
        kind,
        address,
        declared.text(*METHOD).upper(),
        function,
        qualifier,
        service,
        declared.pairs("requestParameters"),
        declared.pairs("requestTemplates"),
        _one_of(Passthrough, declared.text("passthroughBehavior").upper() or "WHEN_NO_MATCH", "PassthroughBehavior"),
        _handling(declared),
        responses,
        method_responses,
        seconds(declared.value("timeoutInMillis"), REST_TIMEOUT),
        bool(secure and secure.flag("insecureSkipVerification")),
        declared.text("templateSelectionExpression"),
    )


def unreachable(declared: Part, address: str) -> str:
    """Why an address cannot be called from here; empty when it can. One behind a VPC link is called directly, which is
    told."""
    linked = declared.text("connectionType").upper() == "VPC_LINK"
    if not address.startswith(("http://", "https://", "${stageVariables.")):
        through = "through a VPC link, " if linked else ""
        return f"it calls {through}{address or 'nothing'}, which is no address that this machine reaches"
    if linked:
        what = f"it goes through a VPC link in the cloud; here {address} is called directly"
        declared.owner.warn(Refusal(what, "make that address answer on this machine", declared.path))
    return ""


def responses_of(declared: Part) -> tuple[IntegrationResponse, ...]:
    """Those of an integration: a list in a method, by their patterns in a body."""
    if isinstance(declared.raw("integrationResponses"), list):
        listed = [(each.text("selectionPattern"), each) for each in declared.children("integrationResponses")]
    else:
        listed = [("" if name == "default" else name, each) for name, each in declared.named("responses")]
    return tuple(response_of(each, pattern) for pattern, each in listed)


def response_of(declared: Part, pattern: str) -> IntegrationResponse:
    return IntegrationResponse(
        declared.text("statusCode", default="200"),
        pattern,
        declared.pairs("responseParameters"),
        declared.pairs("responseTemplates"),
        _handling(declared),
    )


def method_responses_of(method: Part) -> tuple[MethodResponse, ...]:
    """Those of an `AWS::ApiGateway::Method`."""
    return tuple(
        MethodResponse(
            each.text("statusCode"),
            tuple(_header(name) for name in each.pairs("responseParameters")),
            each.pairs("responseModels"),
        )
        for each in method.children("methodResponses")
    )


def _header(parameter: str) -> str:
    return parameter.removeprefix("method.response.header.")


def operation_responses(operation: Part, produces: tuple[str, ...]) -> Iterator[MethodResponse]:
    """Those of an operation of a body; `produces` are the content types that OpenAPI 2 has for all of them."""
    for status, each in operation.named("responses"):
        headers = tuple(name for name, _ in each.named("headers"))
        if each.has("content"):
            models = {kind: _name(content) for kind, content in each.named("content")}
        else:
            models = dict.fromkeys(produces, _name(each)) if each.has("schema") else {}
        yield MethodResponse(status, headers, models)


def _name(declared: Part) -> str:
    """The model that a schema refers to; empty when it is written out."""
    schema = declared.child("schema")
    return schema.text("$ref").rpartition("/")[2] if schema else ""


def _handling(declared: Part) -> ContentHandling:
    return _one_of(ContentHandling, declared.text(*_HANDLING).upper(), "ContentHandling")


def _one_of(kinds: type[_Kind], text: str, what: str) -> _Kind:
    try:
        return kinds(text)
    except ValueError:
        known = ", ".join(one.value for one in kinds if one.value)
        raise Refusal(f"{what} is {text or 'missing'}", f"one of {known}") from None

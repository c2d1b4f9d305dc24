"""What a route of an HTTP API calls: a function, an address, or an action of a service, with the parameters that it
changes on the way. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from localstack_lite.config.authorizers import version
from localstack_lite.config.integrations import Targets, address_of, lambda_proxy, seconds
from localstack_lite.config.part import Part
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.templated import KIND, METHOD, URI, unreachable
from localstack_lite.model.api import Integration, Unsupported
from localstack_lite.model.integration import HTTP_TIMEOUT, HttpProxy, ParameterChanges, ServiceAction
from localstack_lite.model.parameter_mapping import unmappable
from localstack_lite.model.service_subtypes import unsupported_action

_REGION = "Region"


def http_integration(declared: Part, targets: Targets, variables: Mapping[str, str]) -> Integration:
    """`declared` is an `AWS::ApiGatewayV2::Integration`, or an operation's `x-amazon-apigateway-integration`. A Refusal
    for a value that cannot be resolved."""
    kind = declared.text(*KIND).upper()
    timeout = seconds(declared.value("timeoutInMillis"), HTTP_TIMEOUT)
    parameters, responses = declared.pairs("requestParameters"), _responses(declared)
    if kind == "AWS_PROXY" and (subtype := declared.text("integrationSubtype")):
        # A region that the request says stays among the parameters.
        region = parameters.pop(_REGION) if parameters.get(_REGION, "$")[:1] != "$" else ""
        action = ServiceAction(subtype, parameters, region, _mappable(declared, {}, responses), timeout)
        problem = unsupported_action(action)
        return Unsupported(problem) if problem else action
    changes = _mappable(declared, parameters, responses)
    if kind == "AWS_PROXY":
        return lambda_proxy(
            targets,
            declared.owner,
            declared.raw(*URI),
            payload=version(declared.text("payloadFormatVersion")),
            timeout=timeout,
            variables=variables,
            changes=changes,
        )
    if kind == "HTTP_PROXY":
        address = address_of(declared.owner, declared.raw(*URI))
        if problem := unreachable(declared, address):
            return Unsupported(problem)
        return HttpProxy(address, declared.text(*METHOD, default="ANY").upper(), changes, timeout)
    return Unsupported(f"it is of type {kind or 'unknown'}, which HTTP APIs do not have")


def quick(declared: Part, targets: Targets, variables: Mapping[str, str]) -> Integration:
    """The `Target` of an API that is made in one step: a function or an address."""
    target = declared.raw("target")
    try:
        address = address_of(declared.owner, target, variables)
    except Refusal as refusal:
        return Unsupported(refusal.what)
    if address.startswith(("http://", "https://")):
        return HttpProxy(address)
    return lambda_proxy(targets, declared.owner, target, payload="2.0", timeout=HTTP_TIMEOUT, variables=variables)


def _mappable(
    declared: Part, request: Mapping[str, str], responses: Mapping[str, Mapping[str, str]]
) -> ParameterChanges:
    """The changes as declared; those that AWS would refuse are told, and do nothing."""
    changes = ParameterChanges(request, responses)
    for problem in unmappable(changes):
        declared.owner.warn(Refusal(problem, "AWS refuses this mapping; it changes nothing here", declared.path))
    return changes


def _responses(declared: Part) -> dict[str, dict[str, str]]:
    """Changes of replies by status code: a list of sources and destinations in a resource, a mapping in a body."""
    found: dict[str, dict[str, str]] = {}
    for status, each in declared.named("responseParameters"):
        if each.has("responseParameters"):
            found[status] = {one.text("destination"): one.text("source") for one in each.children("responseParameters")}
        else:
            found[status] = {name: each.text(name) for name in each.content}
    return found

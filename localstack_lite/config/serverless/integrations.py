"""What a method of a service's REST API calls: `integration: lambda | mock | http | http-proxy`, or the function as a
proxy. Pure.

Recorded with osls 3.77: the nine status codes with their patterns, templates and headers of responses, where content
handling goes, what `async` sets.
"""

from __future__ import annotations

from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.made import Values, arn_of, as_list, as_mapping, invocation_uri
from localstack_lite.config.serverless.vtl import JSON, request_templates

_KINDS = {"LAMBDA": "AWS", "LAMBDA_PROXY": "AWS_PROXY"}
_ANSWERED = ("AWS", "HTTP", "MOCK")
_ANY_TEXT = r"[\s\S]*"
_DEFAULT = {"pattern": ""}
_PLACES = {"querystrings": "querystring", "paths": "path", "headers": "header"}


def kind_of(said: Values) -> str:
    """API Gateway's word for the integration of an event."""
    given = as_text(said.get("integration")).upper().replace("-", "_")
    return _KINDS.get(given, given) or ("AWS" if said.get("async") else "AWS_PROXY")


def integration(function: str, method: str, said: Values, gateway: Values) -> dict[str, Any]:
    """`said` is the event's long form, `gateway` what the provider says of API Gateway."""
    kind, request = kind_of(said), as_mapping(said.get("request"))
    made: dict[str, Any] = {"IntegrationHttpMethod": "POST", "Type": kind}
    if kind in ("AWS", "AWS_PROXY"):
        made["Uri"] = invocation_uri(arn_of(function))
    if kind in ("HTTP", "HTTP_PROXY"):
        made |= {"Uri": request.get("uri"), "IntegrationHttpMethod": as_text(request.get("method") or method).upper()}
        link = as_text(said.get("connectionType")).upper().replace("-", "_")
        made |= {"ConnectionType": link, "ConnectionId": said.get("connectionId")} if link else {}
    if (timeout := said.get("timeoutInMillis", gateway.get("timeoutInMillis"))) is not None:
        made["TimeoutInMillis"] = timeout
    if as_text(as_mapping(said.get("response")).get("transferMode")).upper() == "STREAM":
        made["ResponseTransferMode"] = "STREAM"
    if kind in _ANSWERED:
        made |= _requested(kind, request, said)
        made["IntegrationResponses"] = _responses(kind, said)
    if kind in ("AWS", "HTTP", "HTTP_PROXY") and (parameters := _mapped(request, said)):
        made["RequestParameters"] = parameters
    return made


def method_responses(said: Values) -> list[dict[str, Any]]:
    kind = kind_of(said)
    return [
        {
            "StatusCode": status,
            "ResponseParameters": dict.fromkeys(_parameters(said, config), True),
            "ResponseModels": {},
        }
        for status, config in (_status_codes(kind, said) if kind in _ANSWERED else {}).items()
    ]


def _requested(kind: str, request: Values, said: Values) -> dict[str, Any]:
    own = request.get("template")
    given = own if isinstance(own, dict) else {} if own is None else {JSON: own}
    templates = request_templates(_claims(said)) if kind == "AWS" else {}
    templates = {name: text for name, text in {**templates, **given}.items() if text is not None}
    made = {
        "PassthroughBehavior": request.get("passThrough") or ("NEVER" if kind == "AWS" else None),
        "RequestTemplates": templates or None,
        "ContentHandling": request.get("contentHandling"),
    }
    return {name: value for name, value in made.items() if value is not None}


def _claims(said: Values) -> list[str]:
    return [as_text(one) for one in as_list(as_mapping(said.get("authorizer")).get("claims"))]


def _responses(kind: str, said: Values) -> list[dict[str, Any]]:
    response = as_mapping(said.get("response"))
    handling, shared = response.get("contentHandling"), response.get("template")
    return [
        {
            "StatusCode": status,
            "SelectionPattern": (pattern := as_text(config.get("pattern"))),
            "ResponseParameters": _parameters(said, config),
            "ResponseTemplates": _templates(config.get("template") or shared),
            **({"ContentHandling": handling} if handling and not pattern else {}),
        }
        for status, config in _status_codes(kind, said).items()
    ]


def _status_codes(kind: str, said: Values) -> dict[str, Values]:
    """By status, the smallest first. What says none has the framework's own, unless it is a MOCK or HTTP integration
    that says nothing of its response."""
    response = as_mapping(said.get("response"))
    given = response.get("statusCodes")
    if isinstance(given, dict):
        codes = {as_text(status): as_mapping(config) for status, config in given.items()}
        if all(as_text(config.get("pattern")) or "pattern" not in config for config in codes.values()):
            codes["200"] = _DEFAULT
        return dict(sorted(codes.items(), key=lambda one: (len(one[0]), one[0])))
    return _usual() if response or kind == "AWS" else {}


def _usual() -> dict[str, Values]:
    """A function chooses a status by `[404]` in the message of its error."""
    patterns = {f"{status}": rf"{_ANY_TEXT}\[{status}\]{_ANY_TEXT}" for status in (400, 401, 403, 404, 422, 502)}
    exited = r"Process\s?exited\s?before\s?completing\s?request"
    patterns["500"] = rf"{_ANY_TEXT}({exited}|\[500\]){_ANY_TEXT}"
    patterns["504"] = rf"({_ANY_TEXT}\[504\]{_ANY_TEXT})|(.*Task timed out after \d+\.\d+ seconds$)"
    return {"200": _DEFAULT, **{status: {"pattern": patterns[status]} for status in sorted(patterns)}}


def _templates(template: object) -> dict[str, Any]:
    if isinstance(template, dict):
        return {str(kind): text for kind, text in template.items() if text is not None}
    return {} if template is None else {JSON: template}


def _parameters(said: Values, config: Values) -> dict[str, str]:
    """Headers of a response: those of `cors`, of all responses, of this one."""
    headers: dict[str, Any] = {}
    if cors := said.get("cors"):
        own = as_mapping(cors)
        origins = as_list(own.get("origins", own.get("origin"))) or ["*"]
        headers["Access-Control-Allow-Origin"] = f"'{','.join(map(as_text, origins))}'"
        if own.get("allowCredentials"):
            headers["Access-Control-Allow-Credentials"] = "'true'"
    headers |= as_mapping(as_mapping(said.get("response")).get("headers"))
    headers |= as_mapping(config.get("headers"))
    return {f"method.response.header.{name}": as_text(value) for name, value in headers.items()}


def _mapped(request: Values, said: Values) -> dict[str, str]:
    found: dict[str, str] = {}
    for place, names in as_mapping(request.get("parameters")).items():
        for name, value in as_mapping(names).items() if place in _PLACES else ():
            source = f"method.request.{_PLACES[place]}.{name}"
            mapped = as_mapping(value).get("mappedValue")
            found[f"integration.request.{_PLACES[place]}.{name}"] = as_text(mapped) if mapped else source
    if said.get("async"):
        found["integration.request.header.X-Amz-Invocation-Type"] = "'Event'"
    return found

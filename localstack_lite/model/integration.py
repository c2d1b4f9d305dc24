"""What a route calls when that is not simply a function of the project: REST's non-proxy integrations, HTTP proxies,
AWS services. Values, as declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: Seconds (AWS quotas).
REST_TIMEOUT = 29.0
HTTP_TIMEOUT = 30.0


class IntegrationKind(StrEnum):
    MOCK = "MOCK"
    HTTP = "HTTP"
    HTTP_PROXY = "HTTP_PROXY"
    AWS = "AWS"


class Passthrough(StrEnum):
    """What happens to a request body whose content type no request template is for (AWS docs)."""

    WHEN_NO_MATCH = "WHEN_NO_MATCH"
    WHEN_NO_TEMPLATES = "WHEN_NO_TEMPLATES"
    NEVER = "NEVER"


class ContentHandling(StrEnum):
    PASSTHROUGH = ""
    TO_TEXT = "CONVERT_TO_TEXT"
    TO_BINARY = "CONVERT_TO_BINARY"


@dataclass(frozen=True, slots=True)
class IntegrationResponse:
    """`pattern`: the regular expression that chooses it (of the error message of a function, else of the status code);
    empty: the default one. `parameters`: `method.response.header.X` → expression; `templates` by content type."""

    status: str
    pattern: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    content_handling: ContentHandling = ContentHandling.PASSTHROUGH


@dataclass(frozen=True, slots=True)
class MethodResponse:
    """What a method is declared to answer. `models`: names of models by content type; the first type is the reply's."""

    status: str
    headers: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AwsService:
    """`arn:aws:apigateway:REGION:SERVICE:path/PATH` or `...:action/ACTION`; one of `path` and `action` is set. May
    contain `{names}` of request parameters."""

    service: str
    region: str
    path: str = ""
    action: str = ""
    subdomain: str = ""


@dataclass(frozen=True, slots=True)
class TemplatedIntegration:
    """An integration of a REST or WebSocket API that is no Lambda proxy. `uri` of HTTP ones may contain `{name}` and
    `${stageVariables.x}`; `method` is the integration's HTTP method. AWS ones have a `function` (logical id, Lambda
    custom integration) or a `service`. `parameters`: `integration.request.header.X` → expression. `insecure`: the
    certificate of the endpoint is not looked at."""

    kind: IntegrationKind
    uri: str = ""
    method: str = ""
    function: str = ""
    qualifier: str = ""
    service: AwsService | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    passthrough: Passthrough = Passthrough.WHEN_NO_MATCH
    content_handling: ContentHandling = ContentHandling.PASSTHROUGH
    responses: tuple[IntegrationResponse, ...] = ()
    method_responses: tuple[MethodResponse, ...] = ()
    timeout: float = REST_TIMEOUT
    insecure: bool = False
    template_selection: str = ""
    """WebSocket APIs: the expression that chooses the request template."""


@dataclass(frozen=True, slots=True)
class ParameterChanges:
    """Parameter mapping of HTTP APIs. `request`: `append:header.x`, `overwrite:querystring.y`, `remove:header.z`,
    `overwrite:path` → value; `responses`: the same by status code of the integration's reply, with
    `overwrite:statuscode`."""

    request: Mapping[str, str] = field(default_factory=dict)
    responses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.request or self.responses)


@dataclass(frozen=True, slots=True)
class HttpProxy:
    """`HTTP_PROXY` of an HTTP API. `uri` may contain `{name}` and `${stageVariables.x}`; `method` may be `ANY`: the
    request's own."""

    uri: str
    method: str = "ANY"
    changes: ParameterChanges = field(default_factory=ParameterChanges)
    timeout: float = HTTP_TIMEOUT


@dataclass(frozen=True, slots=True)
class ServiceAction:
    """A first-class service integration of an HTTP API. `subtype` is AWS's: `SQS-SendMessage`,
    `StepFunctions-StartExecution`, `EventBridge-PutEvents` and so on; `parameters` its request parameters."""

    subtype: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    region: str = ""
    changes: ParameterChanges = field(default_factory=ParameterChanges)
    timeout: float = HTTP_TIMEOUT

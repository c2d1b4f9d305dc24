"""The non-proxy integrations of REST and WebSocket APIs, and REST's HTTP proxies: MOCK, HTTP, AWS with a function of
the project or with a service. The story of one route: what is sent, what comes back, what the client gets. Pure.

Recorded: a MOCK's status is `statusCode` of what its request template makes, anything else is 500; a function that is
called by `X-Amz-Invocation-Type: Event` answers nothing at once. A payload that is no JSON gets Lambda's own error as
the reply, and so does what Lambda refuses: the default response sends it on (seen by many on AWS).
"""

from __future__ import annotations

import json
import re

import orjson

from localstack_lite.errors import Bug
from localstack_lite.gateway import differences
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.integrations.aws_service import service_request
from localstack_lite.gateway.integrations.templated_request import (
    Asked,
    Requests,
    Stuck,
    address,
    misconfigured,
    query_text,
)
from localstack_lite.gateway.integrations.templated_response import Reply, Responses
from localstack_lite.gateway.steps import Call, Post, Telling, TimedOut
from localstack_lite.gateway.visit import Integrate, Integrated, Visit
from localstack_lite.model.api import Api, Route
from localstack_lite.model.arn import LATEST, function_arn
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.integration import IntegrationKind, TemplatedIntegration
from localstack_lite.model.invocation import Answered, Invocation, InvocationType, Refused
from localstack_lite.model.outgoing import Outgoing, Returned, ServiceRequest, Unreached
from localstack_lite.model.project import Project

_JSON_TYPE = (("Content-Type", "application/json"),)
_BODILESS = ("GET", "HEAD", "OPTIONS")
_BARE_NAME = re.compile(r"([{,]\s*)'?([A-Za-z_]\w*)'?\s*:")
_INVOCATION_TYPE = "x-amz-invocation-type"


def templated(project: Project, api: Api, route: Route, integration: TemplatedIntegration) -> Integrate:
    """Runs the integration of one route."""
    return Templated(project, api, route, integration).integrate


class Templated:
    def __init__(self, project: Project, api: Api, route: Route, integration: TemplatedIntegration) -> None:
        self._integration = integration
        self._requests = Requests(project, api, route, integration)
        self._responses = Responses(api, route, integration)
        function = project.function(integration.function)
        name = function.name if function else integration.function
        self._arn = function_arn(project.region, project.account, name, integration.qualifier)

    def integrate(self, visit: Visit) -> Telling[Integrated | Denial]:
        try:
            asked = self._requests.made(visit)
            match self._integration.kind:
                case IntegrationKind.MOCK:
                    return Integrated(self._responses.made(asked, _mocked(asked)))
                case IntegrationKind.AWS if self._integration.service is None:
                    return (yield from self._function(asked))
                case IntegrationKind.AWS:
                    return (yield from self._outside(asked, self._service(asked)))
                case IntegrationKind.HTTP | IntegrationKind.HTTP_PROXY:
                    return (yield from self._outside(asked, self._http(asked)))
        except Stuck as stuck:
            return stuck.denial

    def _function(self, asked: Asked) -> Telling[Integrated | Denial]:
        integration, visit = self._integration, asked.visit
        if integration.method.upper() not in ("", "POST"):
            raise misconfigured(f"the integration's method is {integration.method}; Lambda takes POST only")
        invocation = Invocation(
            integration.function,
            asked.body.strip() or b"{}",
            visit.stamp.lambda_request_id,
            self._arn,
            integration.qualifier or LATEST,
            trace_id=visit.trace.full,
        )
        if why := _not_json(invocation.payload):
            body = orjson.dumps({"Type": "User", "message": f"Could not parse request body into json: {why}"})
            response = self._responses.made(asked, Reply(400, "", _JSON_TYPE, body))
            return Integrated(response, f"what goes to {integration.function} is not JSON: {why}")
        call = Call(invocation, integration.timeout)
        match asked.header(_INVOCATION_TYPE):
            case InvocationType.EVENT:
                came = yield Post(invocation)
                if isinstance(came, Unreached):
                    raise Stuck(Denial(ResponseType.INTEGRATION_FAILURE, came.why))
                return Integrated(self._responses.made(asked, Reply(202, "")), call=call)
            case InvocationType.DRY_RUN:
                return Integrated(self._responses.made(asked, Reply(204, "")), call=call)
        came = yield call
        match came:
            case TimedOut():
                visit.differences.append(differences.timed_out(integration.timeout))
                note = f"gateway gave up at {integration.timeout:g} s; the function runs on"
                return Denial(ResponseType.INTEGRATION_TIMEOUT, note)
            case Refused(status=503):
                return Denial(ResponseType.INTEGRATION_FAILURE, f"refused: {came.reason or came.code}")
            case Refused():
                word = "throttled" if came.status == 429 else "refused"
                reply = Reply(came.status, "", _JSON_TYPE, came.body)
                return Integrated(self._responses.made(asked, reply), f"{word}: {came.reason or came.code}", call=call)
            case Answered():
                message, name = _failed(came.payload)
                reply = Reply(200, message, _JSON_TYPE, came.payload)
                note = (name or came.error) if came.error else ""
                return Integrated(self._responses.made(asked, reply), note, call, came)
        raise Bug(f"{type(came).__name__} is nothing that comes of a call")

    def _outside(self, asked: Asked, step: Outgoing | ServiceRequest) -> Telling[Integrated | Denial]:
        came = yield step
        match came:
            case Returned():
                reply = Reply(came.status, str(came.status), came.headers, came.body)
                return Integrated(self._responses.made(asked, reply))
            case Unreached(timed_out=True):
                return Denial(ResponseType.INTEGRATION_TIMEOUT, came.why)
            case Unreached():
                return Denial(ResponseType.INTEGRATION_FAILURE, came.why)
        raise Bug(f"{type(came).__name__} is nothing that comes from outside")

    def _http(self, asked: Asked) -> Outgoing:
        integration = self._integration
        method = self._requests.method(asked.visit)
        proxy = integration.kind is IntegrationKind.HTTP_PROXY
        return Outgoing(
            method,
            address(integration.uri, asked, self._requests.stage, proxy=proxy),
            tuple(asked.headers),
            b"" if method in _BODILESS else asked.body,
            integration.timeout,
            integration.insecure,
        )

    def _service(self, asked: Asked) -> ServiceRequest:
        integration = self._integration
        if integration.service is None:
            raise Bug("an integration with a service has one")
        made = service_request(
            integration.service,
            self._requests.method(asked.visit),
            asked.headers,
            query_text(asked),
            asked.body,
            asked.path,
            integration.timeout,
        )
        if isinstance(made, str):
            raise misconfigured(made)
        return made


def _mocked(asked: Asked) -> Reply:
    """The status that the request template, or the request's own body, names."""
    found = _leniently(asked.body.decode("utf-8", "replace"))
    status = found.get("statusCode") if isinstance(found, dict) else None
    if isinstance(status, bool) or not isinstance(status, int):
        shown = asked.body[:60].decode("utf-8", "replace")
        raise misconfigured(f"a MOCK's request template has to make an object with a whole statusCode, not {shown!r}")
    return Reply(status, str(status))


def _leniently(text: str) -> object:
    """As JSON, or what CDK and the Serverless Framework write: names without quotes, which AWS takes for a MOCK."""
    for attempt in (text, _BARE_NAME.sub(r'\1"\2":', text)):
        try:
            found: object = json.loads(attempt)
        except (ValueError, RecursionError):
            continue
        return found
    return None


def _not_json(payload: bytes) -> str:
    """What Lambda would not read; empty when it is JSON."""
    try:
        orjson.loads(payload)
    except ValueError as error:
        return str(error)
    return ""


def _failed(payload: bytes) -> tuple[str, str]:
    """`errorMessage` and `errorType` of a result; empty where it has none."""
    try:
        found = orjson.loads(payload)
    except ValueError:
        return "", ""
    if not isinstance(found, dict):
        return "", ""
    message, name = found.get("errorMessage"), found.get("errorType")
    return message if isinstance(message, str) else "", name if isinstance(name, str) else ""

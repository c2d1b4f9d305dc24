"""What an API answers when a request goes no further: in the words of its kind. One object per API, made when the
project is taken over.

Recorded or documented are REST's statuses and most of its texts (AWS docs, gateway response types), and the 403 of a
function URL. `ACCESS_DENIED` is said under the name `Message` where all others say `message`: measured on AWS by
several people, for policies of authorizers and of resources, though AWS's support pages write it small. No source gives
the texts of REQUEST_TOO_LARGE, EXPIRED_TOKEN, INVALID_SIGNATURE, RESOURCE_NOT_FOUND and WAF_FILTERED: chosen.
"""

from __future__ import annotations

from collections.abc import Callable

import orjson

from localstack_lite.gateway.controls.failure import Failure, quoted
from localstack_lite.gateway.controls.gateway_responses import GatewayResponses
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.match import Match
from localstack_lite.gateway.replies import ERROR_TYPE, JSON, Trouble, own_headers, refuse
from localstack_lite.gateway.visit import ServedRoute, Stamp, Visit
from localstack_lite.model.api import Api, ApiKind
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Request, Response

_Words = tuple[int, str | None, str]
_Find = Callable[[str, str], Match[ServedRoute] | None]

#: Status, text and `x-amzn-ErrorType` of a REST API (AWS docs, gateway response types; recordings).
_REST: dict[ResponseType, _Words] = {
    ResponseType.ACCESS_DENIED: (403, "User is not authorized to access this resource", "AccessDeniedException"),
    ResponseType.API_CONFIGURATION_ERROR: (500, "Internal server error", "ApiConfigurationException"),
    ResponseType.AUTHORIZER_CONFIGURATION_ERROR: (500, None, "AuthorizerConfigurationException"),
    ResponseType.AUTHORIZER_FAILURE: (500, None, "AuthorizerFailureException"),
    ResponseType.BAD_REQUEST_BODY: (400, "Invalid request body", "BadRequestException"),
    ResponseType.BAD_REQUEST_PARAMETERS: (400, "Missing required request parameters", "BadRequestException"),
    ResponseType.DEFAULT_4XX: (400, "Bad Request", "BadRequestException"),
    ResponseType.DEFAULT_5XX: (500, "Internal server error", "InternalServerErrorException"),
    ResponseType.EXPIRED_TOKEN: (403, "The security token included in the request is expired", "ExpiredTokenException"),
    ResponseType.INTEGRATION_FAILURE: (504, "Internal server error", "InternalServerErrorException"),
    ResponseType.INTEGRATION_TIMEOUT: (504, "Endpoint request timed out", "InternalServerErrorException"),
    ResponseType.INVALID_API_KEY: (403, "Forbidden", "ForbiddenException"),
    ResponseType.INVALID_SIGNATURE: (403, "Forbidden", "InvalidSignatureException"),
    ResponseType.MISSING_AUTHENTICATION_TOKEN: (
        403,
        "Missing Authentication Token",
        "MissingAuthenticationTokenException",
    ),
    ResponseType.QUOTA_EXCEEDED: (429, "Limit Exceeded", "LimitExceededException"),
    ResponseType.REQUEST_TOO_LARGE: (413, "Request Too Long", "RequestTooLargeException"),
    ResponseType.RESOURCE_NOT_FOUND: (404, "Resource Not Found", "ResourceNotFoundException"),
    ResponseType.THROTTLED: (429, "Too Many Requests", "TooManyRequestsException"),
    ResponseType.UNAUTHORIZED: (401, "Unauthorized", "UnauthorizedException"),
    ResponseType.UNSUPPORTED_MEDIA_TYPE: (415, "Unsupported Media Type", "BadRequestException"),
    ResponseType.WAF_FILTERED: (403, "Forbidden", "WafFilteredException"),
}
#: What is said of integrations has a blank after the colon (recorded: 36 bytes).
_OF_INTEGRATIONS = frozenset(
    (
        ResponseType.API_CONFIGURATION_ERROR,
        ResponseType.DEFAULT_5XX,
        ResponseType.INTEGRATION_FAILURE,
        ResponseType.INTEGRATION_TIMEOUT,
    )
)
#: The type of what keeps a function's own answer from the client. A stage that is not there has no gateway responses,
#: and headers that are too large are refused before anybody knows which API they are for.
_TYPES: dict[Trouble, ResponseType] = {
    Trouble.NO_ROUTE: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    Trouble.MISCONFIGURED: ResponseType.API_CONFIGURATION_ERROR,
    Trouble.FUNCTION_FAILED: ResponseType.DEFAULT_5XX,
    Trouble.MALFORMED: ResponseType.DEFAULT_5XX,
    Trouble.BAD_BASE64: ResponseType.API_CONFIGURATION_ERROR,
    Trouble.THROTTLED: ResponseType.DEFAULT_5XX,
    Trouble.REFUSED: ResponseType.API_CONFIGURATION_ERROR,
    Trouble.TIMED_OUT: ResponseType.INTEGRATION_TIMEOUT,
    Trouble.BODY_TOO_LARGE: ResponseType.REQUEST_TOO_LARGE,
    Trouble.EVENT_TOO_LARGE: ResponseType.REQUEST_TOO_LARGE,
}
#: What an HTTP API says for a status.
_HTTP_TEXTS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
#: Its status where that is not REST's: whoever is behind it and does not answer is 503 (recorded for timeouts).
_HTTP_STATUSES = {ResponseType.INTEGRATION_FAILURE: 503, ResponseType.INTEGRATION_TIMEOUT: 503}
#: The 403 of a function URL (recorded).
_URL_FORBIDDEN = (
    "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)


class Refusals:
    """`find` gives the route of a method and a path after the stage."""

    def __init__(self, project: Project, api: Api, find: _Find) -> None:
        self._kind = api.kind
        self._project = project
        self._api = api
        self._find = find
        declared = api.gateway_responses if api.kind is ApiKind.REST else ()
        self._changed = GatewayResponses(declared) if declared else None

    def trouble(self, trouble: Trouble, stamp: Stamp, request: Request, visit: Visit | None = None) -> Response:
        """The function's own answer does not reach the client."""
        answer = refuse(self._kind, trouble, stamp)
        if self._changed is None or (type_ := _TYPES.get(trouble)) is None:
            return answer
        message: str = orjson.loads(answer.body)["message"]
        return self._changed.applied(answer, self._failure(type_, message, request, stamp, visit))

    def denied(self, denial: Denial, visit: Visit) -> Response:
        """A route's doors or its integration say no."""
        match self._kind:
            case ApiKind.FUNCTION_URL:
                return self._url_denied(denial, visit)
            case ApiKind.HTTP | ApiKind.ALB:
                return self._http_denied(denial, visit)
        status, text, error_type = _REST[denial.type]
        message = text if denial.message == "" else denial.message
        name = "Message" if denial.type is ResponseType.ACCESS_DENIED else "message"
        blank = " " if denial.type in _OF_INTEGRATIONS else ""
        own = own_headers(self._kind, visit.stamp)
        headers = (JSON, *own, *denial.headers, (ERROR_TYPE, denial.error or error_type))
        answer = Response(denial.status or status, headers, f'{{"{name}":{blank}{quoted(message)}}}'.encode())
        if self._changed is None:
            return answer
        failure = self._failure(denial.type, message, visit.request, visit.stamp, visit, denial.validation)
        return self._changed.applied(answer, failure)

    def _http_denied(self, denial: Denial, visit: Visit) -> Response:
        status = denial.status or _HTTP_STATUSES.get(denial.type) or _REST[denial.type][0]
        said = denial.message or _HTTP_TEXTS.get(status, "Internal Server Error")
        headers = (JSON, *own_headers(self._kind, visit.stamp), *denial.headers)
        return Response(status, headers, f'{{"message":{quoted(said)}}}'.encode())

    def _url_denied(self, denial: Denial, visit: Visit) -> Response:
        """Signatures that are wrong are said under `message` (measured), everything else under `Message`."""
        status, _, error_type = _REST[denial.type]
        status = denial.status or status
        error = denial.error or ("AccessDeniedException" if status == 403 else error_type)
        name = "message" if denial.error and denial.error != "AccessDeniedException" else "Message"
        said = denial.message or (_URL_FORBIDDEN if status == 403 else _HTTP_TEXTS.get(status, "Internal Server Error"))
        headers = (JSON, *own_headers(self._kind, visit.stamp), *denial.headers, (ERROR_TYPE, error))
        return Response(status, headers, f'{{"{name}":{quoted(said)}}}'.encode())

    def _failure(
        self,
        type_: ResponseType,
        message: str | None,
        request: Request,
        stamp: Stamp,
        visit: Visit | None,
        validation: str = "",
    ) -> Failure:
        match = None if visit is None else self._find(request.method, visit.path)
        resource = "" if match is None else match.target.route.path
        return Failure(type_, message, self._project, self._api, request, stamp, visit, validation, resource)

"""What an API answers when a request goes no further: in the words of its kind. One object per API, made when the
project is taken over.
"""

from __future__ import annotations

import orjson

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.replies import ERROR_TYPE, JSON, Trouble, own_headers, refuse
from localstack_lite.gateway.visit import Stamp, Visit
from localstack_lite.model.api import Api, ApiKind
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.wire.messages import Request, Response

_Words = tuple[int, str | None, str]

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
    504: "Gateway Timeout",
}


class Refusals:
    def __init__(self, api: Api) -> None:
        self._kind = api.kind

    def trouble(self, trouble: Trouble, stamp: Stamp, _request: Request, _visit: Visit | None = None) -> Response:
        """The function's own answer does not reach the client."""
        return refuse(self._kind, trouble, stamp)

    def denied(self, denial: Denial, visit: Visit) -> Response:
        """A route's doors or its integration say no."""
        status, text, error_type = _REST[denial.type]
        own = own_headers(self._kind, visit.stamp)
        if self._kind is ApiKind.REST:
            message = text if denial.message == "" else denial.message
            headers = (JSON, *own, *denial.headers, (ERROR_TYPE, error_type))
            return Response(status, headers, orjson.dumps({"message": message}))
        name = "Message" if self._kind is ApiKind.FUNCTION_URL else "message"
        said = denial.message or _HTTP_TEXTS.get(status, "Internal Server Error")
        return Response(status, (JSON, *own, *denial.headers), orjson.dumps({name: said}))

"""An error of the Lambda API as a value, and its bytes.

Lambda speaks REST-JSON: the exception's name is in `x-amzn-ErrorType`, the text in the body under `message` or
`Message`. Which of the two depends on the exception; SDKs read both, people who compare bytes do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from localstack_lite.wire.messages import Response

#: Exceptions whose text stands under `Message` (botocore's service model; the rest of those used here say `message`).
_CAPITAL = frozenset({"ResourceNotFoundException", "ServiceException", "RequestEntityTooLargeException"})
#: Refused before the service itself looked at them: their bodies carry no `Type` (captured replies).
_UNTYPED = frozenset({"ValidationException", "RequestEntityTooLargeException", "UnknownOperationException"})


@dataclass(frozen=True, slots=True)
class ApiError:
    """`code` is the exception's name; `fault` is AWS's word for who is to blame, `User` or `Service`."""

    status: int
    code: str
    message: str
    fault: str = "User"

    def body(self) -> bytes:
        key = "Message" if self.code in _CAPITAL else "message"
        typed = {} if self.code in _UNTYPED else {"Type": self.fault}
        return orjson.dumps({**typed, key: self.message})

    def response(self, request_id: str) -> Response:
        headers = (
            ("Content-Type", "application/json"),
            ("x-amzn-RequestId", request_id),
            ("x-amzn-ErrorType", self.code),
        )
        return Response(self.status, headers, self.body())


def invalid_parameter(message: str) -> ApiError:
    return ApiError(400, "InvalidParameterValueException", message)


def invalid_content(message: str) -> ApiError:
    return ApiError(400, "InvalidRequestContentException", message)


def not_found(message: str) -> ApiError:
    return ApiError(404, "ResourceNotFoundException", message)


def validation(errors: list[str]) -> ApiError:
    """What the service's front end says about parameters that break the model's constraints (recorded)."""
    plural = "" if len(errors) == 1 else "s"
    return ApiError(400, "ValidationException", f"{len(errors)} validation error{plural} detected: {'; '.join(errors)}")


def constraint(value: str, member: str, rule: str) -> str:
    """One such error. `member` is the parameter's name as AWS writes it there (`functionName`)."""
    return f"Value '{value}' at '{member}' failed to satisfy constraint: Member must {rule}"

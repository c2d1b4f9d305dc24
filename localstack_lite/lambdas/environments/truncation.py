"""Why a streamed answer ended as it did: what the runtime says behind it, and what cut it short. Pure.

The trailers are those of AWS's guide "Building a custom runtime": the error's type, and its object as JSON in base64.
A runtime that goes away in the middle is `Runtime.TruncatedResponse` (AWS's own list of fatal errors).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Final

import orjson

from localstack_lite.lambdas.environments.failures import MAX_RESPONSE, response_too_large
from localstack_lite.lambdas.environments.runtime_api import error_type

#: Bytes of a streamed answer (AWS quotas: 200 MB).
MAX_STREAM: Final = 200 * 1024 * 1024

Ending = tuple[str, bytes]
"""The error's type and its JSON object; both empty when all is well."""

WELL: Final[Ending] = ("", b"")


def said(trailers: Mapping[str, str]) -> Ending:
    """What the trailers of a body say that came to its end. Names are lower case."""
    given = trailers.get("lambda-runtime-function-error-type")
    if given is None:
        return WELL
    kind = error_type(given, "Function")
    try:
        error = base64.b64decode(trailers.get("lambda-runtime-function-error-body", ""), validate=True)
        known = isinstance(orjson.loads(error), dict)
    except (binascii.Error, ValueError):
        known = False
    return kind, error if known else _error(kind, "Unknown application error occurred")


def too_large(limit: int) -> Ending:
    """More came than `limit` bytes."""
    kind = "Function.ResponseSizeTooLarge"
    if limit == MAX_RESPONSE:
        return kind, response_too_large()
    return kind, _error(kind, f"Response payload size exceeded maximum allowed payload size ({limit} bytes).")


def _error(kind: str, message: str) -> bytes:
    return orjson.dumps({"errorMessage": message, "errorType": kind})


CUT: Final[Ending] = (
    "Runtime.TruncatedResponse",
    _error("Runtime.TruncatedResponse", "The runtime went away before the end of its response"),
)

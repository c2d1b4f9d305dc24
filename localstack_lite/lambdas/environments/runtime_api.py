"""The Runtime API's rules: what a runtime's request means, and what it is told.

Paths, headers, status codes and error names are those of AWS's own runtime interface emulator and of the guide "Using
the Lambda runtime API". `/devserve/loaded` and `/devserve/advice` are ours: the bootstrap says which of the user's
files it has read, and where it wrote what Lambda would not let it write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

import orjson

from localstack_lite.model.invocation import Invocation

_ERROR_TYPE = re.compile(r"(Runtime|Function)\.[A-Z][a-zA-Z]+\Z")
_INVOCATION = "/2018-06-01/runtime/invocation/"

JSON = ("Content-Type", "application/json")
ACCEPTED = b'{"status":"OK"}'


class Operation(Enum):
    NEXT = auto()
    RESPONSE = auto()
    ERROR = auto()
    INIT_ERROR = auto()
    RESTORE_NEXT = auto()
    RESTORE_ERROR = auto()
    PING = auto()
    LOADED = auto()
    ADVICE = auto()
    WRONG_METHOD = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = (JSON,)


OK = Reply(202, ACCEPTED)


def classify(method: str, path: str) -> tuple[Operation, str]:
    """What is asked for, and the request id in the path (empty where there is none)."""
    known = _FIXED.get(path)
    if known is not None:
        expected, operation = known
        return (operation if method == expected else Operation.WRONG_METHOD), ""
    if path.startswith(_INVOCATION):
        request_id, slash, verb = path[len(_INVOCATION) :].rpartition("/")
        posted = _POSTED.get(verb) if slash else None
        if posted is not None:
            return (posted if method == "POST" else Operation.WRONG_METHOD), request_id
    return Operation.UNKNOWN, ""


_POSTED = {"response": Operation.RESPONSE, "error": Operation.ERROR}
_FIXED = {
    "/2018-06-01/runtime/invocation/next": ("GET", Operation.NEXT),
    "/2018-06-01/runtime/init/error": ("POST", Operation.INIT_ERROR),
    "/2018-06-01/runtime/restore/next": ("GET", Operation.RESTORE_NEXT),
    "/2018-06-01/runtime/restore/error": ("POST", Operation.RESTORE_ERROR),
    "/2018-06-01/ping": ("GET", Operation.PING),
    "/devserve/loaded": ("POST", Operation.LOADED),
    "/devserve/advice": ("POST", Operation.ADVICE),
}


def next_headers(invocation: Invocation, arn: str, deadline: float) -> list[tuple[str, str]]:
    """Headers of a delivered invocation; empty ones are omitted. `deadline` is epoch seconds."""
    headers = [
        JSON,
        ("Lambda-Runtime-Aws-Request-Id", invocation.request_id),
        ("Lambda-Runtime-Deadline-Ms", str(int(deadline * 1000))),
        ("Lambda-Runtime-Invoked-Function-Arn", arn),
    ]
    if invocation.trace_id:
        headers.append(("Lambda-Runtime-Trace-Id", invocation.trace_id))
    if invocation.client_context:
        headers.append(("Lambda-Runtime-Client-Context", invocation.client_context))
    if invocation.tenant_id:
        headers.append(("Lambda-Runtime-Aws-Tenant-Id", invocation.tenant_id))
    return headers


def known_mode(header: str | None) -> bool:
    """Whether a result may be posted in that mode: at once, or as a stream."""
    return not header or header.lower() in ("buffered", "streaming")


def error_type(header: str | None, where: str) -> str:
    """The checked error type; `where` is `Runtime` for init errors, `Function` for invocation errors."""
    if header and _ERROR_TYPE.match(header):
        return header
    return f"{where}.Unknown"


def failure(status: int, error: str, message: str) -> Reply:
    return Reply(status, orjson.dumps({"errorMessage": message, "errorType": error}))


def invalid_transition(state: str) -> Reply:
    return failure(403, "InvalidStateTransition", f"Transition from {state} is not allowed")


INVALID_REQUEST_ID = failure(400, "InvalidRequestID", "Invalid request ID")
NOT_FOUND = failure(404, "NotFound", "404 page not found")
WRONG_METHOD = failure(405, "MethodNotAllowed", "405 method not allowed")


def too_large(limit: int) -> Reply:
    """A result of more than `limit` bytes."""
    return failure(413, "RequestEntityTooLarge", f"Exceeded maximum allowed payload size ({limit} bytes).")


TOO_LARGE = too_large(6_291_556)
INVALID_MODE = failure(400, "InvalidFunctionResponseMode", "Invalid function response mode")
RESTORED = Reply(200, b"")
PONG = Reply(200, b"pong", (("Content-Type", "text/plain"),))


def loaded_files(body: bytes) -> frozenset[str] | None:
    """The files that a bootstrap reports; None when it is not a list of texts."""
    try:
        files = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(files, list) or not all(isinstance(item, str) for item in files):
        return None
    return frozenset(files)

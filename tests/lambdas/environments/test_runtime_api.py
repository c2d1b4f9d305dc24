"""What a runtime's request means and what it is told."""

from __future__ import annotations

import json

import pytest

from localstack_lite.lambdas.environments import runtime_api
from localstack_lite.lambdas.environments.runtime_api import Operation
from tests.builders import invocation


@pytest.mark.parametrize(
    ("method", "path", "operation", "request_id"),
    [
        ("GET", "/2018-06-01/runtime/invocation/next", Operation.NEXT, ""),
        ("POST", "/2018-06-01/runtime/invocation/next", Operation.WRONG_METHOD, ""),
        ("POST", "/2018-06-01/runtime/invocation/abc/response", Operation.RESPONSE, "abc"),
        ("POST", "/2018-06-01/runtime/invocation/abc/error", Operation.ERROR, "abc"),
        ("PUT", "/2018-06-01/runtime/invocation/abc/error", Operation.WRONG_METHOD, "abc"),
        ("POST", "/2018-06-01/runtime/invocation/abc/else", Operation.UNKNOWN, ""),
        ("POST", "/2018-06-01/runtime/init/error", Operation.INIT_ERROR, ""),
        ("GET", "/2018-06-01/ping", Operation.PING, ""),
        ("POST", "/devserve/loaded", Operation.LOADED, ""),
        ("GET", "/devserve/loaded", Operation.WRONG_METHOD, ""),
        ("POST", "/devserve/advice", Operation.ADVICE, ""),
        ("GET", "/2018-06-01/runtime/restore/next", Operation.RESTORE_NEXT, ""),
        ("POST", "/2018-06-01/runtime/restore/error", Operation.RESTORE_ERROR, ""),
        ("GET", "/2018-06-01/runtime/restore/error", Operation.WRONG_METHOD, ""),
        ("GET", "/", Operation.UNKNOWN, ""),
    ],
)
def test_requests_are_told_apart(method: str, path: str, operation: Operation, request_id: str) -> None:
    assert runtime_api.classify(method, path) == (operation, request_id)


def test_a_delivered_invocation_carries_its_headers_and_no_empty_ones() -> None:
    headers = dict(runtime_api.next_headers(invocation("r1"), "arn:x", 1700000000.5))
    assert headers == {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": "r1",
        "Lambda-Runtime-Deadline-Ms": "1700000000500",
        "Lambda-Runtime-Invoked-Function-Arn": "arn:x",
    }


def test_trace_and_client_context_are_passed_on() -> None:
    one = invocation("r1", trace_id="Root=1", client_context='{"a":1}')
    headers = dict(runtime_api.next_headers(one, "arn:x", 1.0))
    assert headers["Lambda-Runtime-Trace-Id"] == "Root=1"
    assert headers["Lambda-Runtime-Client-Context"] == '{"a":1}'


@pytest.mark.parametrize(
    ("header", "where", "expected"),
    [
        ("Runtime.ImportModuleError", "Runtime", "Runtime.ImportModuleError"),
        ("Function.Oops", "Function", "Function.Oops"),
        ("Unhandled", "Function", "Function.Unknown"),
        ("Runtime.lower", "Runtime", "Runtime.Unknown"),
        ("Runtime.A1", "Runtime", "Runtime.Unknown"),
        (None, "Function", "Function.Unknown"),
        ("", "Runtime", "Runtime.Unknown"),
    ],
)
def test_only_well_formed_error_types_are_kept(header: str | None, where: str, expected: str) -> None:
    assert runtime_api.error_type(header, where) == expected


def test_refusals_have_the_shape_of_the_runtime_api() -> None:
    reply = runtime_api.invalid_transition("FROZEN")
    assert reply.status == 403
    assert json.loads(reply.body)["errorType"] == "InvalidStateTransition"
    assert json.loads(runtime_api.INVALID_REQUEST_ID.body) == {
        "errorMessage": "Invalid request ID",
        "errorType": "InvalidRequestID",
    }
    assert runtime_api.TOO_LARGE.status == 413
    assert (
        json.loads(runtime_api.too_large(7).body)["errorMessage"] == "Exceeded maximum allowed payload size (7 bytes)."
    )


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"nonsense", b'"a"'])
def test_a_report_of_files_that_is_none_is_ignored(body: bytes) -> None:
    assert runtime_api.loaded_files(body) is None


def test_reported_files_are_a_set() -> None:
    assert runtime_api.loaded_files(b'["/a","/b","/a"]') == frozenset({"/a", "/b"})


@pytest.mark.parametrize(
    ("header", "known"), [(None, True), ("", True), ("Streaming", True), ("buffered", True), ("other", False)]
)
def test_results_come_at_once_or_as_a_stream(header: str | None, known: bool) -> None:
    assert runtime_api.known_mode(header) is known
    assert json.loads(runtime_api.INVALID_MODE.body)["errorType"] == "InvalidFunctionResponseMode"

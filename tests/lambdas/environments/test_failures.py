"""Lambda's own error payloads, as recorded."""

from __future__ import annotations

import json
import signal

import pytest

from localstack_lite.lambdas.environments import failures


def test_a_timeout_names_the_configured_seconds_with_two_decimals() -> None:
    assert failures.timed_out("r", 1) == (
        b'{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: r Error: Task timed out after 1.00 seconds"}'
    )


@pytest.mark.parametrize(
    ("code", "number", "message"),
    [
        (0, None, "Runtime exited without providing a reason"),
        (127, None, "Runtime exited with error: exit status 127"),
        (None, signal.SIGKILL, "Runtime exited with error: signal: killed"),
        (None, signal.SIGSEGV, "Runtime exited with error: signal: segmentation fault"),
        (None, 40, "Runtime exited with error: signal: signal 40"),
    ],
)
def test_an_exit_is_described_as_lambda_does(code: int | None, number: int | None, message: str) -> None:
    assert failures.exit_message(code, number) == message
    assert json.loads(failures.exited("r", code, number)) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: r Error: {message}",
    }


def test_a_response_that_is_too_large_has_its_own_error() -> None:
    assert json.loads(failures.response_too_large()) == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }


def test_who_waits_when_devserve_stops_gets_a_service_fault() -> None:
    refused = failures.stopping("r")
    assert (refused.status, refused.code) == (500, "ServiceException")


@pytest.mark.parametrize(
    ("code", "signal", "text"),
    [
        (None, None, "fork/exec /opt/extensions/otel: no such file or directory"),
        (None, None, "fork/exec /opt/extensions/otel: permission denied"),
        (0, None, "exit code 0"),
        (255, None, "exit status 255"),
        (None, 9, "signal: killed"),
    ],
)
def test_an_extension_ends_in_awss_words(code: int | None, signal: int | None, text: str) -> None:
    assert failures.extension_message("otel", code, signal, denied="denied" in text) == text
    body = json.loads(failures.extension_failed("r1", "Extension.Crash", text))
    assert body == {"errorType": "Extension.Crash", "errorMessage": f"RequestId: r1 Error: {text}"}


def test_a_restore_that_took_too_long_is_a_refusal() -> None:
    refused = failures.restore_timed_out("r1", 10)
    assert (refused.status, refused.code) == (408, "SnapStartTimeoutException")
    assert dict(refused.headers) == {"x-amzn-ErrorType": "SnapStartTimeoutException"}

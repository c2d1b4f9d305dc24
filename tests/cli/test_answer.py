"""What an outcome prints and which exit code it is."""

from __future__ import annotations

import json

import pytest

from localstack_lite.cli.answer import exit_code, printed, record, refusal
from localstack_lite.model.invocation import Answered, InvocationType, Outcome, Refused, Report

SYNC, ASYNC = InvocationType.REQUEST_RESPONSE, InvocationType.EVENT
REPORT = Report("id", duration_ms=2.5049, billed_ms=103, memory_mb=128, max_memory_mb=36, init_ms=100.1)
GOOD = Answered("id", b'{"a": 1}', REPORT, cold=True)
FAILED = Answered("id", b'{"errorType":"ValueError"}', REPORT, error="ValueError")
THROTTLED = Refused(
    "id", 429, "TooManyRequestsException", b'{"Reason":"R","Type":"User","message":"Rate Exceeded."}', reason="R"
)


@pytest.mark.parametrize(("outcome", "code"), [(GOOD, 0), (FAILED, 1), (THROTTLED, 3)])
def test_the_exit_code_says_how_it_went(outcome: Outcome, code: int) -> None:
    assert exit_code(outcome) == code


@pytest.mark.parametrize(
    ("outcome", "kind", "expected"),
    [
        (GOOD, SYNC, b'{"a": 1}\n'),
        (FAILED, SYNC, b'{"errorType":"ValueError"}\n'),
        (Answered("id", b"null\n", REPORT), SYNC, b"null\n"),
        (Answered("id", b"\x00\xff", REPORT, content_type="application/unknown"), SYNC, b"\x00\xff"),
        (GOOD, ASYNC, b""),
        (THROTTLED, SYNC, b""),
    ],
)
def test_stdout_gets_the_payload_and_nothing_else(outcome: Outcome, kind: InvocationType, expected: bytes) -> None:
    assert printed(outcome, kind) == expected


def test_the_json_object_has_the_names_of_the_contract() -> None:
    assert record(GOOD, SYNC, ["START\n"]) == {
        "statusCode": 200,
        "payload": {"a": 1},
        "functionError": None,
        "executedVersion": "$LATEST",
        "requestId": "id",
        "logs": ["START\n"],
        "report": {
            "durationMs": 2.5,
            "billedDurationMs": 103,
            "initDurationMs": 100.1,
            "memorySizeMB": 128,
            "maxMemoryUsedMB": 36,
            "coldStart": True,
        },
    }


def test_a_failed_function_is_status_200_and_unhandled_as_on_aws() -> None:
    found = record(FAILED, SYNC, [])
    assert (found["statusCode"], found["functionError"]) == (200, "Unhandled")


def test_an_asynchronous_invocation_is_202_without_a_payload() -> None:
    found = record(GOOD, ASYNC, [])
    assert (found["statusCode"], found["payload"]) == (202, None)


def test_a_refusal_has_the_same_names() -> None:
    found = record(THROTTLED, SYNC, [])
    assert found.keys() == record(GOOD, SYNC, []).keys()
    assert (found["statusCode"], found["payload"]["Reason"], found["report"]) == (429, "R", None)


@pytest.mark.parametrize("payload", [b"not json", b"NaN", b"[1, Infinity]", b"\xff"])
def test_a_payload_that_is_not_json_is_text_and_the_object_stays_json(payload: bytes) -> None:
    found = record(Answered("id", payload, REPORT), SYNC, [])
    assert found["payload"] == payload.decode("utf-8", "replace")
    json.loads(json.dumps(found, allow_nan=False))


def test_a_refusal_is_one_line_with_awss_words() -> None:
    assert str(refusal("orders", THROTTLED)) == (
        "devserve: orders: 429 TooManyRequestsException: Rate Exceeded.\n  hint: reason: R"
    )
    assert refusal("orders", THROTTLED).code == 3


def test_without_figures_there_is_no_report() -> None:
    unmeasured = Answered("id", b"1", Report("id", 30.0, 0, 0, 0))
    assert record(unmeasured, SYNC, [])["report"] is None

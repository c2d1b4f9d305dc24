"""`devserve invoke --stage`: what goes to stdout, what to stderr, and the exit code, with a scripted cloud."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from localstack_lite.cli.invoke_stage import told
from localstack_lite.errors import RemoteError
from localstack_lite.model.invocation import Answered, Invocation, InvocationType, Outcome, Refused, Report

ASKED = Invocation("Orders", b"{}", "")
LOG = "START RequestId: aws-1 Version: 7\nworking\nEND RequestId: aws-1\n"
RAN = Answered("aws-1", b'{"ok":true}', Report("aws-1", 12.341, 13, 512, 94), executed_version="7", log=LOG)
FAILED = replace(RAN, payload=b'{"errorType":"ValueError"}', error="ValueError")
BODY = b'{"Reason":"CallerRateLimitExceeded","message":"Rate Exceeded."}'
THROTTLED = Refused("aws-2", 429, "TooManyRequestsException", BODY, "CallerRateLimitExceeded")


@dataclass
class Cloud:
    """Hands over these chunks, then answers."""

    outcome: Outcome
    chunks: Sequence[bytes] = ()
    asked: list[tuple[Invocation, str, InvocationType, bool]] = field(default_factory=list)

    def __call__(
        self, invocation: Invocation, shown: str, kind: InvocationType, chunk: Callable[[bytes], None] | None
    ) -> Outcome:
        self.asked.append((invocation, shown, kind, chunk is not None))
        for piece in self.chunks:
            assert chunk is not None
            chunk(piece)
        return self.outcome


def run(
    cloud: Cloud, kind: InvocationType = InvocationType.REQUEST_RESPONSE, as_json: bool = False
) -> tuple[int, bytes, str]:
    out, log = io.BytesIO(), io.StringIO()
    code = told(cloud, ASKED, "orders", kind, as_json, out, log)
    return code, out.getvalue(), log.getvalue()


def test_the_payload_alone_goes_to_stdout_and_the_log_as_aws_wrote_it_to_stderr() -> None:
    cloud = Cloud(RAN, (b'{"ok":', b"true}"))
    assert run(cloud) == (0, b'{"ok":true}\n', LOG)
    assert cloud.asked == [(ASKED, "orders", InvocationType.REQUEST_RESPONSE, True)]


def test_pieces_are_written_when_they_come() -> None:
    out = io.BytesIO()
    seen: list[bytes] = []

    def cloud(
        invocation: Invocation, shown: str, kind: InvocationType, chunk: Callable[[bytes], None] | None
    ) -> Outcome:
        assert chunk is not None
        for piece in (b"one ", b"two"):
            chunk(piece)
            seen.append(out.getvalue())
        return replace(RAN, payload=b"one two", content_type="text/plain")

    told(cloud, ASKED, "orders", InvocationType.REQUEST_RESPONSE, False, out, io.StringIO())
    assert seen == [b"one ", b"one two"]


@pytest.mark.parametrize(
    ("outcome", "chunks", "printed"),
    [
        (replace(RAN, payload=b"\x00\xff", content_type="application/octet-stream"), (b"\x00\xff",), b"\x00\xff"),
        (replace(RAN, payload=b'"x"\n'), (b'"x"\n',), b'"x"\n'),
        (replace(RAN, payload=b""), (), b"\n"),
        (FAILED, (), b'{"errorType":"ValueError"}\n'),
    ],
    ids=["bytes as they are", "a newline of its own", "nothing", "an error that was not streamed"],
)
def test_text_ends_its_line_and_bytes_stay_as_they_are(
    outcome: Answered, chunks: Sequence[bytes], printed: bytes
) -> None:
    assert run(Cloud(outcome, chunks))[1] == printed


def test_a_function_that_failed_is_exit_code_1_and_its_payload_is_printed_all_the_same() -> None:
    assert run(Cloud(FAILED, (FAILED.payload,))) == (1, FAILED.payload + b"\n", LOG)


def test_a_throttle_is_exit_code_3_and_one_line_that_says_why() -> None:
    code, out, log = run(Cloud(THROTTLED))
    assert (code, out) == (3, b"")
    assert log.splitlines()[0] == "devserve: orders: 429 TooManyRequestsException: Rate Exceeded."
    assert "CallerRateLimitExceeded" in log


def test_an_asynchronous_invocation_prints_nothing() -> None:
    outcome = replace(RAN, payload=b"", log="", report=Report("aws-1", 30.0, 0, 0, 0))
    cloud = Cloud(outcome)
    assert run(cloud, InvocationType.EVENT) == (0, b"", "")
    assert cloud.asked[0][2:] == (InvocationType.EVENT, False)


def record(cloud: Cloud, kind: InvocationType = InvocationType.REQUEST_RESPONSE) -> Any:
    code, out, _ = run(cloud, kind, as_json=True)
    assert cloud.asked[0][3] is False
    assert out.count(b"\n") == 1
    return code, json.loads(out)


def test_json_is_one_object_with_awss_request_id_and_figures() -> None:
    code, found = record(Cloud(RAN))
    assert code == 0
    assert found == {
        "statusCode": 200,
        "payload": {"ok": True},
        "functionError": None,
        "executedVersion": "7",
        "requestId": "aws-1",
        "logs": ["START RequestId: aws-1 Version: 7\n", "working\n", "END RequestId: aws-1\n"],
        "report": {
            "durationMs": 12.34,
            "billedDurationMs": 13,
            "initDurationMs": None,
            "memorySizeMB": 512,
            "maxMemoryUsedMB": 94,
            "coldStart": False,
        },
    }


def test_json_has_no_report_where_aws_gave_no_figures() -> None:
    _, found = record(Cloud(replace(RAN, report=Report("aws-1", 30.0, 0, 0, 0))))
    assert found["report"] is None


def test_json_of_a_throttle_has_its_status_and_body() -> None:
    code, found = record(Cloud(THROTTLED))
    assert (code, found["statusCode"], found["payload"]) == (3, 429, json.loads(BODY))
    assert (found["requestId"], found["logs"], found["report"]) == ("aws-2", [], None)


def test_a_cloud_out_of_reach_is_left_to_the_program_which_makes_it_exit_code_4() -> None:
    def cloud(
        invocation: Invocation, shown: str, kind: InvocationType, chunk: Callable[[bytes], None] | None
    ) -> Outcome:
        raise RemoteError("stage dev", "the AWS credentials have expired", "sign in again")

    out, log = io.BytesIO(), io.StringIO()
    with pytest.raises(RemoteError, match="expired"):
        told(cloud, ASKED, "orders", InvocationType.REQUEST_RESPONSE, False, out, log)
    assert (out.getvalue(), log.getvalue()) == (b"", "")

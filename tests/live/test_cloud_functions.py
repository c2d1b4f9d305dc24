"""Functions of a stage invoked over real HTTP: boto3 on one side, a scripted Invoke API on the other."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from localstack_lite.errors import RemoteError
from localstack_lite.model.facts import Fact, InvocationEnded, InvocationRefused, InvocationStarted, LogWritten
from localstack_lite.model.invocation import Answered, Invocation, InvocationType, Refused, Status
from localstack_lite.sync.cloud_functions import CloudFunctions
from tests.live import event_stream
from tests.live.cloud import CREDENTIALS, REGION
from tests.live.registry import free_port
from tests.live.scripted_lambda import REQUEST_ID, Answer, Hung, Server, Streamed, Whole, refusal, scripted_lambda

pytestmark = pytest.mark.live

LOG = (
    f"START RequestId: {REQUEST_ID} Version: 7\nworking\nEND RequestId: {REQUEST_ID}\n"
    f"REPORT RequestId: {REQUEST_ID}\tDuration: 12.34 ms\tBilled Duration: 130 ms\tMemory Size: 512 MB\t"
    "Max Memory Used: 94 MB\tInit Duration: 117.01 ms\t\n"
)
ASKED = Invocation("Orders", b'{"a":1}', "here-1")


def ran(payload: bytes, log: str = LOG, **headers: str) -> Whole:
    tail = base64.b64encode(log.encode()).decode()
    return Whole(payload, 200, {"X-Amz-Executed-Version": "7", "X-Amz-Log-Result": tail, **headers})


def client(address: str) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.session.Session().client(
        "lambda",
        region_name=REGION,
        endpoint_url=address,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=10),
    )


@dataclass
class Stage:
    """The functions of a stage whose Lambda follows a script."""

    server: Server
    facts: list[Fact] = field(default_factory=list)
    at: float = 1000.0
    looks: list[Mapping[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        made = client(self.server.address)
        names = {"Orders": "orders-dev"}
        self.functions = CloudFunctions(lambda: made, "dev", names, self.facts.append, lambda: self.at, self.look)

    def look(self) -> Mapping[str, str]:
        return self.looks.pop(0)

    def of(self, kind: type) -> Any:
        (found,) = [fact for fact in self.facts if isinstance(fact, kind)]
        return found


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    script: tuple[Answer, ...] = request.param
    with scripted_lambda(*script) as server:
        yield Stage(server)


def following(*script: Answer) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("stage", [script], indirect=True, ids=["scripted"])


@following(ran(b'{"ok":true}'))
def test_an_answer_is_told_as_if_it_had_run_here(stage: Stage) -> None:
    outcome = stage.functions.invoke(ASKED, "orders")
    assert isinstance(outcome, Answered)
    assert (outcome.payload, outcome.error, outcome.executed_version) == (b'{"ok":true}', "", "7")
    assert (outcome.request_id, outcome.environment, outcome.cold, outcome.log) == ("here-1", "orders@dev", True, LOG)
    assert (outcome.report.billed_ms, outcome.report.max_memory_mb, outcome.report.memory_mb) == (130, 94, 512)
    started, written, ended = stage.facts
    assert isinstance(started, InvocationStarted)
    assert isinstance(written, LogWritten)
    assert isinstance(ended, InvocationEnded)
    assert {(one.environment, one.stream, one.function) for one in (started, written, ended)} == {
        ("orders@dev", "cloud", "Orders")
    }
    assert (started.request_id, written.request_id, ended.report.request_id) == ("here-1",) * 3
    assert (written.message, ended.cold, ended.error) == ("working\n", True, "")
    (call,) = stage.server.calls
    assert call.path == "/2015-03-31/functions/orders-dev/invocations"
    assert (call.body, call.headers["x-amz-log-type"]) == (b'{"a":1}', "Tail")


@following(ran(b"null"))
def test_who_brings_no_request_id_gets_awss(stage: Stage) -> None:
    outcome = stage.functions.invoke(Invocation("Orders", b"{}", "", qualifier="live", client_context='{"custom":{}}'))
    assert outcome.request_id == REQUEST_ID
    (call,) = stage.server.calls
    assert call.path.endswith("?Qualifier=live")
    assert base64.b64decode(call.headers["x-amz-client-context"]) == b'{"custom":{}}'


@following(ran(b'{"errorMessage":"no","errorType":"ValueError"}', **{"X-Amz-Function-Error": "Unhandled"}))
def test_a_function_that_fails_is_an_answer_with_its_errors_name(stage: Stage) -> None:
    outcome = stage.functions.invoke(ASKED)
    assert isinstance(outcome, Answered)
    assert (outcome.error, outcome.report.status, outcome.report.billed_ms) == ("ValueError", Status.ERROR, 130)
    assert json.loads(stage.of(InvocationEnded).error) == {"errorMessage": "no", "errorType": "ValueError"}


@following(ran(b'"x"', log="a line whose beginning was cu"))
def test_without_a_report_there_are_no_figures(stage: Stage) -> None:
    stage.at = 5.0
    outcome = stage.functions.invoke(ASKED)
    assert isinstance(outcome, Answered)
    assert (outcome.report.measured, outcome.cold) == (False, False)
    assert stage.of(LogWritten).message == "a line whose beginning was cu\n"


@following(ran(b"\x89PNG\x00", **{"Content-Type": "image/png; x=y"}))
def test_bytes_keep_their_content_type(stage: Stage) -> None:
    outcome = stage.functions.invoke(ASKED)
    assert isinstance(outcome, Answered)
    assert (outcome.payload, outcome.content_type) == (b"\x89PNG\x00", "image/png")


@following(Whole(b"", 202))
def test_an_asynchronous_invocation_has_no_log_and_no_report(stage: Stage) -> None:
    outcome = stage.functions.invoke(ASKED, kind=InvocationType.EVENT)
    assert isinstance(outcome, Answered)
    assert (outcome.payload, outcome.report.measured, stage.facts) == (b"", False, [])
    assert stage.server.calls[0].headers["x-amz-invocation-type"] == "Event"


THROTTLE = "ReservedFunctionConcurrentInvocationLimitExceeded"


@following(
    refusal(429, "TooManyRequestsException", "Rate Exceeded.", {"Retry-After": "2"}, Reason=THROTTLE, Type="User")
)
def test_a_throttle_is_the_outcome_with_awss_reason_and_is_not_tried_again(stage: Stage) -> None:
    outcome = stage.functions.invoke(ASKED)
    assert isinstance(outcome, Refused)
    assert (outcome.status, outcome.code, outcome.reason) == (429, "TooManyRequestsException", THROTTLE)
    assert outcome.body == f'{{"Reason":"{THROTTLE}","Type":"User","message":"Rate Exceeded."}}'.encode()
    assert ("Retry-After", "2") in outcome.headers
    refused = stage.of(InvocationRefused)
    assert (refused.reason, refused.status, refused.request_id) == (THROTTLE, 429, "here-1")
    assert len(stage.server.calls) == 1


@pytest.mark.parametrize(
    ("stage", "status", "code"),
    [
        ((refusal(502, "EC2UnexpectedException", "no network"),), 502, "EC2UnexpectedException"),
        ((refusal(500, "ServiceException", "sorry"),), 500, "ServiceException"),
        ((refusal(413, "RequestTooLargeException", "too large"),), 413, "RequestTooLargeException"),
        ((refusal(400, "InvalidRequestContentException", "no JSON"),), 400, "InvalidRequestContentException"),
        ((refusal(502, "KMSAccessDeniedException", "not your key"),), 502, "KMSAccessDeniedException"),
    ],
    indirect=["stage"],
)
def test_what_lambda_says_of_one_invocation_is_its_outcome(stage: Stage, status: int, code: str) -> None:
    outcome = stage.functions.invoke(ASKED)
    assert isinstance(outcome, Refused)
    assert (outcome.status, outcome.code) == (status, code)
    assert stage.of(InvocationRefused).status == status


@pytest.mark.parametrize(
    ("stage", "word"),
    [
        ((refusal(403, "ExpiredTokenException", "The security token included is expired"),), "expired"),
        ((refusal(403, "UnrecognizedClientException", "The security token is invalid"),), "does not know"),
        (
            (refusal(403, "AccessDeniedException", "User: x is not authorized to perform: lambda:InvokeFunction"),),
            "not",
        ),
        ((refusal(400, "RequestExpired", "Request has expired"),), "expired"),
    ],
    indirect=["stage"],
)
def test_trouble_on_the_way_there_is_an_error_about_the_stage_with_a_hint(stage: Stage, word: str) -> None:
    with pytest.raises(RemoteError) as raised:
        stage.functions.invoke(ASKED)
    assert raised.value.where == "stage dev"
    assert word in raised.value.what
    assert raised.value.hint
    assert (stage.of(InvocationRefused).status, stage.of(InvocationRefused).reason) == (503, raised.value.what)


@following()
def test_a_function_that_the_stage_does_not_have_is_not_asked_for_each_time(stage: Stage) -> None:
    stage.looks = [{"Orders": "orders-dev"}, {"Mail": "mail-dev"}]
    for _ in range(3):
        with pytest.raises(RemoteError) as raised:
            stage.functions.invoke(Invocation("Mail", b"{}", "m"), "mail")
        assert (raised.value.where, raised.value.what) == ("mail", "the stage dev has no such function")
        assert "devserve sync dev" in raised.value.hint
    assert len(stage.looks) == 1


@following(ran(b"1"))
def test_a_function_that_was_pushed_meanwhile_is_found(stage: Stage) -> None:
    stage.looks = [{"Orders": "orders-dev"}, {"Mail": "mail-dev"}]
    with pytest.raises(RemoteError):
        stage.functions.invoke(Invocation("Mail", b"{}", "m"))
    stage.at += 60
    outcome = stage.functions.invoke(Invocation("Mail", b"{}", "m"))
    assert isinstance(outcome, Answered)
    assert stage.server.calls[0].path == "/2015-03-31/functions/mail-dev/invocations"


GONE = refusal(404, "ResourceNotFoundException", "Function not found: orders-dev")


@following(GONE, ran(b"1"))
def test_a_function_that_was_made_anew_is_called_by_its_new_name(stage: Stage) -> None:
    stage.looks = [{"Orders": "orders-new"}]
    assert isinstance(stage.functions.invoke(ASKED), Answered)
    assert "/orders-new/" in stage.server.calls[1].path


@following(GONE)
def test_a_function_that_was_deleted_by_hand_is_an_error_about_it(stage: Stage) -> None:
    stage.looks = [{"Orders": "orders-dev"}]
    with pytest.raises(RemoteError) as raised:
        stage.functions.invoke(ASKED, "orders")
    assert raised.value.where == "orders"
    assert "Function not found" in raised.value.what


@following(Hung())
def test_a_connection_that_ends_is_an_error_and_the_invocation_is_not_made_again(stage: Stage) -> None:
    with pytest.raises(RemoteError) as raised:
        stage.functions.invoke(ASKED)
    assert "connection" in raised.value.what
    assert len(stage.server.calls) == 1


def test_nobody_there_is_an_error_that_names_the_address() -> None:
    facts: list[Fact] = []
    nobody = client(f"http://127.0.0.1:{free_port()}")
    functions = CloudFunctions(lambda: nobody, "dev", {"Orders": "orders-dev"}, facts.append, lambda: 0.0)
    with pytest.raises(RemoteError) as raised:
        functions.invoke(ASKED)
    assert "nobody answers at http://127.0.0.1" in raised.value.what
    assert [type(fact) for fact in facts] == [InvocationStarted, InvocationRefused]


def test_chunks_are_handed_over_as_they_come() -> None:
    opened = threading.Semaphore(0)
    pieces = [event_stream.chunk(b"one "), event_stream.chunk(b"two"), event_stream.complete(LOG)]
    arrived: list[bytes] = []

    def chunk(piece: bytes) -> None:
        """The next piece is sent only when this one is here."""
        arrived.append(piece)
        opened.release()

    with scripted_lambda(Streamed(pieces, opened)) as server:
        stage = Stage(server)
        outcome = stage.functions.invoke(ASKED, "orders", chunk=chunk)
    assert isinstance(outcome, Answered)
    assert (arrived, outcome.payload) == ([b"one ", b"two"], b"one two")
    assert (outcome.report.billed_ms, outcome.executed_version, outcome.log) == (130, "7", LOG)
    assert outcome.content_type == "application/octet-stream"
    assert server.calls[0].path == "/2021-11-15/functions/orders-dev/response-streaming-invocations"
    assert stage.of(LogWritten).message == "working\n"


STREAM = [event_stream.chunk(bytes([0, 255, 10])), event_stream.chunk(b""), event_stream.complete()]


@following(Streamed(STREAM))
def test_an_invocation_that_is_streamed_in_aws_is_streamed_here(stage: Stage) -> None:
    outcome = stage.functions.invoke(Invocation("Orders", b"{}", "s", streamed=True))
    assert isinstance(outcome, Answered)
    assert (outcome.payload, outcome.report.measured) == (bytes([0, 255, 10]), False)
    assert "response-streaming-invocations" in stage.server.calls[0].path


@following(Streamed([event_stream.chunk(b'{"statusCode":200}'), event_stream.complete()]))
def test_json_that_comes_in_frames_is_json(stage: Stage) -> None:
    outcome = stage.functions.invoke(ASKED, chunk=lambda _: None)
    assert isinstance(outcome, Answered)
    assert outcome.content_type == "application/json"


ERROR = '{"errorType":"Error","errorMessage":"in the middle"}'


@pytest.mark.parametrize(
    ("stage", "error", "message"),
    [
        ((Streamed([event_stream.chunk(b"par"), event_stream.complete(LOG, "Unhandled", ERROR)]),), "Error", "middle"),
        ((Streamed([event_stream.complete(LOG, "Runtime.ExitError", "gone")]),), "Runtime.ExitError", "gone"),
        ((Streamed([event_stream.chunk(ERROR.encode()), event_stream.complete("", "Unhandled")]),), "Error", "middle"),
    ],
    indirect=["stage"],
)
def test_a_function_that_fails_while_it_streams_has_failed(stage: Stage, error: str, message: str) -> None:
    outcome = stage.functions.invoke(ASKED, chunk=lambda _: None)
    assert isinstance(outcome, Answered)
    assert outcome.error == error
    assert outcome.report.status is Status.ERROR
    assert message in stage.of(InvocationEnded).error


@following(Streamed([event_stream.chunk(b"par")], broken=True))
def test_a_stream_that_breaks_is_no_answer(stage: Stage) -> None:
    arrived: list[bytes] = []
    with pytest.raises(RemoteError) as raised:
        stage.functions.invoke(ASKED, "orders", chunk=arrived.append)
    assert "middle of the answer" in raised.value.what
    assert "may have run" in raised.value.hint
    assert arrived == [b"par"]
    assert stage.of(InvocationRefused).status == 503


@following(Streamed([event_stream.chunk(b"par")]))
def test_a_stream_without_its_last_event_is_no_answer(stage: Stage) -> None:
    with pytest.raises(RemoteError) as raised:
        stage.functions.invoke(ASKED, chunk=lambda _: None)
    assert "before it was whole" in raised.value.what


@following(Streamed([event_stream.chunk(b"par")[:-1] + b"\x00"]))
def test_a_frame_whose_checksum_is_wrong_is_no_answer(stage: Stage) -> None:
    with pytest.raises(RemoteError) as raised:
        stage.functions.invoke(ASKED, chunk=lambda _: None)
    assert "ChecksumMismatch" in raised.value.what


@following(Streamed([event_stream.message("InternalFailure", b'{"message":"sorry"}', of="exception")]))
def test_an_error_in_the_middle_of_a_stream_is_a_refusal(stage: Stage) -> None:
    outcome = stage.functions.invoke(ASKED, chunk=lambda _: None)
    assert isinstance(outcome, Refused)
    assert (outcome.status, stage.of(InvocationRefused).status) == (502, 502)


@following(refusal(429, "TooManyRequestsException", "Rate Exceeded.", Reason="CallerRateLimitExceeded"))
def test_a_throttled_stream_is_not_called_the_other_way(stage: Stage) -> None:
    outcome = stage.functions.invoke(ASKED, chunk=lambda _: None)
    assert isinstance(outcome, Refused)
    assert (outcome.status, outcome.reason) == (429, "CallerRateLimitExceeded")
    assert len(stage.server.calls) == 1


@pytest.mark.parametrize(
    "stage",
    [
        (Whole(b"<html>nothing</html>", 404, {"Content-Type": "text/html"}), ran(b'"all"'), ran(b'"again"')),
        (Whole(b'{"message":"no such operation"}', 501), ran(b'"all"'), ran(b'"again"')),
        (refusal(404, "UnknownOperationException", "what?"), ran(b'"all"'), ran(b'"again"')),
    ],
    indirect=True,
)
def test_where_nobody_streams_the_answer_comes_whole_and_streaming_is_asked_for_once(stage: Stage) -> None:
    arrived: list[bytes] = []
    outcome = stage.functions.invoke(ASKED, chunk=arrived.append)
    assert isinstance(outcome, Answered)
    stage.functions.invoke(ASKED, chunk=arrived.append)
    assert arrived == [b'"all"', b'"again"']
    paths = [call.path.rpartition("/")[2] for call in stage.server.calls]
    assert paths == ["response-streaming-invocations", "invocations", "invocations"]


@following(Streamed([event_stream.chunk(b"one"), event_stream.chunk(b"two"), event_stream.complete()]))
def test_what_the_receiver_of_chunks_raises_is_its_own(stage: Stage) -> None:
    def closed(_: bytes) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        stage.functions.invoke(ASKED, chunk=closed)

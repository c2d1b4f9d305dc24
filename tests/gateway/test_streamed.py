"""What a function streamed, as one reply."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway import patience, streamed
from localstack_lite.gateway.exchange import Answer, exchange
from localstack_lite.gateway.prelude import PreludeReader
from localstack_lite.gateway.sites import Sites
from localstack_lite.gateway.steps import Begin, Begun
from localstack_lite.model.api import Api, ApiKind, LambdaProxy
from localstack_lite.model.invocation import Answered, Refused, Streaming
from tests.gateway.tale import REPORT, STAMP, http, project, request, rest, tell, url, visit
from tests.streams import WrittenStream

HTTP = "application/vnd.awslambda.http-integration-response"
REST = rest({"GET /": LambdaProxy("Fn", timeout=29, streamed=True)}, stage="dev")
URL = replace(url(), routes=(replace(url().routes[0], integration=LambdaProxy("Fn", streamed=True)),))
BOTH = pytest.mark.parametrize("api", [URL, REST], ids=["function URL", "REST"])


def prelude(body: bytes, **said: object) -> bytes:
    return json.dumps(said).encode() + b"\0" * 8 + body


def answer(api: Api, payload: bytes, content_type: str = HTTP) -> Answer:
    outcome = Answered(STAMP.lambda_request_id, payload, REPORT, content_type=content_type)
    return tell(project(api), request(target="/dev/" if api is REST else "/"), outcome)[1]


def lines(told: Answer, name: str) -> list[str]:
    return [value for key, value in told.response.headers if key.lower() == name]


@BOTH
def test_the_prelude_is_status_headers_and_cookies_and_the_rest_is_the_body(api: Api) -> None:
    said = {"statusCode": 201, "headers": {"content-type": "text/html", "x-a": "b"}, "cookies": ["a=1", "b=2"]}
    told = answer(api, prelude(b"<p>\x00\xff\0\0\0\0\0\0\0\0more", **said))
    assert (told.response.status, told.response.body) == (201, b"<p>\x00\xff\0\0\0\0\0\0\0\0more")
    assert (lines(told, "content-type"), lines(told, "x-a")) == (["text/html"], ["b"])
    assert lines(told, "set-cookie") == ["a=1", "b=2"]
    assert told.note == ""


@BOTH
def test_headers_of_several_values_are_as_many_lines(api: Api) -> None:
    told = answer(api, prelude(b"", multiValueHeaders={"x-a": ["1", "2"]}))
    assert (told.response.status, lines(told, "x-a")) == (200, ["1", "2"])


@BOTH
def test_the_invocation_says_that_it_is_streamed(api: Api) -> None:
    call, _ = tell(project(api), request(target="/dev/" if api is REST else "/"))
    assert call is not None
    assert call.invocation.streamed


def test_a_route_that_does_not_stream_reads_results_as_before() -> None:
    call, told = tell(project(url()), request(), Answered("r", prelude(b"x", statusCode=201), REPORT))
    assert call is not None
    assert not call.invocation.streamed
    assert told.response.status == 200


@BOTH
def test_a_prelude_that_aws_would_not_take_is_a_malformed_result(api: Api) -> None:
    told = answer(api, prelude(b"", statusCode="many"))
    assert told.response.status == 502
    assert "statusCode" in told.note


def test_a_function_url_hands_on_a_stream_without_a_prelude() -> None:
    told = answer(URL, b"Hello, world!", "application/octet-stream")
    assert (told.response.status, told.response.body) == (200, b"Hello, world!")
    assert lines(told, "content-type") == ["application/octet-stream"]


def test_a_result_that_was_not_streamed_is_handed_on_as_json() -> None:
    told = answer(URL, b'{"statusCode":404}', "application/json")
    assert (told.response.status, told.response.body) == (200, b'{"statusCode":404}')
    assert lines(told, "content-type") == ["application/json"]


def test_bytes_with_nuls_are_no_prelude() -> None:
    body = b"\x89PNG" + b"\0" * 20
    assert answer(URL, body, "image/png").response.body == body


def test_a_rest_api_that_streams_demands_a_prelude() -> None:
    told = answer(REST, b'{"statusCode":200,"body":"x"}', "application/json")
    assert told.response.status == 502
    assert "prelude" in told.note


def test_the_delimiter_has_to_come_early() -> None:
    told = answer(REST, json.dumps({"headers": {"x": "y" * 20_000}}).encode() + b"\0" * 8)
    assert told.response.status == 502


@given(st.binary(max_size=200), st.sampled_from([HTTP, "text/plain", "", "application/json"]))
def test_whatever_is_streamed_is_an_answer(payload: bytes, content_type: str) -> None:
    sent = visit(request())
    assert streamed.reply(ApiKind.FUNCTION_URL, sent, b'{"statusCode":200}' + b"\0" * 8 + payload, HTTP).body == payload
    assert answer(URL, payload, content_type).response.status in (200, 502)


@pytest.mark.parametrize("api", [URL, rest({"GET /": "Fn"}, stage="dev"), http({"GET /": "Fn"})])
def test_a_stage_that_cannot_be_reached_is_a_503_that_says_why(api: Api) -> None:
    refused = Refused("r", 503, "ServiceException", b'{"Message":"stage dev: expired"}', "expired")
    _, told = tell(project(api), request(target="/dev/" if api.kind is ApiKind.REST else "/"), refused)
    assert (told.response.status, told.response.body) == (503, b'{"Message":"stage dev: expired"}')
    assert told.note == "refused: expired"


def begun(api: Api, came: bytes, content_type: str = HTTP) -> tuple[Begin, Answer, WrittenStream]:
    """What the story asks for when the function begins to stream, and its answer when `came` is what came first."""
    story = exchange(Sites(project(api)).at("localhost"), request(target="/dev/" if api is REST else "/"), STAMP)
    next(story)
    body = WrittenStream()
    begin = story.send(Streaming("r", body, content_type, environment="fn#1", cold=True))
    assert isinstance(begin, Begin)
    opening = PreludeReader(begin.prelude).took(came)
    assert opening is not None
    with pytest.raises(StopIteration) as end:
        story.send(Begun(begin.streaming, opening, body))
    return begin, end.value.value, body


@BOTH
def test_an_answer_that_is_still_written_has_its_head_from_the_prelude(api: Api) -> None:
    said = {"statusCode": 201, "headers": {"content-type": "text/event-stream"}, "cookies": ["a=1", "b=2"]}
    _, told, body = begun(api, prelude(b"first", **said))
    assert (told.response.status, told.response.body, told.response.stream) == (201, b"", body)
    assert (lines(told, "content-type"), lines(told, "set-cookie")) == (["text/event-stream"], ["a=1", "b=2"])
    assert (told.request_id, told.environment, told.cold) == ("r", "fn#1", True)


def test_a_function_url_without_a_prelude_is_answered_at_the_first_byte() -> None:
    begin, told, body = begun(URL, b"H", "application/octet-stream")
    assert (begin.prelude, told.response.status, told.response.stream) == (False, 200, body)
    assert lines(told, "content-type") == ["application/octet-stream"]


def test_the_gateways_timeout_holds_until_then_and_its_patience_from_then_on() -> None:
    begin, _, _ = begun(REST, prelude(b""))
    assert (begin.timeout, begin.patience) == (29, patience.REST)
    assert begun(URL, prelude(b""))[0].patience is None


@pytest.mark.parametrize(
    ("api", "came"),
    [
        (REST, b"x" * 20_000),
        (REST, prelude(b"", other=1)),
        (URL, prelude(b"", statusCode="many")),
        (URL, b"no JSON" + b"\0" * 8),
    ],
    ids=["none", "unknown key", "bad status", "no JSON"],
)
def test_a_stream_that_begins_as_aws_would_not_take_it_is_refused(api: Api, came: bytes) -> None:
    _, told, _ = begun(api, came)
    assert (told.response.status, told.response.stream) == (502, None)
    assert told.note.startswith("malformed result: ")


def test_a_function_url_names_the_version_that_it_is_for() -> None:
    api = replace(URL, routes=(replace(URL.routes[0], integration=LambdaProxy("Fn", streamed=True, qualifier="live")),))
    call, _ = tell(project(api), request())
    assert call is not None
    assert (call.invocation.qualifier, call.invocation.arn.rpartition(":")[2]) == ("live", "live")
    plain, _ = tell(project(URL), request())
    assert plain is not None
    assert (plain.invocation.qualifier, plain.invocation.arn.rpartition(":")[2]) == ("$LATEST", "Fn")

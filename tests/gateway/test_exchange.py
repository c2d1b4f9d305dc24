"""Conversations: what is asked of the function, what the client gets, what the fact tells."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.gateway.limits import EVENT_LIMIT
from localstack_lite.gateway.steps import TimedOut
from localstack_lite.model.api import Api, Cors, Integration, LambdaProxy, Unsupported
from localstack_lite.model.invocation import Answered, Outcome, Refused
from localstack_lite.wire.messages import Headers, Request
from tests.gateway.tale import REPORT, STAMP, alb, header, http, project, request, rest, returned, tell, url

REST = rest({"GET /x": LambdaProxy("Fn", timeout=29)})
HTTP = http({"GET /x": LambdaProxy("Fn", timeout=5)})
URL = url()
ALB = alb()
THROTTLED = Refused("id", 429, "TooManyRequestsException", b"{}", "ReservedFunctionConcurrentInvocationLimitExceeded")


def test_call_names_function_arn_ids_trace_and_patience() -> None:
    call, _ = tell(project(REST), request(target="/x"))
    assert call is not None
    invocation = call.invocation
    assert (invocation.function, invocation.request_id, call.timeout) == ("Fn", STAMP.lambda_request_id, 29)
    assert invocation.arn == "arn:aws:lambda:us-east-1:123456789012:function:Fn"
    assert invocation.trace_id.startswith(f"Root={STAMP.trace_root};Parent=")


@pytest.mark.parametrize("api", [URL, ALB])
def test_function_url_and_load_balancer_wait_as_long_as_a_function_may_run(api: Api) -> None:
    call, _ = tell(project(api), request(target="/x"))
    assert call is not None
    assert call.timeout > 900


def test_clients_trace_goes_to_lambda_and_back() -> None:
    sent = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"
    call, told = tell(project(REST), request(target="/x", headers=[("x-amzn-trace-id", sent)]), returned({}))
    assert call is not None
    assert call.invocation.trace_id.startswith(sent)
    assert (header(told.response, "X-Amzn-Trace-Id") or "").startswith(sent)


def test_fact_tells_where_it_went_and_what_it_cost() -> None:
    outcome = Answered("theid", b'{"statusCode":200}', REPORT, environment="fn#1", cold=True)
    _, told = tell(project(HTTP), request(target="/x"), outcome)
    assert (told.api, told.route, told.function, told.request_id) == ("Http", "GET /x", "Fn", "theid")
    assert (told.environment, told.cold, told.report, told.note) == ("fn#1", True, REPORT, "")


@pytest.mark.parametrize(
    ("api", "outcome", "status", "note"),
    [
        (REST, Answered("id", b"{}", REPORT, error="ValueError"), 502, "ValueError"),
        (HTTP, Answered("id", b"{}", REPORT, error="Sandbox.Timedout"), 500, "Sandbox.Timedout"),
        (HTTP, Answered("id", b'{"errorType":"KeyError"}', REPORT, error="Function.Unknown"), 500, "KeyError"),
        (HTTP, Answered("id", b"no JSON", REPORT, error="Function.Unknown"), 500, "Function.Unknown"),
        (HTTP, Answered("id", b'{"errorType":7}', REPORT, error="Function.Unknown"), 500, "Function.Unknown"),
        (URL, Answered("id", b"{}", REPORT, error="ValueError"), 502, "ValueError"),
        (REST, THROTTLED, 500, "throttled: Reserved"),
        (HTTP, THROTTLED, 503, "throttled: Reserved"),
        (URL, THROTTLED, 429, "throttled: Reserved"),
        (REST, Refused("id", 404, "ResourceNotFoundException", b""), 500, "refused: ResourceNotFoundException"),
        (HTTP, Refused("id", 404, "ResourceNotFoundException", b""), 500, "refused: ResourceNotFoundException"),
        (URL, Refused("id", 404, "ResourceNotFoundException", b""), 502, "refused: ResourceNotFoundException"),
        (REST, TimedOut(), 504, "gateway gave up at 29 s; the function runs on"),
        (HTTP, TimedOut(), 503, "gateway gave up at 5 s; the function runs on"),
        (URL, TimedOut(), 504, "gateway gave up"),
        (ALB, Answered("id", b"{}", REPORT, error="ValueError"), 502, "ValueError"),
        (ALB, Answered("id", b'{"errorType":"Sandbox.Timedout"}', REPORT, error="x"), 502, "Sandbox.Timedout"),
        (ALB, THROTTLED, 502, "throttled: Reserved"),
        (ALB, TimedOut(), 504, "gateway gave up"),
    ],
)
def test_every_outcome_has_its_answer_and_note(api: Api, outcome: Outcome | TimedOut, status: int, note: str) -> None:
    _, told = tell(project(api), request(target="/x"), outcome)
    assert told.response.status == status
    assert told.note.startswith(note)
    assert told.function == "Fn"


@pytest.mark.parametrize("api", [REST, HTTP])
def test_unknown_route_and_method_call_nothing(api: Api) -> None:
    for sent in (request("POST", "/x"), request("GET", "/nowhere")):
        call, told = tell(project(api), sent)
        assert call is None
        assert (told.response.status, told.route) == ((403, "") if api is REST else (404, ""))
        assert told.note == f"no route for {sent.method} {sent.path}"


def test_unknown_stage_is_forbidden_on_rest_and_not_found_on_http() -> None:
    _, told = tell(project(REST), request(target="/other/x", host="rest.execute-api.localhost"))
    assert (told.response.status, told.response.body) == (403, b'{"message":"Forbidden"}')
    assert header(told.response, "x-amzn-ErrorType") == "ForbiddenException"
    _, told = tell(
        project(http({"GET /x": "Fn"}, stage="dev")), request(target="/o/x", host="http.execute-api.localhost")
    )
    assert (told.response.status, told.response.body) == (404, b'{"message":"Not Found"}')


def test_foreign_host_is_refused_unless_allowed() -> None:
    sent = request(target="/x", host="evil.example")
    call, told = tell(project(HTTP), sent)
    assert call is None
    assert (told.response.status, "evil.example" in told.note) == (403, True)
    call, _ = tell(project(HTTP), sent, hosts=["evil.example"])
    assert call is not None


def test_unsupported_integration_is_500_with_its_reason_and_calls_nothing() -> None:
    spec: dict[str, Integration | str] = {"GET /x": Unsupported("needs a JWT authorizer"), "GET /{proxy+}": "Fn"}
    for api in (rest(spec), http(spec)):
        call, told = tell(project(api), request(target="/x"))
        assert call is None
        assert (told.response.status, told.note, told.route) == (500, "needs a JWT authorizer", "GET /x")


def test_integration_method_other_than_post_is_500_without_a_call() -> None:
    call, told = tell(project(rest({"GET /x": LambdaProxy("Fn", method="GET")})), request(target="/x"))
    assert call is None
    assert (told.response.status, told.response.body) == (500, b'{"message": "Internal server error"}')
    assert "Lambda takes POST only" in told.note


def test_event_that_lambda_would_refuse_is_413_and_calls_nothing() -> None:
    sent = request("POST", "/x", body=b"\x00" * EVENT_LIMIT)
    for api in (rest({"POST /x": "Fn"}), http({"POST /x": "Fn"})):
        call, told = tell(project(api), sent)
        assert call is None
        assert (told.response.status, "Lambda takes" in told.note) == (413, True)


def test_headers_that_are_too_large_are_431() -> None:
    call, told = tell(project(HTTP), request(target="/x", headers=[("Cookie", "x" * 11_000)]))
    assert (call, told.response.status) == (None, 431)


PREFLIGHT = [("Origin", "https://a.example"), ("Access-Control-Request-Method", "GET")]


def test_preflight_is_answered_without_the_function() -> None:
    api = http({"$default": "Fn"}, cors=Cors(("https://a.example",), ("GET",)))
    call, told = tell(project(api), request("OPTIONS", "/anything", PREFLIGHT))
    assert call is None
    assert (told.response.status, told.response.body) == (204, b"")
    assert header(told.response, "access-control-allow-origin") == "https://a.example"
    assert header(told.response, "apigw-requestid") == STAMP.extended_id


def test_options_that_is_no_preflight_or_without_cors_goes_to_the_route() -> None:
    api = http({"$default": "Fn"}, cors=Cors(("*",)))
    assert tell(project(api), request("OPTIONS", "/", PREFLIGHT[:1]))[0] is not None
    assert tell(project(http({"$default": "Fn"})), request("OPTIONS", "/", PREFLIGHT))[0] is not None


def test_preflight_goes_to_the_api_that_the_request_would_go_to() -> None:
    first = http({"GET /a": "Fn"}, name="First")
    second = http({"GET /b": "Fn"}, name="Second", cors=Cors(("*",), ("GET",)))
    _, told = tell(project(first, second), request("OPTIONS", "/b", PREFLIGHT))
    assert (told.response.status, told.api) == (204, "Second")


def test_cors_headers_stand_on_answers_of_the_function_and_on_its_errors() -> None:
    api = http({"GET /x": "Fn"}, cors=Cors(("*",)))
    sent = request(target="/x", headers=[("Origin", "https://a.example")])
    for outcome in (returned({"statusCode": 200}), TimedOut()):
        _, told = tell(project(api), sent, outcome)
        assert header(told.response, "access-control-allow-origin") == "*"


LATIN = st.text(alphabet=st.characters(max_codepoint=255), max_size=20)
NAMES = (
    st.sampled_from(["Host", "Origin", "Accept", "Content-Type", "X-Amzn-Trace-Id", "Cookie", "X-Forwarded-For"])
    | LATIN
)
EVERY = project(
    rest({"ANY /{proxy+}": "Fn", "GET /a/{x}": "Fn"}, binary_media_types=("image/*",)),
    http({"$default": "Fn"}, cors=Cors(("*",), allow_credentials=True)),
    http({"ANY /{a}/{b+}": LambdaProxy("Fn", payload="1.0")}, name="Old", stage="dev"),
    URL,
)
HOSTS = st.sampled_from(
    ["localhost", "rest.localhost", "http.localhost:1", "old.execute-api.localhost", "fn.lambda-url.localhost"]
)
OUTCOMES = st.one_of(
    st.just(TimedOut()),
    st.just(THROTTLED),
    st.binary(max_size=40).map(lambda payload: Answered("id", payload, REPORT)),
    st.dictionaries(
        st.sampled_from(["statusCode", "headers", "multiValueHeaders", "cookies", "body", "isBase64Encoded"]),
        st.integers(0, 700)
        | st.booleans()
        | st.text(max_size=8)
        | st.none()
        | st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.lists(st.text(max_size=5)), max_size=2),
    ).map(returned),
)
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@settings(max_examples=150)
@given(LATIN, LATIN, LATIN, st.lists(st.tuples(NAMES, LATIN), max_size=4), HOSTS, st.binary(max_size=20), OUTCOMES)
def test_anything_at_all_gets_an_answer_that_can_be_sent(
    method: str,
    path: str,
    query: str,
    lines: list[tuple[str, str]],
    host: str,
    body: bytes,
    outcome: Outcome | TimedOut,
) -> None:
    sent = Request(method, "/" + path, query, Headers((("Host", host), *lines)), body)
    call, told = tell(EVERY, sent, outcome)
    assert 200 <= told.response.status <= 599
    for name, value in told.response.headers:
        assert TOKEN.fullmatch(name)
        assert not set(value.encode("latin-1")) & {0, 10, 13}
    assert call is None or call.invocation.payload.decode("utf-8")

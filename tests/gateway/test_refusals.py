from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.refusals import Refusals
from localstack_lite.gateway.replies import Trouble, refuse
from localstack_lite.model.api import Api, ApiKind, Cors, Route, Unsupported
from localstack_lite.model.gateway_response import GatewayResponse, ResponseType
from localstack_lite.model.invocation import Answered
from localstack_lite.wire.messages import Response
from tests.gateway.tale import REPORT, STAMP, header, http, lines, project, request, rest, returned, tell, url, visit

T = ResponseType


def refusals(api: Api) -> Refusals:
    return Refusals(project(api), api, lambda *_: None)


def denied(api: Api, denial: Denial) -> Response:
    return refusals(api).denied(denial, visit(request()))


def of_kind(kind: ApiKind) -> Api:
    return Api("It", "it", kind, (Route("ANY", "$default", Unsupported("")),))


@pytest.mark.parametrize(
    ("type_", "status", "body", "error"),
    [
        (T.ACCESS_DENIED, 403, {"Message": "User is not authorized to access this resource"}, "AccessDenied"),
        (T.API_CONFIGURATION_ERROR, 500, {"message": "Internal server error"}, "ApiConfiguration"),
        (T.AUTHORIZER_CONFIGURATION_ERROR, 500, {"message": None}, "AuthorizerConfiguration"),
        (T.AUTHORIZER_FAILURE, 500, {"message": None}, "AuthorizerFailure"),
        (T.BAD_REQUEST_BODY, 400, {"message": "Invalid request body"}, "BadRequest"),
        (T.BAD_REQUEST_PARAMETERS, 400, {"message": "Missing required request parameters"}, "BadRequest"),
        (T.INTEGRATION_FAILURE, 504, {"message": "Internal server error"}, "InternalServerError"),
        (T.INTEGRATION_TIMEOUT, 504, {"message": "Endpoint request timed out"}, "InternalServerError"),
        (T.INVALID_API_KEY, 403, {"message": "Forbidden"}, "Forbidden"),
        (
            T.MISSING_AUTHENTICATION_TOKEN,
            403,
            {"message": "Missing Authentication Token"},
            "MissingAuthenticationToken",
        ),
        (T.QUOTA_EXCEEDED, 429, {"message": "Limit Exceeded"}, "LimitExceeded"),
        (T.REQUEST_TOO_LARGE, 413, {"message": "Request Too Long"}, "RequestTooLarge"),
        (T.THROTTLED, 429, {"message": "Too Many Requests"}, "TooManyRequests"),
        (T.UNAUTHORIZED, 401, {"message": "Unauthorized"}, "Unauthorized"),
        (T.UNSUPPORTED_MEDIA_TYPE, 415, {"message": "Unsupported Media Type"}, "BadRequest"),
    ],
)
def test_what_a_rest_api_says(type_: ResponseType, status: int, body: object, error: str) -> None:
    answer = denied(of_kind(ApiKind.REST), Denial(type_))
    assert (answer.status, json.loads(answer.body)) == (status, body)
    assert header(answer, "x-amzn-ErrorType") == f"{error}Exception"
    assert header(answer, "x-amzn-RequestId") == STAMP.request_id


@pytest.mark.parametrize(("type_", "size"), [(T.API_CONFIGURATION_ERROR, 36), (T.DEFAULT_5XX, 36), (T.THROTTLED, 31)])
def test_what_is_said_of_integrations_has_a_blank_as_recorded(type_: ResponseType, size: int) -> None:
    assert len(denied(of_kind(ApiKind.REST), Denial(type_)).body) == size


@pytest.mark.parametrize(
    ("type_", "status", "text"),
    [
        (T.ACCESS_DENIED, 403, "Forbidden"),
        (T.UNAUTHORIZED, 401, "Unauthorized"),
        (T.MISSING_AUTHENTICATION_TOKEN, 403, "Forbidden"),
        (T.EXPIRED_TOKEN, 403, "Forbidden"),
        (T.AUTHORIZER_CONFIGURATION_ERROR, 500, "Internal Server Error"),
        (T.THROTTLED, 429, "Too Many Requests"),
        (T.INTEGRATION_FAILURE, 503, "Service Unavailable"),
        (T.INTEGRATION_TIMEOUT, 503, "Service Unavailable"),
    ],
)
def test_an_http_api_says_only_what_the_status_means(type_: ResponseType, status: int, text: str) -> None:
    answer = denied(of_kind(ApiKind.HTTP), Denial(type_))
    assert (answer.status, answer.body) == (status, json.dumps({"message": text}, separators=(",", ":")).encode())
    assert header(answer, "x-amzn-ErrorType") is None


def test_a_function_urls_forbidden_is_as_recorded() -> None:
    answer = denied(url(), Denial(T.ACCESS_DENIED))
    assert answer.status == 403
    assert json.loads(answer.body) == {
        "Message": "Forbidden. For troubleshooting Function URL authorization issues, see: "
        "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
    }
    assert header(answer, "x-amzn-ErrorType") == "AccessDeniedException"


def test_a_function_urls_wrong_signature_is_told_in_small_letters() -> None:
    answer = denied(url(), Denial(T.INVALID_SIGNATURE, message="it does not match", error="InvalidSignatureException"))
    assert json.loads(answer.body) == {"message": "it does not match"}
    assert header(answer, "x-amzn-ErrorType") == "InvalidSignatureException"


def test_a_denial_may_have_its_own_status_text_headers_and_error() -> None:
    denial = Denial(T.UNAUTHORIZED, "", "mine", (("WWW-Authenticate", "Bearer"),), status=414, error="MyException")
    answer = denied(of_kind(ApiKind.REST), denial)
    assert (answer.status, answer.body) == (414, b'{"message":"mine"}')
    assert (header(answer, "WWW-Authenticate"), header(answer, "x-amzn-ErrorType")) == ("Bearer", "MyException")


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("kind", ApiKind)
def test_without_gateway_responses_troubles_are_as_ever(kind: ApiKind, trouble: Trouble) -> None:
    assert refusals(of_kind(kind)).trouble(trouble, STAMP, request()) == refuse(kind, trouble, STAMP)


FIVE = GatewayResponse(T.DEFAULT_5XX, "599", {"gatewayresponse.header.X-A": "'1'"}, {"application/json": "five"})
FOUR = GatewayResponse(T.DEFAULT_4XX, "", {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"})


@pytest.mark.parametrize(
    ("trouble", "status", "body"),
    [
        (Trouble.FUNCTION_FAILED, 599, b"five"),
        (Trouble.MALFORMED, 599, b"five"),
        (Trouble.MISCONFIGURED, 599, b"five"),
        (Trouble.TIMED_OUT, 599, b"five"),
        (Trouble.NO_ROUTE, 403, b'{"message":"Missing Authentication Token"}'),
        (Trouble.NO_STAGE, 403, b'{"message":"Forbidden"}'),
        (Trouble.BODY_TOO_LARGE, 413, b'{"message": "Request Too Long"}'),
    ],
)
def test_defaults_hold_for_what_the_gateway_says_of_functions_too(trouble: Trouble, status: int, body: bytes) -> None:
    api = rest({"GET /a": "Fn"}, gateway_responses=(FIVE, FOUR))
    answer = refusals(api).trouble(trouble, STAMP, request())
    assert (answer.status, answer.body) == (status, body)
    allowed = header(answer, "access-control-allow-origin")
    assert allowed == ("*" if status < 500 and trouble is not Trouble.NO_STAGE else None)


def test_a_failing_function_is_told_through_the_projects_default() -> None:
    served = project(rest({"GET /a": "Fn"}, gateway_responses=(FIVE,)))
    _, answer = tell(served, request(target="/a"), Answered("id", b'{"errorType":"E"}', REPORT, "Unhandled"))
    assert (answer.response.status, answer.response.body) == (599, b"five")
    _, fine = tell(served, request(target="/a"), returned({"statusCode": 500, "body": "mine"}))
    assert (fine.response.status, fine.response.body) == (500, b"mine")


def test_a_path_that_is_not_there_is_told_through_the_projects_default() -> None:
    template = '{"type": "$context.error.responseType", "path": "$context.path"}'
    served = project(
        rest(
            {"GET /a": "Fn"},
            gateway_responses=(GatewayResponse(T.DEFAULT_4XX, "404", {}, {"application/json": template}),),
        )
    )
    _, answer = tell(served, request(target="/b"))
    assert answer.response.status == 404
    assert json.loads(answer.response.body) == {"type": "MISSING_AUTHENTICATION_TOKEN", "path": "/b"}


def test_gateway_responses_are_a_rest_apis_alone() -> None:
    for api in (http({"GET /a": "Fn"}, gateway_responses=(FIVE, FOUR)), url()):
        assert denied(api, Denial(T.AUTHORIZER_FAILURE)).status == 500


def test_what_a_host_that_is_not_ours_gets_is_nobodys_gateway_response() -> None:
    changed = rest({"GET /a": "Fn"}, gateway_responses=(FOUR,))
    _, answer = tell(project(changed), request(host="evil.example"))
    assert header(answer.response, "access-control-allow-origin") is None


def test_a_denial_on_an_http_api_has_its_cors_headers() -> None:
    api = http({"GET /a": "Fn"}, cors=Cors(("*",)), limits={})
    _, answer = tell(project(api), request(target="/a", headers=[("Origin", "https://x")]))
    assert header(answer.response, "access-control-allow-origin") == "*"


TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: With surrogates, which the names in a project's files may have.
TEXTS = st.text(st.characters(exclude_categories=()), max_size=12)
SOURCES = st.one_of(
    TEXTS,
    TEXTS.map(lambda text: f"'{text}'"),
    st.sampled_from(
        [
            "context.error.message",
            "method.request.header.x",
            "method.request.path.",
            "context.",
            "method",
            "stageVariables.x",
        ]
    ),
)
NAMES = st.one_of(
    TEXTS, st.sampled_from(["Content-Type", "Content-Length", "Transfer-Encoding", "x-amzn-ErrorType", "X-A"])
)
RESPONSES = st.builds(
    GatewayResponse,
    st.sampled_from(T),
    st.one_of(st.just(""), TEXTS, st.integers(0, 999).map(str)),
    st.dictionaries(NAMES.map(lambda name: f"gatewayresponse.header.{name}"), SOURCES, max_size=3),
    st.dictionaries(
        st.one_of(st.sampled_from(["application/json", "text/html"]), TEXTS),
        st.one_of(TEXTS, st.just("$context.error.messageString ${context.requestId} $method.request.header.x")),
        max_size=2,
    ),
)
DENIALS = st.builds(
    Denial, st.sampled_from(T), st.just(""), st.none() | TEXTS, st.just(()), TEXTS, st.just(0), st.just("")
)


@given(DENIALS, st.lists(RESPONSES, max_size=3), TEXTS)
def test_whatever_a_project_makes_of_a_refusal_it_can_be_sent(
    denial: Denial, responses: list[GatewayResponse], sent: str
) -> None:
    api = rest({"GET /a": "Fn"}, gateway_responses=tuple(responses))
    heard = request(headers=[("x", sent.encode("utf-8", "replace").decode("latin-1")), ("Accept", "text/html")])
    for answer in (
        refusals(api).denied(denial, visit(heard)),
        refusals(api).trouble(Trouble.FUNCTION_FAILED, STAMP, heard, visit(heard)),
        refusals(api).trouble(Trouble.NO_ROUTE, STAMP, heard),
    ):
        assert 200 <= answer.status <= 599
        assert isinstance(answer.body, bytes)
        assert len(lines(answer, "content-type")) == 1
        for name, text in answer.headers:
            assert TOKEN.fullmatch(name)
            text.encode("latin-1")
            assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text)
            assert name.lower() not in ("content-length", "transfer-encoding", "connection")
        if answer.status in (204, 205, 304):
            assert not answer.body

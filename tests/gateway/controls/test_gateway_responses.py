from __future__ import annotations

import pytest

from localstack_lite.gateway.controls.failure import Failure
from localstack_lite.gateway.controls.gateway_responses import GatewayResponses
from localstack_lite.model.gateway_response import GatewayResponse, ResponseType
from localstack_lite.wire.messages import Response
from tests.gateway.tale import STAMP, header, project, request, rest

T = ResponseType
API = rest({"GET /a": "Fn"})
FIVE = GatewayResponse(T.DEFAULT_5XX, "599", {"gatewayresponse.header.foo": "'5'"}, {"application/json": "five"})


def applied(
    type_: ResponseType,
    status: int,
    *declared: GatewayResponse,
    accept: str = "",
    more: tuple[tuple[str, str], ...] = (),
) -> Response:
    own = Response(status, (("Content-Type", "application/json"), ("x-amzn-RequestId", "id"), *more), b"own")
    heard = request(headers=[("Accept", accept)] if accept else ())
    failure = Failure(type_, "text", project(API), API, heard, STAMP)
    return GatewayResponses(declared).applied(own, failure)


def test_as_recorded_an_unset_type_takes_all_of_its_default_and_a_set_one_nothing() -> None:
    failure_only = GatewayResponse(T.AUTHORIZER_FAILURE, "", {"gatewayresponse.header.foo": "'bar'"})
    unset = applied(T.API_CONFIGURATION_ERROR, 500, FIVE, failure_only)
    assert (unset.status, unset.body, header(unset, "foo")) == (599, b"five", "5")
    of_504 = applied(T.INTEGRATION_FAILURE, 504, FIVE, failure_only)
    assert of_504.status == 599
    set_ = applied(T.AUTHORIZER_FAILURE, 500, FIVE, failure_only)
    assert (set_.status, set_.body, header(set_, "foo")) == (500, b"own", "bar")
    other = applied(T.ACCESS_DENIED, 403, FIVE, failure_only)
    assert (other.status, other.body, header(other, "foo")) == (403, b"own", None)


def test_defaults_are_chosen_by_the_status() -> None:
    four = GatewayResponse(T.DEFAULT_4XX, "", {}, {"application/json": "four"})
    assert applied(T.THROTTLED, 429, FIVE, four).body == b"four"
    assert applied(T.INTEGRATION_TIMEOUT, 504, FIVE, four).body == b"five"


@pytest.mark.parametrize(
    ("status", "sent"), [("", 403), ("200", 200), ("599", 599), ("199", 403), ("6", 403), ("abc", 403)]
)
def test_a_status_that_ends_no_response_counts_for_none(status: str, sent: int) -> None:
    assert applied(T.ACCESS_DENIED, 403, GatewayResponse(T.ACCESS_DENIED, status)).status == sent


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("text/html,application/json", "text/html"),
        ("text/HTML;q=0.9", "text/html"),
        ("image/png, text/html", "text/html"),
        ("*/*", "application/json"),
    ],
)
def test_the_template_is_that_of_what_the_client_accepts(accept: str, kind: str) -> None:
    both = GatewayResponse(T.THROTTLED, "", {}, {"text/html": "text/html", "application/json": "application/json"})
    answer = applied(T.THROTTLED, 429, both, accept=accept)
    assert (header(answer, "content-type"), answer.body) == (kind, kind.encode())


def test_without_json_the_first_template_is_taken() -> None:
    html = GatewayResponse(T.THROTTLED, "", {}, {"text/html": "a", "text/plain": "b"})
    assert applied(T.THROTTLED, 429, html).body == b"a"


def test_headers_of_the_project_replace_those_of_the_type() -> None:
    said = {"gatewayresponse.header.WWW-Authenticate": "'Mine'", "gatewayresponse.header.Content-Type": "'text/x'"}
    answer = applied(
        T.UNAUTHORIZED,
        401,
        GatewayResponse(T.UNAUTHORIZED, "", said),
        more=(("www-authenticate", "Bearer"), ("X-B", "2")),
    )
    assert sorted((name.lower(), value) for name, value in answer.headers) == [
        ("content-type", "text/x"),
        ("www-authenticate", "Mine"),
        ("x-amzn-requestid", "id"),
        ("x-b", "2"),
    ]


@pytest.mark.parametrize(
    "source", ["context.nothing", "method.request.header.None", "no quotes", "'a\nb'", "stageVariables.x"]
)
def test_a_header_without_a_value_that_can_be_sent_is_not_sent(source: str) -> None:
    answer = applied(T.THROTTLED, 429, GatewayResponse(T.THROTTLED, "", {"gatewayresponse.header.X": source}))
    assert header(answer, "X") is None


def test_an_api_that_changed_nothing_has_none() -> None:
    assert not GatewayResponses(())
    assert GatewayResponses((FIVE,))

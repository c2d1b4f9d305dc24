"""What the client gets: the chosen response, its templates and headers, overrides."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_lite.model.integration import ContentHandling, IntegrationResponse, MethodResponse
from localstack_lite.model.invocation import Answered
from localstack_lite.model.outgoing import Returned
from tests.gateway.tale import REPORT, STAMP, header, lines, returned
from tests.gateway.templates.shared import answered, integration

PATTERNS = (
    IntegrationResponse("200"),
    IntegrationResponse("405", ".*four hundred.*"),
    IntegrationResponse("502", ".+"),
    IntegrationResponse("504", "200"),
)


def failed(message: str) -> Answered:
    body = f'{{"errorMessage": "{message}", "errorType": "Exception", "requestId": "r", "stackTrace": []}}'
    return Answered(STAMP.lambda_request_id, body.encode(), REPORT, error="Unhandled")


@pytest.mark.parametrize(
    ("came", "status"),
    [
        (returned("Pass"), 200),
        (failed("Error: Raising four hundred from within the Lambda function"), 405),
        (failed("Error: Raising five hundred from within the Lambda function"), 502),
    ],
)
def test_a_function_chooses_by_its_error_message_as_recorded(came: Answered, status: int) -> None:
    answer = answered(integration("AWS", PATTERNS, function="Fn"), came)
    assert (answer.response.status, answer.response.body) == (status, came.payload)


def test_a_timeout_of_the_function_can_be_chosen() -> None:
    responses = (IntegrationResponse("200"), IntegrationResponse("504", ".*Task timed out.*"))
    came = failed("2026-11-22T00:00:00Z 1f Task timed out after 1.00 seconds")
    assert answered(integration("AWS", responses, function="Fn"), came).response.status == 504


@pytest.mark.parametrize(("status", "chosen"), [(200, 200), (204, 201), (404, 400), (503, 500), (599, 500), (302, 200)])
def test_a_server_chooses_by_its_status(status: int, chosen: int) -> None:
    responses = (
        IntegrationResponse("400", "4\\d{2}"),
        IntegrationResponse("500", "5.*"),
        IntegrationResponse("201", "204"),
        IntegrationResponse("200"),
        IntegrationResponse("418", "("),
    )
    assert answered(integration("HTTP", responses, uri="http://b/"), Returned(status)).response.status == chosen


def test_a_pattern_matches_the_whole_text() -> None:
    responses = (IntegrationResponse("200"), IntegrationResponse("500", "four"))
    assert answered(integration("AWS", responses, function="Fn"), failed("four hundred")).response.status == 200


def test_without_a_response_that_fits_it_is_500() -> None:
    answer = answered(integration("HTTP", [IntegrationResponse("200", "200")], uri="http://b/"), Returned(404))
    assert answer.response.status == 500
    assert header(answer.response, "x-amzn-ErrorType") == "ApiConfigurationException"
    assert "no integration response is for '404'" in answer.note


OVERRIDING = (
    '#set($inputRoot = $input.path(\'$\'))\n$input.json("$")\n#if($inputRoot.toString().contains("customerror"))\n'
    "    #set($context.responseOverride.status = 400)\n#else\n    #set($context.responseOverride.status = 202)\n#end"
)


@pytest.mark.parametrize(("body", "status"), [("noerror", 202), ("customerror", 400)])
def test_a_template_overrides_the_status_as_recorded(body: str, status: int) -> None:
    response = IntegrationResponse("200", templates={"application/json": OVERRIDING})
    answer = answered(integration("AWS", [response], function="Fn"), returned({"statusCode": 200, "body": body}))
    assert answer.response.status == status
    assert answer.response.body.strip() == f'{{"statusCode":200,"body":"{body}"}}'.encode()


@pytest.mark.parametrize("value", ["'404'", "99", "600", "4.5", "true", "'x'", "[1]"])
def test_a_status_that_is_none_is_ignored_and_told(value: str) -> None:
    template = f"#set($context.responseOverride.status = {value})x"
    response = IntegrationResponse("201", templates={"application/json": template})
    answer = answered(integration("HTTP", [response], uri="http://b/"), Returned(200))
    assert answer.response.status == 201
    assert [each.kind for each in answer.differences] == ["ignored-override"]


@pytest.mark.parametrize("given", [True, False])
def test_overrides_of_a_request_template_reach_the_response_as_recorded(given: bool) -> None:
    request_template = (
        '#set($context.responseOverride.status = 444)\n#set($context.responseOverride.header.foo = "bar")\n'
        '#set($context.responseOverride.custom = "is also passed around")\n{\n  "statusCode": 200\n}'
    )
    response_template = (
        '{"statusOverride": "$context.responseOverride.status", "fooHeader": "$context.responseOverride.header.foo", '
        '"custom": "$context.responseOverride.custom"}'
    )
    templates = {"application/json": response_template} if given else {}
    declared = integration(
        "MOCK", [IntegrationResponse("200", templates=templates)], templates={"application/json": request_template}
    )
    answer = answered(declared)
    assert (answer.response.status, header(answer.response, "foo")) == (444, "bar")
    told = b'{"statusOverride": "444", "fooHeader": "bar", "custom": "is also passed around"}'
    assert answer.response.body == (told if given else b"")


def mapped(parameters: dict[str, str], *came: Any, kind: str = "HTTP", **more: Any) -> Any:
    response = IntegrationResponse("200", parameters={f"method.response.header.{k}": v for k, v in parameters.items()})
    return answered(integration(kind, [response], uri="http://b/", **more), *came).response


def test_only_mapped_headers_reach_the_client() -> None:
    came = Returned(200, (("X-Backend", "b"), ("Set-Cookie", "a"), ("Set-Cookie", "b")), b'{"id": 5}')
    reply = mapped(
        {
            "X-From": "integration.response.header.x-backend",
            "X-All": "integration.response.multivalueheader.Set-Cookie",
            "X-Id": "integration.response.body.id",
            "X-Static": "'*'",
            "X-Context": "context.stage",
            "X-None": "integration.response.header.none",
            "X-Empty": "''",
        },
        came,
    )
    wanted = {"X-From": "b", "X-All": "a,b", "X-Id": "5", "X-Static": "*", "X-Context": "stage"}
    assert {name: value for name, value in reply.headers if name.startswith("X-") and "Amzn" not in name} == wanted
    assert lines(reply, "X-Backend") == []


def test_standard_headers_are_renamed_as_recorded() -> None:
    names = ("Authorization", "Connection", "Content-Length", "Date", "Server", "User-Agent", "TE", "Transfer-Encoding")
    reply = mapped({name: f"'v_{name}'" for name in names}, Returned(200))
    assert [line for line in reply.headers if line[1].startswith("v_")] == [
        *((f"x-amzn-Remapped-{name}", f"v_{name}") for name in names[:6]),
        ("TE", "v_TE"),
    ]


def test_a_header_that_cannot_be_sent_is_500() -> None:
    came = Returned(200, (), b'{"id": "a\\nb"}')
    assert mapped({"X-Id": "integration.response.body.id"}, came).status == 500
    assert mapped({"X-Id": "integration.response.body.id"}, Returned(200, (), b"{oh")).status == 500


TEMPLATES = {"text/html": "<p>", "application/json": "{}", "text/plain": "plain"}


@pytest.mark.parametrize(
    ("accept", "body"),
    [
        ("", b"{}"),
        ("*/*", b"{}"),
        ("text/html", b"<p>"),
        ("text/css, text/plain;q=0.5", b"plain"),
        ("image/png", b"{}"),
    ],
)
def test_a_response_template_is_chosen_by_what_the_client_accepts(accept: str, body: bytes) -> None:
    declared = integration("HTTP", [IntegrationResponse("200", templates=TEMPLATES)], uri="http://b/")
    headers = [("Accept", accept)] if accept else []
    assert answered(declared, Returned(200), headers=headers).response.body == body


def test_the_first_template_serves_when_none_is_for_json() -> None:
    declared = integration("HTTP", [IntegrationResponse("200", templates={"a/b": "1", "c/d": "2"})], uri="http://b/")
    assert answered(declared, Returned(200)).response.body == b"1"


@pytest.mark.parametrize(
    ("models", "accept", "content_type"),
    [
        ({}, "text/html", "application/json"),
        ({"text/html": "Empty"}, "*/*", "text/html"),
        ({"application/json": "A", "application/xml": "B"}, "application/xml", "application/xml"),
    ],
)
def test_the_content_type_is_that_of_the_method_response(
    models: dict[str, str], accept: str, content_type: str
) -> None:
    declared = integration("HTTP", method_responses=(MethodResponse("200", models=models),), uri="http://b/")
    reply = answered(declared, Returned(200), headers=[("Accept", accept)]).response
    assert lines(reply, "Content-Type") == [content_type]


def test_a_mapped_content_type_counts_before_all() -> None:
    reply = mapped({"Content-Type": "'text/html'"}, Returned(200, (), b"<p>"))
    assert (lines(reply, "Content-Type"), reply.body) == (["text/html"], b"<p>")


def test_a_binary_reply_is_base64_for_who_does_not_ask_for_it() -> None:
    api = {"binary_media_types": ("image/png",)}
    declared = integration("HTTP_PROXY", uri="http://b/")
    came = Returned(200, (("Content-Type", "image/png"),), b"\x89PNG")
    asked = answered(declared, came, api=api, headers=[("Accept", "image/png")])
    other = answered(declared, came, api=api, headers=[("Accept", "*/*")])
    assert (asked.response.body, other.response.body) == (b"\x89PNG", b"iVBORw==")
    assert [each.kind for each in other.differences] == ["base64-not-decoded"]


def test_content_handling_of_the_response_counts() -> None:
    response = IntegrationResponse("200", content_handling=ContentHandling.TO_BINARY)
    declared = integration("AWS", [response], function="Fn")
    came = Answered(STAMP.lambda_request_id, b"iVBORw==", REPORT)
    assert answered(declared, came).response.body == b"\x89PNG"
    broken = answered(declared, returned("no base64!"))
    assert (broken.response.status, "base64" in broken.note) == (500, True)

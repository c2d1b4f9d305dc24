"""Non-proxy integrations from end to end."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.gateway.sockets.story import message
from localstack_lite.gateway.steps import Call, Post, TimedOut
from localstack_lite.model.integration import AwsService, ContentHandling, IntegrationResponse, Passthrough
from localstack_lite.model.invocation import Answered, Refused
from localstack_lite.model.outgoing import Outgoing, Returned, ServiceRequest, Unreached
from localstack_lite.wire.messages import Response
from tests.gateway.sockets.shared import LINK, chat
from tests.gateway.sockets.shared import served as served_chat
from tests.gateway.tale import REPORT, STAMP, header, lines, project, request, rest, returned
from tests.gateway.templates.shared import answered, integration, story, told

OK = {"application/json": '{"statusCode": 200}'}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_mock_answers_out_of_its_templates_as_recorded(method: str) -> None:
    template = {"application/json": '{"statusCode": 200, "id": $input.params().path.id}'}
    declared = integration(
        "MOCK",
        [IntegrationResponse("200", templates=template)],
        templates={"application/json": '{"statusCode":200}'},
        passthrough=Passthrough.NEVER,
    )
    headers = [("Content-Type", "application/json")]
    answer = answered(declared, route="ANY /{id}", method=method, target="/42", headers=headers)
    assert answer.response == Response(
        200,
        (
            ("Content-Type", "application/json"),
            ("x-amzn-RequestId", STAMP.request_id),
            ("x-amz-apigw-id", STAMP.extended_id),
        ),
        b'{"statusCode": 200, "id": 42}',
    )


@pytest.mark.parametrize(
    ("template", "status"),
    [
        ('{"statusCode": 200}', 200),
        ('{"statusCode": 404}', 404),
        ('{"statusCode": 503}', 200),
        ('{"statusCode": "200"}', 500),
        ('{"statusCode": 200.5}', 500),
        ('{"statusCode": true}', 500),
        ("{}", 500),
        ("", 500),
        ("[200]", 500),
        ("{statusCode:200}", 200),
        ("{ statusCode: 404, other: 1 }", 404),
        ("{'statusCode': 404}", 404),
        ("statusCode: 200", 500),
    ],
)
def test_a_mock_is_what_its_request_template_says(template: str, status: int) -> None:
    responses = [IntegrationResponse("200"), IntegrationResponse("404", "404")]
    answer = answered(integration("MOCK", responses, templates={"application/json": template}))
    assert answer.response.status == status
    if status == 500:
        assert "statusCode" in answer.note


CDK_ORIGINS = (
    '#set($origin = $input.params().header.get("Origin"))\n#if($origin == "")\n'
    '  #set($origin = $input.params().header.get("origin"))\n#end\n'
    '#if($origin.matches("https://a.example") || $origin.matches("https://b.example"))\n'
    "  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)\n#end"
)
SAM_ORIGINS = (
    '#set($origin = $input.params("origin"))#if($origin == "https://b.example")'
    '#set($context.responseOverride.header.Access-Control-Allow-Origin = "$origin")#end'
)


@pytest.mark.parametrize("template", [CDK_ORIGINS, SAM_ORIGINS])
@pytest.mark.parametrize("name", ["Origin", "origin"])
@pytest.mark.parametrize(
    ("origin", "allowed"), [("https://b.example", "https://b.example"), ("https://evil.example", "https://a.example")]
)
def test_a_preflight_picks_among_several_origins(template: str, name: str, origin: str, allowed: str) -> None:
    response = IntegrationResponse(
        "204",
        parameters={
            "method.response.header.Access-Control-Allow-Origin": "'https://a.example'",
            "method.response.header.Access-Control-Allow-Methods": "'OPTIONS,GET'",
        },
        templates={"application/json": template},
    )
    declared = integration(
        "MOCK",
        [response],
        templates={"application/json": "{ statusCode: 200 }"},
    )
    answer = answered(declared, method="OPTIONS", headers=[(name, origin)])
    assert answer.response.status == 204
    assert lines(answer.response, "Access-Control-Allow-Origin") == [allowed]
    assert header(answer.response, "Access-Control-Allow-Methods") == "OPTIONS,GET"


def test_a_function_runs_and_is_told_of() -> None:
    declared = integration("AWS", function="Fn", qualifier="live", timeout=5.0)
    steps, answer = story(
        project(rest({"POST /x": declared})), request("POST", "/x", body=b' {"a":1} '), returned("ok")
    )
    [step] = steps
    assert isinstance(step, Call)
    assert step.timeout == 5.0
    assert (step.invocation.payload, step.invocation.qualifier) == (b'{"a":1}', "live")
    assert step.invocation.arn.endswith(":function:Fn:live")
    assert (answer.response.status, answer.response.body) == (200, b'"ok"')
    assert (answer.function, answer.report, answer.note) == ("Fn", REPORT, "")
    assert header(answer.response, "X-Amzn-Trace-Id") is not None


def test_an_empty_body_is_an_empty_event() -> None:
    steps, _ = story(project(rest({"GET /x": integration("AWS", function="Fn")})), request(target="/x"), returned(None))
    assert isinstance(steps[0], Call)
    assert steps[0].invocation.payload == b"{}"


def test_a_failed_function_is_200_unless_a_pattern_says_otherwise() -> None:
    payload = json.dumps({"errorMessage": "oh", "errorType": "KeyError"}).encode()
    came = Answered(STAMP.lambda_request_id, payload, REPORT, error="Unhandled")
    answer = answered(integration("AWS", function="Fn"), came)
    assert (answer.response.status, answer.response.body, answer.note) == (200, payload, "KeyError")


def test_what_is_no_json_gets_the_error_of_lambda() -> None:
    answer = answered(integration("AWS", function="Fn"), method="POST", body=b"no json")
    assert answer.response.status == 200
    assert answer.response.body.startswith(b'{"Type":"User","message":"Could not parse request body into json: ')
    assert answer.note.startswith("what goes to Fn is not JSON")


@pytest.mark.parametrize(
    ("refused", "status", "note"),
    [
        (Refused("r", 429, "TooManyRequestsException", b'{"message":"Rate Exceeded."}'), 200, "throttled: "),
        (Refused("r", 404, "ResourceNotFoundException", b'{"message":"no"}'), 200, "refused: "),
        (Refused("r", 503, "ServiceException", b"{}"), 504, "refused: "),
    ],
)
def test_what_lambda_refuses_goes_out_as_the_default_response(refused: Refused, status: int, note: str) -> None:
    answer = answered(integration("AWS", function="Fn"), refused)
    assert answer.response.status == status
    assert answer.note.startswith(note)
    if status == 200:
        assert answer.response.body == refused.body


def test_an_asynchronous_invocation_answers_at_once() -> None:
    parameters = {"integration.request.header.X-Amz-Invocation-Type": "'Event'"}
    declared = integration("AWS", function="Fn", parameters=parameters)
    steps, answer = story(project(rest({"GET /x": declared})), request(target="/x"), Returned(202))
    assert isinstance(steps[0], Post)
    assert steps[0].invocation.function == "Fn"
    assert (answer.response.status, answer.response.body, answer.function) == (200, b"", "Fn")


def test_an_event_that_cannot_be_queued_is_a_failure() -> None:
    parameters = {"integration.request.header.X-Amz-Invocation-Type": "'Event'"}
    answer = answered(integration("AWS", function="Fn", parameters=parameters), Unreached("the disk is full"))
    assert (answer.response.status, answer.note) == (504, "the disk is full")


def test_a_dry_run_runs_nothing() -> None:
    parameters = {"integration.request.header.X-Amz-Invocation-Type": "'DryRun'"}
    assert answered(integration("AWS", function="Fn", parameters=parameters)).response.status == 200


def test_lambda_takes_post_only() -> None:
    answer = answered(integration("AWS", function="Fn", method="GET"))
    assert (answer.response.status, "POST only" in answer.note) == (500, True)


def test_a_function_that_takes_too_long_is_504() -> None:
    answer = answered(integration("AWS", function="Fn", timeout=0.5), TimedOut())
    assert answer.response.status == 504
    assert b"Endpoint request timed out" in answer.response.body
    assert answer.note == "gateway gave up at 0.5 s; the function runs on"


@pytest.mark.parametrize("kind", ["HTTP", "HTTP_PROXY"])
def test_a_server_that_does_not_answer_is_504(kind: str) -> None:
    slow = answered(integration(kind, uri="http://b/"), Unreached("too slow", timed_out=True))
    gone = answered(integration(kind, uri="http://b/"), Unreached("nobody there"))
    assert (slow.response.status, slow.note) == (504, "too slow")
    assert (gone.response.status, gone.note) == (504, "nobody there")
    assert b"Endpoint request timed out" in slow.response.body


def test_a_proxy_hands_on_status_headers_and_body() -> None:
    came = Returned(
        418, (("ETag", "e"), ("Set-Cookie", "a"), ("Set-Cookie", "b"), ("Content-Type", "text/tea")), b"tea"
    )
    reply = answered(integration("HTTP_PROXY", [], uri="http://b/", timeout=3.0, insecure=True), came).response
    assert (reply.status, reply.body) == (418, b"tea")
    assert (lines(reply, "Set-Cookie"), lines(reply, "ETag"), lines(reply, "Content-Type")) == (
        ["a", "b"],
        ["e"],
        ["text/tea"],
    )


@pytest.mark.parametrize("status", [100, 101, 199, 600, 999])
def test_a_proxy_hands_on_no_status_that_ends_no_response(status: int) -> None:
    answer = answered(integration("HTTP_PROXY", [], uri="http://b/"), Returned(status))
    assert (answer.response.status, str(status) in answer.note) == (500, True)


def test_a_packed_reply_stays_packed() -> None:
    came = Returned(200, (("Content-Encoding", "gzip"), ("Content-Type", "text/plain")), b"\x1f\x8b\xff")
    assert answered(integration("HTTP_PROXY", [], uri="http://b/"), came).response.body == b"\x1f\x8b\xff"


def test_a_service_is_asked() -> None:
    declared = integration(
        "AWS",
        service=AwsService("sqs", "us-east-1", path="123456789012/queue"),
        method="POST",
        parameters={"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"},
        templates={"application/json": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"},
    )
    served = project(rest({"POST /x": declared}))
    steps, answer = story(served, request("POST", "/x", body=b'{"a": 1}'), Returned(200, (), b"{}"))
    [step] = steps
    assert isinstance(step, ServiceRequest)
    assert (step.service, step.method, step.path) == ("sqs", "POST", "/123456789012/queue")
    assert step.body == b"Action=SendMessage&MessageBody=%7B%22a%22%3A+1%7D"
    assert ("Content-Type", "application/x-www-form-urlencoded") in step.headers
    assert answer.response.status == 200


def test_a_service_that_cannot_be_asked_is_500() -> None:
    answer = answered(integration("AWS", service=AwsService("nosuch", "us-east-1", path="/"), method="POST"))
    assert (answer.response.status, bool(answer.note)) == (500, True)


RAW = bytes(range(128, 195))


@pytest.mark.parametrize(
    ("types", "handling", "length"),
    [((), "", 67 * 3), (("image/png",), "", 67), (("image/png",), "CONVERT_TO_TEXT", 92)],
)
def test_a_binary_request_reaches_the_integration_as_recorded(
    types: tuple[str, ...], handling: str, length: int
) -> None:
    declared = integration("HTTP", uri="http://b/", content_handling=ContentHandling(handling))
    sent = request("PUT", "/x", [("Content-Type", "image/png")], RAW)
    steps, _ = story(project(rest({"PUT /x": declared}, binary_media_types=types)), sent, Returned(200))
    assert isinstance(steps[0], Outgoing)
    assert len(steps[0].body) == length


TEMPLATES = st.sampled_from(
    [
        '{"statusCode": 200}',
        "$input.json('$')",
        "$input.body",
        "#set($context.responseOverride.status = $input.path('$.s'))$input.path('$')",
        "#set($context.responseOverride.header.x = $input.path('$.h'))#set($context.requestOverride.path = 1)ok",
        "#foreach($k in $input.params().header.keySet())$k: $util.escapeJavaScript($input.params($k))#end",
        "$input.path('$.a').get(3)",
        "#if(",
    ]
)
BODIES = st.binary(max_size=8) | st.sampled_from(
    [b"", b'{"s": 404, "h": "a\\nb"}', b'{"h": "\\ud800"}', b"[1]", b"{", b'"x"']
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Content-Type", "Accept", "X-A", "Origin"]),
        st.sampled_from(["application/json", "image/png", "*/*", "", "\xff", ";;,", "text/plain; charset=x"]),
    ),
    max_size=3,
)


@settings(max_examples=200)
@given(
    kind=st.sampled_from(["MOCK", "HTTP", "HTTP_PROXY", "AWS"]),
    one=TEMPLATES,
    two=TEMPLATES,
    sent=BODIES,
    came=BODIES,
    headers=HEADERS,
    status=st.integers(100, 999),
    query=st.text(alphabet="a=&%é+\x00", max_size=8),
)
def test_whatever_comes_in_and_comes_back_there_is_an_answer(
    kind: str, one: str, two: str, sent: bytes, came: bytes, headers: list[tuple[str, str]], status: int, query: str
) -> None:
    declared = integration(
        kind,
        [
            IntegrationResponse(
                "200",
                parameters={"method.response.header.X-B": "integration.response.body.h"},
                templates={"application/json": two},
            ),
            IntegrationResponse("400", "4..", content_handling=ContentHandling.TO_TEXT),
        ],
        uri="http://b/{p}?q={q}",
        function="Fn",
        parameters={
            "integration.request.path.p": "method.request.querystring.a",
            "integration.request.header.X-A": "method.request.header.X-A",
        },
        templates={"application/json": one},
    )
    back = Answered(STAMP.lambda_request_id, came, REPORT) if kind == "AWS" else Returned(status, tuple(headers), came)
    served = project(rest({"POST /x": declared}, binary_media_types=("image/png",)))
    wire = query.encode().decode("latin-1")
    answer = told(served, request("POST", f"/x?{wire}", headers, sent), back)
    assert 100 <= answer.response.status <= 999
    for name, value in answer.response.headers:
        f"{name}: {value}".encode("latin-1")
        assert "\n" not in value


def test_a_websocket_chooses_its_template_and_answers_with_the_responses_body() -> None:
    declared = integration(
        "MOCK",
        [
            IntegrationResponse("200", "$default", templates={"$default": "said on $context.routeKey"}),
            IntegrationResponse("400", "/4\\d{2}/", templates={"$default": "no"}),
        ],
        templates={"$default": '{"statusCode": 200}', "bad": '{"statusCode": 404}'},
        template_selection="${request.body.kind}",
    )
    api = chat({"echo": declared}, responds=("echo",))

    def said(text: str) -> str | bytes | None:
        telling = message(served_chat(api), LINK, None, text, "m=", STAMP)
        with pytest.raises(StopIteration) as end:
            next(telling)
        reply: str | bytes | None = end.value.value[1]
        return reply

    assert said('{"action": "echo", "text": "hi"}') == "said on echo"
    assert said('{"action": "echo", "kind": "bad"}') == "no"


def test_a_websocket_hands_its_message_to_a_function() -> None:
    api = chat({"echo": integration("AWS", [], function="Fn")}, responds=("echo",))
    telling = message(served_chat(api), LINK, None, '{"action": "echo"}', "m=", STAMP)
    step = next(telling)
    assert isinstance(step, Call)
    assert step.invocation.payload == b'{"action": "echo"}'
    with pytest.raises(StopIteration) as end:
        telling.send(returned("back"))
    assert end.value.value[1] == '"back"'

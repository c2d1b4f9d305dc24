"""The Lambda API: what boto3 makes of its answers, and which module answers what."""

from __future__ import annotations

import base64

import pytest

from localstack_lite.lambdas.api.operations import OPERATIONS
from localstack_lite.lambdas.invoke import log_result, size_error
from localstack_lite.lambdas.limits import Throttled, ThrottleReason, refusal
from localstack_lite.model.invocation import Invocation, InvocationType, Outcome
from localstack_lite.wire.messages import Request, Response
from tests.lambdas.api_service import ARN, Service, answered, parse

INVOKE = "/2015-03-31/functions/hello/invocations"


def error(response: Response, operation: str = "Invoke") -> tuple[int, str, str]:
    parsed = parse(response, operation)
    assert parsed["ResponseMetadata"]["RequestId"] == "uuid-1"
    return response.status, parsed["Error"]["Code"], parsed["Error"]["Message"]


# -- Invoke


def test_a_synchronous_call_gets_the_functions_answer() -> None:
    service = Service()
    response = service.invoke(b'{"a":1}')
    assert response == Response(
        200,
        (
            ("Content-Type", "application/json"),
            ("x-amzn-RequestId", "uuid-1"),
            ("X-Amz-Executed-Version", "$LATEST"),
        ),
        b'"ok"',
    )
    assert service.ran == [
        Invocation(
            function="HelloFunction",
            payload=b'{"a":1}',
            request_id="uuid-1",
            arn=f"{ARN}:hello",
            qualifier="$LATEST",
            trace_id=f"Root=1-{'a' * 8}-{'a' * 24};Parent={'a' * 16};Sampled=0;Lineage=1:{'a' * 8}:0",
        )
    ]


def test_botocore_reads_every_part_of_an_answer() -> None:
    def failed(invocation: Invocation) -> Outcome:
        return answered(invocation, b'{"errorType":"E"}', error="E", log="START é\nEND\n")

    parsed = parse(Service(outcome=failed).invoke(X_Amz_Log_Type="Tail"), "Invoke")
    assert parsed["StatusCode"] == 200
    assert parsed["FunctionError"] == "Unhandled"
    assert parsed["ExecutedVersion"] == "$LATEST"
    assert base64.b64decode(parsed["LogResult"]).decode() == "START é\nEND\n"
    assert parsed["Payload"].read() == b'{"errorType":"E"}'
    assert parsed["ResponseMetadata"]["RequestId"] == "uuid-1"


def test_without_a_body_the_function_receives_an_empty_object() -> None:
    service = Service()
    service.invoke(b"")
    assert service.ran[0].payload == b"{}"


@pytest.mark.parametrize(
    ("name", "query", "arn"),
    [
        ("hello", "", f"{ARN}:hello"),
        (f"{ARN}:hello".replace(":", "%3A"), "", f"{ARN}:hello"),
        (f"{ARN}:hello:$LATEST", "", f"{ARN}:hello:$LATEST"),
        ("hello", "Qualifier=%24LATEST", f"{ARN}:hello:$LATEST"),
        ("HelloFunction", "", f"{ARN}:hello"),
    ],
)
def test_the_function_sees_the_arn_it_was_called_by(name: str, query: str, arn: str) -> None:
    service = Service()
    assert service.invoke(name=name, query=query).status == 200
    assert service.ran[0].arn == arn


def test_the_log_is_only_sent_when_asked_for() -> None:
    def with_log(invocation: Invocation) -> Outcome:
        return answered(invocation, log="lines")

    service = Service(outcome=with_log)
    assert "X-Amz-Log-Result" not in dict(service.invoke().headers)
    assert dict(service.invoke(X_Amz_Log_Type="Tail").headers)["X-Amz-Log-Result"] == "bGluZXM="
    assert [one.tail for one in service.ran] == [False, True]


def test_the_log_is_cut_to_its_last_4_kb() -> None:
    assert base64.b64decode(log_result("x" * 5000 + "end")) == b"x" * 4093 + b"end"


def test_a_trace_and_a_client_context_reach_the_function() -> None:
    service = Service()
    context = base64.b64encode(b'{"custom": {"a": 1}}').decode()
    service.invoke(X_Amzn_Trace_Id="Root=1-2-3;Sampled=1", X_Amz_Client_Context=context)
    assert service.ran[0].trace_id == "Root=1-2-3;Sampled=1"
    assert service.ran[0].client_context == '{"custom":{"a":1}}'


def test_an_event_is_accepted_and_runs_without_the_caller() -> None:
    service = Service()
    context = base64.b64encode(b"{}").decode()
    headers = {"X_Amz_Invocation_Type": "Event", "X_Amz_Log_Type": "Tail", "X_Amz_Client_Context": context}
    response = service.invoke(b"[1]", **headers)
    assert (response.status, response.body) == (202, b"")
    assert parse(response, "Invoke")["StatusCode"] == 202
    assert service.ran == []
    (spawned,) = service.accepted
    assert (spawned.payload, spawned.request_id) == (b"[1]", "uuid-1")
    assert (spawned.tail, spawned.client_context) == (False, ""), "both are for synchronous calls only"


def test_a_dry_run_checks_and_runs_nothing() -> None:
    service = Service()
    response = service.invoke(X_Amz_Invocation_Type="DryRun")
    assert (response.status, response.body) == (204, b"")
    assert service.invoke(X_Amz_Invocation_Type="DryRun", name="nobody").status == 404
    assert (service.ran, service.accepted) == ([], [])


def test_a_throttled_call_gets_the_recorded_429() -> None:
    def throttled(invocation: Invocation) -> Outcome:
        return refusal(invocation.request_id, Throttled(ThrottleReason.RESERVED, 1))

    response = Service(outcome=throttled).invoke()
    assert response.body == (
        b'{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}'
    )
    assert error(response) == (429, "TooManyRequestsException", "Rate Exceeded.")
    assert parse(response, "Invoke")["Error"]["Message"] == "Rate Exceeded."
    names = [name.lower() for name, _ in response.headers]
    assert len(names) == len(set(names)), "no header twice"


@pytest.mark.parametrize("kind", ["RequestResponse", "Event", "DryRun"])
def test_a_payload_that_is_not_json_is_refused_for_every_kind(kind: str) -> None:
    service = Service()
    response = service.invoke(b"nope", X_Amz_Invocation_Type=kind)
    status, code, message = error(response)
    assert (status, code) == (400, "InvalidRequestContentException")
    assert message.startswith("Could not parse request body into json: Could not parse payload into json: ")
    assert (service.ran, service.accepted) == ([], [])


def test_an_unknown_function_is_told_before_a_bad_payload() -> None:
    expected = (404, "ResourceNotFoundException", f"Function not found: {ARN}:nobody:$LATEST")
    assert error(Service().invoke(b"nope", name="nobody")) == expected


def test_a_bad_client_context_is_refused() -> None:
    assert error(Service().invoke(X_Amz_Client_Context="?"))[1] == "InvalidRequestContentException"


def test_unknown_kinds_are_told_together() -> None:
    status, code, message = error(Service().invoke(X_Amz_Invocation_Type="Later", X_Amz_Log_Type="All"))
    assert (status, code) == (400, "ValidationException")
    assert message == (
        "2 validation errors detected: "
        "Value 'Later' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: "
        "[Event, RequestResponse, DryRun]; "
        "Value 'All' at 'logType' failed to satisfy constraint: Member must satisfy enum value set: [None, Tail]"
    )


SYNC, ASYNC, DRY = InvocationType.REQUEST_RESPONSE, InvocationType.EVENT, InvocationType.DRY_RUN


@pytest.mark.parametrize(
    ("kind", "size", "text"),
    [
        (SYNC, 6_291_456, None),
        (SYNC, 6_291_457, "Request must be smaller than 6291456 bytes for the InvokeFunction operation"),
        (DRY, 6_291_457, "Request must be smaller than 6291456 bytes for the InvokeFunction operation"),
        (ASYNC, 1_048_576, None),
        (ASYNC, 1_048_577, "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)"),
    ],
)
def test_payloads_have_a_largest_size(kind: InvocationType, size: int, text: str | None) -> None:
    refused = size_error(kind, size)
    assert (refused.message if refused else None) == text


def test_a_payload_that_is_too_large_is_a_413_before_it_is_read() -> None:
    response = Service().invoke(b"[" + b" " * 1_048_576, X_Amz_Invocation_Type="Event")
    assert error(response)[:2] == (413, "RequestEntityTooLargeException")


def test_every_reply_has_a_request_id_of_its_own() -> None:
    service = Service()
    replies = [service.invoke(), service.invoke(b"nope"), service.send("GET", "/"), service.send("GET", INVOKE)]
    assert [dict(reply.headers)["x-amzn-RequestId"] for reply in replies] == ["uuid-1", "uuid-2", "uuid-3", "uuid-4"]


# -- functions


def test_list_functions_describes_all_of_them() -> None:
    for path in ("/2015-03-31/functions", "/2015-03-31/functions/"):
        parsed = parse(Service().send("GET", path), "ListFunctions")
        assert [one["FunctionArn"] for one in parsed["Functions"]] == [f"{ARN}:hello", f"{ARN}:other"]
        assert "NextMarker" not in parsed


def test_list_functions_of_all_versions_names_the_version() -> None:
    parsed = parse(Service().send("GET", "/2015-03-31/functions", "FunctionVersion=ALL"), "ListFunctions")
    assert parsed["Functions"][0]["FunctionArn"] == f"{ARN}:hello:$LATEST"


@pytest.mark.parametrize("items", ["0", "-1", "x", "10001", "", "²"])
def test_a_page_size_out_of_range_is_refused(items: str) -> None:
    assert error(Service().send("GET", "/2015-03-31/functions", f"MaxItems={items}"), "ListFunctions")[:2] == (
        400,
        "ValidationException",
    )


def test_a_marker_that_was_not_given_out_is_refused() -> None:
    refused = error(Service().send("GET", "/2015-03-31/functions", "Marker=zzz"), "ListFunctions")
    assert refused[:2] == (400, "InvalidParameterValueException")


def test_get_function_shows_configuration_code_and_reservation() -> None:
    parsed = parse(Service().send("GET", "/2015-03-31/functions/other"), "GetFunction")
    assert parsed["Configuration"]["FunctionArn"] == f"{ARN}:other"
    assert parsed["Configuration"]["State"] == "Active"
    assert parsed["Code"] == {"RepositoryType": "S3", "Location": "file:///code/Other"}
    assert parsed["Concurrency"] == {"ReservedConcurrentExecutions": 5}


def test_get_function_configuration_takes_a_qualifier() -> None:
    path = "/2015-03-31/functions/hello/configuration"
    parsed = parse(Service().send("GET", path, "Qualifier=$LATEST"), "GetFunctionConfiguration")
    assert (parsed["FunctionArn"], parsed["Version"]) == (f"{ARN}:hello:$LATEST", "$LATEST")


@pytest.mark.parametrize("path", ["/2015-03-31/functions/nobody", "/2015-03-31/functions/nobody/configuration"])
def test_a_function_that_is_not_there_is_named_by_its_bare_arn(path: str) -> None:
    refused = error(Service().send("GET", path), "GetFunction")
    assert refused == (404, "ResourceNotFoundException", f"Function not found: {ARN}:nobody")


# -- the rest


def test_account_settings_tell_the_limits_and_what_is_used() -> None:
    service = Service()
    service.send("PUT", "/2017-10-31/functions/hello/concurrency", body=b'{"ReservedConcurrentExecutions": 10}')
    parsed = parse(service.send("GET", "/2016-08-19/account-settings/"), "GetAccountSettings")
    assert parsed["AccountLimit"] == {
        "TotalCodeSize": 322_122_547_200,
        "CodeSizeUnzipped": 262_144_000,
        "CodeSizeZipped": 52_428_800,
        "ConcurrentExecutions": 1000,
        "UnreservedConcurrentExecutions": 985,
    }
    assert parsed["AccountUsage"] == {"TotalCodeSize": 200, "FunctionCount": 2}


@pytest.mark.parametrize(
    ("method", "path", "operation", "instead"),
    [
        ("POST", "/2015-03-31/functions", "CreateFunction", "declared by the project"),
        ("PUT", "/2015-03-31/functions/hello/code", "UpdateFunctionCode", "Save the function's file"),
        ("DELETE", "/2015-03-31/functions/hello", "DeleteFunction", "declared by the project"),
        ("GET", "/2020-04-22/code-signing-configs", "ListCodeSigningConfigs", ""),
        ("GET", "/2019-09-25/functions/hello/event-invoke-config", "GetFunctionEventInvokeConfig", ""),
    ],
)
def test_an_operation_that_is_not_here_is_refused_by_its_name(
    method: str, path: str, operation: str, instead: str
) -> None:
    status, code, message = error(Service().send(method, path), "Invoke")
    assert (status, code) == (501, "NotImplementedException")
    assert operation in message
    assert instead in message


def test_operations_that_another_part_answers_are_handed_to_it() -> None:
    def answer(call: object, request: Request, request_id: str) -> Response:
        return Response(200, (), request_id.encode())

    path = "/2019-09-25/functions/hello/event-invoke-config"
    assert Service(event_invokes=answer).send("GET", path).body == b"uuid-1"


def test_every_operation_that_the_table_knows_is_answered_in_lambdas_form() -> None:
    for operation in OPERATIONS:
        path = "/".join(("", *(part if "{" not in part else "1" for part in operation.segments)))
        query = "&".join(f"{key}={value}" for key, value in operation.query)
        response = Service().send(operation.method, path, query)
        assert dict(response.headers)["x-amzn-RequestId"] == "uuid-1", operation.name
        assert not response.body or response.body[:1] in (b"{", b'"', b"\0"), operation.name


def test_an_event_that_cannot_be_kept_is_not_accepted() -> None:
    def full(invocation: Invocation) -> None:
        raise OSError(28, "No space left on device", f"/queue/{invocation.request_id}")

    refused = error(Service(accept=full).invoke(X_Amz_Invocation_Type="Event"))
    assert refused == (500, "ServiceException", "It cannot be kept: No space left on device (/queue/uuid-1)")


def test_a_version_can_be_called_only_when_it_is_there() -> None:
    refused = error(Service().invoke(query="Qualifier=1"))
    assert refused == (404, "ResourceNotFoundException", f"Function not found: {ARN}:hello:1")


def test_a_path_that_lambda_does_not_have_is_an_unknown_operation() -> None:
    status, code, message = error(Service().send("GET", "/2015-03-31/nonsense"))
    assert (status, code) == (404, "UnknownOperationException")
    assert "/2015-03-31/nonsense" in message

"""What an Invoke request of any kind asks for. The HTTP side of it is in test_invoke_api."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.errors import Bug
from localstack_lite.lambdas.api.api_error import ApiError
from localstack_lite.lambdas.api.operations import find_call
from localstack_lite.lambdas.invoke import InvokeCall, invoke_response, read_invoke
from localstack_lite.model.function import Code, Function
from localstack_lite.model.invocation import Invocation, InvocationType, Streaming
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Headers, Request
from tests.fakes import CountingIds
from tests.streams import WrittenStream

FN = Function("Fn", "fn", "python3.13", "app.handler", Code(Path("/code")))
TENANTS = replace(FN, logical_id="Tenants", name="tenants", tenancy=True)
LOOPS = replace(FN, logical_id="Loops", name="loops", recursive_loop="Allow")
PROJECT = Project(Path("/project"), (FN, TENANTS, LOOPS))
INVOKE = "/2015-03-31/functions/{}/invocations"
STREAM = "/2021-11-15/functions/{}/response-streaming-invocations"
ASYNC = "/2014-11-13/functions/{}/invoke-async"


def asked(path: str = INVOKE, function: str = "fn", body: bytes = b"{}", **headers: str) -> InvokeCall | ApiError:
    lines = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    request = Request("POST", path.format(function), headers=Headers(lines), body=body)
    call = find_call(request.method, request.path, "")
    assert call is not None
    return read_invoke(PROJECT, call, request, "request-1", CountingIds())


def good(answer: InvokeCall | ApiError) -> InvokeCall:
    assert isinstance(answer, InvokeCall), answer
    return answer


def bad(answer: InvokeCall | ApiError) -> tuple[int, str]:
    assert isinstance(answer, ApiError)
    return answer.status, answer.code


def test_an_ordinary_call_is_not_streamed() -> None:
    call = good(asked())
    assert (call.type, call.invocation.streamed) == (InvocationType.REQUEST_RESPONSE, False)


def test_a_streaming_call_says_so_and_keeps_its_other_wishes() -> None:
    call = good(asked(STREAM, X_Amz_Log_Type="Tail"))
    assert (call.type, call.invocation.streamed) == (InvocationType.REQUEST_RESPONSE, True)
    assert (call.invocation.tail, call.invocation.function) == (True, "Fn")
    assert good(asked(STREAM, X_Amz_Invocation_Type="DryRun")).type is InvocationType.DRY_RUN


def test_a_streaming_call_is_never_asynchronous() -> None:
    answer = asked(STREAM, X_Amz_Invocation_Type="Event")
    assert bad(answer) == (400, "ValidationException")
    assert isinstance(answer, ApiError)
    assert "satisfy enum value set: [RequestResponse, DryRun]" in answer.message


def test_the_old_invoke_async_is_an_event_whatever_its_headers_say() -> None:
    call = good(asked(ASYNC, X_Amz_Invocation_Type="RequestResponse", X_Amz_Log_Type="Tail", body=b'{"a":1}'))
    assert (call.type, call.invocation.tail, call.invocation.payload) == (InvocationType.EVENT, False, b'{"a":1}')


@pytest.mark.parametrize("path", [INVOKE, STREAM])
def test_the_tenant_goes_with_the_invocation(path: str) -> None:
    assert good(asked(path, "tenants", X_Amz_Tenant_Id="blue")).invocation.tenant_id == "blue"
    assert bad(asked(path, "tenants")) == (400, "InvalidParameterValueException")
    assert bad(asked(path, X_Amz_Tenant_Id="blue")) == (400, "InvalidParameterValueException")
    assert bad(asked(path, "tenants", X_Amz_Tenant_Id="a;b")) == (400, "ValidationException")


def test_a_payload_over_6_mb_is_a_413_for_a_streaming_call_too() -> None:
    assert bad(asked(STREAM, body=b'"' + b"x" * (6 << 20) + b'"')) == (413, "RequestEntityTooLargeException")


def test_a_chain_that_goes_round_in_a_circle_is_refused_unless_the_function_allows_it() -> None:
    for function, refused in (("fn", True), ("loops", False)):
        trace, ran = good(asked(function=function)).invocation.trace_id, 1
        while ran < 50 and isinstance(answer := asked(function=function, X_Amzn_Trace_Id=trace), InvokeCall):
            trace, ran = answer.invocation.trace_id, ran + 1
        assert (ran == 16) is refused
        if refused:
            assert bad(answer) == (400, "RecursiveInvocationException")


def test_a_stream_that_nobody_asked_for_is_a_bug() -> None:
    with pytest.raises(Bug):
        invoke_response(Streaming("r", WrittenStream()), Invocation("Fn", b"{}", "r"))

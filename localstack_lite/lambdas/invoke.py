"""Invoke: what a request asks for, and what it is answered. Reading and writing are plain functions over values."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

from localstack_lite.errors import Bug
from localstack_lite.lambdas import lineage, names, tenant
from localstack_lite.lambdas.api.api_error import ApiError, constraint, validation
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.lambdas.payload import NO_PAYLOAD, client_context, payload_error
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Answered, Invocation, InvocationType, Outcome, Refused, Streaming
from localstack_lite.model.project import Project
from localstack_lite.ports import Ids
from localstack_lite.wire.messages import Request, Response

#: Bytes of a request's payload (AWS quotas; 1 MB for asynchronous ones since October 2025).
LARGEST_PAYLOAD = 6 * 1024 * 1024
LARGEST_EVENT = 1024 * 1024
#: Bytes of log in `X-Amz-Log-Result`, before base64.
LOG_TAIL = 4096


#: What `X-Amz-Invocation-Type` may be, as AWS lists it.
_KINDS = {"Invoke": ("Event", "RequestResponse", "DryRun"), "InvokeWithResponseStream": ("RequestResponse", "DryRun")}


@dataclass(frozen=True, slots=True)
class InvokeCall:
    """An Invoke request that was found good."""

    type: InvocationType
    invocation: Invocation


def read_invoke(
    project: Project,
    call: Call,
    request: Request,
    request_id: str,
    ids: Ids,
    there: Callable[[Function, str], bool] = names.declared,
) -> InvokeCall | ApiError:
    """Check a request of Invoke, InvokeWithResponseStream or InvokeAsync in AWS's order: parameters, function, tenant,
    size, payload, client context, and whether the chain of calls that it belongs to goes round in a circle. `there`
    says which versions and aliases a function has."""
    headers = request.headers
    log = headers.get("X-Amz-Log-Type") or "None"
    whose = headers.get(tenant.HEADER)
    if call.operation == "InvokeAsync":
        given = InvocationType.EVENT.value
        errors = []
    else:
        given = headers.get("X-Amz-Invocation-Type") or InvocationType.REQUEST_RESPONSE.value
        errors = [
            constraint(value, member, f"satisfy enum value set: [{', '.join(allowed)}]")
            for value, member, allowed in (
                (given, "invocationType", _KINDS[call.operation]),
                (log, "logType", ("None", "Tail")),
            )
            if value not in allowed
        ]
    if whose is not None:
        errors += tenant.errors(whose)
    if errors:
        return validation(errors)
    kind = InvocationType(given)
    found = names.resolve(project, call.path["FunctionName"], call.query.get("Qualifier"), there=there)
    if isinstance(found, ApiError):
        return found
    function = found.function
    wrong = (
        tenant.wrong(function, whose)
        or size_error(kind, len(request.body))
        or (payload_error(request.body) if request.body else None)
    )
    if wrong:
        return wrong
    # AWS passes the client context on synchronous calls only.
    synchronous = kind is InvocationType.REQUEST_RESPONSE
    context = client_context(headers.get("X-Amz-Client-Context")) if synchronous else ""
    if isinstance(context, ApiError):
        return context
    sent = headers.get("X-Amzn-Trace-Id")
    loops = function.recursive_loop == "Allow"
    trace = lineage.extended(sent, function.logical_id, loops=loops) if sent else new_trace(ids)
    if isinstance(trace, ApiError):
        return trace
    invocation = Invocation(
        function=function.logical_id,
        payload=request.body or NO_PAYLOAD,
        request_id=request_id,
        arn=found.arn,
        qualifier=found.qualifier,
        client_context=context,
        trace_id=trace,
        tail=log == "Tail" and synchronous,
        streamed=call.operation == "InvokeWithResponseStream",
        tenant_id=whose or "",
    )
    return InvokeCall(kind, invocation)


def size_error(kind: InvocationType, size: int) -> ApiError | None:
    """413 for a payload of `size` bytes that is too large for its kind (texts as captured from AWS)."""
    if kind is InvocationType.EVENT and size > LARGEST_EVENT:
        text = f"{size} byte payload is too large for the Event invocation type (limit {LARGEST_EVENT} bytes)"
    elif size > LARGEST_PAYLOAD:
        text = f"Request must be smaller than {LARGEST_PAYLOAD} bytes for the InvokeFunction operation"
    else:
        return None
    return ApiError(413, "RequestEntityTooLargeException", text)


def new_trace(ids: Ids) -> str:
    """The trace header of a request that brought none: not sampled, at the start of its lineage."""
    return f"Root=1-{ids.hex(8)}-{ids.hex(24)};Parent={ids.hex(16)};Sampled=0;Lineage=1:{ids.hex(8)}:0"


def invoke_response(outcome: Outcome, invocation: Invocation) -> Response:
    """What a synchronous Invoke answers. A function that failed is still a 200."""
    match outcome:
        case Refused():
            return refused_response(outcome)
        case Answered():
            lines = [
                ("Content-Type", "application/json"),
                ("x-amzn-RequestId", outcome.request_id),
                ("X-Amz-Executed-Version", outcome.executed_version),
            ]
            if outcome.error:
                lines.append(("X-Amz-Function-Error", "Unhandled"))
            if invocation.tail:
                lines.append(("X-Amz-Log-Result", log_result(outcome.log)))
            return Response(200, tuple(lines), outcome.payload)
        case Streaming():
            raise Bug("an invocation that was not to be streamed was")


def refused_response(refused: Refused) -> Response:
    """What any kind of Invoke answers when Lambda does not run the function."""
    own = (("Content-Type", "application/json"), ("x-amzn-RequestId", refused.request_id))
    headers = refused.headers
    if not any(name.lower() == "x-amzn-errortype" for name, _ in headers):
        headers = (*headers, ("x-amzn-ErrorType", refused.code))
    return Response(refused.status, own + headers, refused.body)


def log_result(log: str) -> str:
    """The last 4 KB of a log, base64."""
    return base64.b64encode(log.encode(errors="replace")[-LOG_TAIL:]).decode()

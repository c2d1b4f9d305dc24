"""The Lambda HTTP API, so that boto3, the AWS CLI and every SDK can talk to this machine as to the cloud.

Reading a request and writing an answer are plain functions over values; the class only joins them to whoever runs
functions. Signatures are accepted and not verified. An operation that is not here is refused by its name (501).
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping

import orjson

from localstack_lite.lambdas import code_facts, names
from localstack_lite.lambdas.api_error import (
    ApiError,
    constraint,
    invalid_content,
    invalid_parameter,
    validation,
)
from localstack_lite.lambdas.code_facts import CodeFacts
from localstack_lite.lambdas.configuration import configuration, function_answer
from localstack_lite.lambdas.invoke import invoke_response, read_invoke
from localstack_lite.lambdas.limits import UNRESERVED_MINIMUM, Limits
from localstack_lite.lambdas.operations import Call, find_call
from localstack_lite.lambdas.payload import payload_error
from localstack_lite.model.arn import LATEST, function_arn
from localstack_lite.model.function import Code, Function
from localstack_lite.model.invocation import Invocation, InvocationType
from localstack_lite.model.project import Project
from localstack_lite.ports import Ids, Invoke
from localstack_lite.wire.messages import Request, Response

#: ListFunctions answers at most this many, whatever MaxItems says (AWS docs).
PAGE = 50

_MB = 1024 * 1024
_ACCOUNT_LIMITS = {
    "TotalCodeSize": 300 * 1024 * _MB,
    "CodeSizeUnzipped": 250 * _MB,
    "CodeSizeZipped": 50 * _MB,
}

Measure = Callable[[Code], Awaitable[CodeFacts]]
Answer = Response | ApiError


class InvokeApi:
    """A `ports.Handler`. `spawn` runs an invocation whose caller does not wait; `code` measures a function's code."""

    def __init__(
        self,
        project: Callable[[], Project],
        invoke: Invoke,
        spawn: Callable[[Invocation], None],
        limits: Limits,
        ids: Ids,
        code: Measure = code_facts.measure,
    ) -> None:
        self._project = project
        self._invoke = invoke
        self._spawn = spawn
        self._limits = limits
        self._ids = ids
        self._code = code

    async def __call__(self, request: Request) -> Response:
        request_id = self._ids.uuid()
        answer = await self._answer(request, request_id)
        return answer.response(request_id) if isinstance(answer, ApiError) else answer

    async def _answer(self, request: Request, request_id: str) -> Answer:
        call = find_call(request.method, request.path, request.query)
        if call is None:
            return unknown_operation(request)
        match call.operation:
            case "Invoke":
                return await self._run(call, request, request_id)
            case "ListFunctions":
                return await self._list_functions(call, request_id)
            case "GetFunction" | "GetFunctionConfiguration":
                return await self._describe(call, request_id)
            case "GetFunctionConcurrency" | "PutFunctionConcurrency" | "DeleteFunctionConcurrency":
                return self._concurrency(call, request, request_id)
            case "GetAccountSettings":
                return await self._account(request_id)
            case other:
                return not_implemented(other)

    async def _run(self, call: Call, request: Request, request_id: str) -> Answer:
        asked = read_invoke(self._project(), call, request, request_id, self._ids)
        if isinstance(asked, ApiError):
            return asked
        match asked.type:
            case InvocationType.REQUEST_RESPONSE:
                return invoke_response(await self._invoke(asked.invocation), asked.invocation)
            case InvocationType.EVENT:
                self._spawn(asked.invocation)
                return Response(202, (("x-amzn-RequestId", request_id),))
            case InvocationType.DRY_RUN:
                return Response(204, (("x-amzn-RequestId", request_id),))

    async def _list_functions(self, call: Call, request_id: str) -> Answer:
        project = self._project()
        page = read_page(project.functions, call.query)
        if isinstance(page, ApiError):
            return page
        functions, marker = page
        qualifier = LATEST if call.query.get("FunctionVersion") == "ALL" else ""
        described = [
            configuration(
                function,
                function_arn(project.region, project.account, function.name, qualifier),
                await self._code(function.code),
            )
            for function in functions
        ]
        return json_response(request_id, {"Functions": described} | ({"NextMarker": marker} if marker else {}))

    async def _describe(self, call: Call, request_id: str) -> Answer:
        found = names.resolve(self._project(), call.path["FunctionName"], call.query.get("Qualifier"), default="")
        if isinstance(found, ApiError):
            return found
        function = found.function
        code = await self._code(function.code)
        if call.operation == "GetFunctionConfiguration":
            return json_response(request_id, configuration(function, found.arn, code))
        location = function.code.folder.as_uri()
        reserved = self._limits.reserved(function)
        return json_response(request_id, function_answer(function, found.arn, code, reserved, location))

    def _concurrency(self, call: Call, request: Request, request_id: str) -> Answer:
        project = self._project()
        function = names.resolve_unqualified(project, call.path["FunctionName"])
        if isinstance(function, ApiError):
            return function
        if call.operation == "DeleteFunctionConcurrency":
            self._limits.delete(function)
            return Response(204, (("x-amzn-RequestId", request_id),))
        if call.operation == "PutFunctionConcurrency":
            wanted = read_reservation(request.body)
            if isinstance(wanted, ApiError):
                return wanted
            others = [other for other in project.functions if other is not function]
            if self._limits.unreserved(others) - wanted < UNRESERVED_MINIMUM:
                return invalid_parameter(
                    "Specified ReservedConcurrentExecutions for function decreases account's "
                    f"UnreservedConcurrentExecution below its minimum value of [{UNRESERVED_MINIMUM}]."
                )
            self._limits.put(function, wanted)
        reserved = self._limits.reserved(function)
        return json_response(request_id, {} if reserved is None else {"ReservedConcurrentExecutions": reserved})

    async def _account(self, request_id: str) -> Response:
        functions = self._project().functions
        sizes = [(await self._code(function.code)).size for function in functions]
        concurrency = {
            "ConcurrentExecutions": self._limits.account,
            "UnreservedConcurrentExecutions": self._limits.unreserved(functions),
        }
        usage = {"TotalCodeSize": sum(sizes), "FunctionCount": len(functions)}
        return json_response(request_id, {"AccountLimit": _ACCOUNT_LIMITS | concurrency, "AccountUsage": usage})


def read_page(functions: tuple[Function, ...], query: Mapping[str, str]) -> tuple[tuple[Function, ...], str] | ApiError:
    """One page of ListFunctions and the marker of the next, empty at the end. The marker names the next function, so
    that a reload between two pages neither repeats nor skips what stayed."""
    text = query.get("MaxItems", str(PAGE))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10_000):
        return validation([constraint(text, "maxItems", "have value between 1 and 10000")])
    first = 0
    if marker := query.get("Marker"):
        ids = [_marker(function) for function in functions]
        if marker not in ids:
            return invalid_parameter("The provided Marker is not valid.")
        first = ids.index(marker)
    behind = first + min(int(text), PAGE)
    return functions[first:behind], _marker(functions[behind]) if behind < len(functions) else ""


def read_reservation(body: bytes) -> int | ApiError:
    """`ReservedConcurrentExecutions` of a PutFunctionConcurrency request."""
    wrong = payload_error(body)
    if wrong:
        return wrong
    parsed = orjson.loads(body)
    member = "reservedConcurrentExecutions"
    value = parsed.get("ReservedConcurrentExecutions") if isinstance(parsed, dict) else None
    match value:
        case None:
            return validation([f"Value null at '{member}' failed to satisfy constraint: Member must not be null"])
        case int() if not isinstance(value, bool):
            if value < 0:
                return validation([constraint(str(value), member, "have value greater than or equal to 0")])
            return value
    return invalid_content(f"Could not parse request body into json: {member} is not a whole number")


def not_implemented(operation: str) -> ApiError:
    return ApiError(
        501, "NotImplementedException", f"devserve does not answer the Lambda operation {operation}.", fault="Service"
    )


def unknown_operation(request: Request) -> ApiError:
    return ApiError(404, "UnknownOperationException", f"Lambda has no operation {request.method} {request.path}")


def json_response(request_id: str, body: dict[str, object]) -> Response:
    headers = (("Content-Type", "application/json"), ("x-amzn-RequestId", request_id))
    return Response(200, headers, orjson.dumps(body))


def _marker(function: Function) -> str:
    return base64.urlsafe_b64encode(function.logical_id.encode()).decode()

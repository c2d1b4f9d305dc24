"""Reserved concurrency over the Lambda API: Get, Put and DeleteFunctionConcurrency, and the account's figures.

What is put acts on the next invocation. The texts are recorded, double spaces included.
"""

from __future__ import annotations

import orjson

from localstack_lite.lambdas import names
from localstack_lite.lambdas.api.api_error import ApiError, constraint, invalid_content, invalid_parameter, validation
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.lambdas.limits import Limits
from localstack_lite.lambdas.payload import payload_error
from localstack_lite.lambdas.provisioned import Provisioning
from localstack_lite.model.function import Function
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Request, Response


def answer(
    call: Call, request: Request, request_id: str, project: Project, limits: Limits, provisioning: Provisioning
) -> Response | ApiError:
    """The reply to one of the three operations."""
    function = names.resolve_unqualified(project, call.path["FunctionName"])
    if isinstance(function, ApiError):
        return function
    if call.operation == "DeleteFunctionConcurrency":
        limits.delete(function)
        return Response(204, (("x-amzn-RequestId", request_id),))
    if call.operation == "PutFunctionConcurrency":
        wanted = read_count(request.body, "ReservedConcurrentExecutions", least=0)
        if isinstance(wanted, ApiError):
            return wanted
        objection = _objection(function, wanted, project, limits, provisioning)
        if objection is not None:
            return objection
        limits.put(function, wanted)
    reserved = limits.reserved(function)
    body = {} if reserved is None else {"ReservedConcurrentExecutions": reserved}
    headers = (("Content-Type", "application/json"), ("x-amzn-RequestId", request_id))
    return Response(200, headers, orjson.dumps(body))


def account_limit(project: Project, limits: Limits) -> dict[str, object]:
    """The two figures of `AccountLimit` that concurrency decides (GetAccountSettings)."""
    return {
        "ConcurrentExecutions": limits.account,
        "UnreservedConcurrentExecutions": limits.unreserved(project.functions),
    }


def _objection(
    function: Function, wanted: int, project: Project, limits: Limits, provisioning: Provisioning
) -> ApiError | None:
    others = [other for other in project.functions if other is not function]
    if limits.unreserved(others) - wanted < limits.minimum:
        return invalid_parameter(
            "Specified ReservedConcurrentExecutions for function decreases account's "
            f"UnreservedConcurrentExecution below its minimum value of [{limits.minimum}]."
        )
    provisioned = provisioning.total(function)
    if wanted < provisioned:
        return invalid_parameter(
            f" ReservedConcurrentExecutions  {wanted} should not be lower than function's total provisioned "
            f"concurrency [{provisioned}]."
        )
    return None


def read_count(body: bytes, name: str, least: int) -> int | ApiError:
    """A whole number of a request's body, `least` or more. `name` as the service model writes it."""
    wrong = payload_error(body)
    if wrong:
        return wrong
    parsed = orjson.loads(body)
    member = name[0].lower() + name[1:]
    value = parsed.get(name) if isinstance(parsed, dict) else None
    match value:
        case None:
            return validation([f"Value null at '{member}' failed to satisfy constraint: Member must not be null"])
        case int() if not isinstance(value, bool):
            if value < least:
                return validation([constraint(str(value), member, f"have value greater than or equal to {least}")])
            return value
    return invalid_content(f"Could not parse request body into json: {member} is not a whole number")

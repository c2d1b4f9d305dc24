"""Reserved concurrency over the API: recorded replies and refusals, and what acts at once."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from localstack_lite.lambdas.api.api_error import ApiError
from localstack_lite.lambdas.api.concurrency_api import account_limit, answer
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.lambdas.limits import Admitted, Limits, Throttled
from localstack_lite.lambdas.provisioned import Provisioning
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Headers, Request, Response
from tests.builders import function, project

HELLO, OTHER = function("hello"), function("other", reserved_concurrency=200)
PROJECT = project(HELLO, OTHER)


class Region:
    def __init__(self, account: int = 1000, project: Project = PROJECT) -> None:
        self.limits = Limits(account)
        self.provisioning = Provisioning()
        self.project = project

    def ask(self, operation: str, name: str = "hello", **body: object) -> Response | ApiError:
        request = Request("PUT", "/", "", Headers(()), orjson.dumps(body))
        call = Call(operation, {"FunctionName": name}, {})
        return answer(call, request, "r1", self.project, self.limits, self.provisioning)

    def body(self, operation: str, **body: object) -> Any:
        reply = self.ask(operation, **body)
        assert isinstance(reply, Response)
        assert (reply.status, reply.headers[-1]) == (200, ("x-amzn-RequestId", "r1"))
        return orjson.loads(reply.body)

    def refusal(self, operation: str, name: str = "hello", **body: object) -> tuple[int, str, str]:
        error = self.ask(operation, name, **body)
        assert isinstance(error, ApiError)
        return error.status, error.code, error.message


def test_put_get_and_delete() -> None:
    region = Region()
    assert region.body("GetFunctionConcurrency") == {}
    assert region.body("PutFunctionConcurrency", ReservedConcurrentExecutions=0) == {"ReservedConcurrentExecutions": 0}
    assert region.body("GetFunctionConcurrency") == {"ReservedConcurrentExecutions": 0}
    deleted = region.ask("DeleteFunctionConcurrency")
    assert isinstance(deleted, Response)
    assert (deleted.status, deleted.body) == (204, b"")
    assert region.body("GetFunctionConcurrency") == {}


def test_what_is_put_acts_on_the_next_invocation() -> None:
    region = Region()
    region.body("PutFunctionConcurrency", ReservedConcurrentExecutions=0)
    assert isinstance(region.limits.admit(HELLO, [HELLO], 0.0), Throttled)
    region.ask("DeleteFunctionConcurrency")
    assert isinstance(region.limits.admit(HELLO, [HELLO], 0.0), Admitted)


@pytest.mark.parametrize(("account", "most"), [(1000, 700), (110, 0), (10, 0)])
def test_a_hundred_or_a_small_accounts_whole_limit_stay_unreserved(account: int, most: int) -> None:
    region = Region(account, project(HELLO, OTHER) if account == 1000 else project(HELLO))
    if account == 110:
        most = 10
    assert region.body("PutFunctionConcurrency", ReservedConcurrentExecutions=most)
    least = min(100, account)
    assert region.refusal("PutFunctionConcurrency", ReservedConcurrentExecutions=most + 1) == (
        400,
        "InvalidParameterValueException",
        "Specified ReservedConcurrentExecutions for function decreases account's "
        f"UnreservedConcurrentExecution below its minimum value of [{least}].",
    )
    assert region.body("GetFunctionConcurrency") == {"ReservedConcurrentExecutions": most}


def test_a_reservation_is_never_lower_than_what_is_provisioned() -> None:
    region = Region()
    region.provisioning.put(HELLO, "1", 2, now=0.0)
    assert region.refusal("PutFunctionConcurrency", ReservedConcurrentExecutions=1) == (
        400,
        "InvalidParameterValueException",
        " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].",
    )
    assert region.body("PutFunctionConcurrency", ReservedConcurrentExecutions=2)


def test_versions_have_none_of_their_own_and_unknown_functions_none_at_all() -> None:
    region = Region()
    status, code, text = region.refusal("PutFunctionConcurrency", "hello:1", ReservedConcurrentExecutions=1)
    assert (status, code) == (400, "InvalidParameterValueException")
    assert text.startswith("This operation is permitted on Lambda functions only.")
    status, code, text = region.refusal("GetFunctionConcurrency", "nobody")
    assert (status, code) == (404, "ResourceNotFoundException")
    assert text.endswith(":function:nobody:$LATEST")


@pytest.mark.parametrize(
    ("body", "code", "text"),
    [
        ({}, "ValidationException", "Value null at 'reservedConcurrentExecutions'"),
        ({"ReservedConcurrentExecutions": -1}, "ValidationException", "greater than or equal to 0"),
        ({"ReservedConcurrentExecutions": "2"}, "InvalidRequestContentException", "is not a whole number"),
        ({"ReservedConcurrentExecutions": True}, "InvalidRequestContentException", "is not a whole number"),
    ],
)
def test_a_wrong_number_is_refused_and_changes_nothing(body: dict[str, object], code: str, text: str) -> None:
    region = Region()
    status, found, message = region.refusal("PutFunctionConcurrency", **body)
    assert (status, found) == (400, code)
    assert text in message
    assert region.body("GetFunctionConcurrency") == {}


def test_the_accounts_figures_leave_out_what_is_reserved_and_provisioned() -> None:
    region = Region()
    region.limits.provision({"Hello": 5, "Other": 7})
    assert account_limit(PROJECT, region.limits) == {
        "ConcurrentExecutions": 1000,
        "UnreservedConcurrentExecutions": 795,
    }

"""Provisioned concurrency over the API: recorded replies and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from localstack_lite.lambdas.api.api_error import ApiError
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.lambdas.api.provisioned_api import answer
from localstack_lite.lambdas.catalogue import Catalogue
from localstack_lite.lambdas.limits import Limits
from localstack_lite.lambdas.provisioned import Provisioning
from localstack_lite.model.alias import Alias, Provisioned
from localstack_lite.wire.messages import Headers, Request, Response
from tests.builders import function, project

NOW = 1_763_000_000.5
ALIASES = (Alias("live", "3"), Alias("other", "4"), Alias("same", "3"))
HELLO = function("hello", aliases=ALIASES)
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:hello"
BAD = "InvalidParameterValueException"


class Region:
    def __init__(self, one: Any = HELLO, account: int = 1000) -> None:
        self.limits = Limits(account)
        self.provisioning = Provisioning()
        self.one = one
        self.project = project(one)

    def ask(
        self,
        verb: str,
        qualifier: str | None = "live",
        name: str = "hello",
        query: Mapping[str, str] = {},
        **body: object,
    ) -> Response | ApiError:
        noun = "ProvisionedConcurrencyConfigs" if verb == "List" else "ProvisionedConcurrencyConfig"
        request = Request("PUT", "/", "", Headers(()), orjson.dumps(body))
        asked = dict(query) | ({} if qualifier is None else {"Qualifier": qualifier})
        call = Call(f"{verb}{noun}", {"FunctionName": name}, asked)
        catalogue = Catalogue(self.project)
        return answer(call, request, "r1", self.project, catalogue, self.provisioning, self.limits, NOW)

    def put(self, number: int, qualifier: str | None = "live") -> Response | ApiError:
        return self.ask("Put", qualifier, ProvisionedConcurrentExecutions=number)


def body(reply: Response | ApiError, status: int = 200) -> Any:
    assert isinstance(reply, Response)
    assert reply.status == status
    return orjson.loads(reply.body)


def refused(reply: Response | ApiError) -> tuple[int, str, str]:
    assert isinstance(reply, ApiError)
    return reply.status, reply.code, reply.message


def test_it_is_in_progress_when_it_is_put_and_ready_when_the_environments_are() -> None:
    region = Region()
    assert body(region.put(2), 202) == {
        "RequestedProvisionedConcurrentExecutions": 2,
        "AvailableProvisionedConcurrentExecutions": 0,
        "AllocatedProvisionedConcurrentExecutions": 0,
        "Status": "IN_PROGRESS",
        "LastModified": "2025-11-13T02:13:20.500+0000",
    }
    region.provisioning.stands({("Hello", "3"): 1})
    assert body(region.ask("Get"))["Status"] == "IN_PROGRESS"
    region.provisioning.stands({("Hello", "3"): 2})
    ready = body(region.ask("Get"))
    assert (ready["Status"], ready["AllocatedProvisionedConcurrentExecutions"]) == ("READY", 2)
    assert "StatusReason" not in ready


def test_one_that_cannot_be_initialised_says_so() -> None:
    region = Region()
    region.put(2)
    region.provisioning.failed("Hello", "3")
    failed = body(region.ask("Get"))
    assert (failed["Status"], failed["StatusReason"]) == ("FAILED", "FUNCTION_ERROR_INIT_FAILURE")


def test_deleting_it_is_harmless_when_there_is_none() -> None:
    region = Region()
    region.put(2)
    for _ in range(2):
        gone = region.ask("Delete")
        assert isinstance(gone, Response)
        assert (gone.status, gone.body) == (204, b"")
    missing = "ProvisionedConcurrencyConfigNotFoundException"
    assert refused(region.ask("Get")) == (404, missing, "No Provisioned Concurrency Config found for this function")


def test_the_list_names_each_by_its_arn() -> None:
    region = Region(function("hello", aliases=ALIASES, provisioned=(Provisioned("live", 1),)))
    region.put(2, "other")
    listed = body(region.ask("List", None))["ProvisionedConcurrencyConfigs"]
    assert [(one["FunctionArn"], one["RequestedProvisionedConcurrentExecutions"]) for one in listed] == [
        (f"{FUNCTION}:live", 1),
        (f"{FUNCTION}:other", 2),
    ]
    first = body(region.ask("List", None, query={"MaxItems": "1"}))
    assert [one["FunctionArn"] for one in first["ProvisionedConcurrencyConfigs"]] == [f"{FUNCTION}:live"]
    second = body(region.ask("List", None, query={"MaxItems": "1", "Marker": first["NextMarker"]}))
    assert [one["FunctionArn"] for one in second["ProvisionedConcurrencyConfigs"]] == [f"{FUNCTION}:other"]
    assert "NextMarker" not in second
    assert refused(region.ask("List", None, query={"MaxItems": "51"}))[1] == "ValidationException"
    assert refused(region.ask("List", None, query={"Marker": "x"}))[1] == BAD
    assert refused(region.ask("List", None, "nobody"))[2].endswith("function:nobody")


def test_latest_cannot_be_provisioned() -> None:
    region = Region(function("hello", aliases=(Alias("newest", "$LATEST"),)))
    unpublished = (400, BAD, "Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
    assert refused(region.put(1, "$LATEST")) == unpublished
    assert refused(region.put(1, "newest")) == unpublished
    neither = (400, BAD, "The function resource provided must be an alias or a published version.")
    assert [refused(region.ask(verb, "$LATEST")) for verb in ("Get", "Delete")] == [neither, neither]


def test_what_is_not_there_is_a_404_with_a_text_for_each_kind() -> None:
    region = Region()
    assert refused(region.put(1, "99")) == (404, "ResourceNotFoundException", f"Function not found: {FUNCTION}:99")
    assert refused(region.put(1, "gone"))[2] == f"Cannot find alias arn: {FUNCTION}:gone"
    assert refused(region.ask("Get", "1", "nobody"))[2].endswith("function:nobody:1")
    assert refused(region.ask("Get", None))[1] == "ValidationException"
    assert refused(region.ask("Get", "a b"))[1] == "ValidationException"


@pytest.mark.parametrize("number", [0, -1])
def test_at_least_one_is_provisioned(number: int) -> None:
    rule = "Member must have value greater than or equal to 1"
    text = (
        f"1 validation error detected: Value '{number}' at 'provisionedConcurrentExecutions' failed to satisfy "
        f"constraint: {rule}"
    )
    assert refused(Region().put(number)) == (400, "ValidationException", text)


def test_all_versions_together_stay_within_the_reservation() -> None:
    region = Region()
    region.limits.put(HELLO, 2)
    assert body(region.put(2), 202)
    text = "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
    assert refused(region.put(1, "other")) == (400, BAD, text)
    assert refused(region.put(3)) == (400, BAD, text)
    assert body(region.put(1), 202), "another number for the same alias replaces it"


def test_without_a_reservation_it_leaves_the_account_its_hundred() -> None:
    region = Region()
    assert body(region.put(900), 202)
    assert "below its minimum value of [100]" in refused(region.put(901))[2]
    assert refused(region.put(1001))[2] == (
        "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000]."
    )


def test_a_version_is_provisioned_by_itself_or_by_an_alias() -> None:
    region = Region()
    region.put(1, "live")
    assert refused(region.put(1, "3")) == (
        409,
        "ResourceConflictException",
        "Version is pointed by a Provisioned Concurrency alias",
    )
    assert body(region.put(1, "4"), 202)
    assert refused(region.put(1, "other")) == (
        409,
        "ResourceConflictException",
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    )

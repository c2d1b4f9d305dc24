"""Requests to operations: the table agrees with AWS's service model, and a path is read as clients send it."""

from __future__ import annotations

import pytest

from localstack_lite.lambdas.api.operations import OPERATIONS, Call, Operation, find_call


def test_the_table_agrees_with_the_service_model() -> None:
    from botocore.session import Session

    model = Session().get_service_model("lambda")
    known = set(model.operation_names)
    ours = {one.name: one for one in OPERATIONS}
    assert len(ours) == len(OPERATIONS), "an operation is listed twice"
    assert len(known & ours.keys()) > 60
    for name in known & ours.keys():
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        one = ours[name]
        assert (one.method, "/" + "/".join(one.segments)) == (http["method"], path.rstrip("/"))
        assert "&".join(f"{key}={value}" for key, value in one.query) == query


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.name)
def test_every_operation_is_found_by_its_own_request(one: Operation) -> None:
    path = "/" + "/".join("some-name" if part.startswith("{") else part for part in one.segments)
    call = find_call(one.method, path, "&".join(f"{key}={value}" for key, value in one.query))
    assert call is not None
    assert call.operation == one.name


@pytest.mark.parametrize(
    "segment",
    [
        "arn:aws:lambda:us-east-1:123456789012:function:hello",
        "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Ahello",
    ],
)
def test_an_arn_comes_with_plain_or_encoded_colons(segment: str) -> None:
    call = find_call("POST", f"/2015-03-31/functions/{segment}/invocations", "Qualifier=%24LATEST")
    name = "arn:aws:lambda:us-east-1:123456789012:function:hello"
    assert call == Call("Invoke", {"FunctionName": name}, {"Qualifier": "$LATEST"})


def test_an_encoded_slash_is_part_of_the_name() -> None:
    call = find_call("GET", "/2015-03-31/functions/Child%2FInner", "")
    assert call == Call("GetFunction", {"FunctionName": "Child/Inner"}, {})


def test_a_list_is_found_with_and_without_a_slash_at_the_end() -> None:
    for path in ("/2015-03-31/functions", "/2015-03-31/functions/"):
        assert find_call("GET", path, "MaxItems=2") == Call("ListFunctions", {}, {"MaxItems": "2"})


def test_an_empty_parameter_is_given_and_the_first_of_two_counts() -> None:
    call = find_call("POST", "/2015-03-31/functions/x/invocations", "Qualifier=&Qualifier=2")
    assert call is not None
    assert call.query == {"Qualifier": ""}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", ""),
        ("GET", "/2015-03-31"),
        ("PATCH", "/2015-03-31/functions"),
        ("GET", "/2015-03-31/functions/x/invocations"),
        ("POST", "/2015-03-31/functions//invocations"),
        ("POST", "/2016-03-31/functions/x/invocations"),
        ("POST", "/2015-03-31/functions/x/invocations/y"),
    ],
)
def test_what_lambda_does_not_have_is_not_found(method: str, path: str) -> None:
    assert find_call(method, path, "") is None

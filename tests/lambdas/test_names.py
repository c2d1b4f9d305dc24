"""Function names and qualifiers as the Lambda API reads them. Texts as recorded on AWS."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from localstack_lite.lambdas.api.api_error import ApiError
from localstack_lite.lambdas.names import Resolved, find, read, resolve, resolve_unqualified
from localstack_lite.model.function import Code, Function
from localstack_lite.model.project import Project

ACCOUNT = "123456789012"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function"
PATTERN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
    r"([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
)
QUALIFIER_PATTERN = r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"


def function(logical_id: str, name: str = "") -> Function:
    return Function(logical_id, name or logical_id, "python3.13", "app.handler", Code(Path("/code")))


PROJECT = Project(
    Path("/project"), (function("HelloFunction", "hello"), function("Second", "HelloFunction"), function("Child/Inner"))
)


def error(name: str, qualifier: str | None = None) -> ApiError:
    found = resolve(PROJECT, name, qualifier)
    assert isinstance(found, ApiError)
    return found


@pytest.mark.parametrize(
    "name",
    [
        "hello",
        "function:hello",
        f"{ACCOUNT}:function:hello",
        f"{ACCOUNT}:hello",
        f"us-east-1:{ACCOUNT}:function:hello",
        f"{ARN}:hello",
    ],
)
def test_every_form_of_a_name_finds_the_function(name: str) -> None:
    assert resolve(PROJECT, name) == Resolved(PROJECT.functions[0], "$LATEST", f"{ARN}:hello")


@pytest.mark.parametrize(
    ("name", "qualifier"),
    [("hello:$LATEST", None), ("hello", "$LATEST"), (f"{ARN}:hello:$LATEST", "$LATEST"), ("hello:$LATEST", "$LATEST")],
)
def test_a_qualifier_in_the_name_or_beside_it_is_part_of_the_arn_as_called(name: str, qualifier: str | None) -> None:
    assert resolve(PROJECT, name, qualifier) == Resolved(PROJECT.functions[0], "$LATEST", f"{ARN}:hello:$LATEST")


def test_the_name_on_aws_comes_before_the_logical_id() -> None:
    assert find(PROJECT, "HelloFunction") is PROJECT.functions[1]
    assert find(PROJECT, "Second") is PROJECT.functions[1]
    assert find(PROJECT, "nobody") is None


def test_a_logical_id_is_answered_with_the_functions_real_arn() -> None:
    found = resolve(PROJECT, "Second")
    assert isinstance(found, Resolved)
    assert found.arn == f"{ARN}:HelloFunction"


def test_a_function_of_a_nested_stack_is_found_by_its_path() -> None:
    assert resolve(PROJECT, "Child/Inner") == Resolved(PROJECT.functions[2], "$LATEST", f"{ARN}:Child/Inner")


@pytest.mark.parametrize(
    "name",
    [
        "my-function!",
        "*",
        "invalid-account:function:my-function",
        f"arn:aws:lambda:invalid-region:{ACCOUNT}:function:my-function",
        f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance:i-1234567890abcdef0",
        f"{ARN}:my-function:1:2",
        "function:my-function:$LATEST:extra",
        f"arn:aws:lambda::{ACCOUNT}:function:my-function",
        "arn:aws:lambda:us-east-1::function:my-function",
        f"{ARN}:my-function:$LATES",
        "häh",
        "hello\n",
        "",
    ],
)
def test_a_name_that_breaks_the_pattern_is_told_the_pattern(name: str) -> None:
    assert error(name) == ApiError(
        400,
        "ValidationException",
        f"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {PATTERN}",
    )


@pytest.mark.parametrize(
    ("name", "qualifier", "arn"),
    [
        ("a" * 65, None, f"{ARN}:{'a' * 65}:$LATEST"),
        (f"arn:aws:lambda:us-east-1:{ACCOUNT}:function", None, f"{ARN}:function:$LATEST"),
        (f"{ARN}:my-function", "$latest", f"{ARN}:my-function:$latest"),
        ("nobody", None, f"{ARN}:nobody:$LATEST"),
        ("nobody:7", None, f"{ARN}:nobody:7"),
        ("hello", "7", f"{ARN}:hello:7"),
        ("hello:prod", None, f"{ARN}:hello:prod"),
        ("999999999999:function:hello", None, "arn:aws:lambda:us-east-1:999999999999:function:hello:$LATEST"),
    ],
)
def test_what_is_not_there_is_named_by_its_arn(name: str, qualifier: str | None, arn: str) -> None:
    assert error(name, qualifier) == ApiError(404, "ResourceNotFoundException", f"Function not found: {arn}")


def test_the_get_operations_name_the_bare_arn() -> None:
    found = resolve(PROJECT, "nobody", default="")
    assert isinstance(found, ApiError)
    assert found.message == f"Function not found: {ARN}:nobody"


def test_another_region_is_out_of_reach() -> None:
    assert error(f"arn:aws:lambda:eu-west-2:{ACCOUNT}:function:hello") == ApiError(
        404,
        "ResourceNotFoundException",
        "Functions from 'eu-west-2' are not reachable in this region ('us-east-1')",
    )


def test_two_qualifiers_must_agree() -> None:
    assert error(f"{ARN}:my-function:$LATEST", "1") == ApiError(
        400,
        "InvalidParameterValueException",
        "The derived qualifier from the function name does not match the specified qualifier.",
    )


@pytest.mark.parametrize(
    ("qualifier", "rule"),
    [
        ("invalid!", f"satisfy regular expression pattern: {QUALIFIER_PATTERN}"),
        ("a" * 129, "have length less than or equal to 128"),
    ],
)
def test_a_qualifier_that_breaks_a_constraint_is_told_the_constraint(qualifier: str, rule: str) -> None:
    assert error("my-function", qualifier).message == (
        f"1 validation error detected: Value '{qualifier}' at 'qualifier' failed to satisfy constraint: "
        f"Member must {rule}"
    )


def test_two_mistakes_are_told_together() -> None:
    name = f"arn:aws:lambda:invalid-region:{ACCOUNT}:function:my-function-{'a' * 170}"
    assert re.match(
        "^2 validation errors detected: "
        "(?=.*Value 'a{129}' at 'qualifier' failed to satisfy constraint: "
        "Member must have length less than or equal to 128)"
        "(?=.*Value 'arn:aws:lambda:invalid-region:.*' at 'functionName' failed)",
        error(name, "a" * 129).message,
    )


def test_a_name_can_be_too_long() -> None:
    assert "at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 256" in (
        error("a" * 257).message
    )


@pytest.mark.parametrize("name", ["hello", f"{ARN}:hello"])
def test_the_concurrency_operations_take_the_function_as_a_whole(name: str) -> None:
    assert resolve_unqualified(PROJECT, name) is PROJECT.functions[0]


@pytest.mark.parametrize("name", [f"{ARN}:hello:1", "hello:$LATEST", "nobody:1"])
def test_they_refuse_a_qualifier(name: str) -> None:
    assert resolve_unqualified(PROJECT, name) == ApiError(
        400,
        "InvalidParameterValueException",
        "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
        "Please specify either a function name or an unqualified function ARN.",
    )


def test_they_name_latest_when_the_function_is_not_there() -> None:
    assert resolve_unqualified(PROJECT, "doesnotexist") == ApiError(
        404, "ResourceNotFoundException", f"Function not found: {ARN}:doesnotexist:$LATEST"
    )


def test_they_know_no_dots_and_fewer_characters() -> None:
    dotted, long = resolve_unqualified(PROJECT, "a.b"), resolve_unqualified(PROJECT, "a" * 141)
    assert isinstance(dotted, ApiError)
    assert isinstance(long, ApiError)
    assert (dotted.code, long.code) == ("ValidationException", "ValidationException")
    assert "length less than or equal to 140" in long.message


def test_versions_and_aliases_are_found_where_they_are_said_to_be() -> None:
    found = resolve(PROJECT, "hello", "7", there=lambda _, qualifier: qualifier == "7")
    assert isinstance(found, Resolved)
    assert (found.qualifier, found.arn) == ("7", f"{ARN}:hello:7")
    refused = resolve(PROJECT, "hello:8", there=lambda _, qualifier: qualifier == "7")
    assert isinstance(refused, ApiError)
    assert refused.message == f"Function not found: {ARN}:hello:8"


def test_a_reference_is_read_whether_or_not_its_function_is_there() -> None:
    for name, there in (("hello:x", True), ("nobody:x", False)):
        answer = read(PROJECT, name)
        assert not isinstance(answer, ApiError)
        reference, function = answer
        assert (function is not None, reference.qualifier) == (there, "x")
        assert reference.arn("y") == f"{ARN}:{name.partition(':')[0]}:y"

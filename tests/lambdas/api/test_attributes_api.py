"""Tags, recursion, runtime management and the account's figures, as boto3's requests reach them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.model.project import Project
from tests.lambdas.api_service import ARN, PROJECT, Service, at, function

RECURSION = at("hello", "/recursion-config", "2024-08-31")


def tags(arn: str) -> str:
    return f"/2017-03-31/tags/{arn}"


def test_the_tags_of_a_function_are_those_that_the_project_declares() -> None:
    tagged = replace(PROJECT, functions=(replace(PROJECT.functions[0], tags={"team": "a"}),))
    assert Service(tagged).call("GET", tags(f"{ARN}:hello")) == (200, {"Tags": {"team": "a"}})


@pytest.mark.parametrize(
    ("arn", "status", "text"),
    [
        ("arn:aws:something", 400, "Value 'arn:aws:something' at 'resource'"),
        (f"{ARN}:nobody", 404, f"Function not found: {ARN}:nobody"),
        (f"{ARN}:hello:1", 400, "Tags on function aliases and versions are not supported."),
        ("arn:aws:lambda:us-east-1:123456789012:layer:x", 501, "Functions alone have tags here."),
    ],
)
def test_what_has_no_tags(arn: str, status: int, text: str) -> None:
    refused = Service().refused("GET", tags(arn))
    assert refused[0] == status
    assert text in refused[2]


def test_tags_are_changed_in_the_project() -> None:
    for method, query in (("POST", ""), ("DELETE", "tagKeys=a")):
        status, _, text = Service().refused(method, tags(f"{ARN}:hello"), query, Tags={"a": "b"})
        assert status == 501
        assert "declared by the project" in text


def test_recursion_is_read_and_set_and_acts_on_the_next_call() -> None:
    service = Service()
    assert service.call("GET", RECURSION) == (200, {"RecursiveLoop": "Terminate"})
    assert service.call("PUT", RECURSION, RecursiveLoop="Allow") == (200, {"RecursiveLoop": "Allow"})
    assert service.call("GET", RECURSION) == (200, {"RecursiveLoop": "Allow"})
    assert service.catalogue.project.functions[0].recursive_loop == "Allow"


@pytest.mark.parametrize(
    ("members", "text"),
    [
        (
            {"RecursiveLoop": "InvalidValue"},
            "1 validation error detected: Value 'InvalidValue' at 'recursiveLoop' failed to satisfy constraint: "
            "Member must satisfy enum value set: [Terminate, Allow]",
        ),
        ({"Other": 1}, "Value null at 'recursiveLoop'"),
        ({"RecursiveLoop": 1}, "RecursiveLoop is not text"),
    ],
)
def test_recursion_that_aws_refuses(members: dict[str, object], text: str) -> None:
    refused = Service().refused("PUT", RECURSION, **members)
    assert refused[0] == 400
    assert text in refused[2]


def test_recursion_of_a_function_that_is_not_there() -> None:
    assert Service().refused("GET", at("nobody", "/recursion-config", "2024-08-31"))[0] == 404


def test_runtimes_are_updated_by_whoever_keeps_this_machine() -> None:
    path = at("hello", "/runtime-management-config", "2021-07-20")
    answer = {"UpdateRuntimeOn": "Auto", "FunctionArn": f"{ARN}:hello:$LATEST"}
    assert Service().call("GET", path) == (200, answer)
    assert Service().refused("GET", path, "Qualifier=7")[0] == 404


def test_versions_count_as_code_of_the_account(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x")
    service = Service(Project(tmp_path, (function("Hello", "hello", folder=tmp_path),)))
    service.call("POST", at("hello", "/versions"))
    _, body = service.call("GET", "/2016-08-19/account-settings")
    assert body["AccountUsage"] == {"TotalCodeSize": 200, "FunctionCount": 1}

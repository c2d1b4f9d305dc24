"""Operations on resource policies, as boto3's requests reach them. Errors and statements are those that were
recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.model.project import Project
from tests.lambdas.api_service import ARN, Service, at, function

POLICY = at("hello", "/policy")
S3: dict[str, object] = {"StatementId": "s3", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}


@pytest.fixture
def service(tmp_path: Path) -> Service:
    made = Service(Project(tmp_path, (function("Hello", "hello", folder=tmp_path),)))
    made.call("POST", at("hello", "/aliases"), Name="prod", FunctionVersion="$LATEST")
    return made


def added(service: Service, query: str = "", **members: object) -> Any:
    status, body = service.call("POST", POLICY, query, **{**S3, **members})
    assert status == 201
    return json.loads(body["Statement"])


def test_statements_are_added_shown_and_taken_away(service: Service) -> None:
    first = added(service, SourceArn="arn:aws:s3:::bucket")
    assert first == {
        "Sid": "s3",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": f"{ARN}:hello",
        "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}},
    }
    second = added(service, StatementId="more")
    _, body = service.call("GET", POLICY)
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": [first, second]}
    assert json.loads(body["Policy"]) == policy
    assert service.call("DELETE", at("hello", "/policy/s3"), f"RevisionId={body['RevisionId']}") == (204, None)
    _, after = service.call("GET", POLICY)
    assert json.loads(after["Policy"])["Statement"] == [second]
    assert after["RevisionId"] != body["RevisionId"]
    assert service.refused("DELETE", at("hello", "/policy/s3"))[2] == "Statement s3 is not found in resource policy."
    service.call("DELETE", at("hello", "/policy/more"))
    assert service.refused("GET", POLICY) == (
        404,
        "ResourceNotFoundException",
        "The resource you requested does not exist.",
    )
    missing = service.refused("DELETE", at("hello", "/policy/more"))
    assert missing[2] == "No policy is associated with the given resource."


@pytest.mark.parametrize(
    ("principal", "written"),
    [
        ("*", "*"),
        ("lambda.amazonaws.com", {"Service": "lambda.amazonaws.com"}),
        ("123456789012", {"AWS": "arn:aws:iam::123456789012:root"}),
        ("arn:aws:iam::123456789012:user/x", {"AWS": "arn:aws:iam::123456789012:user/x"}),
    ],
)
def test_a_principal_is_written_as_policies_do(service: Service, principal: str, written: object) -> None:
    assert added(service, Principal=principal)["Principal"] == written


def test_every_condition_is_kept(service: Service) -> None:
    made = added(
        service,
        Principal="*",
        Action="lambda:InvokeFunctionUrl",
        SourceAccount="123456789012",
        FunctionUrlAuthType="NONE",
        PrincipalOrgID="o-1234567890",
    )
    assert made["Condition"] == {
        "StringEquals": {
            "AWS:SourceAccount": "123456789012",
            "lambda:FunctionUrlAuthType": "NONE",
            "aws:PrincipalOrgID": "o-1234567890",
        }
    }


def test_an_alias_has_a_policy_of_its_own(service: Service) -> None:
    assert added(service, "Qualifier=prod")["Resource"] == f"{ARN}:hello:prod"
    assert service.call("GET", POLICY)[0] == 404
    assert service.call("GET", POLICY, "Qualifier=prod")[0] == 200


@pytest.mark.parametrize(
    ("name", "query", "members", "status", "text"),
    [
        ("hello", "Qualifier=$LATEST", {}, 400, "We currently do not support adding policies for $LATEST."),
        ("hello", "Qualifier=nope", {}, 404, f"Cannot find alias arn: {ARN}:hello:nope"),
        ("hello", "Qualifier=42", {}, 404, f"Function not found: {ARN}:hello:42"),
        ("hello", "Qualifier=a-$-b", {}, 404, f"Function not found: {ARN}:hello:a-$-b"),
        ("nobody", "", {}, 404, f"Function not found: {ARN}:nobody"),
        ("hello", "", {"Principal": "invalid.nonaws.com"}, 400, "The provided principal was invalid."),
        ("hello", "", {"StatementId": "example.com"}, 400, "satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"),
        ("hello", "", {"Action": None}, 400, "Value null at 'action'"),
        ("hello", "", {"Action": 1}, 400, "Action is not text"),
        ("hello", "", {"RevisionId": "x"}, 412, "Call the GetFunction/GetAlias API"),
    ],
)
def test_statements_that_aws_refuses(
    service: Service, name: str, query: str, members: dict[str, object], status: int, text: str
) -> None:
    refused = service.refused("POST", at(name, "/policy"), query, **{**S3, **members})
    assert refused[0] == status
    assert text in refused[2]


def test_a_second_statement_of_the_same_id_and_an_old_revision_are_refused(service: Service) -> None:
    added(service)
    assert service.refused("POST", POLICY, **S3) == (
        409,
        "ResourceConflictException",
        "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing "
        "statement.",
    )
    refused = service.refused("POST", POLICY, **{**S3, "RevisionId": "x"})
    assert "Call the GetPolicy API" in refused[2]
    assert service.refused("DELETE", at("hello", "/policy/s3"), "RevisionId=x")[0] == 412


def test_a_function_that_is_not_there_has_no_policy(service: Service) -> None:
    assert service.refused("DELETE", at("nobody", "/policy/x"))[2] == f"No policy found for: {ARN}:nobody"

"""Operations on function URLs, as boto3's requests reach them. Errors are those that were recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.project import Project
from tests.lambdas.api_service import ARN, Service, at, function

URL, URLS = at("hello", "/url", "2021-10-31"), at("hello", "/urls", "2021-10-31")
GONE = (404, "ResourceNotFoundException", "The resource you requested does not exist.")
NO_FUNCTION = (404, "ResourceNotFoundException", "Function does not exist")


@pytest.fixture
def service(tmp_path: Path) -> Service:
    made = Service(Project(tmp_path, (function("Hello", "hello", folder=tmp_path),)))
    made.call("POST", at("hello", "/aliases"), Name="prod", FunctionVersion="$LATEST")
    return made


def test_a_url_is_made_read_changed_and_deleted(service: Service) -> None:
    status, made = service.call("POST", URL, AuthType="NONE")
    assert status == 201
    assert sorted(made) == ["AuthType", "CreationTime", "FunctionArn", "FunctionUrl"]
    assert made["FunctionUrl"] == "http://hello.lambda-url.localhost:3000/"
    assert made["FunctionArn"] == f"{ARN}:hello"
    assert service.refused("POST", URL, AuthType="NONE") == (
        409,
        "ResourceConflictException",
        f"Failed to create function url config for [functionArn = {ARN}:hello]. "
        "Error message:  FunctionUrlConfig exists for this Lambda function",
    )
    status, read = service.call("GET", URL)
    assert (status, read) == (200, {**made, "LastModifiedTime": made["CreationTime"], "InvokeMode": "BUFFERED"})
    service.clock.advance(1.5)
    status, changed = service.call("PUT", URL, AuthType="AWS_IAM")
    assert (status, changed["AuthType"]) == (200, "AWS_IAM")
    assert changed["LastModifiedTime"] > changed["CreationTime"] == made["CreationTime"]
    assert "InvokeMode" not in changed
    assert service.call("DELETE", URL) == (204, None)
    assert service.refused("GET", URL) == service.refused("DELETE", URL) == GONE
    assert service.refused("PUT", URL, AuthType="NONE") == GONE
    assert service.changes == 4, "the gateway was told each time"


def test_everything_that_can_be_set_is_shown(service: Service) -> None:
    cors = {"AllowOrigins": ["*"], "AllowMethods": ["GET"], "MaxAge": 60, "AllowCredentials": True}
    service.call("POST", URL, AuthType="NONE", InvokeMode="RESPONSE_STREAM", Cors=cors)
    _, read = service.call("GET", URL)
    assert (read["Cors"], read["InvokeMode"]) == (cors, "RESPONSE_STREAM")
    _, changed = service.call("PUT", URL, InvokeMode="BUFFERED")
    assert (changed["Cors"], changed["InvokeMode"]) == (cors, "BUFFERED")


def test_a_function_and_each_of_its_aliases_have_one(service: Service) -> None:
    service.call("POST", URL, AuthType="NONE")
    _, made = service.call("POST", URL, "Qualifier=prod", AuthType="NONE")
    assert made["FunctionArn"] == f"{ARN}:hello:prod"
    _, listed = service.call("GET", URLS)
    assert [one["FunctionArn"] for one in listed["FunctionUrlConfigs"]] == [f"{ARN}:hello", f"{ARN}:hello:prod"]
    assert len({one["FunctionUrl"] for one in listed["FunctionUrlConfigs"]}) == 2
    service.call("DELETE", URL)
    assert service.call("GET", URL, "Qualifier=prod")[0] == 200


@pytest.mark.parametrize("qualifier", ["1", "%24LATEST", "a!"])
def test_versions_have_none(service: Service, qualifier: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        status, code, text = service.refused(method, URL, f"Qualifier={qualifier}", AuthType="NONE")
        assert (status, code) == (400, "ValidationException")
        assert text.endswith(r"pattern: ((?!^\d+$)^[0-9a-zA-Z-_]+$)")


@pytest.mark.parametrize(("name", "query"), [("nobody", ""), ("hello", "Qualifier=nope"), ("nobody", "Qualifier=x")])
def test_what_is_not_there_is_told_as_aws_does(service: Service, name: str, query: str) -> None:
    path = at(name, "/url", "2021-10-31")
    assert service.refused("POST", path, query, AuthType="NONE") == NO_FUNCTION
    assert service.refused("PUT", path, query, AuthType="NONE") == NO_FUNCTION
    assert service.refused("GET", path, query) == service.refused("DELETE", path, query) == GONE


def test_a_list_of_a_function_that_is_not_there(service: Service) -> None:
    assert service.call("GET", URLS) == (200, {"FunctionUrlConfigs": []})
    assert service.refused("GET", at("nobody", "/urls", "2021-10-31")) == NO_FUNCTION


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"InvokeMode": "BUFFERED"}, "ValidationException"),
        ({"AuthType": "MAYBE"}, "ValidationException"),
        ({"AuthType": "NONE", "InvokeMode": "x"}, "ValidationException"),
        ({"AuthType": 1}, "InvalidRequestContentException"),
        ({"AuthType": "NONE", "Cors": []}, "InvalidRequestContentException"),
        ({"AuthType": "NONE", "Cors": {"AllowOrigins": "*"}}, "InvalidRequestContentException"),
        ({"AuthType": "NONE", "Cors": {"MaxAge": -1}}, "InvalidRequestContentException"),
        ({"AuthType": "NONE", "Cors": {"AllowCredentials": "yes"}}, "InvalidRequestContentException"),
    ],
)
def test_members_that_aws_refuses(service: Service, members: dict[str, object], code: str) -> None:
    assert service.refused("POST", URL, **members)[:2] == (400, code)
    assert service.call("GET", URL)[0] == 404


def test_a_declared_url_is_shown_and_can_be_changed_and_deleted(tmp_path: Path) -> None:
    declared = Api("U", "hello", ApiKind.FUNCTION_URL, (Route("ANY", "$default", LambdaProxy("Hello")),))
    service = Service(Project(tmp_path, (function("Hello", "hello", folder=tmp_path),), (declared,)))
    _, read = service.call("GET", URL)
    assert (read["AuthType"], read["FunctionUrl"]) == ("NONE", "http://hello.lambda-url.localhost:3000/")
    assert read["CreationTime"] == "2020-09-13T12:26:40.000000Z", "since the project is served"
    assert service.refused("POST", URL, AuthType="NONE")[0] == 409
    assert service.call("PUT", URL, InvokeMode="RESPONSE_STREAM")[1]["InvokeMode"] == "RESPONSE_STREAM"
    assert service.call("DELETE", URL) == (204, None)
    assert service.refused("GET", URL) == GONE


def test_a_url_is_there_after_a_restart(tmp_path: Path) -> None:
    project = Project(tmp_path, (function("Hello", "hello", folder=tmp_path),))
    _, made = Service(project).call("POST", URL, AuthType="NONE")
    assert Service(project).call("GET", URL)[1]["CreationTime"] == made["CreationTime"]

"""Requests to AWS services that REST APIs make by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.integrations.aws_service import form_request, json_request, service_request
from localstack_lite.model.integration import AwsService
from localstack_lite.model.outgoing import ServiceRequest

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")
ACCEPT = ("Accept", "application/json")


def made(
    service: AwsService,
    method: str = "POST",
    headers: Iterable[tuple[str, str]] = (),
    query: str = "",
    body: bytes = b"",
    params: Mapping[str, str] | None = None,
) -> ServiceRequest:
    found = service_request(service, method, headers, query, body, params or {}, 7.0)
    assert isinstance(found, ServiceRequest), found
    return found


def by_path(service: str, path: str, subdomain: str = "") -> AwsService:
    return AwsService(service, "eu-west-2", path=path, subdomain=subdomain)


def by_action(service: str, action: str) -> AwsService:
    return AwsService(service, "eu-west-2", action=action)


def test_a_path_is_asked_with_the_integrations_method_and_body() -> None:
    asked = made(by_path("s3", "bucket/{key}"), "PUT", [("x-amz-acl", "private")], "", b"data", {"key": "a b/c%20d"})
    assert (asked.service, asked.region, asked.method, asked.timeout) == ("s3", "eu-west-2", "PUT", 7.0)
    assert (asked.path, asked.body, asked.action) == ("/bucket/a%20b/c%20d", b"data", "")
    assert asked.headers == (("x-amz-acl", "private"),)
    assert made(by_path("s3", "{key}", "bucket"), params={"key": "k"}).path == "/bucket/k"
    assert made(by_path("s3", "")).path == made(by_path("s3", "/")).path == "/"
    assert made(by_path("lambda", "2015-03-31/functions/f/invocations")).path == "/2015-03-31/functions/f/invocations"
    assert made(by_path("sagemaker", "/endpoints/e/invocations", "runtime")).service == "runtime.sagemaker"


def test_a_query_service_gets_its_form_and_is_asked_for_json() -> None:
    asked = made(by_path("sqs", "123/q"), headers=[FORM], body=b"Action=SendMessage&MessageBody=x")
    assert (asked.path, asked.body) == ("/123/q", b"Action=SendMessage&MessageBody=x")
    assert set(asked.headers) == {FORM, ACCEPT}
    assert FORM in made(by_path("sqs", "123/q"), body=b"Action=SendMessage&MessageBody=x").headers


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_parameters_in_the_query_string_become_the_form(method: str) -> None:
    asked = made(by_path("sqs", "123/q"), method, [JSON], "Action=SendMessage&MessageBody=a+b%26", b'{"a":1}')
    assert (asked.method, asked.query) == ("POST", "")
    fields = [("Action", "SendMessage"), ("MessageBody", "a b&"), ("Version", "2012-11-05")]
    assert parse_qsl(asked.body.decode()) == fields
    assert FORM in asked.headers
    assert JSON not in asked.headers


def test_an_action_of_a_query_service_is_a_form_with_that_action() -> None:
    asked = made(by_action("sns", "Publish&Subject=s"), query="TopicArn=t&Message=m", body=b'{"a":1}', headers=[JSON])
    assert (asked.method, asked.path, asked.action) == ("POST", "/", "Publish")
    assert dict(parse_qsl(asked.body.decode())) == {
        "Action": "Publish",
        "Subject": "s",
        "TopicArn": "t",
        "Message": "m",
        "Version": "2010-03-31",
    }
    more = made(by_action("sns", "Publish"), headers=[FORM], body=b"Message=m")
    assert more.body == b"Action=Publish&Version=2010-03-31&Message=m"


@pytest.mark.parametrize(
    ("service", "action", "target", "kind"),
    [
        ("states", "StartExecution", "AWSStepFunctions.StartExecution", "1.0"),
        ("events", "PutEvents", "AWSEvents.PutEvents", "1.1"),
        ("dynamodb", "PutItem", "DynamoDB_20120810.PutItem", "1.0"),
        ("kinesis", "PutRecord", "Kinesis_20131202.PutRecord", "1.1"),
        ("firehose", "PutRecord", "Firehose_20150804.PutRecord", "1.1"),
    ],
)
def test_an_action_of_a_json_service_is_its_target(service: str, action: str, target: str, kind: str) -> None:
    for headers in ([], [JSON]):
        asked = made(by_action(service, action), "GET", headers, "", b"{}")
        assert (asked.method, asked.path, asked.body) == ("POST", "/", b"{}")
        assert set(asked.headers) == {("X-Amz-Target", target), ("Content-Type", f"application/x-amz-json-{kind}")}


def test_what_a_mapping_says_wins() -> None:
    own = [("X-Amz-Target", "AmazonSQS.SendMessage"), ("Content-Type", "application/x-amz-json-1.0")]
    assert made(by_action("sqs", "SendMessage"), headers=own, body=b"{}").body == b"{}"
    asked = made(by_action("events", "PutEvents"), headers=[("x-amz-target", "AWSEvents.X"), ("content-type", "a/b")])
    assert asked.headers == (("x-amz-target", "AWSEvents.X"), ("content-type", "a/b"))
    secret = [("Authorization", "x"), ("Host", "x"), ("Content-Length", "1"), ("X-Own", "1")]
    assert made(by_path("s3", "b"), headers=secret).headers == (("X-Own", "1"),)


def test_a_query_string_is_spelled_as_signatures_want_it() -> None:
    assert made(by_path("s3", "b"), "GET", query="prefix=a+b/%2f&x=%7e&y").query == "prefix=a%20b%2F%2F&x=~&y="


@pytest.mark.parametrize(
    ("service", "why"),
    [
        (by_path("nosuch", "x"), "nosuch is not called from here"),
        (by_action("lambda", "Invoke"), "lambda has no actions"),
        (AwsService("sqs", "eu-west-2", path="a", action="B"), "not by both"),
        (by_action("sqs", "not an action"), "is no action of sqs"),
    ],
)
def test_what_cannot_be_called_is_said(service: AwsService, why: str) -> None:
    found = service_request(service, "POST", (), "", b"", {}, 1.0)
    assert isinstance(found, str)
    assert why in found


def test_calls_of_http_apis_are_made_by_name() -> None:
    asked = json_request("states", "eu-west-2", "StopExecution", b"{}", 3.0)
    assert dict(asked.headers)["X-Amz-Target"] == "AWSStepFunctions.StopExecution"
    form = form_request("sqs", "eu-west-2", "/1/q", "SendMessage", [("MessageBody", "a b&c")], 3.0)
    assert form.body == b"Action=SendMessage&Version=2012-11-05&MessageBody=a+b%26c"
    assert (form.path, form.headers) == ("/1/q", (FORM,))


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from(["sqs", "s3", "lambda", "states"]))
def test_whatever_is_in_a_path_and_a_query_can_be_sent(path: str, query: str, service: str) -> None:
    found = service_request(by_path(service, "x/{p}"), "GET", (), query, b"", {"p": path}, 1.0)
    assert isinstance(found, ServiceRequest)
    assert found.path.isascii()
    assert found.path.startswith("/x/")
    assert found.query.isascii()

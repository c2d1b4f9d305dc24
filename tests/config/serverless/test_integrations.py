"""Recorded with `package` of osls 3.77."""

import pytest

from localstack_lite.config.serverless.integrations import integration, kind_of, method_responses
from localstack_lite.config.serverless.vtl import FORM, JSON, request_templates

STATUSES = ["200", "400", "401", "403", "404", "422", "500", "502", "504"]


def made(said, method="POST", gateway=None):
    return integration("a", method, said, gateway or {})


def answers(said):
    return {one.pop("StatusCode"): one for one in made(said)["IntegrationResponses"]}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({}, "AWS_PROXY"),
        ({"integration": "lambda"}, "AWS"),
        ({"integration": "lambda-proxy"}, "AWS_PROXY"),
        ({"integration": "LAMBDA_PROXY"}, "AWS_PROXY"),
        ({"integration": "http-proxy"}, "HTTP_PROXY"),
        ({"integration": "mock"}, "MOCK"),
        ({"async": True}, "AWS"),
    ],
)
def test_kinds_of_integrations(said, kind):
    assert kind_of(said) == kind
    assert made(said)["Type"] == kind


def test_a_lambda_integration_has_the_frameworks_templates_and_statuses():
    found = made({"integration": "lambda"})
    assert found["PassthroughBehavior"] == "NEVER"
    assert found["RequestTemplates"] == request_templates()
    patterns = {one["StatusCode"]: one["SelectionPattern"] for one in found["IntegrationResponses"]}
    assert list(patterns) == STATUSES
    assert patterns["200"] == ""
    assert patterns["404"] == r"[\s\S]*\[404\][\s\S]*"
    assert patterns["500"] == r"[\s\S]*(Process\s?exited\s?before\s?completing\s?request|\[500\])[\s\S]*"
    assert patterns["504"] == r"([\s\S]*\[504\][\s\S]*)|(.*Task timed out after \d+\.\d+ seconds$)"
    assert [one["StatusCode"] for one in method_responses({"integration": "lambda"})] == STATUSES


def test_templates_of_the_event_go_over_the_frameworks_and_null_takes_one_away():
    request = {"template": {JSON: None, "application/xml": "X"}, "passThrough": "WHEN_NO_TEMPLATES"}
    found = made({"integration": "lambda", "request": request})
    assert found["RequestTemplates"] == {FORM: request_templates()[FORM], "application/xml": "X"}
    assert found["PassthroughBehavior"] == "WHEN_NO_TEMPLATES"


def test_responses_have_templates_headers_and_handling():
    response = {
        "headers": {"X-A": "'b'"},
        "template": "T",
        "contentHandling": "CONVERT_TO_TEXT",
        "statusCodes": {
            409: {"pattern": ".*conf.*", "template": {JSON: "no", "text/plain": "n"}, "headers": {"X-D": "'e'"}},
            201: {"pattern": ""},
        },
    }
    said = {"integration": "lambda", "response": response}
    assert answers(said) == {
        "201": {
            "SelectionPattern": "",
            "ResponseParameters": {"method.response.header.X-A": "'b'"},
            "ResponseTemplates": {JSON: "T"},
            "ContentHandling": "CONVERT_TO_TEXT",
        },
        "409": {
            "SelectionPattern": ".*conf.*",
            "ResponseParameters": {"method.response.header.X-A": "'b'", "method.response.header.X-D": "'e'"},
            "ResponseTemplates": {JSON: "no", "text/plain": "n"},
        },
    }
    headers = {one["StatusCode"]: list(one["ResponseParameters"]) for one in method_responses(said)}
    assert headers["409"] == ["method.response.header.X-A", "method.response.header.X-D"]


def test_a_default_response_is_added_where_none_is():
    found = answers({"integration": "lambda", "response": {"statusCodes": {400: {"pattern": "x"}}}})
    assert {status: one["SelectionPattern"] for status, one in found.items()} == {"200": "", "400": "x"}


def test_cors_is_on_all_responses():
    found = answers(
        {"integration": "lambda", "cors": {"origins": ["https://a", "https://b"], "allowCredentials": True}}
    )
    origin, credentials = found["404"]["ResponseParameters"].items()
    assert origin == ("method.response.header.Access-Control-Allow-Origin", "'https://a,https://b'")
    assert credentials == ("method.response.header.Access-Control-Allow-Credentials", "'true'")


def test_parameters_are_handed_on_and_may_be_mapped():
    request = {
        "parameters": {
            "querystrings": {"a": True, "b": {"required": False, "mappedValue": "'x'"}},
            "headers": {"h": True},
            "paths": {"p": True},
            "cookies": {"c": True},
        }
    }
    assert made({"integration": "lambda", "request": request})["RequestParameters"] == {
        "integration.request.querystring.a": "method.request.querystring.a",
        "integration.request.querystring.b": "'x'",
        "integration.request.header.h": "method.request.header.h",
        "integration.request.path.p": "method.request.path.p",
    }
    assert "RequestParameters" not in made({"request": request})


def test_async_asks_for_an_event():
    found = made({"async": True})["RequestParameters"]
    assert found == {"integration.request.header.X-Amz-Invocation-Type": "'Event'"}


def test_an_address_is_called_with_its_own_method():
    request = {"uri": "https://e.x/{p}", "method": "put", "template": {JSON: "{}"}}
    found = made({"integration": "http", "request": request})
    assert (found["Uri"], found["IntegrationHttpMethod"]) == ("https://e.x/{p}", "PUT")
    assert found["RequestTemplates"] == {JSON: "{}"}
    assert (found.get("PassthroughBehavior"), found["IntegrationResponses"]) == (None, [])
    proxy = made({"integration": "http-proxy", "request": {"uri": "https://e.x/"}}, "ANY")
    assert (proxy["Uri"], proxy["IntegrationHttpMethod"]) == ("https://e.x/", "ANY")
    assert "IntegrationResponses" not in proxy


def test_a_private_address_goes_through_its_link():
    said = {
        "integration": "http-proxy",
        "connectionType": "vpc-link",
        "connectionId": "l",
        "request": {"uri": "http://a"},
    }
    found = made(said)
    assert (found["ConnectionType"], found["ConnectionId"]) == ("VPC_LINK", "l")


def test_a_mock_answers_by_its_templates():
    said = {
        "integration": "mock",
        "request": {"template": {JSON: '{"statusCode": 200}'}},
        "response": {"template": "hi", "statusCodes": {200: {"pattern": ""}}},
    }
    found = made(said)
    assert found["RequestTemplates"] == {JSON: '{"statusCode": 200}'}
    assert answers(said)["200"]["ResponseTemplates"] == {JSON: "hi"}
    assert made({"integration": "mock"})["IntegrationResponses"] == []
    assert "Uri" not in found


def test_time_and_streams():
    found = made({"response": {"transferMode": "STREAM"}, "timeoutInMillis": 5}, gateway={"timeoutInMillis": 9})
    assert (found["ResponseTransferMode"], found["TimeoutInMillis"]) == ("STREAM", 5)
    assert made({}, gateway={"timeoutInMillis": 9})["TimeoutInMillis"] == 9

"""Projects for the recorded cases about gateways: APIs with templates, validators, keys and authorizers, each case with
an API of its own, as OpenAPI bodies and plain CloudFormation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.case import Case

ECHO = "def handler(event, context):\n    return event\n"
PROXY_ECHO = "import json\n\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps(event)}\n"
SELECT = """\
def handler(event, context):
    match event["statusCode"]:
        case "200":
            return "Pass"
        case "400":
            raise Exception("Error: Raising four hundred from within the Lambda function")
        case _:
            raise Exception("Error: Raising five hundred from within the Lambda function")
"""
CUSTOM_ERROR = """\
def handler(event, context):
    failed = int(event["body"]["httpStatus"]) >= 400
    return {"statusCode": 200, "body": "customerror" if failed else "noerror"}
"""
SLEEPS = "import time\n\ndef handler(event, context):\n    time.sleep(2)\n    return {}\n"
CONSTANT = 'def handler(event, context):\n    return {"answer": 42}\n'
#: Allows a word, says no to others as a TOKEN authorizer does, and tells what it was given.
TOKEN = """\
import json

def handler(event, context):
    print(json.dumps({"authorizer_event": event}))
    if event["authorizationToken"] not in ("Bearer ShouldBeAuthorized", "yes", "allow"):
        raise Exception("Unauthorized")
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "SomeRandomId", "policyDocument": policy, "context": {"foo": "bar"}}
"""
REQUEST = """\
import json

def handler(event, context):
    print(json.dumps({"authorizer_event": event}))
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}
    return {"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""
SIMPLE = """\
def handler(event, context):
    return {"isAuthorized": event["headers"].get("authorization") == "secretToken"}
"""
STANDARD = """\
def handler(event, context):
    effect = "Allow" if event["headers"].get("authorization") == "secretToken" else "Deny"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["routeArn"]}
    return {"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""

DENIES = """\
def handler(event, context):
    statement = {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": "*"}
    return {"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""

Resources = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Staging:
    """Builds the resources of one case; `files` are the code of its functions. `backend` is an HTTP endpoint."""

    case: Case
    backend: str
    files: dict[str, str] = field(default_factory=dict)

    @property
    def api(self) -> str:
        return self.case.logical_id

    def function(self, code: str, name: str = "Fn", **properties: Any) -> Resources:
        folder = f"code/{self.case.slug}-{name}"
        self.files[f"{folder}/app.py"] = code
        return {
            f"{self.api}{name}": {
                "Type": "AWS::Serverless::Function",
                "Properties": {"Runtime": "python3.12", "Handler": "app.handler", "CodeUri": folder, **properties},
            }
        }

    def uri(self, name: str = "Fn") -> Mapping[str, str]:
        path = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions"
        return {"Fn::Sub": f"{path}/${{{self.api}{name}.Arn}}/invocations"}

    def rest(
        self,
        stage: str,
        paths: Mapping[str, Any],
        variables: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Resources:
        """A REST API of a body; keys of `more` are further parts of it, with `_` for `-`."""
        body = {
            "swagger": "2.0",
            "info": {"title": self.case.slug, "version": "1.0"},
            "paths": paths,
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        named = {"RestApiId": {"Ref": self.api}, "StageName": stage, "Variables": variables or {}}
        return {
            self.api: {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": self.case.slug, "Body": body}},
            f"{self.api}Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": named},
        }

    def custom(self, *statuses: str, code: str = "", name: str = "Fn", **integration: Any) -> Mapping[str, Any]:
        """An operation with a Lambda custom integration."""
        given = {"type": "aws", "httpMethod": "POST", "uri": self.uri(name), "responses": DEFAULT, **integration}
        return operation(given, *(statuses or ("200",)))

    def http(self, path: str, method: str = "POST", **integration: Any) -> Mapping[str, Any]:
        """An operation that calls the backend."""
        given = {"type": "http", "httpMethod": method, "uri": self.backend + path, "responses": DEFAULT, **integration}
        return operation(given, "200")

    def proxied(self, name: str = "Fn", **more: Any) -> Mapping[str, Any]:
        return operation({"type": "aws_proxy", "httpMethod": "POST", "uri": self.uri(name)}, "200", **more)


DEFAULT = {"default": {"statusCode": "200"}}


def operation(integration: Mapping[str, Any], *statuses: str, **more: Any) -> Mapping[str, Any]:
    return {
        "responses": {status: {"description": "as declared"} for status in statuses},
        "x-amazon-apigateway-integration": integration,
        **more,
    }


def mock(template: str, response: str | None = None, **more: Any) -> Mapping[str, Any]:
    templates = {} if response is None else {"responseTemplates": {"application/json": response}}
    return operation(
        {
            "type": "mock",
            "requestTemplates": {"application/json": template},
            "responses": {"default": {"statusCode": "200", **templates}},
        },
        "200",
        **more,
    )


def response(status: str, **more: Any) -> Mapping[str, Any]:
    return {"statusCode": status, **more}

"""What tests of authorizers have in common: guarded routes, policies, and stories that ask several functions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from localstack_lite.gateway.exchange import Answer, exchange
from localstack_lite.gateway.sites import Sites
from localstack_lite.gateway.steps import Call, Came
from localstack_lite.model.api import Api
from localstack_lite.model.authorizer import Authorizer, Guard, LambdaAuthorizer
from localstack_lite.model.function import Code, Function
from localstack_lite.model.invocation import Answered
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Request
from tests.gateway.tale import REPORT, STAMP, project, returned

ARN = "arn:aws:execute-api:us-east-1:123456789012"
HEADER = "method.request.header.Authorization"
TOKENS = LambdaAuthorizer("Tokens", "Auth", token=True, sources=(HEADER,))
AUTH = Function("Auth", "auth-function", "python3.13", "app.handler", Code(Path("/nowhere")))


def guarded(api: Api, by: Authorizer, *scopes: str) -> Api:
    """The API with all its routes behind that authorizer."""
    routes = tuple(replace(route, guard=Guard(by, scopes), authorizer=by.name) for route in api.routes)
    return replace(api, routes=routes)


def served(*apis: Api, **more: Any) -> Project:
    """A project with these APIs and the function that authorizes."""
    return replace(project(*apis), functions=(AUTH,), **more)


def document(*statements: dict[str, object], version: str = "2012-10-17") -> dict[str, object]:
    return {"Version": version, "Statement": list(statements)}


def statement(effect: str, resource: object = "*", **more: object) -> dict[str, object]:
    return {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource, **more}


def says(*statements: dict[str, object], **more: object) -> Answered:
    """An authorizer's policy as it comes back."""
    result: dict[str, object] = {"principalId": "alice", "policyDocument": document(*statements)}
    return returned(result | more)


ALLOW = says(statement("Allow"))


def failed(message: str, error: str = "Exception") -> Answered:
    payload = json.dumps({"errorMessage": message, "errorType": error}).encode()
    return Answered(STAMP.lambda_request_id, payload, REPORT, error=error)


def story(sites: Sites, sent: Request, *outcomes: Came, now: float = STAMP.now) -> tuple[list[Call], Answer]:
    """The story told to its end: the calls it made and its answer. Each is answered by the next outcome; a call after
    those is the route's function, which answers 200."""
    told = exchange(sites.at(sent.headers.get("host")), sent, replace(STAMP, now=now))
    calls: list[Call] = []
    waiting: Sequence[Came] = outcomes
    try:
        step = next(told)
        while True:
            assert isinstance(step, Call), step
            calls.append(step)
            came, waiting = (waiting[0], waiting[1:]) if waiting else (returned({"statusCode": 200}), ())
            step = told.send(came)
    except StopIteration as end:
        answer: Answer = end.value
        return calls, answer


def told(api: Api, sent: Request, *outcomes: Came, **more: Any) -> tuple[list[Call], Answer]:
    """The same for a project of one API."""
    return story(Sites(served(api, **more)), sent, *outcomes)


def payload(call: Call) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(call.invocation.payload)
    return found


def message(answer: Answer) -> object:
    """What the reply's body says."""
    found = json.loads(answer.response.body)
    return found.get("message", found.get("Message"))

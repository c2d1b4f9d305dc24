"""The Lambda API over a function that answers as told, and what boto3 makes of the API's answers."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from localstack_lite.lambdas.api.account import Account
from localstack_lite.lambdas.api.code_facts import CodeFacts
from localstack_lite.lambdas.api.invoke_api import InvokeApi, Operation
from localstack_lite.lambdas.catalogue import Catalogue
from localstack_lite.lambdas.limits import Limits
from localstack_lite.lambdas.provisioned import Provisioning
from localstack_lite.lambdas.shelf import Shelf
from localstack_lite.model.function import Code, Function
from localstack_lite.model.invocation import Answered, Invocation, Outcome, Report
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Headers, Request, Response
from tests.fakes import ManualClock

ARN = "arn:aws:lambda:us-east-1:123456789012:function"
NOWHERE = Path("/dev/null")
"""A project's folder in which nothing can be kept."""


def function(logical_id: str, name: str = "", reserved: int | None = None, folder: Path | None = None) -> Function:
    code = Code(folder or Path("/code") / logical_id)
    return Function(logical_id, name or logical_id, "python3.13", "app.handler", code, reserved_concurrency=reserved)


PROJECT = Project(NOWHERE, (function("HelloFunction", "hello"), function("Other", "other", reserved=5)))


class CountingIds:
    """Ids that tell what they are: `uuid-1`, and hex digits all alike."""

    def __init__(self) -> None:
        self.made = 0

    def uuid(self) -> str:
        self.made += 1
        return f"uuid-{self.made}"

    def extended(self) -> str:
        return "x" * 15 + "="

    def hex(self, digits: int) -> str:
        return "a" * digits


def answered(invocation: Invocation, payload: bytes = b'"ok"', **values: Any) -> Answered:
    return Answered(invocation.request_id, payload, Report(invocation.request_id, 1.0, 1, 128, 30), **values)


class Service:
    """`ran` and `accepted` are the invocations that reached the function, `changes` how often the gateway was told
    that something changed; `code` are the facts of a function's code, by its folder."""

    def __init__(
        self,
        project: Project = PROJECT,
        outcome: Callable[[Invocation], Outcome] = answered,
        limits: Limits | None = None,
        accept: Callable[[Invocation], None] | None = None,
        event_invokes: Operation | None = None,
    ) -> None:
        self.ran: list[Invocation] = []
        self.accepted: list[Invocation] = []
        self.limits = limits or Limits()
        self.clock = ManualClock()
        self.changes = 0
        self.code: dict[Path, str] = {}
        shelf = Shelf(project.root)
        kept, self.problems = shelf.load(project)
        self.catalogue = Catalogue(project, kept)
        self.provisioning = Provisioning()
        account = Account(
            self.catalogue,
            self.limits,
            self.provisioning,
            shelf,
            self.clock,
            CountingIds(),
            lambda: "http://127.0.0.1:3000",
            self._changed,
            self._measure,
            started=1_600_000_000.0,
        )
        self._outcome = outcome
        self._api = InvokeApi(account, self._invoke, accept or self.accepted.append, event_invokes)

    async def _invoke(self, invocation: Invocation) -> Outcome:
        self.ran.append(invocation)
        return self._outcome(invocation)

    async def _measure(self, code: Code) -> CodeFacts:
        return CodeFacts(100, self.code.get(code.folder, "c2hh"), 1_700_000_000.0)

    def _changed(self) -> None:
        self.changes += 1

    def send(
        self, method: str, path: str, query: str = "", body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()
    ) -> Response:
        async def call() -> Response:
            return await self._api(Request(method, path, query, Headers(headers), body))

        return asyncio.run(call())

    def invoke(self, body: bytes = b"{}", query: str = "", name: str = "hello", **headers: str) -> Response:
        lines = tuple((key.replace("_", "-"), value) for key, value in headers.items())
        return self.send("POST", f"/2015-03-31/functions/{name}/invocations", query, body, lines)

    def call(self, method: str, path: str, query: str = "", **members: object) -> tuple[int, Any]:
        """The status and the JSON of what is answered; None when there is none."""
        response = self.send(method, path, query, json.dumps(members).encode() if members else b"")
        return response.status, json.loads(response.body) if response.body else None

    def refused(self, method: str, path: str, query: str = "", **members: object) -> tuple[int, str, str]:
        """The status, the exception's name and its text."""
        response = self.send(method, path, query, json.dumps(members).encode() if members else b"")
        body = json.loads(response.body)
        name = dict(response.headers)["x-amzn-ErrorType"]
        return response.status, name, body.get("message", body.get("Message"))


def at(name: str, rest: str = "", version: str = "2015-03-31") -> str:
    """The path of a function's operations."""
    return f"/{version}/functions/{quote(name, safe='')}{rest}"


@cache
def _model() -> Any:
    from botocore.session import Session

    return Session().get_service_model("lambda")


def parse(response: Response, operation: str) -> dict[str, Any]:
    """What boto3 gives its caller."""
    from botocore.awsrequest import HeadersDict
    from botocore.parsers import create_parser

    shape = _model().operation_model(operation).output_shape
    streaming = operation == "Invoke" and response.status < 300
    parsed: dict[str, Any] = create_parser("rest-json").parse(
        {
            "status_code": response.status,
            "headers": HeadersDict(response.headers),
            "body": io.BytesIO(response.body) if streaming else response.body,
            "context": {},
        },
        shape,
    )
    return parsed

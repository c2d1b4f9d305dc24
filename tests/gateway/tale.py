"""What the gateway's tests have in common: small projects, requests by their target, and a story told to its end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from localstack_lite.gateway.exchange import Answer, exchange
from localstack_lite.gateway.sites import Sites
from localstack_lite.gateway.steps import Call, TimedOut
from localstack_lite.gateway.trace import fresh
from localstack_lite.gateway.visit import Stamp, Visit
from localstack_lite.model.api import Api, ApiKind, Cors, Integration, LambdaProxy, Route
from localstack_lite.model.invocation import Answered, Outcome, Report
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Headers, Request, Response

STAMP = Stamp(
    now=1722641683.25,
    request_id="11111111-2222-3333-4444-555555555555",
    extended_id="JKJaXmPLvHcESHA=",
    lambda_request_id="aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    trace_root="1-66ad6b93-0123456789abcdef01234567",
    trace_parent="fedcba9876543210",
    trace_lineage="6e5eb7d9",
)
REPORT = Report(STAMP.lambda_request_id, duration_ms=1.5, billed_ms=2, memory_mb=128, max_memory_mb=40)
HOST = ("Host", "localhost:3000")


def routes(spec: Mapping[str, Integration | str]) -> tuple[Route, ...]:
    """Route keys to integrations; a text is the logical id of a function with AWS's defaults."""
    found = []
    for key, value in spec.items():
        method, _, path = key.rpartition(" ")
        integration = LambdaProxy(value) if isinstance(value, str) else value
        found.append(Route(method or "ANY", path, integration))
    return tuple(found)


def rest(spec: Mapping[str, Integration | str], *, stage: str = "stage", name: str = "Rest", **more: Any) -> Api:
    return Api(name, name.lower(), ApiKind.REST, routes(spec), stage, **more)


def http(spec: Mapping[str, Integration | str], *, name: str = "Http", cors: Cors | None = None, **more: Any) -> Api:
    return Api(name, name.lower(), ApiKind.HTTP, routes(spec), cors=cors, **more)


def url(function: str = "Fn", *, cors: Cors | None = None) -> Api:
    return Api(f"{function}Url", function, ApiKind.FUNCTION_URL, routes({"$default": function}), cors=cors)


def alb(function: str = "Fn", **more: Any) -> Api:
    return Api("Lb", "lb", ApiKind.ALB, routes({"$default": function}), **more)


def project(*apis: Api) -> Project:
    return Project(Path("/somewhere"), apis=apis)


def request(
    method: str = "GET", target: str = "/", headers: Sequence[tuple[str, str]] = (), body: bytes = b"", host: str = ""
) -> Request:
    path, _, query = target.partition("?")
    lines = (("Host", host) if host else HOST, *headers)
    return Request(method, path, query, Headers(lines), body, client="192.0.2.7")


def visit(sent: Request, path: str | None = None, params: Mapping[str, str] | None = None) -> Visit:
    trace = fresh(STAMP.trace_root, STAMP.trace_parent, STAMP.trace_lineage)
    return Visit(sent, STAMP, sent.path if path is None else path, params or {}, trace)


def returned(value: object) -> Answered:
    return Answered(STAMP.lambda_request_id, json.dumps(value).encode(), REPORT)


def tell(
    served: Project | Sites, sent: Request, outcome: Outcome | TimedOut | None = None, hosts: Sequence[str] = ()
) -> tuple[Call | None, Answer]:
    """The whole story: the call it made (None: it made none) and its answer."""
    return tell_at(STAMP.now, Sites(served, hosts) if isinstance(served, Project) else served, sent, outcome)


def tell_at(
    now: float, sites: Sites, sent: Request, outcome: Outcome | TimedOut | None = None
) -> tuple[Call | None, Answer]:
    """The same at that time, of sites that remember what was before."""
    story = exchange(sites.at(sent.headers.get("host")), sent, replace(STAMP, now=now))
    call = None
    try:
        step = next(story)
        assert isinstance(step, Call)
        call = step
        story.send(returned({"statusCode": 200}) if outcome is None else outcome)
    except StopIteration as end:
        answer: Answer = end.value
        return call, answer
    raise AssertionError("the story asked for a second call")


def event(served: Project, sent: Request) -> dict[str, Any]:
    """The event that the function gets for this request."""
    call, answer = tell(served, sent)
    assert call is not None, f"no function was called: {answer}"
    loaded: dict[str, Any] = json.loads(call.invocation.payload)
    return loaded


def response(served: Project, sent: Request, value: object) -> Response:
    """What the client gets when the function returns `value`."""
    call, answer = tell(served, sent, returned(value))
    assert call is not None
    return answer.response


def lines(reply: Response, name: str) -> list[str]:
    return [value for key, value in reply.headers if key.lower() == name.lower()]


def header(reply: Response, name: str) -> str | None:
    found = lines(reply, name)
    return found[0] if found else None

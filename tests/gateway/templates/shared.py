"""What tests of templates have in common: a template run on a body, and non-proxy integrations told to their end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from localstack_lite.gateway.exchange import Answer, exchange
from localstack_lite.gateway.sites import Sites
from localstack_lite.gateway.steps import Came, Step
from localstack_lite.gateway.templates.input import Input, parameters
from localstack_lite.gateway.templates.velocity import Template, variables
from localstack_lite.model.integration import (
    IntegrationKind,
    IntegrationResponse,
    TemplatedIntegration,
)
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Request
from tests.gateway.tale import STAMP, project, request, rest


def run(
    template: str,
    body: object = "",
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    context: dict[str, Any] | None = None,
    stage: Mapping[str, str] | None = None,
) -> str:
    """What the template writes; a body that is no text is JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    given = Input(text, lambda: parameters(path or {}, query or {}, headers or {}))
    return Template(template, "the template").render(variables(given, context or {}, stage or {}))


def integration(kind: str, responses: Sequence[IntegrationResponse] | None = None, **more: Any) -> TemplatedIntegration:
    """One with a default response, when nothing else is said."""
    known = (IntegrationResponse("200"),) if responses is None else tuple(responses)
    return TemplatedIntegration(IntegrationKind(kind), responses=known, **more)


def story(served: Project, sent: Request, *came: Came) -> tuple[list[Step], Answer]:
    """The whole story of a request, each step answered in turn: the steps and the answer."""
    telling = exchange(Sites(served, ()).at(sent.headers.get("host")), sent, STAMP)
    steps: list[Step] = []
    replies = list(came)
    try:
        steps.append(next(telling))
        while True:
            steps.append(telling.send(replies.pop(0)))
    except StopIteration as end:
        answer: Answer = end.value
        assert not replies, "the story was over before everything came"
        return steps, answer


def told(served: Project, sent: Request, came: Came) -> Answer:
    """The answer of a story whose every step is answered by the same."""
    telling = exchange(Sites(served, ()).at(sent.headers.get("host")), sent, STAMP)
    try:
        next(telling)
        while True:
            telling.send(came)
    except StopIteration as end:
        answer: Answer = end.value
        return answer


def answered(
    declared: TemplatedIntegration, *came: Came, route: str = "ANY /x", api: Any = None, **sent: Any
) -> Answer:
    """The answer of an API with this one integration; `sent` as in `tale.request`, to `/x` when nothing is said."""
    sent.setdefault("target", "/x")
    return story(project(rest({route: declared}, **(api or {}))), request(**sent), *came)[1]

"""Syntax errors of a project's mapping templates, found before the first request meets them. Pure.

AWS refuses to deploy none of them: such a template answers 500 there, too, so they are warnings. What can have no
error is not read, so that a project whose only templates are those of CORS does not load Velocity's grammar.
"""

from __future__ import annotations

from collections.abc import Iterator

from localstack_lite.gateway.templates.velocity import problems
from localstack_lite.model.api import Api, Route
from localstack_lite.model.integration import TemplatedIntegration
from localstack_lite.model.project import Problem, Project


def template_problems(project: Project) -> tuple[Problem, ...]:
    """One warning for each template that cannot be read."""
    return tuple(problem for api in project.apis for route in api.routes for problem in _of_route(project, api, route))


def _of_route(project: Project, api: Api, route: Route) -> Iterator[Problem]:
    integration = route.integration
    if not isinstance(integration, TemplatedIntegration):
        return
    named = [(f"request template {kind}", text) for kind, text in integration.templates.items()]
    for response in integration.responses:
        named += [
            (f"response template {kind} for {response.status}", text) for kind, text in response.templates.items()
        ]
    for name, text in named:
        if ("#" in text or "$" in text) and (what := problems(text)):
            where = api.where or str(project.source or api.logical_id)
            yield Problem(where, f"{route.key}: {name}: {what}", "AWS answers 500", warning=True)

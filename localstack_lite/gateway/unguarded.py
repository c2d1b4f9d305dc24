"""A project whose routes stand open although authorizers protect them: `--disable-authorizer`. Pure.

Said once for each API, loudly: what answers here is refused on AWS. Events have no authorizer in their context, as
those of an unprotected route. Resource policies and API keys are no authorizers and go on counting.
"""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.model.api import Api, Route
from localstack_lite.model.project import Problem, Project


def unguarded(project: Project) -> Project:
    """Nobody is asked who calls a route: not by an authorizer, not for a signature."""
    opened = {api.logical_id: tuple(route for route in api.routes if route.guard is not None) for api in project.apis}
    warnings = tuple(_warning(api, routes) for api in project.apis if (routes := opened[api.logical_id]))
    apis = tuple(replace(api, routes=tuple(map(_opened, api.routes))) for api in project.apis)
    return replace(project, apis=apis, problems=(*warnings, *project.problems))


def _opened(route: Route) -> Route:
    return route if route.guard is None else replace(route, guard=None, authorizer="")


def _warning(api: Api, opened: tuple[Route, ...]) -> Problem:
    guards = ", ".join(sorted({route.guard.authorizer.name for route in opened if route.guard is not None}))
    count = "1 route that" if len(opened) == 1 else f"{len(opened)} routes that"
    what = f"{api.name}: {count} {guards} protects on AWS stand{'s' if len(opened) == 1 else ''} open"
    return Problem("--disable-authorizer", what, "without the option they stay closed", api.logical_id, warning=True)

"""A project whose routes stand open although authorizers protect them: `--disable-authorizer`. Pure.

Said once for each API, loudly: what answers here is refused on AWS. Events have no authorizer in their context, as
those of an unprotected route. API keys are not asked for either: whoever wants open routes wants no key (and SAM CLI,
where the option comes from, has none). Resource policies, which say from where and not who, go on counting.
"""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.model.api import Api, Route
from localstack_lite.model.project import Problem, Project


def unguarded(project: Project) -> Project:
    """Nobody is asked who calls a route: not by an authorizer, not for a signature, not for an API key."""
    opened = {api.logical_id: tuple(filter(_closed, api.routes)) for api in project.apis}
    warnings = tuple(_warning(api, routes) for api in project.apis if (routes := opened[api.logical_id]))
    apis = tuple(replace(api, routes=tuple(map(_opened, api.routes))) for api in project.apis)
    return replace(project, apis=apis, problems=(*warnings, *project.problems))


def _opened(route: Route) -> Route:
    return replace(route, guard=None, authorizer="", api_key=False) if _closed(route) else route


def _closed(route: Route) -> bool:
    return route.guard is not None or route.api_key


def _warning(api: Api, opened: tuple[Route, ...]) -> Problem:
    guards = sorted({route.guard.authorizer.name for route in opened if route.guard is not None})
    guards += ["an API key"] if any(route.api_key for route in opened) else []
    count = "1 route that" if len(opened) == 1 else f"{len(opened)} routes that"
    protects = "protects" if len(guards) == 1 else "protect"
    what = f"{api.name}: {count} {_listed(guards)} {protects} on AWS stand{'s' if len(opened) == 1 else ''} open"
    return Problem("--disable-authorizer", what, "without the option they stay closed", api.logical_id, warning=True)


def _listed(names: list[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last

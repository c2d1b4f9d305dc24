"""A project whose routes stand open although authorizers protect them: `--disable-authorizer`. Pure.

Said once for each API, loudly: what answers here is refused on AWS. Events have no authorizer in their context, as
those of an unprotected route.
"""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.model.api import Api, Route, Unsupported
from localstack_lite.model.project import Problem, Project


def unguarded(project: Project) -> Project:
    """Every protected route calls what is behind its authorizer. What was said about such routes is not true any
    more and is left out."""
    untrue: set[str] = set()
    warnings: list[Problem] = []
    apis: list[Api] = []
    for api in project.apis:
        guards = {route.key: guard for route in api.routes if (guard := _guard(route)) is not None}
        if guards:
            untrue |= {f"{api.logical_id}: {guard.why}" for guard in guards.values()}
            warnings.append(_warning(api, [route for route in api.routes if route.key in guards]))
        apis.append(replace(api, routes=tuple(map(_opened, api.routes))))
    kept = tuple(problem for problem in project.problems if problem.what not in untrue)
    return replace(project, apis=tuple(apis), problems=(*warnings, *kept))


def _guard(route: Route) -> Unsupported | None:
    match route.integration:
        case Unsupported(behind=behind) as guard if behind is not None:
            return guard
    return None


def _opened(route: Route) -> Route:
    guard = _guard(route)
    if guard is None or guard.behind is None:
        return route
    return replace(route, integration=guard.behind, authorizer="")


def _warning(api: Api, opened: list[Route]) -> Problem:
    guards = ", ".join(sorted({route.authorizer for route in opened}))
    count = "1 route that" if len(opened) == 1 else f"{len(opened)} routes that"
    what = f"{api.name}: {count} {guards} protects on AWS stand{'s' if len(opened) == 1 else ''} open"
    return Problem("--disable-authorizer", what, "without the option they stay closed", api.logical_id, warning=True)

"""What the terminal shows when everything answers: at most 14 lines on a screen of 80 columns or more."""

from __future__ import annotations

import textwrap

import localstack_lite
from localstack_lite.model import addresses
from localstack_lite.model.api import DEFAULT_ROUTE, Api, ApiKind, Route
from localstack_lite.model.called import called, function_of, guarded_by, is_preflight, made_up_keys
from localstack_lite.model.facts import Ready
from localstack_lite.model.function import Function
from localstack_lite.model.project import Project
from localstack_lite.observe import lines as looks
from localstack_lite.observe.palette import Palette

LINES = 14
ADDRESSES = 5
PROBLEMS = 2
SCHEDULES = 2
KEYS = 2
NARROW = 80


def lines(fact: Ready, paint: Palette, columns: int) -> list[str]:
    title = f"{paint('devserve', 'bold')} {localstack_lite.__version__}  {paint('ready', 'green')} in {fact.ms:.0f} ms"
    where = _addresses(fact)
    width = max(len(name) for name, _ in where)
    top = [
        title,
        *_fitting(
            [f"  {paint('➜', 'green')} {name:<{width}}  {paint(url, 'cyan')}" for name, url in where],
            ADDRESSES,
            "addresses: devserve routes",
        ),
    ]
    top.append(
        f"  {fact.sandbox} sandbox: {fact.sandbox_reason}" if fact.sandbox_reason else f"  {fact.sandbox} sandbox"
    )
    if fact.project.framework:
        top.append(f"  {fact.project.framework}{_adapters(fact.project)}")
    problems = _problems(fact.project, paint)
    schedules = _fitting(_schedules(fact), SCHEDULES, "schedules: devserve schedules")
    secrets = _fitting(_api_keys(fact.project, paint), KEYS, "API keys: devserve routes")
    keys = [paint("  press h for help", "dim")] if fact.keys else []
    table = _table(fact.project)
    rest = LINES - len(top) - len(secrets) - len(schedules) - len(problems) - len(keys) - 1
    body = _fitting([f"  {line}" for line in table], rest, "routes: devserve routes")
    out = [*top, *([""] if body else []), *body, *secrets, *schedules, *problems, *keys]
    return out if columns >= NARROW else [part for line in out for part in _wrapped(line, columns)]


def _adapters(project: Project) -> str:
    """Who stands between Lambda and the app, and what the app is."""
    found = {f.adapter.app: f.adapter.name for f in project.functions if f.adapter is not None}
    return "".join(f" · {app} through {name}" for app, name in found.items() if app and name)


def _schedules(fact: Ready) -> list[str]:
    """The next first; those that are off, or over, are not shown."""
    due = sorted((at, name) for name, at in fact.upcoming if at is not None)
    width = max((len(name) for _, name in due), default=0)
    return [f"  ⏰ {name:<{width}}  next in {_span(at - fact.at)}" for at, name in due]


def _api_keys(project: Project, paint: Palette) -> list[str]:
    """Those that nobody could know otherwise."""
    return [f"  API key {name} (made up here): {paint(value, 'cyan')}" for name, value in made_up_keys(project).items()]


def _span(seconds: float) -> str:
    """`40 s`, `4 min`, `3 h`, `12 days`."""
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def _addresses(fact: Ready) -> list[tuple[str, str]]:
    project = fact.project
    main = addresses.main_api(project)
    found = [("gateway", addresses.url(project, main, fact.gateway))] if main is not None else []
    found += [("gateway", fact.gateway + "/")] if not project.apis else []
    found += [("lambda", fact.lambda_endpoint), ("console", f"{fact.lambda_endpoint}/_devserve/")]
    for api in project.apis:
        if api is main:
            continue
        name = addresses.function_url_name(project, api) if api.kind is ApiKind.FUNCTION_URL else api.name
        found.append((name, addresses.url(project, api, fact.gateway)))
    return found


def _table(project: Project) -> list[str]:
    """One line per route; of a project without routes, one per function."""
    routes = [(api, route) for api in project.apis for route in api.routes if not is_preflight(route)]
    rows = [_route(project, api, route) for api, route in routes]
    if not rows:
        rows = [(function.name, function.runtime, *_size(function)) for function in project.functions]
    # The last cell of a row needs no column: an explanation there must not push the others apart.
    columns = range(max(map(len, rows), default=0))
    widths = [max((len(row[i]) for row in rows if i < len(row) - 1), default=0) for i in columns]
    return ["  ".join(f"{cell:<{widths[i]}}" for i, cell in enumerate(row)).rstrip() for row in rows]


def _route(project: Project, api: Api, route: Route) -> tuple[str, ...]:
    path = "/*" if route.path == DEFAULT_ROUTE and api.kind in (ApiKind.FUNCTION_URL, ApiKind.ALB) else route.path
    if logical_id := function_of(route.integration):
        function = project.function(logical_id)
        if function is None:
            return (route.method, path, logical_id)
        return (route.method, path, function.name, *_size(function), guarded_by(route))
    guard = guarded_by(route)
    return (route.method, path, called(route.integration) + (f"  {guard}" if guard else ""))


def _size(function: Function) -> tuple[str, str]:
    if function.in_stage:
        return "in the stage", ""
    return f"{function.memory:>5} MB", f"{function.timeout:>3} s"


def _problems(project: Project, paint: Palette) -> list[str]:
    """The worst first, without their hints."""
    found = sorted(project.problems, key=lambda problem: problem.warning)
    return _fitting([looks.problem(each, paint)[0] for each in found], PROBLEMS, "problems: devserve validate")


def _fitting(rows: list[str], room: int, what: str) -> list[str]:
    if len(rows) <= room:
        return rows
    if room <= 1:
        return [f"  {len(rows)} {what}"]
    return [*rows[: room - 1], f"  … and {len(rows) - room + 1} more {what}"]


def _wrapped(line: str, columns: int) -> list[str]:
    """Colour codes take no part in it: a line with colours that is too long is left to the terminal."""
    if "\x1b" in line or len(line) <= columns:
        return [line]
    return textwrap.wrap(line, columns, subsequent_indent="    ", break_on_hyphens=False, drop_whitespace=True)

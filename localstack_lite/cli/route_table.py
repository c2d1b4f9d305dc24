"""The routes of a project as rows: what `devserve routes` shows and its `--json` prints. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localstack_lite.model import addresses
from localstack_lite.model.api import DEFAULT_ROUTE, DEFAULT_STAGE, Api, ApiKind, Route
from localstack_lite.model.authorizer import LambdaAuthorizer
from localstack_lite.model.called import called, function_of, guarded_by
from localstack_lite.model.project import Project

HEADINGS = ("METHOD", "PATH", "FUNCTION", "MEMORY", "TIMEOUT", "API/STAGE", "AUTHORIZER", "URL")


@dataclass(frozen=True, slots=True)
class Row:
    """Memory in MB and timeout in seconds, None where no function answers. `note` says what a route without a
    function does."""

    method: str
    path: str
    function: str
    memory: int | None
    timeout: int | None
    api: str
    kind: ApiKind
    stage: str
    authorizer: str
    url: str
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        return (
            self.method,
            self.path,
            self.function or "-",
            f"{self.memory} MB" if self.memory is not None else "-",
            f"{self.timeout} s" if self.timeout is not None else "-",
            self.api if self.stage == DEFAULT_STAGE else f"{self.api}/{self.stage}",
            self.authorizer or "-",
            self.url + (f"  ({self.note})" if self.note else ""),
        )

    def record(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "path": self.path,
            "function": self.function or None,
            "memory": self.memory,
            "timeout": self.timeout,
            "api": self.api,
            "type": self.kind,
            "stage": self.stage,
            "authorizer": self.authorizer or None,
            "url": self.url,
            "note": self.note or None,
        }


def rows(project: Project, gateway: str) -> list[Row]:
    """One row for each route, in the project's order. `gateway` is `http://HOST:PORT`."""
    return [_row(project, api, route, gateway) for api in project.apis for route in api.routes]


def unrouted(project: Project) -> list[str]:
    """Names of the functions that no route leads to, neither to call them nor to ask them."""
    routes = [route for api in project.apis for route in api.routes]
    routed = {function_of(route.integration) for route in routes}
    guards = [route.guard.authorizer for route in routes if route.guard]
    routed |= {guard.function for guard in guards if isinstance(guard, LambdaAuthorizer)}
    return [function.name for function in project.functions if function.logical_id not in routed]


def table(found: list[Row]) -> str:
    """The rows aligned under their headings."""
    lines = [HEADINGS, *(row.cells() for row in found)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join("  ".join(f"{c:{w}}" for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def _row(project: Project, api: Api, route: Route, gateway: str) -> Row:
    function = memory = timeout = None
    note = called(route.integration)
    if logical_id := function_of(route.integration):
        if declared := project.function(logical_id):
            function, memory, timeout = declared.name, declared.memory, declared.timeout
        else:
            note = f"{logical_id} is not in this project"
    return Row(
        "ANY" if route.path == DEFAULT_ROUTE and api.kind is not ApiKind.WEBSOCKET else route.method,
        route.path,
        function or "",
        memory,
        timeout,
        api.name,
        api.kind,
        api.stage,
        guarded_by(route),
        _url(project, api, route, gateway),
        note,
    )


def _url(project: Project, api: Api, route: Route, gateway: str) -> str:
    """A message's route is picked by what it says: all of a WebSocket API's routes are at one address."""
    base = addresses.url(project, api, gateway)
    everything = route.path == DEFAULT_ROUTE or api.kind is ApiKind.WEBSOCKET
    return base if everything else base.rstrip("/") + route.path

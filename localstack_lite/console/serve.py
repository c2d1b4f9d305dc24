"""The console as a handler: `None` for what is not its own, so that the Lambda API answers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote

from localstack_lite.console import hosts, views
from localstack_lite.model.pending_event import PendingEvent
from localstack_lite.model.project import Project
from localstack_lite.model.trigger import Schedule
from localstack_lite.wire.messages import Request, Response

PREFIX = "/_devserve/"
_RUN = re.compile(r"api/schedules/(.+)/run")
STATIC = Path(__file__).parent / "static"
FILES = {
    "": ("index.html", "text/html; charset=utf-8"),
    "page.js": ("page.js", "text/javascript; charset=utf-8"),
    "style.css": ("style.css", "text/css; charset=utf-8"),
}


class Logs(Protocol):
    def events(self, function: str) -> list[dict[str, object]]:
        """The log of a function (logical id): `timestamp` in epoch ms and `message`, oldest first."""
        ...


Upcoming = Callable[[], Iterable[tuple[Schedule, float | None]]]
"""Every schedule with its next run in epoch seconds."""

Recycle = Callable[[str | None], int]
"""Ends the idle environments of a function (logical id; None: of all); how many there were."""

Pending = Callable[[], Iterable[PendingEvent]]
"""Asynchronous invocations that are not over."""

Forget = Callable[[str], int | None]
"""An event that waits (request id) is not run or sent any more; how much it was. None: it runs now."""

Fire = Callable[[str], Sequence[str]]
"""Runs the schedules of a name now; request ids. A LookupError, whose text has the known names, when there is none."""


class Console:
    """`project` gives the one that is served right now; `allowed_hosts` are names beside loopback and `*.localhost`."""

    def __init__(
        self,
        project: Callable[[], Project],
        store: Logs,
        allowed_hosts: Sequence[str] = (),
        *,
        upcoming: Upcoming = tuple,
        fire: Fire = views.no_schedule,
        recycle: Recycle = views.nothing_to_recycle,
        pending: Pending = tuple,
        forget: Forget = views.nothing_to_forget,
    ) -> None:
        self._project = project
        self._store = store
        self._allowed = tuple(allowed_hosts)
        self._upcoming = upcoming
        self._fire = fire
        self._recycle = recycle
        self._pending = pending
        self._forget = forget

    async def __call__(self, request: Request) -> Response | None:
        if request.path == PREFIX.rstrip("/"):
            return Response(308, (("Location", PREFIX), *views.HEADERS))
        if not request.path.startswith(PREFIX):
            return None
        refusal = hosts.refusal(request, self._allowed)
        if refusal:
            return views.failure(403, refusal)
        name = request.path.removeprefix(PREFIX)
        if (schedule := _RUN.fullmatch(name)) is not None:
            return self._run(unquote(schedule[1]), request.method)
        if name == "api/recycle":
            return self._recycled(request.query, request.method)
        if name == "api/events" and request.method == "DELETE":
            event = parse_qs(request.query).get("requestId", [""])[0]
            return views.forgotten(event, self._forget(event) if event else 0)
        if request.method not in ("GET", "HEAD"):
            return views.failure(405, f"{request.method} is not for {request.path}; only GET and HEAD are")
        return self._get(name, request.query)

    def _run(self, schedule: str, method: str) -> Response:
        if method != "POST":
            return views.failure(405, f"{method} is not for running a schedule; only POST is")
        try:
            return views.fired(self._fire(schedule))
        except LookupError as error:
            return views.failure(404, str(error.args[0]))

    def _recycled(self, query: str, method: str) -> Response:
        if method != "POST":
            return views.failure(405, f"{method} is not for ending environments; only POST is")
        name = parse_qs(query).get("function", [""])[0]
        function = views.function_named(self._project(), name)
        if name and function is None:
            return views.unknown(self._project(), name)
        return views.recycled(self._recycle(None if function is None else function.logical_id))

    def _get(self, name: str, query: str) -> Response:
        match name:
            case "health":
                return views.health()
            case "api/functions":
                return views.functions(self._project())
            case "api/logs":
                return self._logs(parse_qs(query).get("function", [""])[0])
            case "api/schedules":
                return views.schedules(self._project(), self._upcoming())
            case "api/events":
                return views.events(self._project(), self._pending())
            case "api/openapi.json":
                return views.openapi()
            case _ if name in FILES:
                file, content_type = FILES[name]
                return views.file(content_type, (STATIC / file).read_bytes())
        return views.failure(404, f"There is nothing at {PREFIX}{name}; see {PREFIX}api/openapi.json")

    def _logs(self, name: str) -> Response:
        project = self._project()
        function = views.function_named(project, name)
        if function is None:
            return views.unknown(project, name)
        return views.logs(self._store.events(function.logical_id))

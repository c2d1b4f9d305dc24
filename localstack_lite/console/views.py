"""What the console answers, as responses made of values. Errors are `{"message": ...}`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import localstack_lite
from localstack_lite.model.function import Function
from localstack_lite.model.pending_event import PendingEvent
from localstack_lite.model.project import Project
from localstack_lite.model.trigger import Schedule
from localstack_lite.wire.messages import Response

#: Nothing of this is worth caching, and no other site may embed or read it.
HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Content-Security-Policy", "default-src 'self'; img-src data:; frame-ancestors 'none'"),
)


def answer(value: object, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=True).encode()
    return Response(status, (("Content-Type", "application/json"), *HEADERS), body)


def failure(status: int, message: str) -> Response:
    return answer({"message": message}, status)


def file(content_type: str, body: bytes) -> Response:
    return Response(200, (("Content-Type", content_type), *HEADERS), body)


def health() -> Response:
    return answer({"status": "ok"})


def function_named(project: Project, name: str) -> Function | None:
    """By logical id, which is unique, else by name."""
    named = (function for function in project.functions if function.name == name)
    return project.function(name) or next(named, None)


def unknown(project: Project, name: str) -> Response:
    known = ", ".join(sorted(function.name for function in project.functions))
    asked = f"There is no function {name!r} in this project" if name else "Which function? Ask with ?function=NAME"
    return failure(404 if name else 400, f"{asked}; its functions are: {known or '(none)'}")


def logs(events: Sequence[dict[str, object]]) -> Response:
    return answer({"events": list(events)})


def functions(project: Project) -> Response:
    return answer(
        {
            "root": str(project.root),
            "functions": [
                {
                    "name": function.name,
                    "logicalId": function.logical_id,
                    "runtime": function.runtime,
                    "handler": function.handler,
                    "memory": function.memory,
                    "timeout": function.timeout,
                    "where": function.where,
                    "routes": [
                        route.key
                        for api in project.apis
                        for route in api.routes
                        if getattr(route.integration, "function", "") == function.logical_id
                    ],
                }
                for function in project.functions
            ],
            "problems": [
                {"where": each.where, "what": each.what, "hint": each.hint, "warning": each.warning}
                for each in project.problems
            ],
        }
    )


def schedules(project: Project, upcoming: Iterable[tuple[Schedule, float | None]]) -> Response:
    """`next` is null when it is disabled, over, or schedules are off."""
    names = {function.logical_id: function.name for function in project.functions}
    return answer(
        {
            "schedules": [
                {
                    "name": schedule.name,
                    "function": names.get(schedule.function, schedule.function),
                    "expression": schedule.expression,
                    "timezone": schedule.timezone,
                    "enabled": schedule.enabled,
                    "next": _moment(next_at),
                    "description": schedule.description,
                    "where": schedule.where,
                }
                for schedule, next_at in upcoming
            ]
        }
    )


def fired(request_ids: Sequence[str]) -> Response:
    """Taken, as Lambda takes an asynchronous invocation. A rule with several targets has several requests."""
    return answer({"requestId": request_ids[0], "requestIds": list(request_ids)}, 202)


def no_schedule(name: str) -> Sequence[str]:
    raise LookupError(f"there is no schedule {name!r}; this project has none")


def nothing_to_recycle(_: str | None) -> int:
    return 0


def nothing_to_forget(_: str) -> int | None:
    return 0


def forgotten(request_id: str, count: int | None) -> Response:
    """How many were: an event, and what destinations have not taken."""
    if not request_id:
        return failure(400, "Which event? Ask with ?requestId=ID")
    if count is None:
        return failure(409, f"The event {request_id} runs now: the function is not stopped")
    if not count:
        return failure(404, f"No event {request_id} waits; GET /_devserve/api/events lists those that do")
    return answer({"forgotten": count})


def recycled(count: int) -> Response:
    return answer({"ended": count})


def events(project: Project, pending: Iterable[PendingEvent]) -> Response:
    """Oldest first. `next` is null of one that runs now; `target` is set where only a destination is waited for."""
    names = {function.logical_id: function.name for function in project.functions}
    return answer(
        {
            "events": [
                {
                    "requestId": event.request_id,
                    "function": names.get(event.function, event.function),
                    "qualifier": event.qualifier,
                    "tries": event.tries,
                    "since": _moment(event.since),
                    "next": _moment(event.next_at),
                    "target": event.target or None,
                }
                for event in pending
            ]
        }
    )


def _moment(time: float | None) -> str | None:
    return None if time is None else datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def openapi() -> Response:
    """The console's interface, OpenAPI 3.1."""
    text = {"type": "string"}
    number = {"type": "number"}
    function = {
        key: text if key not in ("memory", "timeout") else number
        for key in ("name", "logicalId", "runtime", "handler", "memory", "timeout", "where")
    }
    schedule = {
        **dict.fromkeys(("name", "function", "expression", "timezone", "description", "where"), text),
        "enabled": {"type": "boolean"},
        "next": {"type": ["string", "null"], "format": "date-time"},
    }
    moment = {"type": ["string", "null"], "format": "date-time"}
    event = {
        **dict.fromkeys(("requestId", "function", "qualifier"), text),
        "tries": number,
        "since": moment,
        "next": moment,
        "target": {"type": ["string", "null"]},
    }
    problem = {"where": text, "what": text, "hint": text, "warning": {"type": "boolean"}}
    return answer(
        {
            "openapi": "3.1.0",
            "info": {"title": "devserve console", "version": localstack_lite.__version__},
            "paths": {
                "/_devserve/health": {"get": _operation("Whether requests are answered", _object(status=text))},
                "/_devserve/api/functions": {
                    "get": _operation(
                        "The project's folder, its functions, and what is wrong with it",
                        _object(
                            root=text,
                            functions=_list(_object(**function, routes=_list(text))),
                            problems=_list(_object(**problem)),
                        ),
                    )
                },
                "/_devserve/api/schedules": {
                    "get": _operation(
                        "The schedules with their next runs", _object(schedules=_list(_object(**schedule)))
                    )
                },
                "/_devserve/api/schedules/{name}/run": {
                    "post": {
                        **_operation(
                            "Runs a schedule now, also one that is disabled",
                            _object(requestId=text, requestIds=_list(text)),
                            refused={"404": "No such schedule"},
                            status="202",
                        ),
                        "parameters": [{"name": "name", "in": "path", "required": True, "schema": text}],
                    }
                },
                "/_devserve/api/events": {
                    "get": _operation(
                        "Asynchronous invocations that are not over, and what destinations have not taken yet",
                        _object(events=_list(_object(**event))),
                    ),
                    "delete": {
                        **_operation(
                            "Forgets an event that waits, and what destinations have not taken of it",
                            _object(forgotten=number),
                            refused={
                                "400": "No event asked for",
                                "404": "No such event waits",
                                "409": "The event runs now",
                            },
                        ),
                        "parameters": [{"name": "requestId", "in": "query", "required": True, "schema": text}],
                    },
                },
                "/_devserve/api/recycle": {
                    "post": {
                        **_operation(
                            "Ends idle environments: the next call is cold",
                            _object(ended=number),
                            refused={"404": "No such function"},
                        ),
                        "parameters": [
                            {
                                "name": "function",
                                "in": "query",
                                "required": False,
                                "description": "Name or logical id; all when it is left out",
                                "schema": text,
                            }
                        ],
                    }
                },
                "/_devserve/api/logs": {
                    "get": {
                        **_operation(
                            "The log events of a function, oldest first, as CloudWatch stores them",
                            _object(events=_list(_object(timestamp=number, message=text))),
                            refused={"400": "No function asked for", "404": "No such function"},
                        ),
                        "parameters": [
                            {
                                "name": "function",
                                "in": "query",
                                "required": True,
                                "description": "Name or logical id",
                                "schema": text,
                            }
                        ],
                    }
                },
            },
        }
    )


def _operation(
    summary: str, schema: dict[str, object], refused: dict[str, str] | None = None, status: str = "200"
) -> dict[str, object]:
    content = {"application/json": {"schema": schema}}
    responses: dict[str, object] = {status: {"description": summary, "content": content}}
    for code, why in (refused or {}).items():
        schema = _object(message={"type": "string"})
        responses[code] = {"description": why, "content": {"application/json": {"schema": schema}}}
    return {"summary": summary, "responses": responses}


def _object(**properties: object) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: Mapping[str, object]) -> dict[str, object]:
    return {"type": "array", "items": items}

"""The recorded cases about deploying a changed API: here, saving the template. Each runs its own devserve."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.live.deadline import eventually
from tests.live.devserver import devserve
from tests.oracle.case import Case
from tests.oracle.stage import HANDLERS

FUNCTION = {
    "Type": "AWS::Serverless::Function",
    "Properties": {"Runtime": "python3.12", "Handler": "proxy_event_echo.handler", "CodeUri": ".", "Timeout": 10},
}


def template(*routes: str) -> str:
    """A SAM REST API, stage `api`, with the given routes, each `METHOD /path`."""
    events = {}
    for number, route in enumerate(routes):
        method, path = route.split()
        events[f"Route{number}"] = {
            "Type": "Api",
            "Properties": {"Method": method, "Path": path, "RestApiId": {"Ref": "Rest"}},
        }
    function = {**FUNCTION, "Properties": {**FUNCTION["Properties"], "Events": events}}  # type: ignore[dict-item]
    api = {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "api"}}
    return json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Fn": function, "Rest": api}})


def route_removed(case: Case, folder: Path) -> None:
    _redeploy(
        folder,
        before=template("GET /notdefined", "GET /other"),
        after=template("GET /other"),
        served=("GET", "/notdefined"),
        expected={("GET", "/notdefined"): case.expect["status"]},
    )


def method_changed(case: Case, folder: Path) -> None:
    steps = case.expect["steps"]
    _redeploy(
        folder,
        before=template("GET /multimethod", "POST /multimethod"),
        after=template("GET /multimethod", "PUT /multimethod"),
        served=("POST", "/multimethod"),
        expected={("POST", "/multimethod"): steps["POST"]["status"], ("PUT", "/multimethod"): steps["PUT"]["status"]},
    )


def _redeploy(
    folder: Path, *, before: str, after: str, served: tuple[str, str], expected: dict[tuple[str, str], int]
) -> None:
    handler = (HANDLERS / "proxy_event_echo.py").read_text(encoding="utf-8")
    with devserve(folder, {"template.json": before, "proxy_event_echo.py": handler}) as server:
        assert server.request(*served).status == 200
        server.save("template.json", after)
        wanted = list(expected.values())
        eventually(
            lambda: [server.request(*request).status for request in expected] == wanted,
            what=f"{expected} after the save",
        )


SCENARIOS: dict[str, Callable[[Case, Path], None]] = {
    "rest.redeploy.route-removed": route_removed,
    "rest.redeploy.method-changed": method_changed,
}

"""Templates for the projects of the live tests, as values: JSON is YAML enough for CloudFormation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

RUNTIME = "python3.11"


def function(handler: str, *routes: str, **properties: Any) -> dict[str, Any]:
    """A SAM function; `routes` are `METHOD /path` of the implicit HTTP API, `REST METHOD /path` of the REST API."""
    events: dict[str, Any] = {}
    for number, route in enumerate(routes):
        kind = "Api" if route.startswith("REST ") else "HttpApi"
        method, path = route.removeprefix("REST ").split()
        events[f"Route{number}"] = {"Type": kind, "Properties": {"Method": method, "Path": path}}
    settings = {"Handler": handler, "Runtime": RUNTIME, "CodeUri": ".", "Timeout": 10, **properties}
    if events:
        settings["Events"] = events
    return {"Type": "AWS::Serverless::Function", "Properties": settings}


def sam(resources: Mapping[str, Any]) -> str:
    return json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}, indent=1)

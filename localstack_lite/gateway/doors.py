"""What stands before a route, in the order in which API Gateway asks: resource policy, authorizer, usage plan,
throttling, validation. Made once per route, when the project is taken over.
"""

from __future__ import annotations

from localstack_lite.gateway.controls.meters import Meters
from localstack_lite.gateway.controls.throttle import throttle_of
from localstack_lite.gateway.controls.usage import usage_of
from localstack_lite.gateway.controls.validator import Validator
from localstack_lite.gateway.door import gate
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.visit import Door
from localstack_lite.model.api import Api, Route
from localstack_lite.model.project import Project


def doors_of(
    project: Project, api: Api, route: Route, settings: Settings, meters: Meters, memory: ApiMemory
) -> tuple[Door, ...]:
    doors: list[Door] = []
    if route.guard is not None or api.policy is not None or project.identities:
        from localstack_lite.gateway.guards.authorize import guarding

        doors += guarding(project, api, route, settings, memory)
    if (usage := usage_of(project, api, route, meters)) is not None:
        doors.append(gate(usage))
    if (throttle := throttle_of(api, route, meters)) is not None:
        doors.append(gate(throttle))
    if route.validation:
        doors.append(gate(Validator(route.validation).admitted))
    return tuple(doors)

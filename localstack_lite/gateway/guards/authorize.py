"""The doors by which a route is guarded: what its authorizer is decides which rules ask for whom.

A resource policy belongs to it, for what the policy means depends on the authorizer (see `resource_policy`): it is
looked at before a Lambda authorizer is asked, and after the gateway has found out itself who calls.
"""

from __future__ import annotations

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.door import gate
from localstack_lite.gateway.guards.assumed_identity import assumable, unmarked
from localstack_lite.gateway.guards.authorizer_event import method_arn
from localstack_lite.gateway.guards.lambda_authorizer import broken, lambda_door
from localstack_lite.gateway.guards.resource_policy import ResourcePolicy, resource_policy_of
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.visit import Door, Visit
from localstack_lite.model.api import Api, ApiKind, Route
from localstack_lite.model.authorizer import (
    BrokenAuthorizer,
    CognitoAuthorizer,
    Guard,
    IamAuthorizer,
    JwtAuthorizer,
    LambdaAuthorizer,
)
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.project import Project

#: Bytes of the ARN of what a client wants, where somebody has to authorize it (AWS docs).
LONGEST_ARN = 1_600


def guarding(project: Project, api: Api, route: Route, settings: Settings, memory: ApiMemory) -> tuple[Door, ...]:
    """Resource policy and authorizer, in the order in which they are asked. Empty: everybody may call it."""
    policy = resource_policy_of(project, api, route)
    guard = None if settings.open else route.guard
    if guard is None:
        doors = () if policy is None else (gate(policy.needs_allow),)
        return (gate(unmarked), *doors) if project.identities else doors
    door = authorizing(project, api, route, guard, settings, memory, policy)
    if project.identities:
        door = assumable(project.identities, api, route, guard, door)
    before = (_measured(project, api, route),) if api.kind is ApiKind.REST else ()
    if policy is None:
        return (*before, door)
    match guard.authorizer:
        case LambdaAuthorizer() | BrokenAuthorizer():
            return (*before, gate(policy.needs_no_deny), door)
        case IamAuthorizer():
            return (*before, door, gate(policy.needs_no_deny))
    return (*before, door, gate(policy.needs_allow))


def authorizing(
    project: Project,
    api: Api,
    route: Route,
    guard: Guard,
    settings: Settings,
    memory: ApiMemory,
    policy: ResourcePolicy | None = None,
) -> Door:
    """The authorizer alone. What checks tokens and signatures is imported by projects that have such."""
    match guard.authorizer:
        case LambdaAuthorizer() as authorizer:
            return lambda_door(project, api, route, authorizer, memory, policy)
        case JwtAuthorizer() as authorizer:
            from localstack_lite.gateway.guards.jwt_authorizer import jwt_door

            return jwt_door(project, api, route, authorizer, guard.scopes, settings, memory)
        case CognitoAuthorizer() as authorizer:
            from localstack_lite.gateway.guards.cognito_authorizer import cognito_door

            return cognito_door(project, api, route, authorizer, guard.scopes, settings, memory)
        case IamAuthorizer() as authorizer:
            from localstack_lite.gateway.guards.iam_authorizer import iam_door

            return iam_door(project, api, route, authorizer, guard.scopes, settings, memory)
        case BrokenAuthorizer(name=name, why=why):
            denial = broken(f"{name}: {why}")
            return gate(lambda _: denial)


def _measured(project: Project, api: Api, route: Route) -> Door:
    """Refuses what is too long for an authorizer's ARN."""

    def rule(visit: Visit) -> Visit | Denial:
        size = len(visit.path)
        if size < LONGEST_ARN // 2 or (size := len(method_arn(project, api, route, visit).encode())) <= LONGEST_ARN:
            return visit
        note = f"the method ARN has {size} bytes; on a route with an authorizer API Gateway takes {LONGEST_ARN}"
        return Denial(ResponseType.DEFAULT_4XX, note, "Request URI too long", status=414)

    return gate(rule)

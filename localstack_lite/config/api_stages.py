"""The stages of an API: names, variables, throttling. Pure.

Limits are told by route key, or `*` for every route. Source: the CloudFormation reference (`MethodSettings`,
`DefaultRouteSettings`, `RouteSettings`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from localstack_lite.config.belonging import belonging
from localstack_lite.config.part import Part
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import DEFAULT_STAGE, ApiStage, Route
from localstack_lite.model.usage import RateLimit, UsagePlan

#: What SAM calls the stage of its own REST API; taken where a template has none.
_REST_STAGE = "Prod"
_EVERY = "*"


@dataclass(frozen=True, slots=True)
class DeclaredStage:
    """`settings` is where its limits stand: its resource, or what a deployment says of it."""

    name: str
    variables: Mapping[str, str]
    settings: Part

    def of_rest(self, routes: Iterable[Route], usage_plans: tuple[UsagePlan, ...]) -> ApiStage:
        return ApiStage(self.name, self.variables, _method_limits(self.settings, tuple(routes)), usage_plans)

    def of_http(self) -> ApiStage:
        return ApiStage(self.name, self.variables, _route_limits(self.settings))


def rest_stages(api: Resource) -> tuple[DeclaredStage, ...]:
    """One at least. Where a template has stages, what its deployments say counts no more: SAM's make a stage `Stage`
    beside them, which nobody asked for."""
    found = [
        DeclaredStage(
            stage.text_or(_REST_STAGE, "StageName"),
            stage_variables(stage, "Variables"),
            Part(stage, stage.properties),
        )
        for stage in belonging(api, "AWS::ApiGateway::Stage", "RestApiId")
    ]
    for deployment in belonging(api, "AWS::ApiGateway::Deployment", "RestApiId") if not found else ():
        if name := deployment.text_or("", "StageName"):
            path = ("StageDescription",)
            variables = stage_variables(deployment, *path, "Variables")
            found.append(DeclaredStage(name, variables, Part(deployment, deployment.mapping(*path), path)))
    return _each_once(found) or (DeclaredStage(_REST_STAGE, {}, Part(api, {})),)


def http_stages(api: Resource) -> tuple[DeclaredStage, ...]:
    """One at least."""
    found = [
        DeclaredStage(
            stage.text_or(DEFAULT_STAGE, "StageName"),
            stage_variables(stage, "StageVariables"),
            Part(stage, stage.properties),
        )
        for stage in belonging(api, "AWS::ApiGatewayV2::Stage", "ApiId")
    ]
    return _each_once(found) or (DeclaredStage(DEFAULT_STAGE, {}, Part(api, {})),)


def _each_once(stages: Iterable[DeclaredStage]) -> tuple[DeclaredStage, ...]:
    by_name: dict[str, DeclaredStage] = {}
    for stage in stages:
        by_name.setdefault(stage.name, stage)
    return tuple(by_name.values())


def stage_variables(stage: Resource, *path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in stage.mapping(*path):
        try:
            found[key] = stage.text(*path, key)
        except Refusal as refusal:
            stage.warn(refusal)
    return found


def limit_of(declared: Part | None, rate: str, burst: str) -> RateLimit | None:
    """The two settings as one value; None when neither is there. One that cannot be read is told and left out."""
    if declared is None:
        return None
    found = [_figure(declared, name) for name in (rate, burst)]
    return RateLimit(found[0], None if found[1] is None else int(found[1])) if found != [None, None] else None


def _figure(declared: Part, name: str) -> float | None:
    try:
        return declared.number(name)
    except Refusal as refusal:
        declared.owner.warn(refusal, "; it limits nothing here")
        return None


def _method_limits(settings: Part, routes: tuple[Route, ...]) -> dict[str, RateLimit]:
    found: dict[str, RateLimit] = {}
    if limit := limit_of(settings, "throttlingRateLimit", "throttlingBurstLimit"):
        found[_EVERY] = limit
    for each in _quietly(settings, "methodSettings"):
        limit = limit_of(each, "throttlingRateLimit", "throttlingBurstLimit")
        path, method = _or_none(each, "resourcePath"), _or_none(each, "httpMethod").upper()
        if limit is None or not path:
            continue
        # AWS writes `~1` for a slash, and `/*` for every resource.
        path = path.replace("~1", "/")
        path = "/" + path.lstrip("/")
        if (path, method) == ("/*", _EVERY):
            found[_EVERY] = limit
            continue
        keys = [route.key for route in routes if path in ("/*", route.path) and method in (_EVERY, route.method)]
        # The plainer one counts less than what names the method.
        for key in keys or [f"{'ANY' if method == _EVERY else method} {path}"]:
            if key not in found or method != _EVERY:
                found[key] = limit
    return found


def _route_limits(stage: Part) -> dict[str, RateLimit]:
    rate, burst = "throttlingRateLimit", "throttlingBurstLimit"
    found: dict[str, RateLimit] = {}
    try:
        if limit := limit_of(stage.child("defaultRouteSettings"), rate, burst):
            found[_EVERY] = limit
        for key, settings in stage.named("routeSettings"):
            if limit := limit_of(settings, rate, burst):
                found[key] = limit
    except Refusal as refusal:
        stage.owner.warn(refusal, "; it limits nothing here")
    return found


def _quietly(declared: Part, key: str) -> Iterator[Part]:
    try:
        yield from tuple(declared.children(key))
    except Refusal as refusal:
        declared.owner.warn(refusal, "; it limits nothing here")


def _or_none(declared: Part, key: str) -> str:
    try:
        return declared.text(key)
    except Refusal as refusal:
        declared.owner.warn(refusal)
        return ""

"""What a function stands behind when nobody declared an API for it: every request goes to it, in the form of one of
AWS's front doors, and that can be changed while it is served.
"""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.model.api import DEFAULT_ROUTE, DEFAULT_STAGE, Api, ApiKind, Cors, Face, LambdaProxy, Route
from localstack_lite.model.project import Problem, Project

#: The front doors by the names of `--as`: REST API, HTTP API with payload 2.0 and 1.0, function URL, load balancer.
KINDS = ("rest", "http", "http1", "url", "alb")
#: How people call them.
TITLES = {
    "rest": "a REST API",
    "http": "an HTTP API (payload 2.0)",
    "http1": "an HTTP API (payload 1.0)",
    "url": "a function URL",
    "alb": "a load balancer (ALB)",
}
#: The stage in front of every path when nobody named one.
STAGE = "dev"

_API = {
    "rest": ("RestApi", ApiKind.REST),
    "http": ("HttpApi", ApiKind.HTTP),
    "http1": ("HttpApi", ApiKind.HTTP),
    "url": ("FunctionUrl", ApiKind.FUNCTION_URL),
    "alb": ("LoadBalancer", ApiKind.ALB),
}
#: Seconds that each door waits for a function (AWS quotas); a function URL and a load balancer wait for its timeout.
_TIMEOUT = {"rest": 29.0, "http": 30.0, "http1": 30.0, "url": 900.0, "alb": 900.0}
#: Those whose own addresses have a stage in front.
STAGED = (ApiKind.REST, ApiKind.HTTP)


def api_for(
    function: str,
    kind: str,
    stage: str = "",
    face: Face = Face.LOCAL,
    *,
    name: str = "",
    domain: str = "",
    base_path: str = "",
    cors: Cors | None = None,
    multi_value: bool = False,
    where: str = "",
) -> Api:
    """The API that hands everything to the function with that logical id. REST APIs always have a stage (`dev` unless
    it is named) and take all bodies as binary, as frameworks' adapters need it; HTTP APIs have one when it is named or
    stands in front."""
    logical_id, of = _API[kind]
    if of not in STAGED:
        stage, face = DEFAULT_STAGE, Face.LOCAL if face is Face.AWS else face
    elif of is ApiKind.REST or face is Face.AWS:
        stage = stage if stage and stage != DEFAULT_STAGE else STAGE
    proxy = LambdaProxy(function, "1.0" if kind == "http1" else "2.0", _TIMEOUT[kind])
    paths = ("/", "/{proxy+}") if of is ApiKind.REST else (DEFAULT_ROUTE,)
    return Api(
        logical_id,
        name or function,
        of,
        tuple(Route("ANY", path, proxy) for path in paths),
        stage or DEFAULT_STAGE,
        cors,  # kept for the doors that know it; the others do not look
        ("*/*",) if of is ApiKind.REST else (),
        where=where,
        face=face,
        domain=domain,
        base_path=base_path,
        multi_value=multi_value,
        switchable=True,
    )


def kind_of(api: Api) -> str:
    """Its name in `KINDS`."""
    if api.kind is ApiKind.HTTP:
        integration = api.routes[0].integration
        return "http1" if isinstance(integration, LambdaProxy) and integration.payload == "1.0" else "http"
    return next(kind for kind, (_, of) in _API.items() if of is api.kind)


def prefixed(api: Api) -> bool:
    """Whether the stage stands in front of every path."""
    return api.face is Face.AWS and api.stage != DEFAULT_STAGE


def next_kind(project: Project) -> str:
    """The kind after the one that the project's switchable APIs have now, round and round; empty when all its APIs are
    declared, or it has none."""
    now = next((kind_of(api) for api in project.apis if api.switchable), "")
    return KINDS[(KINDS.index(now) + 1) % len(KINDS)] if now else ""


def exposed(project: Project, kind: str = "", prefix: bool | None = None) -> Project:
    """The project as `--as` and `--stage-prefix` have it: empty and None leave it as it is. What has nothing to change
    gets a warning."""
    warnings = []
    if kind:
        if any(api.switchable for api in project.apis):
            project = switched(project, kind)
        else:
            what = "has nothing to switch: the project declares " + ("its APIs" if project.apis else "no API")
            hint = "it is for an app or a handler without any; change the declaration instead"
            warnings.append(Problem(f"--as {kind}", what, hint, warning=True))
    if prefix is not None:
        project = faced(project, prefix)
        if prefix and not any(prefixed(api) for api in project.apis):
            hint = "REST APIs have one, and HTTP APIs whose stage has a name"
            warnings.append(Problem("--stage-prefix", "no API here has a stage", hint, warning=True))
    return replace(project, problems=(*project.problems, *warnings)) if warnings else project


def switched(project: Project, kind: str) -> Project:
    """The project with another front door for every function that has one of these. Those of `project` keep their
    stage, face and domain as far as the other door has such things."""
    return replace(project, apis=tuple(_other(api, kind) if _changes(api, kind) else api for api in project.apis))


def faced(project: Project, prefix: bool) -> Project:
    """The project with the stage in front of every path, or without. What has no stage stays as it is. Without, an
    HTTP API that nobody declared has none at all: events show a stage in their paths, and the app would not expect
    it there."""

    def of(api: Api) -> Api:
        if api.kind not in STAGED:
            return api
        if prefix:
            stage = api.stage if api.stage != DEFAULT_STAGE else STAGE
            return replace(api, face=Face.AWS, stage=stage) if api.switchable or stage == api.stage else api
        if api.domain:
            return replace(api, face=Face.DOMAIN)
        bare = api.switchable and api.kind is ApiKind.HTTP
        return replace(api, face=Face.LOCAL, stage=DEFAULT_STAGE if bare else api.stage)

    return replace(project, apis=tuple(of(api) for api in project.apis))


def _changes(api: Api, kind: str) -> bool:
    """Whether it becomes another door; what is that door already keeps all that was declared about it."""
    return api.switchable and kind_of(api) != kind


def _other(api: Api, kind: str) -> Api:
    function = next((r.integration.function for r in api.routes if isinstance(r.integration, LambdaProxy)), "")
    # A REST API cannot be without a stage; an HTTP API without one in front is better off: its events would show it.
    bare = api.kind is ApiKind.REST and api.face is Face.LOCAL and kind != "rest"
    made = api_for(
        function,
        kind,
        "" if bare else api.stage,
        api.face,
        name=api.name,
        domain=api.domain,
        base_path=api.base_path,
        cors=api.cors,
        multi_value=api.multi_value,
        where=api.where,
    )
    return replace(made, stage_variables=api.stage_variables)

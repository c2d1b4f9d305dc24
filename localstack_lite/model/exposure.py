"""What a function stands behind when nobody declared an API for it: every request goes to it, in the form of one of
AWS's front doors, and that can be changed while it is served.
"""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.model.api import DEFAULT_ROUTE, DEFAULT_STAGE, Api, ApiKind, Cors, Face, LambdaProxy, Route
from localstack_lite.model.project import Project

#: The front doors by the names of `--as`: REST API, HTTP API with payload 2.0 and 1.0, function URL, load balancer.
KINDS = ("rest", "http", "http1", "url", "alb")
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
        cors if of is not ApiKind.REST else None,
        ("*/*",) if of is ApiKind.REST else (),
        where=where,
        face=face,
        domain=domain,
        base_path=base_path,
        switchable=True,
    )


def kind_of(api: Api) -> str:
    """Its name in `KINDS`."""
    if api.kind is ApiKind.HTTP:
        integration = api.routes[0].integration
        return "http1" if isinstance(integration, LambdaProxy) and integration.payload == "1.0" else "http"
    return next(kind for kind, (_, of) in _API.items() if of is api.kind)


def switched(project: Project, kind: str) -> Project:
    """The project with another front door for every function that has one of these. Those of `project` keep their
    stage, face and domain as far as the other door has such things."""
    return replace(project, apis=tuple(_other(api, kind) if api.switchable else api for api in project.apis))


def faced(project: Project, prefix: bool) -> Project:
    """The project with the stage in front of every path, or without. What has no stage stays as it is."""

    def of(api: Api) -> Api:
        if api.kind not in STAGED:
            return api
        if prefix:
            stage = api.stage if api.stage != DEFAULT_STAGE else STAGE
            return replace(api, face=Face.AWS, stage=stage) if api.switchable or stage == api.stage else api
        return replace(api, face=Face.DOMAIN if api.domain else Face.LOCAL)

    return replace(project, apis=tuple(of(api) for api in project.apis))


def _other(api: Api, kind: str) -> Api:
    function = next((r.integration.function for r in api.routes if isinstance(r.integration, LambdaProxy)), "")
    made = api_for(
        function,
        kind,
        api.stage,
        api.face,
        name=api.name,
        domain=api.domain,
        base_path=api.base_path,
        cors=api.cors,
        where=api.where,
    )
    return replace(made, stage_variables=api.stage_variables)

"""Where an API answers on this machine: the virtual hosts of the gateway port.

The first API of a project answers at the gateway's own address, each API at `NAME.localhost` (logical id or API name,
lower case), in AWS's form at `APIID.execute-api.localhost/STAGE`, a function URL at `FUNCTION.lambda-url.localhost`, a
load balancer at `LOADBALANCER.elb.localhost`. What has the face of another address has that one's path in front.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from localstack_lite.model.api import DEFAULT_STAGE, Api, ApiKind, Face
from localstack_lite.model.exposure import STAGED
from localstack_lite.model.project import Project


def host_names(project: Project, api: Api) -> tuple[str, ...]:
    """All host names (without port) that belong to this API alone."""
    if api.kind is ApiKind.FUNCTION_URL:
        # The second tells the URLs of a function's aliases apart.
        labels = dict.fromkeys((_label(function_url_name(project, api)), api.id))
        return tuple(f"{label}.lambda-url.localhost" for label in labels)
    names = {_label(api.logical_id), _label(api.name)}
    own = "elb" if api.kind is ApiKind.ALB else "execute-api"
    return (*(f"{name}.localhost" for name in sorted(names) if name), f"{api.id}.{own}.localhost")


def domain_hosts(name: str) -> tuple[str, ...]:
    """Host names at which a custom domain name answers here: its own, for whoever resolves it to this machine, and the
    same under `.localhost`, which browsers resolve to it by themselves: `api.example.com`, `api.example.localhost`."""
    name = name.lower().rstrip(".")
    before, _, last = name.rpartition(".")
    return (name,) if last == "localhost" or not before else (name, f"{before}.localhost")


def front(api: Api) -> str:
    """What stands in front of every path of an API at its plain addresses: `/STAGE`, `/BASE_PATH` or nothing."""
    match api.face:
        case Face.AWS if api.kind in STAGED and api.stage != DEFAULT_STAGE:
            return f"/{api.stage}"
        case Face.DOMAIN if api.domain and api.base_path:
            return f"/{api.base_path}"
    return ""


def main_api(project: Project) -> Api | None:
    """The API that answers at `/` of the gateway's own address first: the first that is not a function URL. WebSocket
    APIs take upgrades only, so they stand behind the others."""
    found = [api for api in project.apis if api.kind is not ApiKind.FUNCTION_URL]
    return next((api for api in found if api.kind is not ApiKind.WEBSOCKET), found[0] if found else None)


def url(project: Project, api: Api, gateway: str) -> str:
    """The address to open in a browser. `gateway` is `http://HOST:PORT`, or https. A name that several APIs have
    is that of the first. The first WebSocket API has the gateway's own address beside the app: with its stage."""
    parts = urlsplit(gateway)
    scheme = parts.scheme.replace("http", "ws") if api.kind is ApiKind.WEBSOCKET else parts.scheme
    if api is next((one for one in project.apis if one.kind is ApiKind.WEBSOCKET), None):
        return f"{scheme}://{parts.netloc}/{'' if api.stage == DEFAULT_STAGE else api.stage}"
    if api is main_api(project):
        return f"{scheme}://{parts.netloc}{front(api)}/"
    names = host_names(project, api)
    earlier = project.apis[: project.apis.index(api)]
    taken = {name for other in earlier for name in host_names(project, other)}
    host = next((name for name in names if name not in taken), names[0])
    return f"{scheme}://{host}:{parts.port}{front(api)}/"


def function_url(project: Project, logical_id: str, gateway: str) -> str:
    """The address of a function's URL, empty when it has none."""
    for api in project.apis:
        if api.kind is ApiKind.FUNCTION_URL and _target(api) == logical_id:
            return url(project, api, gateway)
    return ""


def function_url_name(project: Project, api: Api) -> str:
    function = project.function(_target(api))
    return function.name if function else api.name


def _target(api: Api) -> str:
    integration = api.routes[0].integration
    return getattr(integration, "function", "")


def _label(name: str) -> str:
    return "".join(c for c in name.lower() if c.isascii() and (c.isalnum() or c in "-_"))

"""Where an API answers on this machine: the virtual hosts of the gateway port.

The first API of a project answers at the gateway's own address, each API at `NAME.localhost` (logical id or API name,
lower case), in AWS's form at `APIID.execute-api.localhost/STAGE`, a function URL at `FUNCTION.lambda-url.localhost`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from localstack_lite.model.api import Api, ApiKind
from localstack_lite.model.project import Project


def host_names(project: Project, api: Api) -> tuple[str, ...]:
    """All host names (without port) that belong to this API alone."""
    if api.kind is ApiKind.FUNCTION_URL:
        return (f"{_label(function_url_name(project, api))}.lambda-url.localhost",)
    names = {_label(api.logical_id), _label(api.name)}
    return (*(f"{name}.localhost" for name in sorted(names) if name), f"{api.id}.execute-api.localhost")


def main_api(project: Project) -> Api | None:
    """The API that answers at `/` of the gateway's own address first: the first that is not a function URL."""
    return next((api for api in project.apis if api.kind is not ApiKind.FUNCTION_URL), None)


def url(project: Project, api: Api, gateway: str) -> str:
    """The address to open in a browser. `gateway` is `http://HOST:PORT`. A name that several APIs have is that of the
    first."""
    if api is main_api(project):
        return gateway + "/"
    port = urlsplit(gateway).port
    names = host_names(project, api)
    earlier = project.apis[: project.apis.index(api)]
    taken = {name for other in earlier for name in host_names(project, other)}
    return f"http://{next((name for name in names if name not in taken), names[0])}:{port}/"


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

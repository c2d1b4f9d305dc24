"""Who calls functions with tenant isolation without being able to say for whom. Pure.

Lambda refuses every call of such a function that names no tenant. Of what calls functions only Invoke and REST APIs can
name one (AWS docs, "Tenant isolation": no function URLs, no event sources; a REST API maps a header).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from localstack_lite.model.api import Api, ApiKind, LambdaProxy
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem, Project

_TITLES = {
    ApiKind.REST: "REST API",
    ApiKind.HTTP: "HTTP API",
    ApiKind.FUNCTION_URL: "function URL",
    ApiKind.ALB: "load balancer",
    ApiKind.WEBSOCKET: "WebSocket API",
}
#: What gives a proxy integration's parameter a value (AWS docs, data mapping reference); its body is handed on as it
#: is.
_VALUE = re.compile(
    r"method\.request\.(?:(?:multivalue)?(?:header|querystring)|path)\..+|(?:context|stageVariables)\..+|'.*'",
    re.DOTALL,
)
_MAP = "map integration.request.header.X-Amz-Tenant-Id in its request parameters, as to method.request.header.NAME"
_ELSE = "AWS has tenants for Invoke and REST APIs only"


def problems(project: Project) -> list[Problem]:
    """Warnings, one for each API and function."""
    functions = {function.logical_id: function for function in project.functions}
    found = [problem for api in project.apis for problem in _of_api(api, functions)]
    events = [(schedule.function, schedule.where) for schedule in project.schedules]
    events += [(trigger.function, trigger.where) for trigger in project.triggers]
    for name, where in events:
        if (function := functions.get(name)) is not None and function.tenancy:
            what = f"{function.name} keeps its tenants apart, and its events name none: they are refused"
            found.append(Problem(where or function.where, what, _ELSE, function.name, warning=True))
    return list(dict.fromkeys(found))


def _of_api(api: Api, functions: dict[str, Function]) -> Iterator[Problem]:
    for route in api.routes:
        proxy = route.integration
        function = functions.get(proxy.function) if isinstance(proxy, LambdaProxy) else None
        if function is None or not isinstance(proxy, LambdaProxy):
            continue
        title, hint = f"{_TITLES[api.kind]} {api.name}", _MAP if api.kind is ApiKind.REST else _ELSE
        if function.tenancy and not proxy.tenant:
            what = f"{function.name} keeps its tenants apart, and {title} names none: its calls are refused"
        elif function.tenancy and _VALUE.fullmatch(proxy.tenant) is None:
            what = f"{title} takes the tenant from {proxy.tenant!r}, which gives no value: its calls are refused"
        elif proxy.tenant and not function.tenancy:
            what = f"{title} names a tenant for {function.name}, which has no tenant isolation: its calls are refused"
            hint = "set TenancyConfig, or leave the parameter out"
        else:
            continue
        yield Problem(api.where or function.where, what, hint, function.name, warning=True)

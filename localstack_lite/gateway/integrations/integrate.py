"""Which rules run an integration that is no Lambda proxy. Made once per route, when the project is taken over."""

from __future__ import annotations

from localstack_lite.gateway.visit import Changes, Integrate
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.integration import HttpProxy, ServiceAction, TemplatedIntegration
from localstack_lite.model.project import Project


def integrate_of(project: Project, api: Api, route: Route) -> Integrate | None:
    """None: it is a Lambda proxy, or nothing that can be run. The rules are loaded where a route has such."""
    match route.integration:
        case HttpProxy() as proxy:
            from localstack_lite.gateway.integrations.http_proxy import HttpProxied

            return HttpProxied(project, api, route, proxy).integrate
        case ServiceAction() as action:
            from localstack_lite.gateway.integrations.service_action import ServiceActed

            return ServiceActed(project, api, route, action).integrate
        case TemplatedIntegration() as integration:
            from localstack_lite.gateway.integrations.templated import templated

            return templated(project, api, route, integration)
    return None


def changes_of(project: Project, api: Api, route: Route) -> Changes | None:
    """Parameter mapping of a Lambda proxy."""
    proxy = route.integration
    if api.kind is not ApiKind.HTTP or not isinstance(proxy, LambdaProxy) or not proxy.changes:
        return None
    from localstack_lite.gateway.integrations.http_context import HttpContext
    from localstack_lite.gateway.integrations.parameter_changes import ParameterMapping

    return ParameterMapping(proxy.changes, HttpContext(project, api, route), api.stage_variables)

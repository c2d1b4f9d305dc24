"""What a route calls and who stands before it, in a few words for people."""

from __future__ import annotations

from localstack_lite.model.api import Integration, LambdaProxy, Route, Unsupported
from localstack_lite.model.integration import (
    AwsService,
    HttpProxy,
    IntegrationKind,
    ServiceAction,
    TemplatedIntegration,
)
from localstack_lite.model.project import Project


def function_of(integration: Integration) -> str:
    """The logical id of the function that it calls; empty when it calls none."""
    match integration:
        case LambdaProxy(function=function) | TemplatedIntegration(function=function):
            return function
    return ""


def called(integration: Integration) -> str:
    """`mock`, `http https://example.com`, `sqs SendMessage`; empty for what calls a function."""
    match integration:
        case Unsupported(why=why):
            return f"answers 500: {why}"
        case TemplatedIntegration(kind=IntegrationKind.MOCK):
            return "mock"
        case TemplatedIntegration(service=AwsService() as service):
            return f"{service.service} {service.action or service.path}".rstrip()
        case TemplatedIntegration(uri=uri, function="") | HttpProxy(uri=uri):
            return f"http {uri}"
        case ServiceAction(subtype=subtype):
            name, _, action = subtype.partition("-")
            return f"{name.lower()} {action}".rstrip()
    return ""


def guarded_by(route: Route) -> str:
    """The authorizer's name, and `key` where an API key is asked for; empty where everybody may come."""
    return ", ".join(part for part in (route.authorizer, "key" if route.api_key else "") if part)


def made_up_keys(project: Project) -> dict[str, str]:
    """API keys to which the project gives no value, so that nobody could know it: their values, by name. No other
    key's value is shown."""
    plans = [plan for api in project.apis for plan in api.usage_plans]
    plans += [plan for api in project.apis for stage in api.stages for plan in stage.usage_plans]
    return {key.name: key.value for plan in plans for key in plan.keys if key.made_up and key.enabled}


def is_preflight(route: Route) -> bool:
    """Whether it does nothing but answer what browsers ask before they call."""
    match route.integration:
        case TemplatedIntegration(kind=IntegrationKind.MOCK):
            return route.method == "OPTIONS"
    return False

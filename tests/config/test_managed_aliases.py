from dataclasses import replace
from pathlib import Path

from localstack_lite.config.managed_aliases import Managed, apis_through, functions_with, schedules_through
from localstack_lite.model.alias import Alias, EventInvoke, Provisioned
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.authorizer import Guard, LambdaAuthorizer
from localstack_lite.model.function import Code, Function
from localstack_lite.model.integration import IntegrationKind, TemplatedIntegration
from localstack_lite.model.trigger import Schedule

F = Function("F", "f", "python3.13", "a.b", Code(Path("/")), event_invokes=(EventInvoke(retries=0),))
G = replace(F, logical_id="G")
ALIASES = {"F": Managed("provisioned", 3)}


def test_the_function_has_the_alias_and_its_environments():
    one, same = functions_with((F, G), ALIASES)
    assert (one.aliases, one.provisioned) == ((Alias("provisioned"),), (Provisioned("provisioned", 3),))
    assert one.event_invokes == (EventInvoke("provisioned", retries=0),)
    assert same is G


def test_an_alias_without_environments_has_none():
    (one,) = functions_with((F,), {"F": Managed("snapstart")})
    assert (one.aliases, one.provisioned) == ((Alias("snapstart"),), ())


def test_routes_and_schedules_call_the_alias():
    routes = (
        Route("GET", "/f", LambdaProxy("F")),
        Route("GET", "/g", LambdaProxy("G")),
        Route("GET", "/m", TemplatedIntegration(IntegrationKind.MOCK)),
        Route("GET", "/t", TemplatedIntegration(IntegrationKind.AWS, function="F")),
    )
    (api,) = apis_through((Api("Api", "api", ApiKind.HTTP, routes),), ALIASES)
    assert [route.integration for route in api.routes] == [
        LambdaProxy("F", qualifier="provisioned"),
        LambdaProxy("G"),
        TemplatedIntegration(IntegrationKind.MOCK),
        TemplatedIntegration(IntegrationKind.AWS, function="F", qualifier="provisioned"),
    ]
    schedules = schedules_through((Schedule("s", "F", "rate(1 day)"), Schedule("t", "G", "rate(1 day)")), ALIASES)
    assert [schedule.qualifier for schedule in schedules] == ["provisioned", ""]


def test_authorizers_are_asked_through_the_alias():
    guards = [Guard(LambdaAuthorizer("a", name)) for name in ("F", "G")]
    routes = tuple(Route("GET", f"/{n}", LambdaProxy("G"), guard=guard) for n, guard in enumerate(guards))
    (api,) = apis_through((Api("Api", "api", ApiKind.HTTP, routes),), ALIASES)
    assert [route.guard.authorizer.qualifier for route in api.routes] == ["provisioned", ""]

"""Which routes have rules of their own behind them."""

from __future__ import annotations

from localstack_lite.gateway.integrations.integrate import changes_of, integrate_of
from localstack_lite.model.api import Integration, LambdaProxy, Unsupported
from localstack_lite.model.integration import HttpProxy, ParameterChanges, ServiceAction
from tests.gateway.tale import http, project, rest

CHANGES = ParameterChanges({"append:header.x": "1"})


def test_proxies_and_service_actions_run_and_lambda_proxies_do_not() -> None:
    def runs(integration: Integration) -> bool:
        api = http({"GET /": integration})
        return integrate_of(project(api), api, api.routes[0]) is not None

    assert runs(HttpProxy("http://up"))
    assert runs(ServiceAction("SQS-PurgeQueue", {"QueueUrl": "x"}))
    assert not runs(LambdaProxy("Fn"))
    assert not runs(Unsupported("why"))


def test_only_lambda_proxies_of_http_apis_with_a_mapping_have_changes() -> None:
    mapped, plain = LambdaProxy("Fn", changes=CHANGES), LambdaProxy("Fn")
    for api, has in (
        (http({"GET /": mapped}), True),
        (http({"GET /": plain}), False),
        (rest({"GET /": mapped}), False),
    ):
        assert (changes_of(project(api), api, api.routes[0]) is not None) is has

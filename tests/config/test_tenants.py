"""Callers that cannot say for whom they call are told at reading."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.config.tenants import problems
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.project import Project
from localstack_lite.model.trigger import Schedule, Service, Trigger
from tests.builders import function

KEPT_APART = function("shop", tenancy=True, where="template.yaml:3")
SHARED = function("open")
HEADER = "method.request.header.X-Tenant"


def api(kind: ApiKind, function: str, tenant: str = "", paths: tuple[str, ...] = ("/x",)) -> Api:
    routes = tuple(Route("GET", path, LambdaProxy(function, tenant=tenant)) for path in paths)
    return Api("Web", "web", kind, routes, where="template.yaml:9")


def told(*apis: Api, **more: object) -> list[str]:
    project = Project(Path("/p"), functions=(KEPT_APART, SHARED), apis=apis)
    found = problems(replace(project, **more))  # type: ignore[arg-type]
    assert all(problem.warning and problem.where for problem in found)
    return [problem.what for problem in found]


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (ApiKind.HTTP, "HTTP API web"),
        (ApiKind.FUNCTION_URL, "function URL web"),
        (ApiKind.ALB, "load balancer web"),
        (ApiKind.REST, "REST API web"),
    ],
)
def test_an_api_that_names_no_tenant_is_told_once(kind: ApiKind, title: str) -> None:
    expected = f"shop keeps its tenants apart, and {title} names none: its calls are refused"
    assert told(api(kind, "Shop", paths=("/x", "/y"))) == [expected]


def test_a_rest_api_that_maps_a_header_is_right() -> None:
    assert told(api(ApiKind.REST, "Shop", HEADER)) == []


def test_a_mapping_that_gives_no_value_is_told() -> None:
    (what,) = told(api(ApiKind.REST, "Shop", "method.request.body.tenant"))
    assert "'method.request.body.tenant', which gives no value" in what


def test_a_tenant_for_a_function_that_has_none_is_told() -> None:
    (what,) = told(api(ApiKind.REST, "Open", HEADER))
    assert "open, which has no tenant isolation" in what


def test_functions_that_share_need_no_tenant() -> None:
    assert told(api(ApiKind.HTTP, "Open")) == []


@pytest.mark.parametrize("called", ["schedules", "triggers"])
def test_events_name_no_tenant(called: str) -> None:
    schedule, trigger = Schedule("nightly", "Shop", "rate(1 day)"), Trigger(Service.SQS, "Shop", "orders")
    (what,) = told(**{called: (schedule if called == "schedules" else trigger,)})
    assert what == "shop keeps its tenants apart, and its events name none: they are refused"

"""The first lines."""

from __future__ import annotations

from dataclasses import replace

import localstack_lite
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.api import ApiKind, Face, Route, Unsupported
from localstack_lite.model.integration import IntegrationKind, ServiceAction, TemplatedIntegration
from localstack_lite.model.project import Problem, Project
from localstack_lite.model.usage import ApiKey, UsagePlan
from localstack_lite.observe import banner
from localstack_lite.observe.palette import Palette, width
from tests.builders import api, function, project
from tests.observe.given import SHOP, T0, ready

TITLE = f"devserve {localstack_lite.__version__}  ready in 212 ms"


def shown(shop: Project, columns: int = 100) -> list[str]:
    return banner.lines(ready(shop), Palette(False), columns)


def test_addresses_sandbox_routes() -> None:
    assert shown(SHOP) == [
        TITLE,
        "  ➜ gateway  http://127.0.0.1:3000/",
        "  ➜ lambda   http://127.0.0.1:3001",
        "  ➜ console  http://127.0.0.1:3001/_devserve/",
        "  process sandbox: no Docker engine answers",
        "",
        "  GET   /orders/{id}  orders    512 MB   10 s",
        "  POST  /orders       orders    512 MB   10 s",
        "  ANY   /{proxy+}     users     128 MB    3 s",
    ]


def test_every_further_api_and_function_url_has_its_address() -> None:
    shop = project(
        function("orders"),
        api("GET /x -> orders", name="shop"),
        api("GET /y -> orders", name="admin"),
        api("$default -> orders", name="OrdersUrl", kind=ApiKind.FUNCTION_URL),
    )
    found = shown(shop)
    assert "  ➜ admin    http://admin.localhost:3000/" in found
    assert "  ➜ orders   http://orders.lambda-url.localhost:3000/" in found
    assert found[-1] == "  ANY  /*  orders    128 MB    3 s"


def test_a_large_project_fits_14_lines_and_says_where_the_rest_is() -> None:
    routes = [f"GET /r{number} -> orders" for number in range(40)]
    apis = [api("GET /x -> orders", name=f"api{number}") for number in range(9)]
    problems = tuple(Problem(f"t.yaml:{number}", "what", warning=number != 7) for number in range(9))
    shop = project(function("orders"), api(*routes, name="shop"), *apis, problems=problems)
    found = shown(shop)
    assert len(found) == 14
    assert [line for line in found if "more" in line] == [
        "  … and 8 more addresses: devserve routes",
        "  … and 46 more routes: devserve routes",
        "  … and 8 more problems: devserve validate",
    ]
    assert found[-2] == "✗ t.yaml:7: what"


def test_an_authorizer_is_named_and_what_cannot_run_says_so() -> None:
    (web,) = SHOP.apis
    broken = Route("GET", "/aws", Unsupported("AWS integrations are not in this version"))
    preflight = Route("OPTIONS", "/aws", TemplatedIntegration(IntegrationKind.MOCK))
    named = replace(web.routes[0], authorizer="Jwt", api_key=True)
    queue = Route("PUT", "/q", ServiceAction("SQS-SendMessage"), authorizer="AWS_IAM")
    shop = replace(SHOP, apis=(replace(web, routes=(named, broken, preflight, queue)),))
    assert shown(shop)[-3:] == [
        "  GET  /orders/{id}  orders    512 MB   10 s  Jwt, key",
        "  GET  /aws          answers 500: AWS integrations are not in this version",
        "  PUT  /q            sqs SendMessage  AWS_IAM",
    ]


def test_a_key_that_nobody_could_know_is_shown_and_many_are_counted() -> None:
    (web,) = SHOP.apis
    given = ApiKey("G", "given", "secret")
    keys = tuple(ApiKey(str(number), f"k{number}", f"value{number}", made_up=True) for number in range(3))
    plans = [UsagePlan("P", "p", (given, *keys[:count])) for count in (1, 3)]
    one, three = (shown(replace(SHOP, apis=(replace(web, usage_plans=(plan,)),))) for plan in plans)
    assert one[-1] == "  API key k0 (made up here): value0"
    assert three[-2:] == ["  API key k0 (made up here): value0", "  … and 2 more API keys: devserve routes"]


def test_a_project_without_routes_lists_its_functions() -> None:
    assert shown(project(function("orders")))[-1] == "  orders  python3.13    128 MB    3 s"


def test_an_empty_project_is_no_error() -> None:
    assert shown(Project(SHOP.root))[0] == TITLE


def test_below_80_columns_lines_are_wrapped() -> None:
    found = shown(SHOP, 40)
    assert max(width(line) for line in found) <= 40
    assert "  process sandbox: no Docker engine" in found


def test_what_kind_of_project_it_is_and_who_stands_before_the_app() -> None:
    adapter = Adapter(AppKind.WSGI, "shop.wsgi:application", "apig-wsgi")
    shop = replace(SHOP, framework="Django 5.2", functions=(replace(SHOP.functions[0], adapter=adapter),))
    assert "  Django 5.2 · shop.wsgi:application through apig-wsgi" in shown(shop)


def test_the_next_runs_of_schedules_and_how_to_see_the_keys() -> None:
    now = ready(SHOP).at
    runs = (("nightly", now + 3 * 86400), ("off", None), ("warm", now + 240.0), ("soon", now + 7.6))
    found = banner.lines(replace(ready(SHOP), upcoming=runs, keys=True), Palette(False), 100)
    assert found[-1] == "  press h for help"
    assert found[-3:-1] == ["  ⏰ soon     next in 8 s", "  … and 2 more schedules: devserve schedules"]


def test_a_stage_in_front_is_in_the_address_and_a_load_balancer_takes_every_path() -> None:
    staged = api("ANY / -> hello", kind=ApiKind.REST, stage="dev", face=Face.AWS)
    assert "  ➜ gateway  http://127.0.0.1:3000/dev/" in shown(project(function("hello"), staged))
    balancer = shown(project(function("hello"), api("$default -> hello", kind=ApiKind.ALB)))
    assert "  ➜ gateway  http://127.0.0.1:3000/" in balancer
    assert any(line.startswith("  ANY  /*  hello") for line in balancer)


def test_routes_that_have_no_room_at_all_are_counted() -> None:
    routes = [f"GET /r{number} -> orders" for number in range(5)]
    apis = [api("GET /x -> orders", name=f"api{number}") for number in range(9)]
    problems = tuple(Problem(f"t.yaml:{number}", "what") for number in range(9))
    shop = project(function("orders"), api(*routes, name="shop"), *apis, problems=problems, framework="Zappa")
    upcoming = tuple((f"s{number}", T0 + 60.0) for number in range(9))
    found = banner.lines(replace(ready(shop), keys=True, upcoming=upcoming), Palette(False), 100)
    assert "  14 routes: devserve routes" in found
    assert not any("more routes" in line for line in found)

"""The rows of `devserve routes`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from localstack_lite.cli.route_table import rows, table, unrouted
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route, Unsupported
from localstack_lite.model.authorizer import Guard, LambdaAuthorizer
from localstack_lite.model.function import Code, Function
from localstack_lite.model.integration import IntegrationKind, TemplatedIntegration
from localstack_lite.model.project import Project

GATEWAY = "http://127.0.0.1:3000"


def function(logical_id: str) -> Function:
    return Function(
        logical_id, logical_id.lower(), "python3.13", "app.handler", Code(Path("/p")), memory=256, timeout=10
    )


SHOP = Project(
    Path("/p"),
    (function("Orders"), function("Idle")),
    (
        Api(
            "RestApi",
            "shop",
            ApiKind.REST,
            (
                Route("GET", "/orders/{id}", LambdaProxy("Orders")),
                Route("OPTIONS", "/orders/{id}", TemplatedIntegration(IntegrationKind.MOCK)),
                Route("GET", "/secret", Unsupported("it calls nothing"), authorizer="Guard"),
                Route("GET", "/lost", LambdaProxy("Nowhere")),
            ),
            stage="Prod",
        ),
        Api("Second", "second", ApiKind.HTTP, (Route("ANY", "$default", LambdaProxy("Orders")),)),
    ),
)


def test_each_route_is_a_row_with_what_answers_it() -> None:
    lines = table(rows(SHOP, GATEWAY)).splitlines()
    assert lines == [
        "METHOD   PATH          FUNCTION  MEMORY  TIMEOUT  API/STAGE  AUTHORIZER  URL",
        "GET      /orders/{id}  orders    256 MB  10 s     shop/Prod  -           http://127.0.0.1:3000/orders/{id}",
        "OPTIONS  /orders/{id}  -         -       -        shop/Prod  -           "
        "http://127.0.0.1:3000/orders/{id}  (mock)",
        "GET      /secret       -         -       -        shop/Prod  Guard       "
        "http://127.0.0.1:3000/secret  (answers 500: it calls nothing)",
        "GET      /lost         -         -       -        shop/Prod  -           "
        "http://127.0.0.1:3000/lost  (Nowhere is not in this project)",
        "ANY      $default      orders    256 MB  10 s     second     -           http://second.localhost:3000/",
    ]


def test_all_routes_of_a_websocket_api_are_at_one_address() -> None:
    routes = tuple(Route("WS", key, LambdaProxy("Orders")) for key in ("$connect", "$default", "join"))
    chat = Api("Chat", "chat", ApiKind.WEBSOCKET, routes, stage="dev")
    found = [(row.method, row.path, row.url) for row in rows(replace(SHOP, apis=(chat,)), GATEWAY)]
    assert found == [("WS", key, "ws://127.0.0.1:3000/dev") for key in ("$connect", "$default", "join")]


def test_functions_without_a_route_are_named() -> None:
    assert unrouted(SHOP) == ["idle"]


def test_a_function_that_is_asked_before_a_route_has_one() -> None:
    guarded = Route("GET", "/g", LambdaProxy("Orders"), guard=Guard(LambdaAuthorizer("A", "Idle")), api_key=True)
    shop = replace(SHOP, apis=(replace(SHOP.apis[0], routes=(replace(guarded, authorizer="A"),)),))
    assert unrouted(shop) == []
    assert rows(shop, GATEWAY)[0].authorizer == "A, key"


def test_the_json_record_has_none_where_there_is_nothing() -> None:
    first, options, *_ = (row.record() for row in rows(SHOP, GATEWAY))
    assert first == {
        "method": "GET",
        "path": "/orders/{id}",
        "function": "orders",
        "memory": 256,
        "timeout": 10,
        "api": "shop",
        "type": "REST",
        "stage": "Prod",
        "authorizer": None,
        "url": "http://127.0.0.1:3000/orders/{id}",
        "note": None,
    }
    assert (options["function"], options["memory"], options["note"]) == (None, None, "mock")

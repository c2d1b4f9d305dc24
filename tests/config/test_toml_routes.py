from pathlib import Path

import pytest

from localstack_lite.config.devserve_toml import parse_settings
from localstack_lite.config.toml_routes import apis_of
from localstack_lite.model.api import SOCKET, ApiKind, LambdaProxy
from localstack_lite.model.authorizer import BrokenAuthorizer
from localstack_lite.model.function import Code, Function
from localstack_lite.model.websocket import WebSocket

AUTH = "[authorizers.check]\ntype = 'request'\nfunction = 'auth'\n"


def made(text, alone=True):
    settings = parse_settings(text, "devserve.toml")
    problems = []
    names = {one.name for one in settings.functions} | {"auth"}
    functions = [Function(name, name, "python3.13", "a.b", Code(Path("/"))) for name in sorted(names)]
    ids = {one.name: one.name for one in settings.functions}
    return apis_of(settings, functions, ids, "shop", alone, problems), problems


def test_websocket_routes_of_all_functions_are_one_api():
    (api,), problems = made(
        "[functions.chat]\nhandler = 'a.b'\nwebsocket = ['$connect', '$default']\n"
        "[functions.room]\nhandler = 'a.c'\nwebsocket = ['join']\n[websocket]\nselection = '$request.body.kind'\n"
    )
    assert (api.kind, api.name, api.stage) == (ApiKind.WEBSOCKET, "shop", "dev")
    assert api.websocket == WebSocket("$request.body.kind")
    assert [(one.method, one.path, one.responds, one.integration) for one in api.routes] == [
        (SOCKET, "$connect", True, LambdaProxy("chat", "1.0", 29.0)),
        (SOCKET, "$default", True, LambdaProxy("chat", "1.0", 29.0)),
        (SOCKET, "join", True, LambdaProxy("room", "1.0", 29.0)),
    ]
    assert problems == []


def test_routes_of_both_kinds_are_two_apis_and_the_http_api_is_first():
    apis, _ = made("[functions.f]\nhandler = 'a.b'\nroutes = ['GET /x']\nwebsocket = ['$default']\n")
    assert [(one.kind, one.name) for one in apis] == [
        (ApiKind.HTTP, "shop"),
        (ApiKind.WEBSOCKET, "shop-websocket"),
    ]


def test_an_authorizer_stands_before_all_http_routes_and_before_connect():
    apis, problems = made(
        f"{AUTH}[functions.f]\nhandler = 'a.b'\nauthorizer = 'check'\nroutes = ['GET /x', 'POST /x']\n"
        "websocket = ['$connect', 'join']\n[functions.open]\nhandler = 'a.c'\nroutes = ['GET /y']\n"
    )
    http, sockets = apis
    assert [(one.key, one.authorizer) for one in http.routes] == [
        ("GET /x", "check"),
        ("POST /x", "check"),
        ("GET /y", ""),
    ]
    assert http.routes[0].guard.authorizer.function == "auth"
    assert [one.guard is not None for one in sockets.routes] == [True, False]
    assert problems == []


def test_the_one_function_that_gets_everything_is_guarded_too():
    (api,), _ = made(f"{AUTH}[functions.f]\nhandler = 'a.b'\nauthorizer = 'check'\n")
    assert [(one.key, one.authorizer) for one in api.routes] == [("$default", "check")]


def test_an_authorizer_that_is_wrong_leaves_no_route_open():
    (api,), (problem,) = made(
        "[functions.f]\nhandler = 'a.b'\nauthorizer = 'chek'\nroutes = ['GET /x', 'GET /y']\n" + AUTH
    )
    assert all(isinstance(one.guard.authorizer, BrokenAuthorizer) for one in api.routes)
    assert (problem.where, "check" in problem.hint) == ("devserve.toml:1", True)


def test_an_authorizer_without_routes_of_this_file_is_told():
    apis, (problem,) = made(f"{AUTH}[functions.f]\nhandler = 'a.b'\nauthorizer = 'check'\n", alone=False)
    assert apis == ()
    assert ("protects nothing" in problem.what, problem.warning) == (True, True)


@pytest.mark.parametrize("key", ["", "join the room"])
def test_what_is_no_route_key_is_told_and_left_out(key):
    (api,), (problem,) = made(f"[functions.f]\nhandler = 'a.b'\nwebsocket = ['$default', '{key}']\n")
    assert [one.path for one in api.routes] == ["$default"]
    assert "not a route of a WebSocket API" in problem.what


def test_two_functions_for_one_route_key_are_told_and_the_first_answers():
    (api,), (problem,) = made(
        "[functions.f]\nhandler = 'a.b'\nwebsocket = ['join']\n[functions.g]\nhandler = 'a.c'\nwebsocket = ['join']\n"
    )
    assert [one.integration.function for one in api.routes] == ["f"]
    assert ("two functions" in problem.what, problem.warning) == (True, True)

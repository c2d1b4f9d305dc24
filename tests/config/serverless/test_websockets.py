"""Recorded with `package` of osls 3.77."""

import pytest

from localstack_lite.model.api import ApiKind
from localstack_lite.model.authorizer import BrokenAuthorizer, LambdaAuthorizer
from tests.config.samples import project_in
from tests.config.services import made_from


def service(*events, provider=""):
    listed = "".join(f"\n      - {event}" for event in events)
    head = f"service: shop\nprovider:\n  name: aws\n  runtime: python3.13\n{provider}functions:\n"
    return f"{head}  auth: {{handler: m.auth}}\n  a:\n    handler: m.a\n    events:{listed}\n"


def resources(*events, provider=""):
    return made_from(service(*events, provider=provider)).document.values["Resources"]


def test_websocket_events_are_an_api_of_their_own():
    made = resources(
        "websocket: $connect",
        "websocket: {route: hi}",
        "websocket: {route: x, authorizer: aws_iam}",
        provider="  websocketsApiRouteSelectionExpression: $request.body.kind\n",
    )
    assert made["WebsocketsApi"]["Properties"]["ProtocolType"] == "WEBSOCKET"
    assert made["WebsocketsApi"]["Properties"]["RouteSelectionExpression"] == "$request.body.kind"
    routes = {
        name: (one["Properties"]["RouteKey"], one["Properties"]["AuthorizationType"])
        for name, one in made.items()
        if one["Type"] == "AWS::ApiGatewayV2::Route"
    }
    assert routes == {
        "SconnectWebsocketsRoute": ("$connect", "NONE"),
        "hiWebsocketsRoute": ("hi", "NONE"),
        "xWebsocketsRoute": ("x", "AWS_IAM"),
    }
    assert made["WebsocketsDeploymentStage"]["Properties"]["StageName"] == "dev"


def test_a_route_that_answers_has_a_route_response():
    made = resources("websocket: {route: join, routeResponseSelectionExpression: $default}", "websocket: $default")
    assert made["joinWebsocketsRouteResponse"]["Properties"] == {
        "ApiId": {"Ref": "WebsocketsApi"},
        "RouteId": {"Ref": "joinWebsocketsRoute"},
        "RouteResponseKey": "$default",
    }
    assert "SdefaultWebsocketsRouteResponse" not in made
    assert made["joinWebsocketsRoute"]["Properties"]["RouteResponseSelectionExpression"] == "$default"


@pytest.mark.parametrize(
    ("authorizer", "name", "sources"),
    [
        ("auth", "AuthWebsocketsAuthorizer", ["route.request.header.Auth"]),
        (
            "{name: auth, identitySource: [route.request.querystring.q]}",
            "AuthWebsocketsAuthorizer",
            ["route.request.querystring.q"],
        ),
        (
            "'arn:aws:lambda:us-east-1:123456789012:function:shop-dev-auth'",
            "ShopDashdevDashauthWebsocketsAuthorizer",
            ["route.request.header.Auth"],
        ),
    ],
)
def test_an_authorizer_stands_before_connect(authorizer, name, sources):
    made = resources(f"websocket: {{route: $connect, authorizer: {authorizer}}}")
    route = made["SconnectWebsocketsRoute"]["Properties"]
    assert (route["AuthorizationType"], route["AuthorizerId"]) == ("CUSTOM", {"Ref": name})
    found = made[name]["Properties"]
    assert (found["AuthorizerType"], found["IdentitySource"]) == ("REQUEST", sources)


def test_the_whole_way_to_an_api(tmp_path):
    text = service(
        "websocket: {route: $connect, authorizer: auth}",
        "websocket: {route: join, routeResponseSelectionExpression: $default}",
    )
    (api,) = project_in(tmp_path, {"serverless.yml": text, "m.py": "def a(e, c): pass\ndef auth(e, c): pass\n"}).apis
    assert (api.kind, api.stage) == (ApiKind.WEBSOCKET, "dev")
    connect, join = api.routes
    assert connect.guard.authorizer == LambdaAuthorizer(
        "auth", "AuthLambdaFunction", False, ("route.request.header.Auth",), 0.0
    )
    assert (connect.responds, join.responds, join.guard) == (False, True, None)


def test_a_route_behind_an_authorizer_that_is_not_there_never_stands_open(tmp_path):
    text = service("websocket: {route: $connect, authorizer: {name: nobody}}")
    project = project_in(tmp_path, {"serverless.yml": text, "m.py": "def a(e, c): pass\ndef auth(e, c): pass\n"})
    (connect,) = project.apis[0].routes
    assert isinstance(connect.guard.authorizer, BrokenAuthorizer)
    assert any("there is no function nobody" in problem.what for problem in project.problems)

import pytest

from localstack_lite.config.zappa.doors import doors
from localstack_lite.model.api import SOCKET, ApiKind, Cors, Face, LambdaProxy
from localstack_lite.model.authorizer import BrokenAuthorizer, Guard, IamAuthorizer, LambdaAuthorizer
from localstack_lite.model.exposure import switched
from localstack_lite.model.integration import IntegrationKind, Passthrough
from localstack_lite.model.project import Project
from tests.config.zappa_samples import given_of


def of(**settings):
    return doors(given_of(**settings), "shop-dev")


def test_a_rest_api_with_the_stage_in_front_is_the_usual_door():
    (api,) = of(app_function="a.b")
    assert (api.kind, api.stage, api.face, api.switchable) == (ApiKind.REST, "dev", Face.AWS, True)
    assert [(route.method, route.path) for route in api.routes] == [("ANY", "/"), ("ANY", "/{proxy+}")]
    assert (api.name, api.binary_media_types) == ("shop-dev", ("*/*",))


def test_version_two_is_an_http_api_with_a_named_stage():
    (api,) = of(apigateway_version="v2")
    assert (api.kind, api.stage, api.face) == (ApiKind.HTTP, "dev", Face.AWS)
    assert api.routes[0].integration == LambdaProxy("shop-dev", "2.0")


def test_a_domain_has_no_stage_in_front():
    (api,) = of(domain="shop.example.com", base_path="/api/")
    assert (api.face, api.domain, api.base_path) == (Face.DOMAIN, "shop.example.com", "api")


def test_every_door_that_is_declared_is_there_the_gateway_first():
    rest, url, balancer = of(function_url_enabled=True, alb_enabled=True)
    assert [api.kind for api in (rest, url, balancer)] == [ApiKind.REST, ApiKind.FUNCTION_URL, ApiKind.ALB]
    assert [api.switchable for api in (rest, url, balancer)] == [True, False, False]


@pytest.mark.parametrize("key", ["apigateway_enabled", "use_apigateway"])
def test_without_a_gateway_the_next_door_is_the_first(key):
    assert of(**{key: False}) == ()
    (url,) = of(**{key: False, "function_url_enabled": True})
    assert (url.kind, url.switchable) == (ApiKind.FUNCTION_URL, True)


@pytest.mark.parametrize("kind", ["rest", "http", "http1", "url", "alb"])
def test_exchanging_the_first_door_leaves_every_id_its_own(kind):
    project = Project("/", apis=of(function_url_enabled=True, alb_enabled=True))
    ids = [api.logical_id for api in switched(project, kind).apis]
    assert len(set(ids)) == 3


def test_without_binary_support_bodies_are_text():
    (api,) = of(binary_support=False)
    assert api.binary_media_types == ()


def test_cors_of_a_rest_api_answers_options_itself():
    (api,) = of(cors=True)
    replies = {route.path: route.integration for route in api.routes if route.method == "OPTIONS"}
    assert replies.keys() == {"/", "/{proxy+}"}
    mock = replies["/"]
    assert (mock.kind, mock.passthrough) == (IntegrationKind.MOCK, Passthrough.NEVER)
    assert mock.templates == {"application/json": '{"statusCode": 200}'}
    (response,) = mock.responses
    assert (response.status, response.templates) == ("200", {"application/json": ""})
    assert response.parameters == {
        "method.response.header.Access-Control-Allow-Headers": (
            "'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token'"
        ),
        "method.response.header.Access-Control-Allow-Methods": "'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'",
        "method.response.header.Access-Control-Allow-Origin": "'*'",
    }
    (api,) = of(cors={"allowed_origin": "https://a.b", "allowed_methods": ["GET"], "allowed_headers": ["X"]})
    (response,) = api.routes[-1].integration.responses
    assert list(response.parameters.values()) == ["'X'", "'GET'", "'https://a.b'"]


def test_choosing_the_door_that_is_there_keeps_what_was_declared():
    project = Project("/", apis=of(cors=True, binary_support=False))
    assert switched(project, "rest") == project


def test_cors_of_an_http_api():
    cors = {"allowed_origins": ["https://a.b"], "allow_credentials": True, "expose_headers": ["X"], "max_age": 60}
    (api,) = of(apigateway_version="v2", cors=cors)
    assert api.cors == Cors(("https://a.b",), ("*",), ("*",), ("X",), True, 60)


def test_cors_of_a_function_url_is_open_unless_its_settings_say_otherwise():
    only = {"apigateway_enabled": False, "function_url_enabled": True}
    (api,) = of(**only)
    assert api.cors == Cors(("*",), ("*",), ("*",), ("*",), False, 0)
    (api,) = of(**only, function_url_config={"cors": {"allowedOrigins": ["https://a.b"], "maxAge": 9}})
    assert api.cors == Cors(("https://a.b",), ("*",), ("*",), ("*",), False, 9)
    (api,) = of(**only, function_url_config={"cors": False})
    assert api.cors is None


@pytest.mark.parametrize(
    ("settings", "guard"),
    [
        ({"iam_authorization": True}, "AWS_IAM"),
        ({"apigateway_policy": "{", "iam_authorization": True}, "AWS_IAM"),
        ({"iam_authorization": True, "authorizer": {"function": "a.b"}}, "AWS_IAM"),
        ({"iam_authorization": True, "apigateway_version": "v2"}, "AWS_IAM"),
        ({"authorizer": {"function": "a.b"}}, "ZappaAuthorizer"),
        ({"authorizer": {"type": "COGNITO_USER_POOLS", "name": "Users", "provider_arns": []}}, "Users"),
        (
            {
                "apigateway_enabled": False,
                "function_url_enabled": True,
                "function_url_config": {"authorizer": "AWS_IAM"},
            },
            "AWS_IAM",
        ),
    ],
)
def test_a_protected_door_is_guarded_and_cannot_be_exchanged(settings, guard):
    (api,) = of(**settings)
    assert not api.switchable
    for route in api.routes:
        assert isinstance(route.integration, LambdaProxy)
        assert isinstance(route.guard, Guard)
        assert (route.guard.authorizer.name, route.authorizer) == (guard, guard)
    assert api.routes


def test_the_app_itself_is_asked_and_an_authorizer_that_is_nowhere_lets_nobody_in():
    (api,) = of(authorizer={"function": "a.b"})
    source = ("method.request.header.Authorization",)
    assert api.routes[0].guard.authorizer == LambdaAuthorizer("ZappaAuthorizer", "shop-dev", True, source)
    stage = given_of(authorizer={"arn": "arn:aws:lambda:us-east-1:1:function:other"})
    (api,) = doors(stage, "shop-dev")
    assert isinstance(api.routes[0].guard.authorizer, BrokenAuthorizer)
    assert "its routes are closed" in stage.problems[0].what


def test_an_api_key_is_asked_for_and_made_up():
    (api,) = of(api_key_required=True)
    assert [route.api_key for route in api.routes] == [True, True]
    (key,) = api.usage_plans[0].keys
    assert (len(key.value) >= 20, key.made_up, api.switchable) == (True, True, False)


def test_preflight_requests_pass_a_protected_door():
    (api,) = of(cors=True, iam_authorization=True, api_key_required=True)
    iam = Guard(IamAuthorizer())
    guards = [(route.method, route.guard, route.api_key) for route in api.routes]
    assert guards == [("ANY", iam, True), ("ANY", iam, True), ("OPTIONS", None, False), ("OPTIONS", None, False)]


def test_replies_of_a_rest_api_are_compressed_unless_the_settings_say_no():
    sizes = [
        of(**settings)[0].minimum_compression
        for settings in (
            {},
            {"payload_minimum_compression_size": 1000},
            {"payload_compression": False},
            {"apigateway_version": "v2"},
        )
    ]
    assert sizes == [0, 1000, None, None]


def test_a_resource_policy_is_the_apis():
    (api,) = of(apigateway_policy='{"Version": "2012-10-17", "Statement": []}')
    assert (api.policy, api.switchable) == ({"Version": "2012-10-17", "Statement": []}, False)


def test_a_module_of_sockets_is_a_websocket_api():
    rest, sockets = of(websocket_handler_module="a.sockets")
    assert (rest.kind, sockets.kind, sockets.stage) == (ApiKind.REST, ApiKind.WEBSOCKET, "dev")
    assert sockets.name == "shop-dev-ws"
    assert [(route.method, route.path, route.responds) for route in sockets.routes] == [
        (SOCKET, "$connect", False),
        (SOCKET, "$disconnect", False),
        (SOCKET, "$default", False),
    ]
    assert sockets.websocket.selection == "$request.body.action"
    without = of(websocket_handler_module="a.sockets", apigateway_enabled=False, function_url_enabled=True)
    assert [api.kind for api in without] == [ApiKind.FUNCTION_URL]


@pytest.mark.parametrize("settings", [{"authorizer": {"function": "a.b"}}, {"api_key_required": True}])
def test_what_zappa_silently_leaves_open_is_said_loudly(settings):
    stage = given_of(apigateway_version="v2", **settings)
    (api,) = doors(stage, "shop-dev")
    assert isinstance(api.routes[0].integration, LambdaProxy)
    (problem,) = stage.problems
    assert "OPEN" in problem.what
    assert problem.warning


def test_cors_that_zappa_cannot_deploy_is_told():
    stage = given_of(apigateway_version="v2", cors=True)
    doors(stage, "shop-dev")
    assert "fails to deploy" in stage.problems[0].what


def test_an_unknown_version_is_told_and_the_first_is_used():
    stage = given_of(apigateway_version="v3")
    (api,) = doors(stage, "shop-dev")
    assert api.kind is ApiKind.REST
    assert "v3" in stage.problems[0].what

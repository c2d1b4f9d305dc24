import pytest

from localstack_lite.config.devserve_toml import parse_settings
from localstack_lite.config.toml_authorizers import Authorizers
from localstack_lite.model.api import ApiKind
from localstack_lite.model.authorizer import (
    BrokenAuthorizer,
    Guard,
    IamAuthorizer,
    JwtAuthorizer,
    JwtIssuer,
    LambdaAuthorizer,
)

HEADER = "$request.header.Authorization"


def guard(text, kind=ApiKind.HTTP, name="a"):
    problems = []
    settings = parse_settings(f"[authorizers.a]\n{text}\n", "devserve.toml")
    authorizers = Authorizers(settings.gateway.authorizers, {"auth": "Auth", "Auth": "Auth"}, problems)
    return authorizers.guard(name, "devserve.toml:9", kind), problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"type = 'request'\nfunction = 'auth'\nidentity_source = '{HEADER}'\nttl = 60\nsimple = true",
            Guard(LambdaAuthorizer("a", "Auth", False, (HEADER,), 60.0, payload="2.0", simple=True)),
        ),
        (
            "type = 'request'\nfunction = 'auth'\npayload = '1.0'",
            Guard(LambdaAuthorizer("a", "Auth", ttl=0.0, payload="1.0")),
        ),
        (
            "type = 'jwt'\nissuer = 'https://i'\naudience = 'me'\nscopes = ['read']",
            Guard(JwtAuthorizer("a", (JwtIssuer("https://i", ("me",)),), HEADER), ("read",)),
        ),
        ("type = 'iam'", Guard(IamAuthorizer())),
        ("type = 'AWS_IAM'", Guard(IamAuthorizer())),
    ],
)
def test_an_authorizer_of_an_http_api(text, expected):
    assert guard(text) == (expected, [])


def test_a_websocket_api_asks_a_function_with_sources_of_its_own():
    text = f"type = 'request'\nfunction = 'auth'\nidentity_source = '{HEADER}'\nttl = 60"
    found, problems = guard(text, ApiKind.WEBSOCKET)
    source = "route.request.header.Authorization"
    assert found == Guard(LambdaAuthorizer("a", "Auth", False, (source,), 0.0))
    assert problems == []
    text = "type = 'request'\nfunction = 'auth'\nidentity_source = 'route.request.querystring.q'"
    assert guard(text)[0].authorizer.sources == ("$request.querystring.q",)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("function = 'auth'", "has no type"),
        ("type = 'jtw'", "is of the type jtw"),
        ("type = 'token'\nfunction = 'auth'", "which only REST APIs have"),
        ("type = 'request'", "it names no function"),
        ("type = 'request'\nfunction = 'nobody'", "there is no function nobody"),
        ("type = 'request'\nfunction = 'auth'\nttl = 60", "without an identity_source"),
        (f"type = 'request'\nfunction = 'auth'\nttl = 3601\nidentity_source = '{HEADER}'", "3601 s"),
        ("type = 'request'\nfunction = 'auth'\npayload = '3'", "payload is '3'"),
        ("type = 'request'\nfunction = 'auth'\npayload = '1.0'\nsimple = true", "payload 2.0 only"),
        ("type = 'request'\nfunction = 'auth'\nvalidation = '^B'", "tokens of REST APIs"),
        ("type = 'jwt'\naudience = 'me'", "it names no issuer"),
        ("type = 'jwt'\nissuer = 'https://i'", "it names no audience"),
    ],
)
def test_one_that_cannot_be_used_closes_its_routes_and_is_told_once(text, what):
    found, problems = guard(text)
    assert isinstance(found.authorizer, BrokenAuthorizer)
    (problem,) = problems
    assert (what in problem.what, problem.where, problem.warning) == (True, "devserve.toml:1", False)
    assert problem.hint


def test_tokens_are_not_for_websockets():
    found, problems = guard("type = 'jwt'\nissuer = 'https://i'\naudience = 'me'", ApiKind.WEBSOCKET)
    assert isinstance(found.authorizer, BrokenAuthorizer)
    assert "WebSocket APIs do not have" in problems[0].what


def test_a_name_that_is_nowhere_closes_the_routes_of_its_function():
    found, (problem,) = guard("type = 'iam'", name="b")
    assert isinstance(found.authorizer, BrokenAuthorizer)
    assert (problem.where, "there is no authorizer b" in problem.what) == ("devserve.toml:9", True)


def test_signatures_need_no_table_and_no_name_no_guard():
    assert guard("type = 'iam'", name="AWS_IAM") == (Guard(IamAuthorizer()), [])
    assert guard("type = 'iam'", name="") == (None, [])

from pathlib import Path

import pytest

from localstack_lite.config.devserve_toml import parse_settings
from localstack_lite.config.gateway_additions import with_gateway
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.authorizer import CognitoAuthorizer, Guard, IamAuthorizer, JwtAuthorizer, JwtIssuer
from localstack_lite.model.project import Project
from localstack_lite.model.websocket import WebSocket

ISSUER, POOL = "https://issuer/", "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a"
JWT = JwtAuthorizer("jwt", (JwtIssuer(ISSUER, ("me",)),))
USERS = CognitoAuthorizer("users", (JwtIssuer(POOL),))


def added(text, *apis, there=()):
    gateway = parse_settings(text, "devserve.toml").gateway
    return with_gateway(Project(Path("/p"), apis=apis), gateway, Path("/p"), lambda file: str(file) in there)


def api(*guards, **more):
    routes = tuple(
        Route("GET", f"/{number}", LambdaProxy("F"), guard=Guard(guard, ("read",)) if guard else None)
        for number, guard in enumerate(guards)
    )
    return Api("Api", "api", more.pop("kind", ApiKind.HTTP), routes, **more)


def test_settings_without_a_gateway_leave_the_project_as_it_is():
    project = Project(Path("/p"), apis=(api(JWT),))
    settings = parse_settings("[functions.f]\nmemory = 256\n", "devserve.toml")
    assert with_gateway(project, settings.gateway, Path("/p"), lambda _: False) is project


def test_identities_are_the_projects_and_told_loudly():
    project = added("[identities.alice]\nprincipal = 'a'\n[identities.bob]\n")
    assert [one.name for one in project.identities] == ["alice", "bob"]
    (problem,) = project.problems
    assert (problem.warning, problem.where, problem.subject) == (True, "devserve.toml:1", "identities")
    assert "X-Devserve-Identity" in problem.what
    assert problem.what.endswith("alice, bob")


@pytest.mark.parametrize(
    ("written", "jwks"),
    [
        ("keys.json", "/p/keys.json"),
        ("/else/keys.json", "/else/keys.json"),
        ("http://127.0.0.1:9/jwks", "http://127.0.0.1:9/jwks"),
        ("file:///k.json", "file:///k.json"),
    ],
)
def test_keys_of_an_issuer_are_where_the_settings_say(written, jwks):
    text = f"[issuers]\n'{ISSUER}' = '{written}'\n'{POOL}' = '{written}'\n"
    project = added(text, api(JWT, USERS, IamAuthorizer(), None), api(None), there=(jwks,))
    first, second, third, fourth = project.apis[0].routes
    assert first.guard == Guard(JwtAuthorizer("jwt", (JwtIssuer(ISSUER, ("me",), jwks),)), ("read",))
    assert second.guard.authorizer == CognitoAuthorizer("users", (JwtIssuer(POOL, (), jwks),))
    assert (third.guard, fourth.guard) == (Guard(IamAuthorizer(), ("read",)), None)
    assert project.problems == ()
    assert project.inputs == ((Path(jwks),) * 2 if jwks.startswith("/") else ())


def test_a_file_that_is_not_there_and_an_issuer_that_nobody_has_are_told():
    project = added(f"[issuers]\n'{ISSUER}' = 'keys.json'\n'https://issuer' = 'http://a/b'\n", api(JWT))
    missing, unknown = project.problems
    assert (missing.where, missing.warning) == ("devserve.toml:2", True)
    assert "there is no file keys.json" in missing.what
    assert (unknown.where, "https://issuer" in unknown.what) == ("devserve.toml:3", True)
    assert ISSUER in unknown.hint
    assert project.inputs == (Path("/p/keys.json"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("idle = 2", WebSocket("s", 2.0)),
        ("duration = 3.5", WebSocket("s", duration=3.5)),
        ("idle = 1\nduration = 4", WebSocket("s", 1.0, 4.0)),
    ],
)
def test_limits_are_those_of_every_websocket_api(text, expected):
    socket = api(None, kind=ApiKind.WEBSOCKET, websocket=WebSocket("s"))
    project = added(f"[websocket]\n{text}\n", socket, api(None))
    assert [one.websocket for one in project.apis] == [expected, None]

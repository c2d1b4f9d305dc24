import pytest

from localstack_lite.config.devserve_toml import parse_settings
from localstack_lite.config.gateway_settings import AuthorizerSettings, IssuerSettings
from localstack_lite.model.authorizer import TestIdentity

WHOLE = """\
[tool.devserve.identities.alice]
principal = "alice"
context = { tenant = 7, since = 2026-01-02 }
claims = { email = "a@b.c", groups = ["x"] }
scopes = ["read"]
arn = "arn:aws:iam::123456789012:user/alice"
usage_key = "k"
[tool.devserve.identities.bob]
[tool.devserve.issuers]
"https://issuer.example.com/" = "keys.json"
[tool.devserve.authorizers.check]
type = "Request"
function = "auth"
identity_source = "$request.header.Authorization"
ttl = 60
payload = "2.0"
simple = true
[tool.devserve.authorizers.users]
type = "jwt"
issuer = "https://issuer.example.com/"
audience = ["me", "you"]
identity_source = ["$request.header.X"]
scopes = ["read"]
[tool.devserve.websocket]
idle = 2
duration = 7.5
selection = "$request.body.kind"
"""


def gateway_of(text, name="devserve.toml"):
    settings = parse_settings(text, name)
    return settings.gateway, [(one.where, one.what, one.hint) for one in settings.problems]


def test_everything_is_read():
    gateway, problems = gateway_of(WHOLE, "pyproject.toml")
    assert gateway.identities == (
        TestIdentity(
            "alice",
            "alice",
            {"tenant": 7, "since": "2026-01-02"},
            {"email": "a@b.c", "groups": ["x"]},
            ("read",),
            "arn:aws:iam::123456789012:user/alice",
            "k",
        ),
        TestIdentity("bob"),
    )
    assert gateway.identities_where == "pyproject.toml:1"
    assert gateway.issuers == (IssuerSettings("https://issuer.example.com/", "keys.json", "pyproject.toml:10"),)
    assert gateway.authorizers["check"] == AuthorizerSettings(
        "check", "pyproject.toml:11", "request", "auth", ("$request.header.Authorization",), 60, "2.0", True
    )
    assert gateway.authorizers["users"] == AuthorizerSettings(
        "users",
        "pyproject.toml:18",
        "jwt",
        sources=("$request.header.X",),
        issuer="https://issuer.example.com/",
        audience=("me", "you"),
        scopes=("read",),
    )
    assert (gateway.idle, gateway.duration, gateway.selection) == (2, 7.5, "$request.body.kind")
    assert problems == []


@pytest.mark.parametrize(
    ("text", "where", "what", "hint"),
    [
        ("[identities.a]\nprincpal = 'x'\n", "devserve.toml:2", "no setting identities.a.princpal", "principal"),
        ("[identities.a]\nscopes = 'x'\n", "devserve.toml:2", "identities.a.scopes is 'x'", "a list of text"),
        ("[identities]\na = 1\n", "devserve.toml:2", "identities.a is not a table", "[identities.a]"),
        ("[issuers]\n'https://i' = 3\n", "devserve.toml:2", "issuers.https://i is no text", "JWKS"),
        ("[issuers]\n'https://i' = ''\n", "devserve.toml:2", "issuers.https://i is empty", "JWKS"),
        ("[authorizers.a]\nttl = 'x'\n", "devserve.toml:2", "authorizers.a.ttl is 'x'", "a number"),
        ("[authorizers.a]\naudience = [1]\n", "devserve.toml:2", "authorizers.a.audience is [1]", "list of text"),
        ("[websocket]\nidle = 0\n", "devserve.toml:2", "websocket.idle is 0", "more than 0"),
        ("[websocket]\nduration = -1.5\n", "devserve.toml:2", "websocket.duration is -1.5", "more than 0"),
        ("[websocket]\nidel = 2\n", "devserve.toml:2", "no setting websocket.idel", "idle"),
        ("websocket = 3\n", "devserve.toml:1", "websocket is 3", "a table"),
    ],
)
def test_what_is_wrong_is_one_problem_and_changes_nothing(text, where, what, hint):
    gateway, (problem,) = gateway_of(text)
    assert problem[0] == where
    assert what in problem[1]
    assert hint in problem[2]
    assert (gateway.issuers, gateway.idle, gateway.duration) == ((), None, None)

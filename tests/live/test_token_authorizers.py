"""Tokens of a real issuer and requests that botocore signed, at a running devserve."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.signing import signed
from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve
from tests.live.wire import Reply
from tests.oidc import LocalIssuer

pytestmark = pytest.mark.live

POOL = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI"
KNOWN = ("AKIAIOSFODNN7KNOWN00", "the-secret-that-functions-get-too")

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Who:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: who
      Runtime: python3.13
      Handler: app.handler
      FunctionUrlConfig: {AuthType: AWS_IAM}
      Events:
        Jwt: {Type: HttpApi, Properties: {ApiId: !Ref Web, Path: /jwt, Method: GET}}
        Scoped:
          Type: HttpApi
          Properties: {ApiId: !Ref Web, Path: /scoped, Method: GET, Auth: {AuthorizationScopes: [read]}}
        Pool: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /pool, Method: GET, Auth: {Authorizer: Pool}}}
        Signed:
          Type: Api
          Properties: {RestApiId: !Ref Rest, Path: /signed, Method: POST, Auth: {Authorizer: AWS_IAM}}
  Web:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Local
        Authorizers:
          Local:
            IdentitySource: $request.header.Authorization
            JwtConfiguration: {issuer: "ISSUER", audience: [shop]}
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: dev
      Auth:
        Authorizers:
          Pool: {UserPoolArn: "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEfGhI"}
"""
SETTINGS = """
template = "template.yaml"
[issuers]
"POOL" = "ISSUER"
"""
APP = """
import json

def handler(event, context):
    context = event["requestContext"]
    return {"statusCode": 200, "body": json.dumps([context.get("authorizer"), context.get("identity")])}
"""


@dataclass(frozen=True)
class Stage:
    server: Devserve
    issuer: LocalIssuer

    def token(self, **claims: Any) -> str:
        now = int(time.time())
        usual = {"iss": self.issuer.url, "aud": "shop", "sub": "ann", "iat": now, "exp": now + 600}
        return self.issuer.keys.token({name: value for name, value in {**usual, **claims}.items() if value is not None})

    def get(self, target: str, token: str | None, host: str) -> Reply:
        lines = () if token is None else (("Authorization", f"Bearer {token}"),)
        return self.server.get(target, *lines, host=host)

    def signed(self, method: str, target: str, host: str, body: bytes = b"", **more: Any) -> Reply:
        key_id, secret = KNOWN
        more = {"key_id": key_id, "secret": secret, **more}
        sent = signed(target, method=method, body=body, host=f"{host}:{self.server.port}", **more)
        path = f"{sent.path}?{sent.query}" if sent.query else sent.path
        return self.server.request(
            method, path, [line for line in sent.headers.lines if line[0] != "Content-Length"], body
        )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("tokens")
    with LocalIssuer() as issuer:
        files = {
            "template.yaml": TEMPLATE.replace("ISSUER", issuer.url),
            "devserve.toml": SETTINGS.replace("ISSUER", issuer.url).replace("POOL", POOL),
            "app.py": APP,
        }
        keys = {"AWS_ACCESS_KEY_ID": KNOWN[0], "AWS_SECRET_ACCESS_KEY": KNOWN[1]}
        with devserve(folder, files, environ=keys) as server:
            yield Stage(server, issuer)


def test_a_token_of_the_issuer_opens_an_http_api_and_nothing_else_does(stage: Stage) -> None:
    good = stage.get("/jwt", stage.token(scope="read", groups=["a", "b"]), "web.localhost")
    assert good.status == 200, good.text
    jwt = good.json()[0]["jwt"]
    assert jwt["claims"]["sub"] == "ann"
    assert jwt["claims"]["groups"] == "[a b]"
    assert jwt["scopes"] is None
    nobody = stage.get("/jwt", None, "web.localhost")
    assert (nobody.status, nobody.text, nobody.header("www-authenticate")) == (
        401,
        '{"message":"Unauthorized"}',
        "Bearer",
    )
    for bad in (stage.token(aud="other"), stage.token(exp=1), "a.b.c", stage.token()[:-8] + "AAAAAAAA"):
        reply = stage.get("/jwt", bad, "web.localhost")
        assert reply.status == 401
        assert 'error="invalid_token"' in (reply.header("www-authenticate") or "")


def test_a_route_with_scopes_wants_one_of_them(stage: Stage) -> None:
    assert stage.get("/scoped", stage.token(scope="x read"), "web.localhost").json()[0]["jwt"]["scopes"] == [
        "x",
        "read",
    ]
    reply = stage.get("/scoped", stage.token(scope="x"), "web.localhost")
    assert (reply.status, reply.text) == (403, '{"message":"Forbidden"}')


def test_a_local_issuer_stands_in_for_a_user_pool(stage: Stage) -> None:
    good = stage.get("/pool", stage.token(iss=POOL, token_use="id", email_verified=True), "rest.localhost")
    assert good.status == 200, good.text
    assert good.json()[0]["claims"]["email_verified"] == "true"
    late = stage.get("/pool", stage.token(iss=POOL, token_use="id", exp=1), "rest.localhost")
    assert (late.status, late.json()) == (401, {"message": "The incoming token has expired"})
    assert stage.get("/pool", stage.token(token_use="id"), "rest.localhost").status == 401, "the pool's issuer counts"


def test_requests_that_botocore_signed_are_verified_with_the_users_own_secret(stage: Stage) -> None:
    good = stage.signed("POST", "/signed?a=b%20c&a=a", "rest.localhost", b'{"n":1}')
    assert good.status == 200, good.text
    assert good.json()[1]["accessKey"] == KNOWN[0]
    forged = stage.signed("POST", "/signed", "rest.localhost", b"{}", secret="another")
    assert forged.status == 403
    assert forged.json()["message"].startswith("The request signature we calculated does not match")
    unsigned = stage.server.request("POST", "/signed", host="rest.localhost")
    assert unsigned.json() == {"message": "Missing Authentication Token"}


def test_a_function_url_takes_signatures_for_lambda(stage: Stage) -> None:
    good = stage.signed("GET", "/any?x=1", "who.lambda-url.localhost", service="lambda")
    assert good.status == 200, good.text
    assert good.json()[0]["iam"]["accessKey"] == KNOWN[0]
    unsigned = stage.server.get("/any", host="who.lambda-url.localhost")
    assert unsigned.status == 403
    assert unsigned.json()["Message"].startswith("Forbidden")


def test_unknown_keys_are_let_through_with_a_note(stage: Stage) -> None:
    reply = stage.signed("POST", "/signed", "rest.localhost", key_id="AKIASTRANGER00000XYZ", secret="whatever")
    assert reply.status == 200, reply.text
    said = stage.server.fact("request", lambda fact: "AKIA…XYZ not verified" in fact.get("note", ""))
    assert "AKIASTRANGER00000XYZ" not in str(said)


def test_keys_that_rotate_are_found_and_nothing_secret_is_written(stage: Stage) -> None:
    stage.issuer.keys.rotate()
    text = stage.token()
    eventually(lambda: stage.get("/jwt", text, "web.localhost").status == 200, seconds=10, what="the new key")
    written = stage.server.out.read_text() + stage.server.stderr
    assert text.rpartition(".")[2] not in written
    assert KNOWN[1] not in written

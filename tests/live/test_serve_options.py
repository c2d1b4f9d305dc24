"""Options that change what the gateway port answers, on a running server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.devserver import devserve, run

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

GUARDED = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Tokens
        Authorizers:
          Tokens:
            JwtConfiguration: {issuer: "https://issuer.example", audience: [shop]}
            IdentitySource: $request.header.Authorization
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: app.handler
      CodeUri: .
      Events:
        Hello: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /hello, Method: get}}
"""
APP = "def handler(event, context):\n    return {'statusCode': 200, 'body': event['rawPath']}\n"


def test_files_are_served_beside_the_api(tmp_path: Path) -> None:
    files = {
        "devserve.toml": '[functions.hello]\nhandler = "app.handler"\nroutes = ["GET /hello", "$default"]\n',
        "app.py": APP,
        "public/app.js": "let a = 1;\n",
        "public/hello": "not this",
    }
    with devserve(tmp_path, files, "--static-dir", "public") as server:
        script = server.get("/app.js")
        assert (script.status, script.text) == (200, "let a = 1;\n")
        assert script.header("Content-Type") == "text/javascript; charset=utf-8"
        assert server.get("/app.js", ("If-None-Match", script.header("ETag") or "")).status == 304
        assert server.get("/hello").text == "/hello"
        assert server.get("/../app.py").text == "/../app.py"
        server.save("public/app.js", "let b = 2;\n")
        assert server.get("/app.js").text == "let b = 2;\n"


@pytest.mark.parametrize(("options", "status"), [((), 401), (("--disable-authorizer",), 200)])
def test_a_protected_route_is_closed_unless_authorizers_are_off(
    options: tuple[str, ...], status: int, tmp_path: Path
) -> None:
    with devserve(tmp_path, {"template.yaml": GUARDED, "app.py": APP}, *options) as server:
        assert server.get("/hello").status == status
        said = [fact["problem"]["where"] for fact in server.facts("problem")]
        assert ("--disable-authorizer" in said) is bool(options)


def test_a_static_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    done = run(tmp_path, "--static-dir", "public")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith("devserve: --static-dir public: there is no such folder\n  hint: ")

"""Projects of every shape this version reads, served as they are, from folders as people have them."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.live.deadline import eventually
from tests.live.devserver import DOCKER, SOURCE, Devserve, Files, devserve, write
from tests.live.docker_engine import require_images
from tests.live.docker_projects import IMAGES
from tests.live.languages import require_node
from tests.live.templates import function, sam

pytestmark = pytest.mark.live

HANDLER = """
def handler(event, context):
    return {"statusCode": 200, "body": context.function_name + " " + event["rawPath"]}
"""


def archive(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return buffer.getvalue()


YAML = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
    Timeout: 9
    Environment: {Variables: {STAGE: !Ref Stage}}
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub orders-${Stage}
      CodeUri: src/
      Handler: app.handler
      Events:
        Get: {Type: HttpApi, Properties: {Path: /orders, Method: get}}
  OnlyInProd:
    Type: AWS::Serverless::Function
    Condition: IsProd
    Properties: {CodeUri: src/, Handler: app.handler}
"""

PLAIN = json.dumps(
    {
        "Resources": {
            "Inline": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Handler": "index.handler",
                    "Runtime": "python3.12",
                    "Role": "arn:aws:iam::123456789012:role/r",
                    "Code": {"ZipFile": HANDLER},
                },
            },
            "Http": {
                "Type": "AWS::ApiGatewayV2::Api",
                "Properties": {
                    "Name": "quick",
                    "ProtocolType": "HTTP",
                    "Target": {"Fn::GetAtt": ["Inline", "Arn"]},
                },
            },
        }
    }
)

TOML = """
[tool.devserve.functions.one]
handler = "app.handler"
routes = ["GET /one", "ANY /one/{proxy+}"]
[tool.devserve.functions.two]
handler = "app.handler"
timeout = 5
"""

SHAPES: list[tuple[str, Files, str, str, str]] = [
    ("a bare handler", {"app.py": HANDLER}, ".", "/any/path", "/any/path"),
    ("lambda_function.py", {"lambda_function.py": HANDLER.replace("handler(", "lambda_handler(")}, ".", "/", "/"),
    ("a handler by name", {"deep/mod.py": HANDLER}, "deep.mod.handler", "/x", "/x"),
    ("a SAM template in YAML", {"template.yaml": YAML, "src/app.py": HANDLER}, ".", "/orders", "orders-dev /orders"),
    (
        "a template by name",
        {"infra/t.yaml": YAML, "infra/src/app.py": HANDLER},
        "infra/t.yaml",
        "/orders",
        "orders-dev",
    ),
    ("plain CloudFormation with inline code", {"template.json": PLAIN}, ".", "/z", "/z"),
    ("[tool.devserve]", {"pyproject.toml": TOML, "app.py": HANDLER}, ".", "/one/x", "one /one/x"),
    (
        "a zip as code",
        {
            "template.json": sam({"Zipped": function("app.handler", "GET /zip", CodeUri="code.zip")}),
            "code.zip": archive({"app.py": HANDLER}),
        },
        ".",
        "/zip",
        "Zipped /zip",
    ),
    (
        "a package as handler module",
        {
            "template.json": sam({"Fn": function("pkg/sub/mod.handler", "GET /p")}),
            "pkg/__init__.py": "",
            "pkg/sub/__init__.py": "",
            "pkg/sub/mod.py": "from pkg.sub import other\n" + HANDLER,
            "pkg/sub/other.py": "",
        },
        ".",
        "/p",
        "/p",
    ),
    (
        "modules named as ours",
        {
            "template.json": sam({"Fn": function("handler.handler", "GET /h")}),
            "handler.py": "import bootstrap, runtime, localstack_lite\nassert localstack_lite.MINE\n" + HANDLER,
            "bootstrap.py": "",
            "runtime.py": "",
            "localstack_lite.py": "MINE = True\n",
        },
        ".",
        "/h",
        "/h",
    ),
]


@pytest.mark.parametrize(
    ("files", "target", "path", "expected"), [shape[1:] for shape in SHAPES], ids=[shape[0] for shape in SHAPES]
)
def test_it_is_served(tmp_path: Path, files: Files, target: str, path: str, expected: str) -> None:
    with devserve(tmp_path, files, target=target) as server:
        reply = server.get(path)
        assert reply.status == 200, f"{reply.text}\n{server.log(server.ready['functions'][0]['name'])}"
        assert expected in reply.text
        only_ours_is_new(server, files)


def only_ours_is_new(server: Devserve, files: Files) -> None:
    """Nothing is written beside the user's files but `.devserve/`, which ignores itself."""
    there = {path.relative_to(server.folder) for path in server.folder.rglob("*") if path.is_file()}
    new = there - {Path(name) for name in files}
    assert {path for path in new if ".devserve" not in path.parts} == set()
    for state in server.folder.rglob(".devserve"):
        assert (state / ".gitignore").read_text(encoding="utf-8").split() == ["*"]


@pytest.mark.parametrize("name", ["with space", "ümläut", "build", "a.b", "100%"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    files = {"template.json": sam({"Fn": function("app.handler", "GET /x", CodeUri=name)}), f"{name}/app.py": HANDLER}
    with devserve(tmp_path / name, files) as server:
        assert server.get("/x").text == "Fn /x"


def test_a_project_behind_a_link_is_served_and_reloads(tmp_path: Path) -> None:
    real = write(tmp_path / "real", {"app.py": HANDLER})
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "project").symlink_to(real, target_is_directory=True)
    with devserve(tmp_path / "run") as server:
        assert server.get("/x").status == 200
        (real / "app.py").write_text(HANDLER.replace("200", "201"), encoding="utf-8")
        eventually(lambda: server.get("/x").status == 201, what="the new code behind the link")


def test_the_same_project_may_be_served_twice(tmp_path: Path) -> None:
    files = {"template.yaml": YAML, "src/app.py": HANDLER}
    with devserve(tmp_path, files) as first:
        elsewhere = tmp_path / "second"
        elsewhere.mkdir()
        (elsewhere / "project").symlink_to(first.folder, target_is_directory=True)
        with devserve(elsewhere) as second:
            assert first.get("/orders").text == second.get("/orders").text == "orders-dev /orders"
        assert first.get("/orders").status == 200


EXAMPLES = SOURCE / "tests" / "examples"
IN_CONTAINERS = {"container"}


def example(name: str) -> dict[str, bytes]:
    """The files of a shipped example."""
    return {
        str(path.relative_to(EXAMPLES / name)): path.read_bytes()
        for path in (EXAMPLES / name).rglob("*")
        if path.is_file() and not {".devserve", "__pycache__"} & set(path.parts)
    }


def every_route_answers(server: Devserve) -> None:
    assert server.ready["routes"]
    for route in server.ready["routes"]:
        method = "GET" if route["method"] == "ANY" else route["method"]
        path = (
            "/"
            if route["path"] == "$default"
            else route["path"].replace("{proxy+}", "x").replace("{", "").replace("}", "")
        )
        reply = server.request(method, path)
        assert reply.status < 500, f"{method} {path}: {reply.text}\n{server.stderr}"


@pytest.mark.parametrize(
    "name", sorted(path.name for path in EXAMPLES.glob("*") if path.is_dir() and path.name not in IN_CONTAINERS)
)
def test_every_shipped_example_is_served(tmp_path: Path, name: str) -> None:
    if name == "node":
        require_node()
    with devserve(tmp_path, example(name), fresh=name == "hello") as server:
        every_route_answers(server)


def test_the_example_of_node_answers_from_both_kinds_of_modules(tmp_path: Path) -> None:
    require_node()
    with devserve(tmp_path, example("node")) as server:
        assert server.get("/modern").json()["message"] == "Hello, modern!"
        assert server.get("/classic/Ada").text == "Hello, Ada!"


def test_the_example_of_layers_finds_them(tmp_path: Path) -> None:
    with devserve(tmp_path, example("layers")) as server:
        assert server.get("/orders").json() == {"shop": "The Corner Shop", "total": "19.99"}


def test_the_example_of_nested_stacks_calls_from_one_into_the_other(tmp_path: Path) -> None:
    with devserve(tmp_path, example("nested")) as server:
        assert server.get("/orders/apples").json() == {"item": "apples", "left": 12}
        assert {function["name"] for function in server.ready["functions"]} >= {"stock-count"}


@pytest.mark.docker
def test_the_example_of_a_container_is_built_and_served(tmp_path: Path) -> None:
    require_images()
    files = example("container")
    base, ours = b"FROM public.ecr.aws/lambda/python:3.13\n", f"FROM {IMAGES['python3.11']}\n".encode()
    assert base in files["picture/Dockerfile"]
    files["picture/Dockerfile"] = files["picture/Dockerfile"].replace(base, ours)
    with devserve(tmp_path, files, sandbox=DOCKER) as server:
        reply = server.get("/picture")
        assert (reply.status, reply.text.partition(" in ")[2]) == (200, "/var/task")

"""A Chalice app as its user starts it, with Chalice from an environment of its own; and what it packages."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from tests.live import venvs
from tests.live.deadline import eventually
from tests.live.devserver import devserve, write

APP = """
from chalice import Chalice, Response
from chalicelib.more import bp
import own

app = Chalice(app_name="shop")
app.register_blueprint(bp, url_prefix="/more", name_prefix="m_")


@app.route("/items/{name}", methods=["GET", "PUT"], cors=True)
def item(name):
    request = app.current_request
    return {"name": name, "method": request.method, "stage": request.context["stage"], "own": own.WORD}


@app.route("/image")
def image():
    return Response(body=b"\\x89PNG", headers={"Content-Type": "image/png"})


@app.lambda_function(name="job")
def job(event, context):
    return {"got": event, "function": context.function_name}


@app.schedule("rate(1 day)")
def daily(event):
    return event.source
"""
MORE = """
from chalice import Blueprint, NotFoundError
bp = Blueprint(__name__)


@bp.route("/")
def more():
    return {"path": bp.current_request.path}


@bp.route("/gone")
def gone():
    raise NotFoundError("not here")
"""
FILES = {
    "app.py": APP,
    "chalicelib/__init__.py": "",
    "chalicelib/more.py": MORE,
    "vendor/own.py": "WORD = 'vendored'\n",
    ".chalice/config.json": json.dumps({"version": "2.0", "app_name": "shop"}),
}


@pytest.fixture(scope="module")
def chalice():
    return venvs.python("chalice", "chalice==1.34.0", "setuptools<81")


def test_routes_blueprints_functions_and_vendored_modules_work(tmp_path, chalice):
    venvs.use(tmp_path / "project", chalice)
    with devserve(tmp_path, FILES) as server:
        assert server.get("/items/ada").json() == {"name": "ada", "method": "GET", "stage": "api", "own": "vendored"}
        assert server.request("PUT", "/items/b").json()["method"] == "PUT"
        assert server.request("OPTIONS", "/items/b").header("Access-Control-Allow-Methods") == "GET,PUT,OPTIONS"
        assert server.get("/more").json() == {"path": "/more"}
        assert server.get("/more/gone").status == 404
        assert server.get("/image", ("Accept", "image/png")).body == b"\x89PNG"
        assert server.get("/nowhere").status == 403
        assert server.invoke("shop-dev-job", {"a": 1}).payload == {"got": {"a": 1}, "function": "shop-dev-job"}
        server.save("chalicelib/more.py", MORE.replace('"path"', '"changed"'))
        eventually(lambda: server.get("/more").json() == {"changed": "/more"})


def packaged(folder):
    """As `chalice package out` lays it out: the code, Chalice's own runtime left out, and a template beside it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(
            "app.py", "def app(event, context):\n    return {'statusCode': 200, 'body': event['resource']}\n"
        )
    uri = {
        "Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${APIHandler.Arn}/invocations"
    }
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri}
    body = {"swagger": "2.0", "info": {"title": "shop", "version": "1.0"}}
    body["paths"] = {"/x/{y}": {"get": {"x-amazon-apigateway-integration": integration}}}
    function = {"Runtime": "python3.11", "Handler": "app.app", "CodeUri": "./deployment.zip"}
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "APIHandler": {"Type": "AWS::Serverless::Function", "Properties": function},
            "RestAPI": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "api", "DefinitionBody": body}},
        },
    }
    write(folder, {"sam.json": json.dumps(template), "deployment.zip": content.getvalue()})


@pytest.mark.parametrize(("target", "options"), [("out", ()), (".", ("-t", "out/sam.json"))])
def test_what_chalice_packages_is_served_as_a_folder_and_as_a_template(tmp_path, target, options):
    packaged(tmp_path / "project" / "out")
    with devserve(tmp_path, {}, *options, target=target) as server:
        assert server.get("/x/1").text == "/x/{y}"

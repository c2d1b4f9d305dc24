"""A project without a template gets the one that somebody would have written."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.config.generated import resource_ids, sam_template
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.api import Cors
from localstack_lite.model.function import Code, Dockerfile, Image, Layer, LogFormat, Logging
from tests.builders import api, function, project


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (("orders", "Place2"), ["orders", "Place2"]),
        (("send-mail", "list_all"), ["SendMail", "ListAll"]),
        (("send-mail", "send_mail", "SendMail"), ["SendMail1", "SendMail2", "SendMail"]),
        (("Web",), ["Web1"]),
        (("---",), ["Function1"]),
    ],
)
def test_a_logical_id_has_letters_and_digits_and_belongs_to_one_function(
    names: tuple[str, ...], ids: list[str]
) -> None:
    given = project(*(function(name, logical_id=name) for name in names), api("$default -> x"))
    found = resource_ids(given)
    assert list(found) == list(names)
    for made, wanted in zip(found.values(), ids, strict=True):
        assert made.isalnum()
        assert made.startswith(wanted.rstrip("12"))
    assert len({*found.values(), "Web"}) == len(names) + 1


def test_a_function_says_what_the_settings_say_and_no_name() -> None:
    layer = Layer("arn:aws:lambda:us-east-1:123456789012:layer:money:1", Path("/layers/money"), 5, digest="abc")
    published = "arn:aws:lambda:eu-west-2:580247275435:layer:LambdaInsightsExtension:1"
    one = function(
        "hello",
        memory=512,
        timeout=7,
        environment={"A": "1"},
        reserved_concurrency=0,
        ephemeral_storage=1024,
        architecture="arm64",
        layers=(layer, Layer(published, Path("/fetched"), digest=published)),
        logging=Logging(LogFormat.JSON, "DEBUG"),
    )
    template = sam_template(project(one), {"Hello": "Hello"})
    (layer_id,) = [id for id in template["Resources"] if id.startswith("Layer")]
    assert template["Resources"]["Hello"] == {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "MemorySize": 512,
            "Timeout": 7,
            "Architectures": ["arm64"],
            "Environment": {"Variables": {"A": "1"}},
            "ReservedConcurrentExecutions": 0,
            "EphemeralStorage": {"Size": 1024},
            "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "SystemLogLevel": "INFO"},
            "Runtime": "python3.13",
            "Handler": "app.handler",
            "CodeUri": "/project",
            "Layers": [{"Ref": layer_id}, published],
        },
    }
    assert template["Resources"][layer_id]["Properties"]["Content"] == "/layers/money"
    assert template["Outputs"] == {"HelloName": {"Value": {"Ref": "Hello"}}}


def test_a_zip_is_the_code_and_an_image_has_neither_runtime_nor_code() -> None:
    zipped = function("zipped", code=Code(Path("/cache/1"), Path("/project/code.zip")))
    image = Image("mine:1", Dockerfile(Path("/project/docker"), "Dockerfile.dev"), command=("app.handler",))
    pictured = function("pictured", image=image, runtime="", handler="")
    made = sam_template(project(zipped, pictured), {"Zipped": "Zipped", "Pictured": "Pictured"})["Resources"]
    assert made["Zipped"]["Properties"]["CodeUri"] == "/project/code.zip"
    assert made["Pictured"]["Metadata"] == {"DockerContext": "/project/docker", "Dockerfile": "Dockerfile.dev"}
    properties = made["Pictured"]["Properties"]
    assert (properties["PackageType"], properties["ImageConfig"]) == ("Image", {"Command": ["app.handler"]})
    assert not {"Runtime", "Handler", "CodeUri"} & properties.keys()


def test_routes_are_events_of_their_functions_and_the_api_has_its_cors() -> None:
    cors = Cors(("*",), ("GET",), max_age=5)
    web = api("GET /x -> one", "$default -> two", payload="1.0", cors=cors)
    made = sam_template(project(function("one"), function("two"), web), {"One": "One", "Two": "Two"})
    events = [made["Resources"][name]["Properties"]["Events"] for name in ("One", "Two")]
    own = {"ApiId": {"Ref": "Web"}, "PayloadFormatVersion": "1.0"}
    assert events[0] == {"Route0": {"Type": "HttpApi", "Properties": {**own, "Path": "/x", "Method": "GET"}}}
    assert events[1] == {"Route1": {"Type": "HttpApi", "Properties": own}}
    configured = made["Resources"]["Web"]["Properties"]["CorsConfiguration"]
    assert configured == {"AllowOrigins": ["*"], "AllowMethods": ["GET"], "MaxAge": 5}
    url = "https://${Web}.execute-api.${AWS::Region}.${AWS::URLSuffix}/"
    assert made["Outputs"]["WebUrl"] == {"Value": {"Fn::Sub": url}}


def test_an_app_is_told_in_the_stage_what_its_adapter_is_told_here() -> None:
    adapter = Adapter(AppKind.WSGI, "shop:app", "apig-wsgi", (), (Path("/ours/apig_wsgi"),), {"DEVSERVE_APP": "{}"})
    one = function("hello", environment={"A": "1"}, adapter=adapter)
    properties = sam_template(project(one), {"Hello": "Hello"})["Resources"]["Hello"]["Properties"]
    told = {"DEVSERVE_APP": "{}", "DEVSERVE_PACKAGES": "/var/task/devserve_packages/apig_wsgi"}
    assert properties["Environment"] == {"Variables": {"A": "1", **told}}

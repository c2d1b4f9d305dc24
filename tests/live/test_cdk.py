"""A synthesised CDK app, served: over its APIs, from its sources, and from what the next synthesis writes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.config.cdk_outputs import (
    Resources,
    asset_files,
    digest,
    function,
    http_api,
    rest_api,
    stack,
    stage_asset,
    template,
    write_output,
)
from tests.live.deadline import eventually
from tests.live.devserver import devserve, run, write

pytestmark = pytest.mark.live

HANDLER = """
import os
def handler(event, context):
    return {{"statusCode": 200, "body": "{word} " + context.function_name + " " + os.environ.get("TABLE", "")}}
"""


def shop(letter: str) -> Resources:
    one = function("Shop/Orders", letter, Environment={"Variables": {"TABLE": {"Ref": "Table1"}}})
    table = {"Table1": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "orders"}}}
    own = function("Shop/AWS679f53fac002430cb0da5b7982bd2287", "f", "index.handler", Runtime="nodejs24.x")
    url = {"AuthType": "NONE", "TargetFunctionArn": {"Fn::GetAtt": ["Orders1", "Arn"]}}
    return {
        "Orders1": one,
        "OrdersUrl1": {"Type": "AWS::Lambda::Url", "Properties": url},
        "AWS679f53fac002430cb0da5b7982bd22872D164C4C": own,
        **table,
        **http_api("Shop", "Orders1", "GET /orders"),
        **rest_api("Orders1"),
    }


def app_in(folder: Path, word: str = "first") -> Path:
    """An app that was synthesised once, its code copied as asset `a`."""
    app = folder / "project"
    write(app, {"cdk.json": "{}", "orders/app.py": HANDLER.format(word=word)})
    output = write_output(app / "cdk.out", {"Shop": template(shop("a"))}, "a")
    stage_asset(output, app / "orders", "a")
    return app


def test_every_kind_of_address_of_an_app_answers(tmp_path: Path) -> None:
    app_in(tmp_path)
    with devserve(tmp_path) as server:
        assert server.get("/orders").text == "first Orders orders"
        assert server.get("/items/7").text == "first Orders orders"
        assert server.get("/", host="orders.lambda-url.localhost").text == "first Orders orders"
        assert server.invoke("Orders1", {}).payload["body"] == "first Orders orders"
        assert [one["logicalId"] for one in server.ready["functions"]] == ["Orders1"]


def test_a_saved_source_is_answered_with_the_new_code(tmp_path: Path) -> None:
    app_in(tmp_path)
    with devserve(tmp_path) as server:
        assert server.get("/orders").text.startswith("first")
        server.save("orders/app.py", HANDLER.format(word="second"))
        eventually(lambda: server.get("/orders").text.startswith("second"), what="the edited source")


def test_the_next_synthesis_is_served_at_once(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    shutil.rmtree(app / "orders")  # nothing but the copy is left, as with bundled code
    with devserve(tmp_path) as server:
        assert server.get("/orders").text.startswith("first")
        write(tmp_path / "other", {"app.py": HANDLER.format(word="second")})
        stage_asset(app / "cdk.out", tmp_path / "other", "b")
        write_output(app / "cdk.out", {"Shop": template(shop("b"))}, "b")
        eventually(lambda: server.get("/orders").text.startswith("second"), what="the new asset")


def test_an_output_that_goes_away_keeps_the_old_project_serving(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    with devserve(tmp_path) as server:
        (app / "cdk.out" / "manifest.json").unlink()
        rejected = server.fact("projectRejected")
        assert "not synthesised" in rejected["what"]
        assert server.get("/orders").text.startswith("first")


def test_two_stacks_of_the_same_functions_are_invoked_by_their_paths(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
    listed = {"Shop": stack("Shop"), "Shop.assets": {}, "Prod": stage}
    (app / "cdk.out" / "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": listed}))
    prod = {"Orders1": function("Prod/Shop/Orders", "a")}
    prod["Orders1"]["Metadata"]["aws:asset:path"] = f"../asset.{digest('a')}"
    inner = write_output(app / "cdk.out" / "assembly-Prod", {"Prod/Shop": template(prod)})
    (inner / "ProdShop.assets.json").write_text(json.dumps(asset_files("a", above="../")))
    for name, called in (("Shop/Orders1", "Shop-Orders"), ("Prod-Shop-Orders", "Prod-Shop-Orders")):
        ran = run(app, "invoke", name, "--payload", "{}", "--sandbox", "process")
        assert ran.code == 0, ran.stderr
        assert f"first {called}" in ran.stdout


def test_an_app_that_is_not_synthesised_is_told_in_one_line(tmp_path: Path) -> None:
    write(tmp_path, {"cdk.json": "{}"})
    ran = run(tmp_path, "validate")
    assert ran.code == 2
    assert "the app is not synthesised: there is no cdk.out/" in ran.stderr
    assert "cdk synth" in ran.stderr

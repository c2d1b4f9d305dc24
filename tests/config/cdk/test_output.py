"""Whole outputs, read from the disk."""

import json
from pathlib import Path

import pytest

from localstack_lite.config.cdk.output import app_of, is_output, output_of
from localstack_lite.errors import UserError
from localstack_lite.model.api import ApiKind, LambdaProxy
from localstack_lite.model.function import Dockerfile
from tests.config.cdk_outputs import (
    Resources,
    asset_files,
    digest,
    function,
    http_api,
    metadata,
    rest_api,
    stack,
    stage_asset,
    template,
    write_output,
)
from tests.config.samples import HANDLER, project_in, write


@pytest.fixture
def app(tmp_path):
    write(tmp_path, {"cdk.json": "{}", "orders/app.py": HANDLER, "stock/app.py": HANDLER + "# stock\n"})
    return tmp_path


def synthesised(app: Path, resources: Resources, **more: Resources) -> Path:
    """An output with a stack `Shop`, and others by name; the assets a and b are copies of orders/ and stock/."""
    stacks = {"Shop": template(resources), **{name: template(values) for name, values in more.items()}}
    output = write_output(app / "cdk.out", stacks, "a", "b")
    stage_asset(output, app / "orders", "a")
    stage_asset(output, app / "stock", "b")
    return output


def orders(path: str = "Shop/Orders", **properties: object) -> Resources:
    return {"Orders5A1B2C3D": function(path, "a", **properties)}


def test_an_app_is_served_from_its_sources(app):
    resources = {**orders(MemorySize=256), **http_api("Shop", "Orders5A1B2C3D", "GET /orders")}
    resources |= rest_api("Orders5A1B2C3D")
    synthesised(app, resources)
    project = project_in(app, {})
    (one,) = project.functions
    assert (one.logical_id, one.name, one.memory, one.code.folder) == ("Orders5A1B2C3D", "Orders", 256, app / "orders")
    http, rest = project.apis
    assert (http.kind, http.stage) == (ApiKind.HTTP, "$default")
    assert [(route.key, route.integration) for route in http.routes] == [
        ("GET /orders", LambdaProxy("Orders5A1B2C3D", "2.0", 30.0))
    ]
    assert (rest.kind, rest.stage, [route.key for route in rest.routes]) == (
        ApiKind.REST,
        "prod",
        ["GET /items/{id}"],
    )
    assert project.problems == ()
    assert project.root == app
    names = {file.name for file in project.inputs}
    assert {"manifest.json", "Shop.template.json", "Shop.assets.json", "cdk.json"} <= names


@pytest.mark.parametrize(
    ("target", "template_option"),
    [
        (".", None),
        ("cdk.json", None),
        ("cdk.out", None),
        ("cdk.out/manifest.json", None),
        ("cdk.out/Shop.template.json", None),
        (".", Path("cdk.out/Shop.template.json")),
    ],
)
def test_every_way_of_naming_an_app_leads_to_it(app, target, template_option):
    synthesised(app, orders())
    project = project_in(app, {}, target, template=template_option)
    assert (project.root, [one.name for one in project.functions]) == (app, ["Orders"])


def test_the_output_is_where_cdk_json_says(app):
    synthesised(app, orders()).rename(app / "dist")
    assert [one.name for one in project_in(app, {"cdk.json": '{"output": "dist"}'}).functions] == ["Orders"]
    assert output_of(app) == app / "dist"


def test_an_output_folder_far_from_its_app_is_a_project_of_its_own(tmp_path):
    output = write_output(tmp_path / "made", {"Shop": template(orders())}, "a")
    stage_asset(output, write_source(tmp_path / "x"), "a")
    project = project_in(tmp_path, {}, "made")
    assert project.root == output
    assert project.functions[0].code.folder == output / f"asset.{digest('a')}"
    (remark,) = project.problems
    assert (remark.warning, remark.where) == (True, "made")
    assert "is a copy" in remark.what


def write_source(folder: Path) -> Path:
    write(folder, {"app.py": HANDLER})
    return folder


def test_devserve_toml_may_name_the_output_and_add_to_it(app):
    synthesised(app, orders())
    settings = '[functions.Orders]\nmemory = 1024\nroutes = ["GET /added"]\n'
    (one,) = project_in(app, {"devserve.toml": 'template = "cdk.out"\n' + settings}).functions
    assert one.memory == 1024


def test_a_stage_is_served_beside_the_stacks_of_the_app(app):
    output = synthesised(app, orders())
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
    listed = {"Shop": stack("Shop"), "Prod": stage}
    (output / "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": listed}))
    one = orders("Prod/Shop/Orders")
    one["Orders5A1B2C3D"]["Metadata"]["aws:asset:path"] = f"../asset.{digest('a')}"
    environment = "aws://111122223333/eu-west-1"
    artifacts = {"ProdShop": stack("Prod/Shop", environment)}
    inner = write_output(output / "assembly-Prod", {"Prod/Shop": template(one)}, artifacts=artifacts)
    (inner / "ProdShop.assets.json").write_text(json.dumps(asset_files("a", above="../")))
    both = project_in(app, {}).functions
    assert [(f.logical_id, f.name) for f in both] == [
        ("Shop/Orders5A1B2C3D", "Shop-Orders"),
        ("Prod/Shop/Orders5A1B2C3D", "Prod-Shop-Orders"),
    ]
    assert {f.code.folder for f in both} == {app / "orders"}
    alone = project_in(app, {}, "cdk.out/assembly-Prod")
    assert (alone.root, alone.region, alone.account) == (app, "eu-west-1", "111122223333")
    assert [(f.logical_id, f.code.folder) for f in alone.functions] == [("Orders5A1B2C3D", app / "orders")]


def test_an_api_may_call_a_function_of_another_stack(app):
    exported = {"Out": {"Value": {"Fn::GetAtt": ["Orders5A1B2C3D", "Arn"]}, "Export": {"Name": "Shop:Orders"}}}
    api = http_api("Web", "x", "GET /orders")
    api["HttpIntegrationJF6F3C724"]["Properties"]["IntegrationUri"] = {"Fn::ImportValue": "Shop:Orders"}
    stacks = {"Web": template(api), "Shop": template(orders(), Outputs=exported)}
    artifacts = {"Web": stack("Web", "aws://unknown-account/unknown-region", "Shop")}
    output = write_output(app / "cdk.out", stacks, "a", artifacts=artifacts)
    stage_asset(output, app / "orders", "a")
    project = project_in(app, {})
    assert project.apis[0].routes[0].integration == LambdaProxy("Orders5A1B2C3D", "2.0", 30.0)


def test_a_nested_stack_is_a_part_of_its_stack(app):
    nested = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}]]}},
        "Metadata": {"aws:asset:path": "Deep.nested.template.json", "aws:asset:property": "TemplateURL"},
    }
    output = synthesised(app, {**orders(), "Deep1": nested})
    inner = {"Stock1": function("Shop/Deep/Stock", "b")}
    (output / "Deep.nested.template.json").write_text(json.dumps(template(inner)))
    project = project_in(app, {})
    assert [(f.logical_id, f.name, f.code.folder) for f in project.functions] == [
        ("Orders5A1B2C3D", "Orders", app / "orders"),
        ("Deep1/Stock1", "Deep-Stock", app / "stock"),
    ]
    assert output / "Deep.nested.template.json" in project.inputs


def test_images_layers_and_bundled_code(app):
    write(app, {"img/Dockerfile": "FROM scratch\n", "layer/python/shared.py": "X = 1\n"})
    image = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Code": {"ImageUri": {"Fn::Sub": f"x:{digest('c')}"}}, "PackageType": "Image"},
        "Metadata": metadata("Shop/Img/Resource", "c", "Code.ImageUri", dockerfile_path="Dockerfile"),
    }
    layer = {
        "Type": "AWS::Lambda::LayerVersion",
        "Properties": {"Content": {"S3Bucket": "x", "S3Key": f"{digest('d')}.zip"}},
        "Metadata": metadata("Shop/Shared/Resource", "d", "Content", is_bundled=False),
    }
    node = function("Shop/Node", "e", "index.handler", Runtime="nodejs20.x")
    node["Metadata"]["aws:asset:is-bundled"] = True
    output = synthesised(app, {**orders(Layers=[{"Ref": "Shared1"}]), "Img1": image, "Shared1": layer, "Node1": node})
    stage_asset(output, app / "img", "c")
    stage_asset(output, app / "layer", "d")
    write(output / f"asset.{digest('e')}", {"index.js": "exports.handler = async () => 1\n"})
    project = project_in(app, {})
    found = {one.name: one for one in project.functions}
    assert found["Img"].image is not None
    assert found["Img"].image.dockerfile == Dockerfile(app / "img")
    assert [one.folder for one in found["Orders"].layers] == [app / "layer"]
    assert found["Node"].code.folder == output / f"asset.{digest('e')}"
    assert [problem.what for problem in project.problems] == ["the code of Shop/Node is bundled by synthesis"]


def test_a_template_that_synth_wrote_to_a_file_finds_its_assets_in_the_output(app):
    output = synthesised(app, orders())
    (output / "manifest.json").unlink()
    project = project_in(app, {"template.yaml": json.dumps(template(orders()))}, "template.yaml")
    assert project.functions[0].code.folder == output / f"asset.{digest('a')}"


def test_an_app_that_is_not_synthesised_says_so(app):
    with pytest.raises(UserError) as refused:
        project_in(app, {})
    assert refused.value.where == str(app / "cdk.json")
    assert (refused.value.what, refused.value.hint) == (
        "the app is not synthesised: there is no cdk.out/",
        "run `cdk synth`",
    )


def test_an_output_that_was_cleaned_says_so(app):
    (app / "cdk.out").mkdir()
    with pytest.raises(UserError) as refused:
        project_in(app, {})
    assert (refused.value.what, refused.value.hint) == (
        "the app is not synthesised: there is no cdk.out/manifest.json",
        "run `cdk synth`",
    )


@pytest.mark.parametrize(
    ("file", "content", "what"),
    [
        ("manifest.json", '{"version": "55.0.0",', "not valid JSON"),
        ("manifest.json", "[]", "not a JSON object"),
        ("manifest.json", '{"version": "0.36.0", "artifacts": {}}', "before 1.0"),
        ("manifest.json", "[" * 5000 + "]" * 5000, "not readable JSON"),
        ("Shop.template.json", "{", "not valid JSON"),
        ("Shop.template.json", None, "is not there"),
        ("Shop.assets.json", None, "is not there"),
        ("Shop.template.json", "{}", "no Resources"),
        ("Shop.template.json", '{"Resources": {"A": {"Type": "AWS::SQS::Queue"}}}', "no functions"),
    ],
)
def test_a_broken_output_is_one_clear_line(app, file, content, what):
    output = synthesised(app, orders())
    (output / file).unlink()
    if content is not None:
        (output / file).write_text(content)
    with pytest.raises(UserError) as refused:
        project_in(app, {})
    assert what in refused.value.what


def test_a_function_whose_asset_is_gone_is_told_and_the_others_are_served(app):
    output = synthesised(app, {**orders(), "Stock1": function("Shop/Stock", "b")})
    (output / f"asset.{digest('b')}" / "app.py").unlink()
    (output / f"asset.{digest('b')}").rmdir()
    project = project_in(app, {})
    assert [one.name for one in project.functions] == ["Orders"]
    (problem,) = [one for one in project.problems if not one.warning]
    assert problem.what == f"Stock1: its code asset.{digest('b')} is not in cdk.out"
    assert problem.hint == "run `cdk synth` again"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"manifest.json": '{"version": "55.0.0", "artifacts": {}}'}, True),
        ({"manifest.json": "{", "cdk.out": "{}"}, True),
        ({"manifest.json": '{"name": "a web app", "icons": []}'}, False),
        ({"manifest.json": "{"}, False),
        ({"cdk.out": "{}"}, False),
    ],
)
def test_an_output_is_known_by_its_manifest_or_its_marker(tmp_path, files, expected):
    write(tmp_path, files)
    assert is_output(tmp_path) is expected


def test_the_app_of_a_stages_assembly_is_that_of_the_whole_output(app):
    output = synthesised(app, orders())
    write(output, {"assembly-Prod/cdk.out": "{}"})
    assert app_of(output / "assembly-Prod") == app
    (app / "cdk.json").unlink()
    assert app_of(output / "assembly-Prod") == app


def test_schedules_of_a_stack_call_its_functions_and_those_of_others(app):
    """As `new Rule` with a schedule and `new LambdaFunction` as its target becomes."""

    def rule(arn: object) -> dict[str, object]:
        target = {"Arn": arn, "Id": "Target0"}
        properties = {"ScheduleExpression": "cron(0 4 * * ? *)", "State": "ENABLED", "Targets": [target]}
        return {"Type": "AWS::Events::Rule", "Properties": properties}

    exported = {"Out": {"Value": {"Fn::GetAtt": ["Orders5A1B2C3D", "Arn"]}, "Export": {"Name": "Shop:Orders"}}}
    own = {**orders(), "NightlyB2C3": rule({"Fn::GetAtt": ["Orders5A1B2C3D", "Arn"]})}
    other = {"DailyC3D4": rule({"Fn::ImportValue": "Shop:Orders"})}
    artifacts = {"Jobs": stack("Jobs", "aws://unknown-account/unknown-region", "Shop")}
    stacks = {"Jobs": template(other), "Shop": template(own, Outputs=exported)}
    output = write_output(app / "cdk.out", stacks, "a", artifacts=artifacts)
    stage_asset(output, app / "orders", "a")
    project = project_in(app, {})
    assert [(one.name, one.function) for one in project.schedules] == [
        ("DailyC3D4", "Orders5A1B2C3D"),
        ("NightlyB2C3", "Orders5A1B2C3D"),
    ]

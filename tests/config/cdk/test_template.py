from pathlib import Path

import pytest

from localstack_lite.config.cdk.assembly import Asset
from localstack_lite.config.cdk.template import localised, uses
from tests.config.cdk_outputs import BUCKET, digest, function, metadata, template

OUTPUT = Path("/app/cdk.out")


def place(letter):
    return str(OUTPUT / f"asset.{digest(letter)}")


def local(resources, assets=None, names=None, homes=None):
    return localised(template(resources), OUTPUT, assets or {}, names or {}, homes or {})["Resources"]


def test_code_in_s3_becomes_the_folder_of_the_asset():
    resources = local({"Orders1": function("Shop/Orders", "a")})
    assert resources["Orders1"]["Properties"]["Code"] == place("a")


def test_code_whose_home_is_known_is_served_from_there():
    home = {Path(place("a")): Path("/app/orders")}
    assert (
        local({"Orders1": function("Shop/Orders", "a")}, homes=home)["Orders1"]["Properties"]["Code"] == "/app/orders"
    )


def test_unstaged_assets_are_the_source_itself():
    one = function("Shop/Orders", "a")
    one["Metadata"]["aws:asset:path"] = "/src/orders"
    assert local({"Orders1": one})["Orders1"]["Properties"]["Code"] == "/src/orders"


@pytest.mark.parametrize(
    "key",
    [
        f"{digest('a')}.zip",
        f"deploy-time/{digest('a')}.zip",
        {"Fn::Join": ["", [{"Fn::Select": [0, {"Fn::Split": ["||", {"Ref": f"AssetParameters{digest('a')}S3Key"}]}]}]]},
    ],
)
def test_without_metadata_the_hash_says_which_asset_it_is(key):
    one = function("Shop/Orders", "a", Code={"S3Bucket": BUCKET, "S3Key": key})
    one["Metadata"] = {}
    known = {digest("a"): Asset(Path("/app/cdk.out/kept"))}
    assert local({"Orders1": one}, known)["Orders1"]["Properties"]["Code"] == "/app/cdk.out/kept"
    assert local({"Orders1": one}, {})["Orders1"]["Properties"]["Code"]["S3Key"] == key


def test_inline_code_stays():
    one = function("Shop/Inline", "a", Code={"ZipFile": "def handler(): pass"})
    one["Metadata"] = metadata("Shop/Inline/Resource")
    assert local({"Inline1": one})["Inline1"]["Properties"]["Code"] == {"ZipFile": "def handler(): pass"}


def test_an_image_is_built_from_its_asset():
    one = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Code": {"ImageUri": {"Fn::Sub": f"repository:{digest('b')}"}}, "PackageType": "Image"},
        "Metadata": metadata(
            "Shop/Img/Resource", "b", "Code.ImageUri", dockerfile_path="D", docker_build_args={"A": "b"}
        ),
    }
    image = local({"Img1": one})["Img1"]
    assert "Code" not in image["Properties"]
    assert {key: value for key, value in image["Metadata"].items() if key.startswith("Docker")} == {
        "DockerContext": place("b"),
        "Dockerfile": "D",
        "DockerBuildArgs": {"A": "b"},
    }


def test_an_image_without_metadata_is_known_by_its_tag():
    image = {"Fn::Sub": f"${{AWS::AccountId}}.dkr.ecr:{digest('b')}"}
    one = {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"ImageUri": image}, "PackageType": "Image"}}
    known = {digest("b"): Asset(Path("/app/cdk.out/x"), image=True, target="run")}
    found = local({"Img1": one}, known)["Img1"]["Metadata"]
    assert found == {"DockerContext": "/app/cdk.out/x", "Dockerfile": "Dockerfile", "DockerBuildTarget": "run"}


def test_an_image_from_a_registry_stays():
    one = {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"ImageUri": "repo/image:1"}}}
    assert local({"Img1": one})["Img1"] == one


def test_layers_nested_stacks_and_definitions_become_local_files():
    def held(kind, name, letter):
        return {"Type": kind, "Properties": {name: {"S3Key": "x"}}, "Metadata": metadata("S/X/Resource", letter, name)}

    found = local(
        {
            "L": held("AWS::Lambda::LayerVersion", "Content", "a"),
            "N": held("AWS::CloudFormation::Stack", "TemplateURL", "b"),
            "R": held("AWS::ApiGateway::RestApi", "BodyS3Location", "c"),
        }
    )
    assert found["L"]["Properties"]["Content"] == place("a")
    assert found["N"]["Properties"]["TemplateURL"] == place("b")
    assert found["R"]["Properties"]["BodyS3Location"] == place("c")


def test_a_function_without_a_name_gets_its_constructs():
    resources = {"Orders1": function("Shop/Orders", "a"), "B2": function("Shop/B", "a", FunctionName="given")}
    found = local(resources, names={"Shop/Orders": "Orders", "Shop/B": "B"})
    assert [found[key]["Properties"]["FunctionName"] for key in ("Orders1", "B2")] == ["Orders", "given"]


def test_the_cdks_own_functions_and_the_layers_that_only_they_have_are_no_functions_any_more():
    deploy = "Shop/Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C"
    layer = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Key": "x"}}}
    found = local(
        {
            "Own1": function(deploy, "a", Layers=[{"Ref": "Cli"}, {"Ref": "Both"}]),
            "Orders1": function("Shop/Orders", "b", Layers=[{"Ref": "Both"}]),
            "Cli": layer,
            "Both": layer,
        }
    )
    kinds = {key: resource["Type"].removeprefix("AWS::") for key, resource in found.items()}
    assert kinds["Orders1"] == "Lambda::Function"
    assert kinds["Both"] == "Lambda::LayerVersion"
    assert kinds["Own1"] == kinds["Cli"] == "CDK::Function"


def test_the_bootstraps_parameter_and_rule_and_the_metadata_are_gone():
    found = localised(template({"Orders1": function("Shop/Orders", "a")}), OUTPUT, {}, {}, {})
    assert set(found) == {"Resources", "Conditions"}
    assert set(found["Resources"]) == {"Orders1"}


def test_the_apps_own_parameters_stay():
    declared = {"Parameters": {"Stage": {"Type": "String"}, "BootstrapVersion": {"Type": "String"}}}
    found = localised({"Resources": {}, **declared}, OUTPUT, {}, {}, {})
    assert found["Parameters"] == {"Stage": {"Type": "String"}}


def test_uses_say_what_runs_and_what_is_bundled():
    bundled = function("Shop/Node", "b", "index.handler")
    bundled["Metadata"]["aws:asset:is-bundled"] = True
    layer = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Key": "x"}}}
    resources = {
        "Orders1": function("Shop/Orders", "a", Layers=[{"Ref": "Used"}]),
        "Node1": bundled,
        "Used": {**layer, "Metadata": metadata("Shop/Used/Resource", "c", "Content")},
        "Idle": {**layer, "Metadata": metadata("Shop/Idle/Resource", "d", "Content")},
        "Own1": function("Shop/AWS679f53fac002430cb0da5b7982bd2287", "e"),
    }
    found = {use.name: (use.runs, use.bundled) for use in uses(template(resources), OUTPUT, {})}
    assert found == {
        "Shop/Orders": (True, False),
        "Shop/Node": (True, True),
        "Shop/Used": (True, False),
        "Shop/Idle": (False, False),
    }


@pytest.mark.parametrize("resources", [None, [], {"A": None, "B": {}, "C": {"Type": ["x"]}}])
def test_odd_templates_stop_nothing(resources):
    found = localised({"Resources": resources, "Parameters": None}, OUTPUT, {}, {}, {})
    assert isinstance(found["Resources"], dict)


def test_odd_metadata_stops_nothing():
    one = function("Shop/Orders", "a")
    one["Metadata"] = {"aws:asset:path": 7, "aws:cdk:path": None, "aws:asset:property": None}
    assert local({"A": one})["A"]["Properties"]["Code"]["S3Key"] == f"{digest('a')}.zip"

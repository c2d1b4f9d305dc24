from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.config.cdk.assembly import CdkStack, in_order, is_manifest, joined, open_assembly
from localstack_lite.errors import UserError
from tests.config.cdk_outputs import asset_files, assets, digest, stack

OUTPUT = Path("/app/cdk.out")


def opened(files: Mapping[str, Any]):
    def load(file: Path) -> Mapping[str, Any]:
        name = file.relative_to(OUTPUT).as_posix()
        if name not in files:
            raise UserError(str(file), "is not there")
        return files[name]

    return open_assembly(OUTPUT, load)


def manifest(**artifacts: Any) -> dict[str, Any]:
    return {"version": "55.0.0", "artifacts": artifacts}


def test_a_stack_knows_its_template_and_where_it_is_deployed():
    one = opened({"manifest.json": manifest(Shop=stack("Shop", "aws://111122223333/eu-west-1"))})
    assert one.stacks == (CdkStack("Shop", OUTPUT / "Shop.template.json", "Shop", "eu-west-1", "111122223333"),)


def test_an_environment_that_the_app_leaves_open_is_empty():
    (shop,) = opened({"manifest.json": manifest(Shop=stack("Shop"))}).stacks
    assert (shop.region, shop.account) == ("", "")


def test_stages_come_after_the_stacks_of_the_app_and_their_assets_lie_above():
    files = {
        "manifest.json": manifest(
            Prod={"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}, Shop=stack("Shop")
        ),
        "assembly-Prod/manifest.json": manifest(ProdShop=stack("Prod/Shop"), assets=assets("Prod/Shop")),
        "assembly-Prod/ProdShop.assets.json": asset_files("a", above="../"),
    }
    found = opened(files)
    assert [one.name for one in found.stacks] == ["Shop", "Prod/Shop"]
    assert found.stacks[1].template == OUTPUT / "assembly-Prod" / "ProdShop.template.json"
    assert found.assets[digest("a")].place == OUTPUT / f"asset.{digest('a')}"
    assert [file.relative_to(OUTPUT).as_posix() for file in found.files] == [
        "manifest.json",
        "assembly-Prod/manifest.json",
        "assembly-Prod/ProdShop.assets.json",
    ]


def test_an_image_asset_says_how_it_is_built():
    source = {"directory": "asset.x", "dockerFile": "D", "dockerBuildTarget": "run", "dockerBuildArgs": {"A": "b"}}
    listed = {"files": {}, "dockerImages": {digest("b"): {"source": source}}}
    found = opened({"manifest.json": manifest(S=stack("S"), a=assets("S")), "S.assets.json": listed})
    asset = found.assets[digest("b")]
    assert (asset.place, asset.image) == (OUTPUT / "asset.x", True)
    assert (asset.dockerfile, asset.target, asset.arguments) == ("D", "run", {"A": "b"})


def test_a_manifest_that_names_itself_ends():
    circle = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "../cdk.out"}}
    assert len(opened({"manifest.json": manifest(again=circle, Shop=stack("Shop"))}).stacks) == 1


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({}, "is not the manifest of a CDK app's output"),
        ({"version": "55.0.0", "artifacts": []}, "is not the manifest of a CDK app's output"),
        ({"version": "0.36.0", "artifacts": {}}, "was made by a CDK before 1.0 (0.36.0)"),
        (manifest(Tree={"type": "cdk:tree"}), "has no stacks"),
        (manifest(Tree={"type": ["odd"], "properties": "x", "dependencies": [{}]}), "has no stacks"),
        (manifest(Shop="stack", Other={"type": "aws:cloudformation:stack"}), "has no stacks"),
    ],
)
def test_what_is_no_output_of_an_app_is_said_with_what_to_do(values, what):
    with pytest.raises(UserError) as refused:
        opened({"manifest.json": values})
    assert (refused.value.where, refused.value.what) == (str(OUTPUT / "manifest.json"), what)
    assert "cdk synth" in refused.value.hint


@pytest.mark.parametrize(
    "values",
    [
        {"name": "web app", "icons": []},
        {"version": 3, "artifacts": {}},
    ],
)
def test_other_programs_have_a_manifest_too(values):
    assert not is_manifest(values)
    assert is_manifest(manifest())


def test_paths_may_lead_out_of_the_output_or_be_absolute():
    assert joined(Path("/app/cdk.out/assembly-Prod"), "../asset.1") == Path("/app/cdk.out/asset.1")
    assert joined(OUTPUT, "/src/orders") == Path("/src/orders")


def test_a_stack_comes_after_those_that_it_needs():
    def named(name, *needs):
        return CdkStack(name, Path(name), needs=needs)

    web, data, queue = named("web", "data", "queue"), named("data"), named("queue", "data")
    assert [one.name for one in in_order((web, queue, data))] == ["data", "queue", "web"]


def test_a_circle_of_stacks_is_broken_somewhere():
    one, two = CdkStack("one", Path("1"), needs=("two",)), CdkStack("two", Path("2"), needs=("one",))
    assert {stack.name for stack in in_order((one, two))} == {"one", "two"}


def test_needs_are_named_as_stacks_are():
    files = {"manifest.json": manifest(Web=stack("Web", "aws://a/b", "Data"), Data=stack("Data"))}
    assert opened(files).stacks[0].needs == ("Data",)


def test_needs_of_no_known_kind_are_none():
    odd = {**stack("Web"), "dependencies": [{}, ["Web"], None, 7]}
    assert opened({"manifest.json": manifest(Web=odd)}).stacks[0].needs == ()

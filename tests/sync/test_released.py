from __future__ import annotations

from dataclasses import replace

from localstack_lite.model.package import Package
from localstack_lite.model.stage import Stage
from localstack_lite.sync import keys
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.release import Code
from localstack_lite.sync.released import codes
from localstack_lite.sync.remote import RemoteFunction
from tests.sync.scripted_cloud import package, released

STAGE = Stage("dev", "shop-dev", image_repository="111.dkr.ecr.eu-west-2.amazonaws.com/shop")
EMPTY = Manifest()
ONE = package("Orders", "one")
KEY = keys.code_key("shop-dev", ONE)


def function(sha256: str) -> dict[str, RemoteFunction]:
    return {"Orders": RemoteFunction("Orders", "shop-Orders", "arn", sha256)}


def code(sha256: str, package: Package | None = ONE, manifest: Manifest = EMPTY, known: Code | None = None) -> Code:
    packages = {"Orders": package} if package else {}
    previous = released(1, functions={"Orders": known}) if known else None
    return codes(STAGE, function(sha256), packages, manifest, previous)["Orders"]


def test_a_zip_in_the_bucket_is_found_there_again() -> None:
    assert code(ONE.sha256, manifest=Manifest(uploaded=frozenset({KEY}))) == Code(ONE.sha256, KEY)
    assert code(ONE.sha256, manifest=Manifest(deployed={"Orders": ONE.sha256})) == Code(ONE.sha256, KEY)


def test_a_zip_that_was_sent_in_the_call_itself_is_in_no_bucket() -> None:
    assert code(ONE.sha256) == Code(ONE.sha256)


def test_code_that_is_not_the_projects_is_told_by_its_hash_alone() -> None:
    assert code("theirs") == Code("theirs")
    assert code("theirs", None) == Code("theirs")


def test_code_that_did_not_change_is_where_it_was() -> None:
    assert code("old", known=Code("old", "shop-dev/code/old.zip")) == Code("old", "shop-dev/code/old.zip")
    assert code("new", known=Code("old", "shop-dev/code/old.zip")) == Code("new")


def test_an_image_is_told_by_its_tag_once_its_digest_is_known() -> None:
    image = replace(ONE, sha256=f"sha256:{'ab' * 32}", image="shop:latest")
    assert code("d1", image, Manifest(images={image.sha256: "d1"})).image == keys.image_target(
        STAGE.image_repository, image
    )
    assert code("d2", image, Manifest(images={image.sha256: "d1"})) == Code("d2")

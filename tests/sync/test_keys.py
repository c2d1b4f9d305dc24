"""Keys say what lies under them."""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.sync import keys
from tests.sync.modelled_stage import STAGE, image, package, sha


def test_a_key_of_code_says_its_hash_and_back() -> None:
    key = keys.code_key("shop", package("A", "a"))
    assert key == f"shop/code/{package('A', 'a').hex}.zip"
    assert keys.code_of(key) == sha("a")
    assert keys.code_of("shop/other/a.zip") == keys.code_of("") == ""


def test_the_prefix_is_the_stages_own_or_its_stacks_name() -> None:
    assert keys.prefix(STAGE) == "shop-dev"
    assert keys.prefix(replace(STAGE, s3_prefix="/team/shop/")) == "team/shop"


def test_an_address_is_s3s_own_with_the_buckets_host_name() -> None:
    assert keys.object_url("b", "p/a b.json", "eu-west-2") == "https://b.s3.eu-west-2.amazonaws.com/p/a%20b.json"
    assert keys.object_url("b", "k", "cn-north-1") == "https://b.s3.cn-north-1.amazonaws.com.cn/k"


def test_an_image_is_tagged_with_its_hash() -> None:
    assert keys.image_target("r/shop", image("A", "a")) == f"r/shop:{image('A', 'a').hex}"


def test_a_template_is_named_by_its_text() -> None:
    assert keys.template_key("p", "{}") != keys.template_key("p", "{ }")
    assert keys.template_key("p", "{}").startswith("p/templates/")
    assert keys.file_key("p", package("A", "a")) == f"p/files/{package('A', 'a').hex}"

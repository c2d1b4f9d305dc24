"""What is remembered of a push."""

from __future__ import annotations

from typing import Any

from localstack_lite.sync.afterwards import after, doubted
from localstack_lite.sync.ground import DOUBT, Ground
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.remote import RemoteResource, RemoteStack
from localstack_lite.sync.steps import (
    DeployStack,
    PublishVersion,
    Step,
    UpdateAlias,
    UpdateApi,
    UpdateConfig,
    UpdateLayer,
    UploadCode,
    UploadObject,
)
from localstack_lite.sync.values import digest
from tests.sync.grounds import ground
from tests.sync.modelled_stage import alias, function, image, layer, package, sha

NEW = {"A": function("A", Timeout=2, Environment={"Variables": {"KEY": "hidden"}}), **alias("A"), "L": layer("L")}
OLD = {"A": function("A", Timeout=1), **alias("A"), "L": layer("L")}
PACKAGES = {"A": package("A", "b"), "L": package("L", "2")}
DEPLOY = DeployStack("shop-dev", "why", False, {})


def done(*steps: Step, found: Ground | None = None, known: Manifest | None = None, **results: Any) -> Manifest:
    used = found or ground(NEW, OLD, packages=PACKAGES)
    manifest = known or Manifest(templates=used.deployed, deployed={"A": sha("a"), "L": sha("1")})
    return after(manifest, steps, used.blueprint, dict(used.packages), **results)


CODE = UploadCode("A", "a", sha("b"), "why", PACKAGES["A"])


def test_nothing_done_is_nothing_new() -> None:
    manifest = Manifest(direct={"A": {"Timeout": "x"}})
    assert done(known=manifest) == manifest


def test_code_that_came_directly_is_noted_until_it_is_the_stacks_own_again() -> None:
    assert done(CODE).direct == {"A": {"Code": sha("b")}, "AAliaslive": {"FunctionVersion": ""}}
    back = UploadCode("A", "a", sha("a"), "why", package("A", "a"))
    assert done(back).direct == {"AAliaslive": {"FunctionVersion": ""}}


def test_settings_are_noted_as_digests() -> None:
    config = UpdateConfig(
        "A", "a", {"Timeout": 2, "Environment": {"Variables": {"KEY": "hidden"}}, "MemorySize": 128}, ""
    )
    made = done(config)
    assert made.direct["A"] == {"Timeout": digest(2), "Environment": digest({"Variables": {"KEY": "hidden"}})}
    assert "hidden" not in repr(made)


def test_an_alias_is_behind_until_it_is_set() -> None:
    behind = done(CODE, PublishVersion("A", "a", "why"))
    assert behind.direct["AAliaslive"] == {"FunctionVersion": ""}
    alias_step = UpdateAlias("AAliaslive", "A", "a", "live", "why")
    set = done(CODE, PublishVersion("A", "a", "why"), alias_step, versions={"A": "7"})
    assert set.direct["AAliaslive"] == {"FunctionVersion": "7"}


def test_a_layer_is_noted_with_its_arn() -> None:
    made = done(UpdateLayer("L", "l", "why", PACKAGES["L"]), layers={"L": "arn:4"})
    assert made.direct == {"L": {"Content": sha("2"), "Arn": "arn:4"}}


def test_an_image_is_noted_with_the_digest_that_it_got() -> None:
    found = ground({"A": function("A")}, packages={"A": image("A", "a")}, sha256="digest")
    target = f"registry/shop:{image('A', 'a').hex}"
    made = done(UploadCode("A", "a", "", "why", image=target), found=found, functions=found.remote.functions)
    assert made.images == {image("A", "a").sha256: "digest"}
    assert made.direct["A"] == {"Code": image("A", "a").sha256}


def test_uploads_are_known_of_that_bucket_only() -> None:
    made = done(UploadObject("A", "k", "why"), bucket="new", known=Manifest(bucket="old", uploaded=frozenset({"o"})))
    assert (made.bucket, made.uploaded) == ("new", {"k"})
    made = done(UploadObject("A", "k", "why"), known=Manifest(bucket="old", uploaded=frozenset({"o"})))
    assert made.uploaded == {"k", "o"}


def test_a_stack_deploy_settles_what_it_saw() -> None:
    stack = RemoteStack("id", "shop-dev", "UPDATE_COMPLETE", updated="now")
    resources = (RemoteResource("A", "AWS::Lambda::Function", "a"),)
    known = Manifest(
        templates=ground(OLD).deployed, deployed={"A": sha("a")}, direct={"A": {"Timeout": "x", "Code": "c"}}
    )
    made = done(DEPLOY, known=known, stack=stack, resources=resources)
    assert made.direct == {}
    assert made.templates[""]["Resources"] == NEW
    assert made.deployed == {"A": sha("b"), "L": sha("2")}
    assert (made.stack_id, made.stack_updated, made.resources) == ("id", "now", resources)


def test_what_a_stack_deploy_did_not_see_stays_noted() -> None:
    found = ground(NEW, packages=PACKAGES)
    direct = {
        "A": {"Timeout": "x", "Code": sha("c")},
        "L": {"Content": sha("3"), "Arn": "arn:5"},
        "Gone": {"Body": "x"},
    }
    known = Manifest(templates=found.deployed, deployed={"A": sha("b"), "L": sha("2")}, direct=direct)
    made = done(DEPLOY, found=found, known=known)
    assert made.direct == {key: value for key, value in direct.items() if key != "Gone"}


def test_an_alias_keeps_its_version_when_no_new_one_was_published() -> None:
    found = ground(NEW, packages=PACKAGES)
    direct = {"A": {"Code": sha("b")}, "AAliaslive": {"FunctionVersion": "7"}}
    known = Manifest(templates=found.deployed, deployed={"A": sha("a")}, direct=direct)
    assert done(DEPLOY, found=found, known=known).direct == {"AAliaslive": {"FunctionVersion": "7"}}
    other = Manifest(
        templates=found.deployed, deployed={"A": sha("a")}, direct={"AAliaslive": {"FunctionVersion": "7"}}
    )
    assert done(DEPLOY, found=found, known=other).direct == {}


def test_a_body_is_noted() -> None:
    def api(path: str) -> dict[str, Any]:
        return {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": {"paths": path}}}}

    found = ground(api("/new"), api("/old"))
    made = done(UpdateApi("Api", "id", "{}", "why"), found=found)
    assert made.direct == {"Api": {"Body": digest({"paths": "/new"})}}


def test_what_somebody_elses_deploy_may_have_changed_is_doubted() -> None:
    direct = {"A": {"Code": "c", "Timeout": "x"}, "L": {"Content": "c", "Arn": "a"}, "Alias": {"FunctionVersion": "7"}}
    assert doubted(direct) == {
        "A": {"Code": "c", "Timeout": DOUBT},
        "L": {"Content": "c", "Arn": "a"},
        "Alias": {"FunctionVersion": DOUBT},
    }

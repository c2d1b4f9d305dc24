from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from localstack_lite.model.blueprint import SLOT, StackBlueprint
from localstack_lite.sync.ground import DOUBT
from localstack_lite.sync.look import Sight, bucket_of, look
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.push import Push, PushOptions
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import ACCOUNT, BUCKET, REGION, ScriptedCloud
from tests.sync.scripted_project import ScriptedProject


def shop(tmp_path: Path) -> ScriptedCloud:
    cloud = ScriptedCloud()
    Push(Desk(cloud, tmp_path).site(), ScriptedProject(), PushOptions(yes=True)).run()
    cloud.restart()
    return cloud


def seen(cloud: ScriptedCloud, manifest: Manifest) -> Sight:
    def stacks() -> Sequence[StackBlueprint]:
        return ScriptedProject().blueprint().stacks

    stack = cloud.stacks["shop-dev"].remote if cloud.stacks else None
    return look(cloud.reader, ACCOUNT, REGION, stack, manifest, stacks, "shop-dev")


def test_of_a_stack_that_is_new_to_this_machine_everything_is_read(tmp_path: Path) -> None:
    cloud = shop(tmp_path)
    sight = seen(cloud, Manifest())
    assert cloud.asked == ["resources", "templates", "functions"]
    assert sight.manifest.templates[""]["Resources"]["Hello"]["Properties"]["Code"] == {SLOT: "Hello"}
    assert sight.manifest.bucket == BUCKET
    assert sight.manifest.deployed["Hello"] == cloud.function("Hello").sha256
    assert sight.remote.functions["Hello"].name == cloud.physical("Hello")


def test_of_a_stack_that_is_what_it_was_only_the_functions_are_asked_for(tmp_path: Path) -> None:
    cloud = shop(tmp_path)
    first = seen(cloud, Manifest())
    cloud.restart()
    again = seen(cloud, first.manifest)
    assert cloud.asked == ["functions"]
    assert again == first


def test_a_function_that_is_gone_is_lost(tmp_path: Path) -> None:
    cloud = shop(tmp_path)
    del cloud.functions[cloud.physical("Hello")]
    remote = seen(cloud, Manifest()).remote
    assert remote.lost == ("Hello",)
    assert "Hello" not in remote.functions


def test_what_was_set_directly_is_doubted_after_somebody_elses_deploy_and_forgotten_with_its_stack(
    tmp_path: Path,
) -> None:
    cloud = shop(tmp_path)
    direct = {"Web": {"Body": "d1"}}
    stack = cloud.stacks["shop-dev"].remote
    older = Manifest(stack_id=stack.id, stack_updated="long ago", direct=direct)
    assert seen(cloud, older).manifest.direct == {"Web": {"Body": DOUBT}}
    other = Manifest(stack_id="another stack", direct=direct)
    assert seen(cloud, other).manifest.direct == {}


def test_without_a_stack_nothing_is_asked_and_only_the_bucket_and_the_number_are_kept() -> None:
    cloud = ScriptedCloud()
    known = Manifest("gone", "2026", BUCKET, uploaded=frozenset({"a"}), release=4, direct={"A": {"B": "c"}})
    sight = seen(cloud, known)
    assert cloud.asked == []
    assert sight.manifest == Manifest(bucket=BUCKET, uploaded=frozenset({"a"}), release=4)


def test_only_a_key_of_ours_names_our_bucket() -> None:
    def template(bucket: object, key: str) -> dict[str, dict[str, object]]:
        code = {"S3Bucket": bucket, "S3Key": key}
        return {"": {"Resources": {"A": {"Properties": {"Code": code}}, "B": {"Type": "T"}}}}

    assert bucket_of(template("mine", "shop-dev/code/00.zip"), "shop-dev") == "mine"
    assert bucket_of(template("theirs", "f00"), "shop-dev") == ""
    assert bucket_of(template({"Ref": "Bucket"}, "shop-dev/code/00.zip"), "shop-dev") == ""

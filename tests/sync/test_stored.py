"""What is taken for uploaded, and what is."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.sync.look import Sight
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.remote import Remote
from localstack_lite.sync.steps import DeployStack, Plan, UploadCode
from localstack_lite.sync.stored import in_doubt, keys, looked_up
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import BUCKET, ScriptedCloud

DEPLOY = Plan((DeployStack("shop-dev", "tags", False, {}),))
DIRECT = Plan((UploadCode("A", "shop-A", "sha", "its code changed"),))


def sight(*uploaded: str) -> Sight:
    return Sight(Remote("1", "r"), Manifest(bucket=BUCKET, uploaded=frozenset(uploaded)))


def test_only_a_deploy_relies_on_what_was_uploaded_before() -> None:
    assert in_doubt(DEPLOY, sight("shop-dev/code/a.zip"))
    assert not in_doubt(DIRECT, sight("shop-dev/code/a.zip"))
    assert not in_doubt(DEPLOY, sight())


def test_only_what_is_there_stays_known(tmp_path: Path) -> None:
    cloud = ScriptedCloud()
    cloud.buckets[BUCKET] = {"shop-dev/code/a.zip": "a", "shop-dev/code/b.zip": "b", "other/code/c.zip": "c"}
    site = Desk(cloud, tmp_path).site()
    found = looked_up(site, sight("shop-dev/code/a.zip", "shop-dev/code/gone.zip"))
    assert found == sight("shop-dev/code/a.zip")
    assert cloud.asked == ["objects"]
    assert keys(site, BUCKET) == {"shop-dev/code/a.zip", "shop-dev/code/b.zip"}


def test_without_a_bucket_nobody_is_asked(tmp_path: Path) -> None:
    cloud = ScriptedCloud()
    assert keys(Desk(cloud, tmp_path).site(), "") == frozenset()
    assert cloud.asked == []

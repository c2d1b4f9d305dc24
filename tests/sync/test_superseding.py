from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.sync.doors import Superseded
from localstack_lite.sync.release import ReleaseState
from localstack_lite.sync.remote import RemoteFunction
from localstack_lite.sync.superseding import named_by
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import ScriptedCloud, released

NOW = RemoteFunction("Hello", "shop-Hello", "arn", "theirs", modified="2026-11-22T05:00:00.000+0000")
OURS = released(7, token="ours")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(ScriptedCloud(), tmp_path)
    desk.cloud.records = {7: OURS}
    return desk


def what(desk: Desk, now: RemoteFunction | None = NOW, bucket: str = "bucket") -> str:
    error = named_by(desk.site(), Superseded("Hello", now, "Hello", "changed"), bucket, OURS)
    assert error.where == "Hello"
    assert "devserve sync dev" in error.hint
    return error.what


def test_a_push_of_somebody_else_is_named(desk: Desk) -> None:
    desk.cloud.records[8] = released(8, state=ReleaseState.DONE)
    assert what(desk).startswith("mia@desk pushed release 8 at ")


def test_of_others_aws_only_knows_when(desk: Desk) -> None:
    assert what(desk) == "somebody else changed it (2026-11-22T05:00:00.000+0000) since the plan was made"
    assert what(desk, bucket="") == what(desk)


def test_a_deleted_function_is_said_to_be(desk: Desk) -> None:
    assert what(desk, None) == "somebody deleted the function since the plan was made"


def test_when_the_bucket_cannot_be_asked_the_time_has_to_do(desk: Desk) -> None:
    desk.cloud.records[8] = released(8)
    site = desk.site()
    desk.cloud.fail(1)
    assert "2026-11-22" in named_by(site, Superseded("Hello", NOW, "Hello", "changed"), "bucket", OURS).what

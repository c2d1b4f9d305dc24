"""A stage, as one object and as lines."""

from __future__ import annotations

import json

from localstack_lite.cli import stage_status
from localstack_lite.sync.release import Code, Release, ReleaseState
from localstack_lite.sync.running import Running
from localstack_lite.sync.situation import Situation
from localstack_lite.sync.status import Counts, FunctionStatus, Status

ORDERS = FunctionStatus(
    "Orders", "shop-dev-Orders-1", "python3.12", 256, 4200, "2026-11-22T10:00:00.000+0000", "Active", ("live → 7",)
)


def release(number: int, state: ReleaseState = ReleaseState.DONE) -> Release:
    return Release(number, 0.0, "ann@box", "t", state, {"Orders": Code("abc=")}, ("Orders",))


def situation(*releases: Release, interrupted: Running | None = None) -> Situation:
    status = Status(
        "dev",
        "shop-dev",
        "123456789012",
        "eu-west-2",
        "UPDATE_COMPLETE",
        release=releases[-1] if releases else None,
        functions=(ORDERS,),
        drift=("Orders: code",),
        urls={"Shop": "https://x/dev"},
    )
    return Situation(status, releases, interrupted, "bucket")


def test_the_object_has_everything_and_is_json() -> None:
    made = json.loads(json.dumps(stage_status.record(situation(release(1), release(2)))))
    assert (made["stage"], made["state"], made["release"], made["bucket"]) == ("dev", "UPDATE_COMPLETE", 2, "bucket")
    assert made["functions"][0]["logicalId"] == "Orders"
    assert made["functions"][0]["invocations"] is None
    assert [one["number"] for one in made["releases"]] == [1, 2]
    assert made["releases"][0]["codeSha256"] == {"Orders": "abc="}


def test_counts_are_figures_when_somebody_answered() -> None:
    counted = FunctionStatus("Orders", "n", "python3.12", 256, 1, "", counts=Counts(12, 3))
    status = Status("dev", "shop-dev", "123456789012", "eu-west-2", "CREATE_COMPLETE", functions=(counted,))
    function = stage_status.record(Situation(status))["functions"][0]
    assert (function["invocations"], function["errors"]) == (12, 3)


def test_people_see_the_last_releases_and_which_of_them_failed() -> None:
    releases = [release(number, ReleaseState.FAILED if number == 6 else ReleaseState.DONE) for number in range(1, 8)]
    lines = stage_status.text(situation(*releases)).splitlines()
    earlier = lines[lines.index("before that:") + 1 :]
    assert [line.split()[1] for line in earlier] == ["6", "5", "4", "3"]
    assert "(failed): Orders" in earlier[0]


def test_an_interrupted_push_is_told() -> None:
    running = Running(3, "t", 0.0, "ann@box", ("Orders: code",), ())
    assert "release 3 was interrupted" in stage_status.text(situation(release(1), interrupted=running))
    assert "interrupted" in stage_status.record(situation(release(1), interrupted=running))["interrupted"]

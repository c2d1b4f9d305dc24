from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.errors import RemoteError
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.release import ReleaseState
from localstack_lite.sync.releasing import Overtaken, Releasing
from localstack_lite.sync.running import Running
from localstack_lite.sync.site import Site
from localstack_lite.sync.steps import UploadCode
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import ScriptedCloud, released

STEP = UploadCode("Orders", "shop-Orders", "sha", "")
CUT = Running(7, "token of then", 1.0, "ana@laptop", ("code of Orders",))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(ScriptedCloud(), tmp_path)
    desk.cloud.buckets["bucket"] = {}
    return desk


def claimed(site: Site, known: int = 6, resumed: Running | None = None, bucket: str = "bucket") -> Releasing:
    one = Releasing(site, bucket, known, resumed)
    one.claim([STEP])
    return one


def test_a_release_is_noted_here_before_it_is_claimed_there(desk: Desk) -> None:
    site = desk.site()
    desk.cloud.fail(1)
    with pytest.raises(RemoteError):
        claimed(site)
    running = site.journal.running()
    assert running is not None
    assert (running.release, running.steps, running.done) == (7, ("code of Orders",), ())


def test_done_means_both_records_are_closed_and_nothing_runs(desk: Desk) -> None:
    site = desk.site()
    one = claimed(site)
    one.note(STEP)
    one.succeed(one.release, Manifest(bucket="bucket"), ())
    assert desk.cloud.records[7].state is ReleaseState.DONE
    assert site.journal.release(7) == desk.cloud.records[7]
    assert site.journal.manifest() == Manifest(bucket="bucket", release=7)
    assert site.journal.running() is None


def test_a_failure_says_what_was_done_before_it(desk: Desk) -> None:
    site = desk.site()
    one = claimed(site)
    one.note(STEP)
    one.fail(one.release, Manifest(), "refused")
    assert desk.cloud.records[7].state is ReleaseState.FAILED
    assert desk.cloud.records[7].done == ("code of Orders",)
    running = site.journal.running()
    assert running is not None
    assert running.failed == "refused"
    assert site.journal.manifest().release == 7


def test_a_failure_without_a_network_keeps_the_number_for_the_next_run(desk: Desk) -> None:
    site = desk.site()
    one = claimed(site)
    desk.cloud.fail(1)
    one.fail(one.release, Manifest(), "the network was lost")
    assert site.journal.manifest().release == 6
    again = desk.site()
    assert claimed(again, 6, again.journal.running()).number == 7


def test_a_push_that_was_cut_off_goes_on_under_its_number_and_token(desk: Desk) -> None:
    desk.cloud.records[7] = released(7, token=CUT.token)
    one = claimed(desk.site(), 6, CUT)
    assert (one.number, one.release.token) == (7, CUT.token)
    assert claimed(desk.site(), 7, CUT).number == 8


def test_a_number_that_is_somebody_elses_is_never_written_over(desk: Desk) -> None:
    desk.cloud.records = {number: released(number, state=ReleaseState.DONE) for number in (7, 8)}
    site = desk.site()
    with pytest.raises(Overtaken) as caught:
        claimed(site)
    assert caught.value.newest.number == 8
    assert site.journal.running() is None
    desk.cloud.records[9] = released(9, at=desk.clock)
    with pytest.raises(RemoteError, match="mia@desk is pushing release 9"):
        claimed(desk.site())


def test_without_a_bucket_records_are_kept_here_only(desk: Desk) -> None:
    site = desk.site()
    one = claimed(site, bucket="")
    one.succeed(one.release, Manifest(), ())
    assert desk.cloud.asked == []
    assert site.journal.release(7) is not None

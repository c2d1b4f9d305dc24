from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.errors import RemoteError
from localstack_lite.sync.steps import Change, UploadCode
from localstack_lite.sync.tally import Tally
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import ScriptedCloud


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(ScriptedCloud(), tmp_path)


def test_it_counts_from_when_it_was_made(desk: Desk) -> None:
    site = desk.site()
    site.reader.account()
    tally = Tally(site)
    site.reader.account()
    site.writer.bucket(site.stage, "1")
    desk.clock += 1.5
    end = tally.end()
    assert (end.calls, end.writes, end.ms, end.ok) == (2, 1, 1500.0, True)
    assert desk.end == end


def test_what_was_done_is_only_listed_when_it_did_not_end_well(desk: Desk) -> None:
    tally = Tally(desk.site())
    tally.release, tally.steps = 7, (UploadCode("Orders", "shop-Orders", "sha", ""),)
    tally.changes = (Change("Api", "AWS::ApiGateway::RestApi", "add"),)
    tally.urls = ("https://a1.example/",)
    end = tally.end()
    assert (end.release, end.functions, end.apis, end.done) == (7, ("Orders",), ("Api",), ())
    assert end.urls == ("https://a1.example/",)
    assert tally.end(False, "dev", "lost").done == ("code of Orders",)


def test_errors_are_told_as_the_end_and_raised(desk: Desk) -> None:
    tally = Tally(desk.site())
    with pytest.raises(RemoteError), tally.telling():
        raise RemoteError("dev", "refused", "look")
    assert (desk.end.ok, desk.end.where, desk.end.what, desk.end.hint) == (False, "dev", "refused", "look")


def test_ctrl_c_is_told_as_the_end_and_raised(desk: Desk) -> None:
    with pytest.raises(KeyboardInterrupt), Tally(desk.site()).telling():
        raise KeyboardInterrupt
    assert (desk.end.ok, desk.end.what) == (False, "interrupted")

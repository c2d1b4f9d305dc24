from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.errors import RemoteError
from localstack_lite.model.push_facts import StageFound
from localstack_lite.sync.push import Push, PushOptions
from localstack_lite.sync.situation import situation
from localstack_lite.sync.status import Counts
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import BUCKET, ScriptedCloud
from tests.sync.scripted_project import ScriptedProject


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(ScriptedCloud(), tmp_path / ".devserve")


def push(desk: Desk, project: ScriptedProject) -> None:
    Push(desk.site(), project, PushOptions(yes=True)).run()


def test_it_says_what_is_there_and_what_was_pushed_and_writes_nothing(desk: Desk) -> None:
    project = ScriptedProject()
    push(desk, project)
    project.settings["Hello"] = {"MemorySize": 512}
    push(desk, project)
    site = desk.site()
    found = situation(site, lambda remote: {id: Counts(7, 1) for id in remote.functions})
    assert found.status.state == "CREATE_COMPLETE"
    assert [one.counts for one in found.status.functions] == [Counts(7, 1), Counts(7, 1)]
    assert [release.number for release in found.releases] == [1, 2]
    assert found.status.release == found.releases[-1]
    assert any(line.startswith("Hello") for line in found.status.drift)
    assert (found.interrupted, found.bucket) == (None, BUCKET)
    assert (desk.cloud.log, site.writer.calls) == ([], 0)
    assert desk.told(StageFound)


def test_before_the_first_push_there_is_none(desk: Desk) -> None:
    found = situation(desk.site(), lambda remote: pytest.fail("nobody is to be asked"))
    assert (found.status.state, found.status.functions, found.releases) == ("", (), ())
    assert not desk.folder.exists()


def test_an_interrupted_push_is_part_of_it(desk: Desk) -> None:
    project = ScriptedProject()
    push(desk, project)
    project.code["Hello"] = "hello 2"
    site = desk.site()
    desk.cloud.fail(4)
    with pytest.raises(RemoteError):
        Push(site, project).run()
    found = situation(desk.site())
    assert found.interrupted is not None
    assert found.interrupted.release == 2

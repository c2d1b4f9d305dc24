"""What a push remembers of itself; what it does is in `test_push`."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.errors import RemoteError
from localstack_lite.sync.aliases import UNPUBLISHED
from localstack_lite.sync.push import Push, PushOptions
from tests.sync.desk import Desk
from tests.sync.scripted_cloud import ScriptedCloud
from tests.sync.scripted_project import ScriptedProject
from tests.sync.test_storm import ALIAS


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(ScriptedCloud(), tmp_path / ".devserve")


@pytest.fixture
def project(desk: Desk, tmp_path: Path) -> ScriptedProject:
    project = ScriptedProject({"Alpha": "alpha 1"}, resources=dict(ALIAS), folder=tmp_path)
    Push(desk.site(), project, PushOptions(yes=True)).run()
    return project


def test_what_a_stack_deploy_leaves_is_known_without_reading_it_again(desk: Desk, project: ScriptedProject) -> None:
    manifest = desk.site().journal.manifest()
    assert manifest.stack_id == desk.cloud.stacks["shop-dev"].remote.id
    assert manifest.deployed == {"Alpha": project.wanted("Alpha")}
    assert {one.id for one in manifest.resources} >= {"Alpha", "AlphaLive"}
    assert len(manifest.uploaded) == 1
    Push(desk.site(), project).run()
    assert desk.cloud.asked == ["stack", "functions"]


def test_the_code_of_a_release_is_kept_here(desk: Desk, project: ScriptedProject) -> None:
    journal = desk.site().journal
    release = journal.release(1)
    assert release is not None
    package = project.package(project.blueprint())[0]["Alpha"]
    assert release.functions["Alpha"].sha256 == package.sha256
    assert journal.code(package.hex) is not None


def test_an_alias_that_was_not_set_any_more_is_set_by_the_next_push(desk: Desk, project: ScriptedProject) -> None:
    project.code["Alpha"] = "alpha 2"
    site = desk.site()
    desk.cloud.fail(5)
    with pytest.raises(RemoteError):
        Push(site, project).run()
    assert desk.cloud.log == ["claim 2", "update_code Alpha", "finish 2 failed"]
    assert site.journal.manifest().direct["AlphaLive"] == {"FunctionVersion": UNPUBLISHED}
    Push(desk.site(), project).run()
    assert desk.cloud.log == ["claim 3", "publish_version Alpha", "update_alias AlphaLive 2", "finish 3 done"]
    assert desk.cloud.published("Alpha") == project.wanted("Alpha")


def test_only_what_changed_is_named_in_the_record(desk: Desk, project: ScriptedProject) -> None:
    project.code["Beta"] = "beta 1"
    Push(desk.site(), project).run()
    record = desk.cloud.records[2]
    assert (record.changed, record.stack) == (("Beta",), True)
    assert record.functions.keys() == {"Alpha", "Beta"}

"""The same input is the same zip: in another folder, at another time, with other file times and modes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.live.cloud import Cloud
from tests.live.fault_proxy import FaultProxy
from tests.live.packing import code_sha256, files_in
from tests.live.staged import Project, staged

pytestmark = pytest.mark.live

EDIT = ("report/report.py", "all is well", "all is the same")
YEAR_2001 = 1_000_000_000


def zips(project: Project) -> dict[str, str]:
    return {name: project.sha256(name) for name in ("ListOrders", "PlaceOrder", "Report")}


def test_two_checkouts_push_the_same_bytes(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> None:
    first = staged(tmp_path / "one", proxy, cloud)
    first.sync()
    pushed = zips(first)
    objects = {key for key in first.objects(first.buckets[0]) if key.endswith(".zip")}
    cloud.reset()
    second = staged(tmp_path / "a quite different" / "folder", proxy, cloud)
    for path in second.folder.rglob("*"):
        os.utime(path, (YEAR_2001, YEAR_2001))
        if path.is_file() and path.suffix == ".py":
            path.chmod(0o600)
    second.sync()
    assert zips(second) == pushed
    assert {key for key in second.objects(second.buckets[0]) if key.endswith(".zip")} == objects


def test_a_second_checkout_of_the_same_code_has_nothing_to_push(pushed: Project, tmp_path: Path) -> None:
    other = staged(tmp_path / "elsewhere", pushed.proxy, pushed.cloud)
    ended = other.sync()
    assert pushed.proxy.count("UpdateFunctionCode") == 0
    assert ended.end["functions"] == []


def test_what_a_run_leaves_behind_is_not_in_the_zip(pushed: Project) -> None:
    before = pushed.sha256("Report")
    cache = pushed.folder / "report" / "__pycache__"
    cache.mkdir()
    (cache / "report.cpython-311.pyc").write_bytes(b"\x00" * 64)
    (pushed.folder / "report" / ".DS_Store").write_bytes(b"mac")
    pushed.sync()
    assert pushed.sha256("Report") == before
    assert pushed.proxy.writes() == []


def test_code_that_went_there_and_back_is_what_it_was(pushed: Project) -> None:
    before = pushed.sha256("Report")
    file, old, new = EDIT
    pushed.edit(file, old, new)
    pushed.sync()
    there = pushed.pushed_code("Report")
    assert pushed.sha256("Report") == code_sha256(there) != before
    assert set(files_in(there)) == {"report.py"}
    pushed.edit(file, new, old)
    pushed.sync()
    assert pushed.sha256("Report") == before


def test_a_project_that_moved_goes_on_where_it_was(pushed: Project) -> None:
    moved = pushed.folder.with_name("moved")
    shutil.move(pushed.folder, moved)
    there = Project(moved, pushed.home, pushed.proxy, pushed.cloud)
    there.sync()
    assert there.proxy.writes() == []

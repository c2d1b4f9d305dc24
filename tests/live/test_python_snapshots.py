"""SnapStart in our Python runtime: the calls around a snapshot, in AWS's order, and what comes of those that fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.runtimes import AWS, OURS, running

pytestmark = pytest.mark.live

SNAP_START = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}

SOURCE = """
from snapshot_restore_py import register_before_snapshot, register_after_restore
seen = ["import"]

@register_before_snapshot
def one():
    seen.append("before one")

@register_before_snapshot
def two():
    seen.append("before two")

def given(*args, **kwargs):
    seen.append(f"after {args} {kwargs}")

register_after_restore(given, 1, word="x")

@register_after_restore
def three():
    seen.append("after three")

def handler(event, context):
    return seen
"""


#: As on a machine without AWS's package.
WITHOUT_PACKAGES = "import sys\nsys.path[:] = [folder for folder in sys.path if 'site-packages' not in folder]\n"


@pytest.mark.parametrize(
    ("runtime", "source"),
    [(OURS, WITHOUT_PACKAGES + SOURCE), (OURS, SOURCE), (AWS, SOURCE)],
    ids=["our module", "AWS's module", "AWS's runtime"],
)
def test_calls_run_around_the_snapshot_in_awss_order(tmp_path: Path, runtime: str, source: str) -> None:
    with running(tmp_path, source, runtime=runtime, environ=SNAP_START) as started:
        started.api.wait_for_snapshot()
        assert started.api.polls == 0
        started.api.restore()
        for _ in range(2):
            assert started.ask().json() == [
                "import",
                "before two",
                "before one",
                "after (1,) {'word': 'x'}",
                "after three",
            ]
        assert started.api.snapshots == 1


def test_without_snap_start_no_call_runs_and_the_module_is_there_all_the_same(tmp_path: Path) -> None:
    with running(tmp_path, WITHOUT_PACKAGES + SOURCE) as started:
        assert started.ask().json() == ["import"]
        assert started.api.snapshots == 0


def test_a_module_of_the_projects_own_is_the_one_that_counts(tmp_path: Path) -> None:
    (tmp_path / "snapshot_restore_py.py").write_text(
        "def get_before_snapshot():\n    return []\ndef get_after_restore():\n    return [(print, ('theirs',), {})]\n"
    )
    source = "import snapshot_restore_py\ndef handler(event, context):\n    return snapshot_restore_py.__file__\n"
    with running(tmp_path, source, environ=SNAP_START) as started:
        started.api.restore()
        assert started.ask().json() == str(tmp_path / "snapshot_restore_py.py")
        assert started.end() == ["theirs\n"]


FAILING = {
    "before": ("register_before_snapshot", "init_error", "Runtime.BeforeSnapshotError", 64),
    "after": ("register_after_restore", "restore_error", "Runtime.AfterRestoreError", 65),
}


@pytest.mark.parametrize("raised", ["ValueError('no')", "SystemExit(3)"])
@pytest.mark.parametrize("case", FAILING)
def test_a_call_that_fails_is_posted_and_ends_the_process_as_awss_does(tmp_path: Path, case: str, raised: str) -> None:
    register, posted, error_type, status = FAILING[case]
    source = f"""
import snapshot_restore_py
def fails():
    raise {raised}
snapshot_restore_py.{register}(fails)
def handler(event, context):
    return "never"
"""
    told = []
    for runtime in (OURS, AWS):
        with running(tmp_path, source, runtime=runtime, environ=SNAP_START) as started:
            started.api.restore()
            error = started.api.wait(posted)
            assert started.wait() == status
            assert error.headers["lambda-runtime-function-error-type"] == error_type
            told.append(error.json())
    ours, aws = told
    assert ours["errorType"] == aws["errorType"] == raised.partition("(")[0]
    assert ours["errorMessage"] == aws["errorMessage"]
    assert ours["stackTrace"][-1] == aws["stackTrace"][-1]
    assert "devserve_runtime" not in "".join(ours["stackTrace"])

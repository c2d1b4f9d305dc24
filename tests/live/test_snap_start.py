"""SnapStart from end to end: a published version is initialised, restored, and then invoked, with its hooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.devserver import devserve
from tests.live.templates import function, sam

pytestmark = pytest.mark.live

APP = """
from snapshot_restore_py import register_after_restore, register_before_snapshot
seen = []
register_before_snapshot(seen.append, "before")
register_after_restore(seen.append, "after")
def handler(event, context):
    return [context.function_version, *seen]
"""
BAD = """
import snapshot_restore_py
@snapshot_restore_py.register_after_restore
def fails():
    raise ValueError("no connection")
def handler(event, context):
    return "never"
"""


def snapped(handler: str, name: str) -> dict[str, object]:
    settings = {"AutoPublishAlias": "live", "SnapStart": {"ApplyOn": "PublishedVersions"}}
    return function(handler, FunctionName=name, Runtime="python3.12", **settings)


def test_hooks_run_around_the_snapshot_of_a_published_version(tmp_path: Path) -> None:
    template = sam({"Snapped": snapped("app.handler", "snapped"), "Bad": snapped("bad.handler", "bad")})
    with devserve(tmp_path, {"template.json": template, "app.py": APP, "bad.py": BAD}) as server:
        answer = server.invoke("snapped:live", {}, tail=True)
        assert (answer.error, answer.payload[1:]) == (None, ["before", "after"]), answer.reply.text
        log = "".join(server.log("snapped"))
        assert "RESTORE_START Runtime Version: python:3.12" in log
        assert "RESTORE_REPORT Restore Duration: " in log
        assert "Restore Duration: " in answer.log
        assert server.invoke("snapped", {}).payload == ["$LATEST"]

        failed = server.invoke("bad:live", {})
        assert (failed.status, failed.error) == (200, "Unhandled")
        assert (failed.payload["errorType"], failed.payload["errorMessage"]) == ("ValueError", "no connection")

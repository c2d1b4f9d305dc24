"""Each save pushed: `devserve sync STAGE --watch`, and `devserve --sync STAGE`, which serves it locally as well."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.live import faults
from tests.live.cloud import Cloud, environ
from tests.live.deadline import eventually
from tests.live.devserver import devserve
from tests.live.fault_proxy import FaultProxy
from tests.live.packing import files_in
from tests.live.staged import Project, Running, staged

pytestmark = pytest.mark.live

REPORT = "report/report.py"


@contextmanager
def watching(project: Project, *options: str) -> Iterator[Running]:
    """`sync dev --watch`, after its first push; stopped by Ctrl-C, which has to be a good end."""
    with project.started("sync", "dev", "--watch", "--yes", "--json", *options) as running:
        running.wait_for("sync")
        yield running
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGINT)
        ended = running.wait(15)
        assert ended.code in (0, 130), ended.stderr
        assert "Traceback" not in ended.stderr


def of_release(running: Running, release: int) -> dict[str, Any]:
    """The `sync` fact of that release, waited for."""
    found = eventually(
        lambda: [fact for fact in running.facts("sync") if fact["release"] == release and fact["ok"]],
        seconds=20,
        what=f"release {release}",
    )
    return found[0]


def test_a_save_is_pushed(pushed: Project) -> None:
    with watching(pushed) as running:
        pushed.edit(REPORT, "all is well", "all is very well")
        assert of_release(running, 2)["functions"] == ["Report"]
        assert "all is very well" in files_in(pushed.pushed_code("Report"))["report.py"]
        pushed.edit("template.yaml", "MemorySize: 128", "MemorySize: 192")
        of_release(running, 3)
        assert pushed.configuration("Report")["MemorySize"] == 192


def test_a_newer_save_while_pushing_is_pushed_after(pushed: Project) -> None:
    with watching(pushed) as running:
        held = pushed.proxy.hold("UpdateFunctionCode")
        pushed.edit(REPORT, "all is well", "all is well, the second time")
        assert held.reached.wait(20), running.stderr
        pushed.edit(REPORT, "the second time", "the third time")
        held.open()
        eventually(
            lambda: "the third time" in files_in(pushed.pushed_code("Report"))["report.py"],
            seconds=20,
            what=f"the newest is pushed\n{running.stderr}",
        )
        eventually(lambda: running.facts("sync")[-1]["release"] >= 2, what="told")


def test_a_push_that_fails_does_not_end_the_watch(pushed: Project) -> None:
    with watching(pushed) as running:
        pushed.proxy.always("UpdateFunctionCode", faults.denied("lambda:UpdateFunctionCode"))
        pushed.edit(REPORT, "all is well", "all is very well")
        failed = eventually(
            lambda: [fact for fact in running.facts("sync") if not fact["ok"]], seconds=20, what="a sync that failed"
        )
        assert failed[0]["what"]
        assert running.process.poll() is None
        pushed.proxy.calm()
        pushed.edit(REPORT, "all is very well", "all is best")
        eventually(lambda: running.facts("sync")[-1]["ok"], seconds=20, what="the next push is good")
        assert "all is best" in files_in(pushed.pushed_code("Report"))["report.py"]


def test_a_template_that_breaks_does_not_end_the_watch(pushed: Project) -> None:
    with watching(pushed) as running:
        sound = (pushed.folder / "template.yaml").read_text()
        (pushed.folder / "template.yaml").write_text(sound.replace("Resources:", "Resources: [", 1))
        eventually(lambda: "template.yaml" in running.stderr + running.stdout, seconds=20, what="the problem is told")
        assert pushed.proxy.writes() == []
        (pushed.folder / "template.yaml").write_text(sound.replace("MemorySize: 128", "MemorySize: 192"))
        eventually(lambda: pushed.configuration("Report")["MemorySize"] == 192, seconds=20, what="pushed")
        assert running.process.poll() is None


@pytest.fixture
def known(tmp_path: Path, proxy: FaultProxy, cloud: Cloud) -> Project:
    """Pushed once from the folder that devserve is going to serve: it is known to be a stage of development."""
    project = staged(tmp_path, proxy, cloud)
    project.sync()
    project.proxy.forget()
    return project


def test_a_save_is_served_at_once_and_pushed(tmp_path: Path, known: Project) -> None:
    with devserve(tmp_path, None, "--sync", "dev", environ=environ(USER="ann")) as server:
        assert server.get("/report").status == 200
        held = known.proxy.hold("UpdateFunctionCode")
        known.edit(REPORT, "all is well", "all is very well")
        eventually(lambda: "all is very well" in server.get("/report").text, what="it is served")
        assert held.reached.wait(20), server.stderr
        assert "all is very well" in server.get("/report").text, "served while it is pushed"
        held.open()
        pushed = server.fact("sync", lambda fact: fact["release"] == 2, seconds=20)
        assert pushed["ok"] is True
        assert "all is very well" in files_in(known.pushed_code("Report"))["report.py"]


def test_a_push_that_fails_never_stops_the_server(tmp_path: Path, known: Project) -> None:
    known.proxy.always("*", faults.expired())
    with devserve(tmp_path, None, "--sync", "dev", environ=environ(USER="ann")) as server:
        known.edit(REPORT, "all is well", "all is very well")
        server.fact("sync", lambda fact: not fact["ok"], seconds=20)
        eventually(lambda: "all is very well" in server.get("/report").text, what="it is served")
        known.proxy.calm()
        known.edit(REPORT, "all is very well", "all is best")
        server.fact("sync", lambda fact: fact["ok"], seconds=20)
        assert "all is best" in files_in(known.pushed_code("Report"))["report.py"]


def test_a_stage_that_is_not_there_is_told_before_anything_is_served(tmp_path: Path, known: Project) -> None:
    told = known.run("--port", "0", "--lambda-port", "0", "--sync", "staging")
    assert "staging" in told.complaint(2)

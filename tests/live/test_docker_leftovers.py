"""However devserve ends, no container of it stays behind: not a busy one, not a paused one, not a prepared one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.live import containers, docker_engine, processes
from tests.live.deadline import eventually
from tests.live.devserver import DOCKER, GOOD_EXITS, STOP_SECONDS, Devserve, devserve
from tests.live.docker_projects import settings
from tests.live.templates import function, sam

pytestmark = [*docker_engine.MARKS, processes.needs_proc]

APP = """
import subprocess, sys, time
def quick(event, context):
    return "quick"
def sleeps(event, context):
    time.sleep(50)
def daemonises(event, context):
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    subprocess.Popen(command, start_new_session=True)
    return "left a daemon"
"""
TEMPLATE = sam(
    {
        name: function(f"app.{handler}", FunctionName=name.lower(), MemorySize=1769, Timeout=60)
        for name, handler in (("Quick", "quick"), ("Sleeps", "sleeps"), ("Daemonises", "daemonises"))
    }
)


@contextmanager
def busy(folder: Path) -> Iterator[Devserve]:
    """A devserve with an idle environment, which is frozen, one with a daemon in it, and one in the middle of an
    invocation. A paused container cannot notice that its devserve is gone."""
    with devserve(folder, {**settings(TEMPLATE), "app.py": APP}, sandbox=DOCKER) as server:
        assert server.invoke("quick", {}).payload == "quick"
        assert server.invoke("daemonises", {}).payload == "left a daemon"
        assert server.invoke("sleeps", {}, kind="Event").status == 202
        server.fact("start", lambda fact: fact["function"] == "Sleeps")
        assert len(containers.of(server)) >= 3
        eventually(lambda: frozen(server), what="a frozen container")
        yield server


def none_is_left(server: Devserve, *, seconds: float = 5.0) -> None:
    eventually(lambda: not containers.of(server), seconds=seconds, what="all containers gone")


def frozen(server: Devserve) -> list[str]:
    return [each["Id"] for each in containers.of(server) if each and each["State"]["Paused"]]


def test_ctrl_c_leaves_no_container(tmp_path: Path) -> None:
    with busy(tmp_path) as server:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(STOP_SECONDS) in GOOD_EXITS
        assert containers.of(server) == [], "they are gone before it says that it is done"
        assert "Traceback" not in server.stderr


def test_a_second_ctrl_c_is_immediate_and_leaves_no_container(tmp_path: Path) -> None:
    with busy(tmp_path) as server:
        server.process.send_signal(signal.SIGINT)
        server.process.send_signal(signal.SIGINT)
        server.process.wait(5)
        none_is_left(server)


def test_kill_9_leaves_no_container(tmp_path: Path) -> None:
    with busy(tmp_path) as server:
        server.kill()
        none_is_left(server, seconds=10)
        server.nothing_is_left(seconds=10)


def test_what_outlived_even_its_guardians_is_removed_at_the_next_start(tmp_path: Path) -> None:
    with busy(tmp_path / "first") as first:
        guardians = [seen.pid for seen in first.own_processes()]
        for pid in guardians:
            if psutil.pid_exists(pid):
                os.kill(pid, signal.SIGSTOP)
        first.kill()
        for pid in guardians:
            if psutil.pid_exists(pid):
                os.kill(pid, signal.SIGKILL)
        assert containers.of(first), "a paused container cannot end by itself"
        with devserve(tmp_path / "second", {**settings(TEMPLATE), "app.py": APP}, sandbox=DOCKER) as second:
            assert second.invoke("quick", {}).payload == "quick"
            none_is_left(first, seconds=10)
            assert containers.of(second), "its own stay"
        none_is_left(second)


def test_two_at_once_do_not_touch_each_others_containers(tmp_path: Path) -> None:
    files = {**settings(TEMPLATE), "app.py": APP}
    with devserve(tmp_path / "first", files, sandbox=DOCKER) as first:
        assert first.invoke("quick", {}).payload == "quick"
        mine = {each["Id"] for each in containers.of(first)}
        with devserve(tmp_path / "second", files, sandbox=DOCKER) as second:
            assert second.invoke("quick", {}).payload == "quick"
        none_is_left(second)
        assert mine <= {each["Id"] for each in containers.of(first)}
        assert first.invoke("quick", {}).payload == "quick"

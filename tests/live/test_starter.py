"""The starter's forks are what fresh processes are: arguments, folder, environment, streams, exit code, signals."""

from __future__ import annotations

import signal
import subprocess
import uuid
from pathlib import Path

import psutil
import pytest

from tests.live import starter
from tests.live.commands import environment
from tests.live.devserver import run, write

pytestmark = pytest.mark.live

HANDLER = "import os\n\ndef handler(event, context):\n    print(os.getcwd())\n    return [event, os.environ['MINE']]\n"
SERVING = (".", "--port", "0", "--lambda-port", "0", "--sandbox", "process")


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (("invoke", "--sandbox", "process", "-e", "-", "--env-file", "mine.env"), '"ü"'),
        (("invoke", "--sandbox", "process", "--payload", "{"), ""),
        (("events", "list"), ""),
        (("nonsense",), ""),
        (("validate", "--json"), ""),
    ],
)
def test_a_fork_does_and_says_what_a_fresh_process_does(tmp_path: Path, arguments: tuple[str, ...], stdin: str) -> None:
    folder = write(tmp_path, {"app.py": HANDLER, "mine.env": "MINE=yes\n"})
    told = [run(folder, *arguments, stdin=stdin, fresh=fresh) for fresh in (True, False)]
    assert (told[0].code, told[0].stdout) == (told[1].code, told[1].stdout)
    differs = ("INIT_START", "START", "END", "REPORT")  # ids and times
    first, second = ([line for line in one.stderr.splitlines() if not line.startswith(differs)] for one in told)
    assert first == second


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_end_of_a_fork_is_told(tmp_path: Path, number: signal.Signals) -> None:
    folder = write(tmp_path / "project", {"app.py": HANDLER})
    started = starter.start(
        SERVING, folder, environment(uuid.uuid4().hex, tmp_path), tmp_path / "out", tmp_path / "err"
    )
    with pytest.raises(subprocess.TimeoutExpired):
        started.wait(0.05)
    assert started.poll() is None
    started.send_signal(number)
    assert started.wait(15) in (-number, 0)
    assert started.poll() == started.returncode
    assert not psutil.pid_exists(started.pid)
    started.kill()  # has no effect any more


def test_a_fork_that_does_not_end_is_killed(tmp_path: Path) -> None:
    folder = write(tmp_path / "project", {"app.py": HANDLER})
    with pytest.raises(TimeoutError, match=r"still ran after 0\.3 s"):
        starter.run(SERVING, folder, environment(uuid.uuid4().hex, tmp_path), seconds=0.3)

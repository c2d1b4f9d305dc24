"""One-off commands where Docker answers, nobody asked for it, and no image is to be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live import docker_engine, venvs
from tests.live.devserver import run, write
from tests.live.web_projects import FLASK

pytestmark = docker_engine.MARKS

#: No registry listens there.
NOWHERE = "localhost:1/nobody/python:1"
SAID = f"devserve: runs as a process: the image {NOWHERE} is not here and cannot be fetched"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    venvs.use(folder, venvs.python("flask", "flask==3.1.*"))
    settings = f'[images]\n"python3.11" = "{NOWHERE}"\n[functions.project]\nruntime = "python3.11"\n'
    jobs = "def three(event, context):\n    return 3\n"
    # Packages for a container would be installed from this list, and cannot.
    return write(
        folder, {"app.py": FLASK, "jobs.py": jobs, "devserve.toml": settings, "requirements.txt": "no-such-thing==99\n"}
    )


def test_a_command_says_in_one_line_that_it_runs_as_a_process(project: Path) -> None:
    done = run(project, "manage", "routes")
    assert (done.code, done.stderr.splitlines()) == (0, [SAID])
    assert "Rule" in done.stdout


def test_so_does_an_invocation(project: Path) -> None:
    done = run(project, "invoke", "jobs.three")
    assert (done.code, done.stdout) == (0, "3\n"), done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("devserve:")]
    assert lines == [SAID]


def test_whoever_asks_for_docker_is_told_what_is_missing(project: Path) -> None:
    done = run(project, "manage", "--sandbox", "docker", "routes")
    assert done.code == 2
    assert NOWHERE in done.stderr
    assert "runs as a process" not in done.stderr

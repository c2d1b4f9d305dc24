"""SAM CLI on the same project and the same image, where it is installed: for comparison only."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import load, projects, server
from tests.benchmarks.table import Row, middle
from tests.live import cloud as clouds
from tests.live.devserver import environment, write
from tests.live.docker_engine import missing_engine
from tests.live.docker_projects import IMAGES

RUNTIME = "python3.11"
USUAL = ("--skip-pull-image", "--invoke-image", IMAGES[RUNTIME], "-t", "template.json")


def sam_local(folder: Path) -> Iterator[Row]:
    what = ("sam local invoke, wall", "sam local start-api EAGER, p50 at 1 connection")
    why = "SAM CLI is not installed" if shutil.which("sam") is None else missing_engine()
    if why:
        for each in what:
            yield Row(each, "", None, note=why)
        return
    project = write(folder, projects.hello(Runtime=RUNTIME, MemorySize=1769))
    yield _invoke(what[0], project)
    yield from _start_api(what[1], project)


def _invoke(what: str, project: Path) -> Row:
    times = []
    for _ in range(3):
        since = time.perf_counter()
        done = subprocess.run(
            ["sam", "local", "invoke", *USUAL], cwd=project, capture_output=True, text=True, check=False
        )
        times.append(time.perf_counter() - since)
        if done.returncode != 0 or "hello" not in done.stdout:
            return Row(what, "", None, note=f"it could not: {(done.stderr.strip() or done.stdout).splitlines()[-1]}")
    return Row(what, "s", middle(times), note="for comparison")


def _start_api(what: str, project: Path) -> Iterator[Row]:
    port = server.free_port()
    line = ["sam", "local", "start-api", "-p", str(port), "--warm-containers", "EAGER", *USUAL]
    with server.running(line, project, f"http://127.0.0.1:{port}") as url:
        cold = server.first_answer(url, "/hello") * 1000
        if load.wrk() is None:
            yield Row(what, "", None, note="wrk is not installed (Debian package wrk)")
            return
        measured = load.run(f"{url}/hello", 1)
    note = f"first answer {cold:.0f} ms; {measured.rate:.0f} req/s, {measured.errors} errors"
    yield Row(what, "ms", measured.p50, note=note)


def sam_sync(folder: Path, endpoint: str, changed: Path) -> Row:
    """`sam sync --code` of the same project and stack, for one changed file; the stack is there already."""
    what = "sam sync --code, 50 functions, one file changed"
    if shutil.which("sam") is None:
        return Row(what, "", None, note="SAM CLI is not installed")
    line = ["sam", "sync", "--code", "--stack-name", "bench-dev", "-t", "template.json", "--no-dependency-layer"]
    environ = environment("sam", folder) | clouds.environ(AWS_ENDPOINT_URL=endpoint, SAM_CLI_TELEMETRY="0")
    times = []
    for number in range(3):
        changed.write_text(projects.HELLO % f"hello from sam {number}", encoding="utf-8")
        since = time.perf_counter()
        done = subprocess.run(line, cwd=folder, env=environ, capture_output=True, text=True, check=False)
        times.append(time.perf_counter() - since)
        if done.returncode != 0:
            return Row(what, "", None, note=f"it could not: {(done.stderr.strip() or done.stdout).splitlines()[-1]}")
    return Row(what, "s", middle(times), note="for comparison")

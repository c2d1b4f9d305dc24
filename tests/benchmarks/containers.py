"""What containers cost: devserve's beside `docker run` of the same image, and beside the process sandbox."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psutil

from tests.benchmarks import load, projects, server
from tests.benchmarks.table import Row, middle
from tests.live import containers
from tests.live.devserver import DOCKER, PROCESS, write
from tests.live.docker_engine import connected, missing_engine
from tests.live.docker_projects import IMAGES, settings
from tests.live.wire import send

RUNS = 7
RUNTIME = "python3.11"
PYTHON = {"Runtime": RUNTIME, "MemorySize": 1769}
"""One vCPU, so that both sides of a comparison may use as much."""


def container_cold(folder: Path) -> Iterator[Row]:
    """The first request to each of several functions, whose containers are prepared; beside `docker run` of the same
    image to its first `next`."""
    what = "cold start in a container"
    if why := missing_engine():
        yield Row(what, "", None, note=why)
        return
    files = projects.many(RUNS, **PYTHON)
    project = write(folder, {**files, **settings(files["template.json"])})
    beside = [_docker_run(project) for _ in range(RUNS)]
    with server.facts(project, sandbox=DOCKER) as (stream, pid):
        gateway = json.loads(next(stream))["gateway"]
        prepared = _prepared(pid, RUNS)
        ours = [server.first_answer(gateway, f"/fn{number}/x") * 1000 for number in range(RUNS)]
    note = f"beside docker run to its first next; {prepared} of {RUNS} were prepared"
    yield Row(what, "ms", middle(ours), middle(beside), target=0.6, note=note)


def _prepared(pid: int, wanted: int) -> int:
    """How many containers are ready when that many are, or when no more come."""
    end = time.monotonic() + 10
    while (seen := len(containers.of_process(pid))) < wanted and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(0.5)  # the last one is listed before it runs
    return seen


def _docker_run(project: Path) -> float:
    """Milliseconds from the command to the runtime's first `next`."""
    with socket.create_server(("0.0.0.0", 0)) as listener:
        listener.settimeout(20)
        port = listener.getsockname()[1]
        name = f"devserve-bench-{uuid.uuid4().hex[:8]}"
        line = ["docker", "run", "--rm", "--name", name, "-v", f"{project}:/var/task:ro"]
        line += ["-e", f"AWS_LAMBDA_RUNTIME_API={_this_machine()}:{port}", "-e", "AWS_LAMBDA_FUNCTION_NAME=hello"]
        line += ["--memory", "1769m", "--cpus", "1", IMAGES[RUNTIME], "app.handler"]
        since = time.perf_counter()
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            connection, _ = listener.accept()
            with connection:
                asked = connection.recv(4096)
                took = (time.perf_counter() - since) * 1000
                assert b"/runtime/invocation/next" in asked, asked
        finally:
            subprocess.run(["docker", "rm", "-f", name], capture_output=True, check=False)
            process.wait(20)
    return took


@cache
def _this_machine() -> str:
    """What a container calls it."""
    with connected() as engine:
        return engine.reach.name


def _hello() -> dict[str, str]:
    files = projects.hello(**PYTHON)
    return {**files, **settings(files["template.json"])}


def container_warm(folder: Path) -> Iterator[Row]:
    """With Python the image has AWS's runtime client and the process sandbox ours, so that the difference is of
    both; with Node both run ours, and the difference is the container's alone."""
    what = {
        "/python": "warm p50 in a container, Python (AWS's client)",
        "/node": "warm p50 in a container, Node (ours)",
    }
    if why := missing_engine() or _no_wrk():
        for each in what.values():
            yield Row(each, "", None, note=why)
        return
    files = projects.node_and_python(MemorySize=1769)
    project = write(folder, {**files, **settings(files["template.json"])})
    with (
        server.devserve(project, sandbox=PROCESS) as process,
        server.devserve(project, sandbox=DOCKER) as docker,
    ):
        for path, each in what.items():
            yield _beside_process(each, f"{docker}{path}", f"{process}{path}")


def _beside_process(what: str, docker: str, process: str) -> Row:
    pairs = []
    for url in (docker, process):
        load.run(url, 1, seconds=2)
    for _ in range(3):
        pairs.append((load.run(docker, 1, seconds=3), load.run(process, 1, seconds=3)))
    inside, beside = (middle(pair[side].p50 for pair in pairs) for side in (0, 1))
    rate, errors = middle(pair[0].rate for pair in pairs), sum(each.errors for pair in pairs for each in pair)
    note = f"beside the process sandbox; {rate:,.0f} req/s, {errors} errors"
    return Row(what, "ms", inside, beside, target=1.3, note=note)


def container_reload(folder: Path) -> Iterator[Row]:
    what = "save to new answer, container"
    if why := missing_engine():
        yield Row(what, "", None, note=why)
        return
    project = write(folder, _hello())
    times = []
    with server.devserve(project, sandbox=DOCKER) as gateway:
        server.first_answer(gateway, "/hello")
        for number in range(RUNS):
            time.sleep(1)  # a person's pace: the next container is prepared meanwhile
            word = f"hello-{number}"
            (project / "app.py").write_text(projects.HELLO % word, encoding="utf-8")
            since = time.perf_counter()
            while word not in send(gateway, "GET", "/hello").text:
                if time.perf_counter() - since > 10:
                    raise AssertionError("the new code never answered")
            times.append((time.perf_counter() - since) * 1000)
    yield Row(what, "ms", middle(times), target=250, note=f"worst {max(times):.0f} ms")


def node(folder: Path) -> Iterator[Row]:
    what = ("Node warm, 8 connections", "cold start of a hello in Node")
    if why := _no_wrk():
        for each in what:
            yield Row(each, "", None, note=why)
        return
    project = write(folder, projects.node_and_python())
    rates: dict[str, list[float]] = {"node": [], "python": []}
    with server.devserve(project) as url:
        for path in rates:
            load.run(f"{url}/{path}", 8, seconds=1)
        for _ in range(3):
            for path in rates:
                rates[path].append(load.run(f"{url}/{path}", 8, seconds=3).rate)
    cold: dict[str, list[float]] = {"node": [], "python": []}
    for _ in range(RUNS):
        with server.timed_start(project) as (ready, _):
            for path in cold:
                cold[path].append(server.first_answer(ready["gateway"], f"/{path}") * 1000)
    yield Row(
        what[0],
        "req/s",
        middle(rates["node"]),
        middle(rates["python"]),
        target=1,
        at_least=True,
        note="beside Python",
    )
    yield Row(what[1], "ms", middle(cold["node"]), middle(cold["python"]), note="beside Python")


def eager_fifty(folder: Path) -> Iterator[Row]:
    """All of a big project at once, warm from the start: what the machine has left."""
    what = ("50 functions EAGER in Docker, memory", "50 functions EAGER in Docker, all warm after")
    if why := missing_engine():
        for each in what:
            yield Row(each, "", None, note=why)
        return
    files = projects.many(50, Runtime=RUNTIME)
    project = write(folder, {**files, **settings(files["template.json"])})
    before = psutil.virtual_memory().available
    since = time.perf_counter()
    with server.facts(project, "--warm-containers", "EAGER", "--max-environments", "60", sandbox=DOCKER) as (stream, _):
        warm = 0
        for line in stream:
            warm += json.loads(line)["type"] == "initReport"
            if warm == 50 or time.perf_counter() - since > 180:
                break
        took = time.perf_counter() - since
        memory = psutil.virtual_memory()
    used = (before - memory.available) / 2**20
    note = f"{warm} of 50 environments; {used / 50:.0f} MB each, the machine has {memory.total / 2**20:,.0f} MB"
    yield Row(what[0], "MB", used, note=note)
    yield Row(what[1], "s", took)


def _no_wrk() -> str:
    return "" if load.wrk() else "wrk is not installed (Debian package wrk)"

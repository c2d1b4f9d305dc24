"""Many at once: throughput over connections, a burst of one-second invocations, and what an environment weighs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from tests.benchmarks import burst, load, projects, server
from tests.benchmarks.table import Row, middle
from tests.live import containers
from tests.live.devserver import DOCKER, PROCESS, write
from tests.live.docker_engine import missing_engine
from tests.live.docker_projects import settings
from tests.live.templates import function, sam

CONNECTIONS = (1, 8, 64, 256)
BURST = 500
CONTAINERS = 50
"""A burst of containers: an engine on a small machine starts a few in a second."""
RUNTIME = "python3.11"

SLOW = """import os, socket, time

def handler(event, context):
    time.sleep(1)
    return f"{socket.gethostname()} {os.getpid()} {context.log_stream_name}"
"""


def concurrency(folder: Path) -> Iterator[Row]:
    docker = missing_engine()
    yield from _throughput(folder / "hello", docker)
    yield from _burst(folder / "slow", PROCESS, BURST, "process")
    if docker:
        yield Row(f"burst of {CONTAINERS} x 1 s, containers", "", None, note=docker)
    else:
        yield from _burst(folder / "slow-docker", DOCKER, CONTAINERS, "containers")


def _throughput(folder: Path, docker: str) -> Iterator[Row]:
    names = [f"GET /hello, {number} connection{'' if number == 1 else 's'}" for number in CONNECTIONS]
    if load.wrk() is None:
        for name in names:
            yield Row(name, "", None, note="wrk is not installed (Debian package wrk)")
        return
    files = projects.hello(Runtime=RUNTIME)
    rates: dict[str, dict[int, load.Load]] = {}
    for sandbox in (PROCESS,) if docker else (PROCESS, DOCKER):
        more = settings(files["template.json"]) if sandbox == DOCKER else {}
        project = write(folder / sandbox, {**files, **more})
        with server.devserve(project, sandbox=sandbox) as url:
            rates[sandbox] = {number: _measured(f"{url}/hello", number) for number in CONNECTIONS}
    for name, number in zip(names, CONNECTIONS, strict=True):
        ours, beside = rates[PROCESS][number], rates.get(DOCKER, {}).get(number)
        errors = ours.errors + (beside.errors if beside else 0)
        note = f"beside containers; {errors} errors" if beside else f"{errors} errors; {docker}"
        yield Row(name, "req/s", ours.rate, beside.rate if beside else None, note=f"p50 {ours.p50:.1f} ms; {note}")


def _measured(url: str, connections: int) -> load.Load:
    load.run(url, connections, seconds=2)  # as many environments as it takes
    runs = [load.run(url, connections, seconds=3) for _ in range(3)]
    return load.Load(middle(one.rate for one in runs), middle(one.p50 for one in runs), sum(one.errors for one in runs))


def _burst(folder: Path, sandbox: str, count: int, what: str) -> Iterator[Row]:
    """Each in an environment of its own; then what all of these weigh together, by environment."""
    template = sam({"Slow": function("app.handler", FunctionName="slow", Timeout=30, Runtime=RUNTIME, MemorySize=256)})
    more = settings(template) if sandbox == DOCKER else {}
    project = write(folder, {"app.py": SLOW, "template.json": template, **more})
    with server.facts(project, "--max-environments", str(count + 1), "--no-reload", sandbox=sandbox) as (stream, pid):
        url = json.loads(next(stream))["lambda"]
        before = psutil.virtual_memory().available
        done = burst.run(url, "slow", count)
        weight = (before - psutil.virtual_memory().available) / 2**20
        share = sum(map(_pss, psutil.Process(pid).children(recursive=True))) / 2**10 / count
        there = len(containers.of_process(pid)) if sandbox == DOCKER else count
        again = burst.run(url, "slow", count)
    note = f"{done.places} environments, {done.errors} errors; the next such burst {again.seconds:.1f} s"
    yield Row(f"burst of {count} x 1 s, {what}", "s", done.seconds, note=note)
    if sandbox == PROCESS:
        yield Row("memory of an idle environment, process", "MB", share, note="PSS: pages shared with others in part")
    yield Row(f"memory the machine has less, {what}", "MB", weight / count, note=f"by environment, of {there}")


def _pss(process: psutil.Process) -> float:
    """In KB."""
    with suppress(OSError, psutil.Error):
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1])
    return 0.0

"""`python -m tests.benchmarks`: one table, everything measured in one run, side by side. By hand only.

Medians of several runs. What devserve is compared with is measured in the same minutes on the same machine, because
only the ratio says something about devserve; run it on an otherwise idle machine.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks import (
    concurrency,
    containers,
    django_site,
    gateways,
    load,
    projects,
    sam_cli,
    server,
    sockets,
    stages,
)
from tests.benchmarks.table import Row, lines, middle
from tests.live.devserver import run, write
from tests.live.wire import send

RUNS = 5


def throughput(folder: Path) -> Iterator[Row]:
    what = ("GET /hello, 8 connections", "GET /hello, p50 at 1 connection")
    if load.wrk() is None:
        for each in what:
            yield Row(each, "", None, note="wrk is not installed (Debian package wrk)")
        return
    write(folder, projects.hello())
    with server.bare(folder) as bare, server.devserve(folder) as ours:
        for url in (bare, ours):
            load.run(f"{url}/hello", 8, seconds=1)  # warms it up
        rates = [(load.run(f"{ours}/hello", 8), load.run(f"{bare}/hello", 8)) for _ in range(3)]
        singles = [(load.run(f"{ours}/hello", 1), load.run(f"{bare}/hello", 1)) for _ in range(3)]
    errors = sum(each.errors for pair in rates + singles for each in pair)
    note = f"{errors} errors!" if errors else "beside bare uvicorn"
    ours_rate, bare_rate = (middle(pair[side].rate for pair in rates) for side in (0, 1))
    ours_p50, bare_p50 = (middle(pair[side].p50 for pair in singles) for side in (0, 1))
    yield Row(what[0], "req/s", ours_rate, bare_rate, target=0.3, at_least=True, note=note)
    yield Row(what[1], "ms", ours_p50, bare_p50, target=2.5, note=note)


def cold_start(folder: Path) -> Iterator[Row]:
    write(folder, projects.hello())
    bare, ours = [], []
    for _ in range(RUNS):
        since = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        bare.append((time.perf_counter() - since) * 1000)
        # From ready on: the port takes connections before that, and would count the rest of devserve's own start.
        with server.timed_start(folder) as (ready, _):
            ours.append(server.first_answer(ready["gateway"], "/hello") * 1000)
    yield Row("cold start of a hello", "ms", middle(ours), middle(bare), target=4, note="beside python -c pass")


def save_to_answer(folder: Path) -> Iterator[Row]:
    write(folder, projects.hello())
    times = []
    with server.devserve(folder) as url:
        server.first_answer(url, "/hello")
        for number in range(2 * RUNS):
            word = f"hello-{number}"
            (folder / "app.py").write_text(projects.HELLO % word, encoding="utf-8")
            since = time.perf_counter()
            while word not in send(url, "GET", "/hello").text:
                if time.perf_counter() - since > 10:
                    raise AssertionError("the new code never answered")
            times.append((time.perf_counter() - since) * 1000)
    yield Row("save to new answer", "ms", middle(times), target=100, note=f"worst {max(times):.0f} ms")


def invoke(folder: Path) -> Iterator[Row]:
    write(folder, projects.hello())
    times = []
    for _ in range(RUNS + 1):
        since = time.perf_counter()
        ran = run(folder, "invoke", "--payload", "{}", "--sandbox", "process")
        times.append(time.perf_counter() - since)
        if ran.code != 0:
            raise AssertionError(ran.stderr)
    yield Row("devserve invoke, wall", "s", middle(times[1:]), target=0.5)


def ready(folder: Path) -> Iterator[Row]:
    for what, files, target in (
        ("ready, 1 function", projects.hello(), 0.6),
        ("ready, 50 functions (SAM, warm cache)", projects.many(), 1.5),
    ):
        project = write(folder / what.replace(" ", "-"), files)
        times = []
        for _ in range(RUNS + 1):
            with server.timed_start(project) as (_, seconds):
                times.append(seconds)
        yield Row(what, "s", middle(times[1:]), target=target, note=f"first time {times[0]:.2f} s")


MEASURES: tuple[Callable[[Path], Iterator[Row]], ...] = (
    throughput,
    cold_start,
    save_to_answer,
    invoke,
    ready,
    gateways.gateway,
    concurrency.concurrency,
    sockets.sockets,
    containers.container_cold,
    containers.container_warm,
    containers.container_reload,
    containers.node,
    containers.eager_fifty,
    sam_cli.sam_local,
    stages.sync,
    django_site.django,
)


def main(names: list[str]) -> int:
    rows: list[Row] = []
    for measure in MEASURES:
        if names and measure.__name__ not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            print(f"measuring {measure.__name__.replace('_', ' ')} ...", file=sys.stderr)
            try:
                rows += measure(Path(folder))
            except (AssertionError, OSError, ValueError, subprocess.SubprocessError) as error:
                name = measure.__name__.replace("_", " ")
                rows.append(Row(name, "", None, note=f"FAILED: {str(error).splitlines()[0]}"))
    print("\n".join(lines(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

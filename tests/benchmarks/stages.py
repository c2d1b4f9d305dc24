"""`devserve sync` of fifty functions, end to end as typed, against moto on this machine.

The whole command is timed, from starting the process to its end, with its bytecode on disk as an installed devserve has
it. Calls are those that the command says it made; the
live tests compare that number with what a proxy counts.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks import projects, sam_cli
from tests.benchmarks.table import Row, middle
from tests.live import cloud as clouds
from tests.live.devserver import command, environment, write

RUNS = 5
FUNCTIONS = 50
LIMIT = 180.0


def sync(folder: Path) -> Iterator[Row]:
    home = folder / "home"
    home.mkdir()
    with clouds.started(home) as cloud:
        push(write(folder / "warm", projects.staged(cloud.address, 1)), home)
        cloud.reset()
        project = write(folder / "project", projects.staged(cloud.address, FUNCTIONS))
        seconds, first = push(project, home)
        yield Row(f"sync, {FUNCTIONS} functions, first push", "s", seconds, target=15, note=_told(first))
        yield _unchanged(project, home)
        yield _one_file(project, home)
        yield _memory(project, home)
        yield _all_files(project, home)
        yield sam_cli.sam_sync(project, cloud.address, project / "fn7" / "app.py")


def push(project: Path, home: Path) -> tuple[float, dict[str, Any]]:
    """Seconds, and the fact at the end."""
    since = time.perf_counter()
    done = subprocess.run(
        command("sync", "dev", "--yes", "--json"),
        cwd=project,
        env=_environ(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    seconds = time.perf_counter() - since
    if done.returncode != 0:
        raise AssertionError(done.stderr or done.stdout)
    end: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seconds, end


def _environ(home: Path) -> dict[str, str]:
    environ = environment("bench", home) | clouds.environ(PYTHONPYCACHEPREFIX=str(home / "pycache"))
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


def _unchanged(project: Path, home: Path) -> Row:
    ends = [push(project, home) for _ in range(RUNS)]
    most = max(end["writes"] for _, end in ends)
    note = f"{_told(ends[-1][1])}, {most} writes" if not most else f"WROTE: {most} calls"
    return Row("sync, nothing changed", "s", middle(seconds for seconds, _ in ends), target=0.8, note=note)


def _one_file(project: Path, home: Path) -> Row:
    ends = []
    for number in range(RUNS):
        (project / "fn7" / "app.py").write_text(projects.HELLO % f"hello again {number}", encoding="utf-8")
        ends.append(push(project, home))
    return _row("sync, one file changed", ends, 1.5, most_calls=6)


def _memory(project: Path, home: Path) -> Row:
    template = project / "template.json"
    ends = []
    for number in range(RUNS):
        told = json.loads(template.read_text(encoding="utf-8"))
        told["Resources"]["Fn7"]["Properties"]["MemorySize"] = 256 + number
        template.write_text(json.dumps(told, indent=1), encoding="utf-8")
        ends.append(push(project, home))
    return _row("sync, memory of one function changed", ends, None)


def _all_files(project: Path, home: Path) -> Row:
    for number in range(FUNCTIONS):
        (project / f"fn{number}" / "app.py").write_text(projects.HELLO % f"hello from all {number}", encoding="utf-8")
    return _row(f"sync, code of all {FUNCTIONS} functions changed", [push(project, home)], 15)


def _row(
    what: str, ends: list[tuple[float, dict[str, Any]]], target: float | None, most_calls: int | None = None
) -> Row:
    calls = max(end["calls"] for _, end in ends)
    note = _told(ends[-1][1])
    if most_calls is not None and calls > most_calls:
        note = f"TOO MANY CALLS: {calls}"
    return Row(what, "s", middle(seconds for seconds, _ in ends), target=target, note=note)


def _told(end: dict[str, Any]) -> str:
    return f"{end['calls']} calls"

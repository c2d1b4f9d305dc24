"""Load: `wrk` (a Debian package) against an address."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass

SECONDS = 4
POST = """\
wrk.method = "POST"
wrk.headers["Content-Type"] = "text/plain"
wrk.body = string.rep("x", %d)
"""
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Load:
    """Requests per second, the median in ms, and how many answers were not 2xx or 3xx."""

    rate: float
    p50: float
    errors: int


def wrk() -> str | None:
    return shutil.which("wrk")


def run(
    url: str,
    connections: int,
    *,
    seconds: int = SECONDS,
    headers: Iterable[tuple[str, str]] = (),
    body: int = 0,
) -> Load:
    """`body`: POST so many bytes of text each time."""
    line = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "10s", "--latency"]
    for name, value in headers:
        line += ["-H", f"{name}: {value}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if body:
            script.write(POST % body)
            script.flush()
            line += ["-s", script.name]
        return _measured([*line, url], seconds)


def _measured(line: list[str], seconds: int) -> Load:
    done = subprocess.run(
        line,
        capture_output=True,
        text=True,
        timeout=seconds + 30,
        check=True,
    )
    return parse(done.stdout)


def parse(report: str) -> Load:
    rate = re.search(r"Requests/sec:\s+([0-9.]+)", report)
    p50 = re.search(r"50%\s+([0-9.]+)(us|ms|s)\b", report)
    if rate is None or p50 is None:
        raise ValueError(f"wrk said something else:\n{report}")
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", report)
    errors = (int(bad[1]) if bad else 0) + (sum(map(int, broken.groups())) if broken else 0)
    return Load(float(rate[1]), float(p50[1]) * UNITS[p50[2]], errors)

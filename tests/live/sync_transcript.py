"""`python -m tests.live.sync_transcript`: what a person sees who pushes the example `shop` to a cloud of this machine.

First sync, nothing changed, edits of code, configuration and a layer, status, rollback, delete: each command as it is
typed, and what it printed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.live.cloud import started
from tests.live.fault_proxy import FaultProxy, fault_proxy
from tests.live.staged import Project, staged


def told(project: Project, *arguments: str) -> int:
    """Runs it, prints it, and says which calls came in."""
    project.proxy.forget()
    print(f"$ devserve {' '.join(arguments)}", flush=True)
    since = time.perf_counter()
    ended = project.run(*arguments)
    took = time.perf_counter() - since
    for text in (ended.stdout, ended.stderr):
        if text:
            print(text.rstrip("\n"))
    print(f"# exit code {ended.code}, {took:.2f} s, {_calls(project.proxy)}\n", flush=True)
    return ended.code


def _calls(proxy: FaultProxy) -> str:
    names = proxy.names()
    counted = {name: names.count(name) for name in names}
    listed = ", ".join(name if count == 1 else f"{count} x {name}" for name, count in counted.items())
    return f"{len(names)} calls seen by the cloud: {listed}" if names else "no calls"


def edited(project: Project, file: str, old: str, new: str) -> None:
    print(f"# {file}: {old} -> {new}")
    project.edit(file, old, new)


def main() -> int:
    worst = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with started(folder) as cloud, fault_proxy(cloud.address) as proxy:
            shop = staged(folder, proxy, cloud)
            worst = max(worst, told(shop, "sync", "dev", "--yes"))
            worst = max(worst, told(shop, "sync", "dev"))
            edited(shop, "report/report.py", "all is well", "all is very well")
            worst = max(worst, told(shop, "sync", "dev", "--dry-run"))
            worst = max(worst, told(shop, "sync", "dev"))
            edited(shop, "template.yaml", "MemorySize: 128", "MemorySize: 192")
            worst = max(worst, told(shop, "sync", "dev"))
            edited(shop, "layers/shared/python/shop.py", "The Corner Shop", "The Other Shop")
            worst = max(worst, told(shop, "sync", "dev"))
            worst = max(worst, told(shop, "status", "dev"))
            worst = max(worst, told(shop, "rollback", "dev", "--to", "1", "--yes"))
            worst = max(worst, told(shop, "delete", "dev", "--yes"))
    return worst


if __name__ == "__main__":
    sys.exit(main())

"""The containers of this run of devserve: made under its labels, and all gone in the end.

Everything that talks to the engine about containers as a whole is here: making one, removing what an earlier devserve
left behind, waiting until the last one of this run is removed. All of it blocks and belongs in worker threads.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import localstack_lite
from localstack_lite import shipped
from localstack_lite.sandbox import container, leftovers
from localstack_lite.sandbox.container import Direct
from localstack_lite.sandbox.container_cell import LAST_PATIENCE, Cell
from localstack_lite.sandbox.engine import Engine
from localstack_lite.sandbox.reaping import Reaping

#: The first engine whose API knows `host-gateway`: 20.10.
_GATEWAY_API = (1, 41)
#: Seconds until containers that ended by themselves should be removed by the engine; then they are removed by us.
PATIENCE = 2.0
_STEP = 0.02
_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


class Yard:
    def __init__(self, engine: Engine, root: Path) -> None:
        self.run = this_run()
        self._engine = engine
        self._api = engine.client.api
        self._project = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
        self._folders = f"devserve-docker-{_NAME.sub('-', self.run.host)}-"
        self._folder = ""
        self._reaping: Reaping | None = None
        self._tidying: Thread | None = None
        self._made = 0
        self._lock = Lock()
        self._warden = (shipped.runtimes() / "docker" / "warden.sh").read_text("utf-8")
        self._gateway = _version(str(getattr(self._api, "_version", ""))) >= _GATEWAY_API

    def fifo(self) -> str:
        """A path for a container's log; empty when the engine is elsewhere."""
        if not self._engine.local:
            return ""
        if not self._folder:
            self._folder = tempfile.mkdtemp(prefix=f"{self._folders}{self.run.pid}-")
        os.makedirs(self._folder, 0o700, exist_ok=True)  # who tidies up old temporary files may have removed it
        self._made += 1
        return f"{self._folder}/{self._made}"

    def build(self, cell: Cell, environment: str = "", own: Direct | None = None) -> None:
        """Create and start the container of `cell`; `own` for an image without a shell."""
        self._begin()
        plan = cell.plan
        labels = leftovers.labels(self.run, localstack_lite.__version__, self._project, plan.function, environment)
        body = container.config(plan, labels, self._engine.cpus, self._warden, cell.fifo, self._gateway)
        if own is not None:
            body = container.direct(body, own)
        name = _NAME.sub("-", plan.function).strip("-.") or "function"
        cell.launch(body, f"devserve-{name}-{secrets.token_hex(4)}")

    def close(self) -> None:
        """Wait until all are removed; what does not go by itself is removed by force."""
        if self._reaping is None:
            self._remove_folder()
            return
        with contextlib.suppress(Exception):  # the engine is gone, and what it ran with it
            for container_id in self._left_after(PATIENCE):
                with contextlib.suppress(Exception):  # it went in the meantime, or is about to
                    self._api.remove_container(container_id, force=True, v=True)
            self._left_after(LAST_PATIENCE)
        if self._tidying is not None:
            self._tidying.join(PATIENCE)
        self._reaping.close()
        self._remove_folder()

    def _left_after(self, seconds: float) -> list[str]:
        """Those that are still there when there is none, or when the time is over."""
        end = time.monotonic() + seconds
        while (left := self._mine()) and time.monotonic() < end:
            time.sleep(_STEP)
        return left

    def remove_leftovers(self) -> None:
        """Containers and folders of a devserve that is dead: of this machine, whichever project's."""
        for folder in Path(tempfile.gettempdir()).glob(f"{self._folders}*-*"):
            pid = folder.name.removeprefix(self._folders).partition("-")[0]
            if pid.isdecimal() and _began(int(pid)) is None:
                shutil.rmtree(folder, ignore_errors=True)
        remove_orphans(self._api, self.run)

    def memory(self, container_id: str) -> int:
        """Bytes that a container on another machine uses now; zero when that cannot be said."""
        try:
            stats: Mapping[str, Any] = self._api.stats(container_id, stream=False, one_shot=True)
            detail = stats["memory_stats"].get("stats", {})
            return int(detail.get("rss", detail.get("anon", 0)))
        except Exception:  # it has just ended
            return 0

    def _begin(self) -> None:
        with self._lock:
            if self._reaping is not None:
                return
            self._reaping = Reaping(str(self.run), self._engine.endpoint, self._folder)
            self._reaping.start()
        # Beside the first start, which does not wait for it.
        self._tidying = Thread(target=self.remove_leftovers, name="devserve-leftovers", daemon=True)
        self._tidying.start()

    def _mine(self) -> list[str]:
        listed = self._api.containers(all=True, filters={"label": [f"{leftovers.RUN}={self.run}"]})
        return [each["Id"] for each in listed]

    def _remove_folder(self) -> None:
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""


def this_run() -> leftovers.Run:
    """With a token of its own each time."""
    return leftovers.Run(socket.gethostname(), os.getpid(), _began(os.getpid()) or 0, secrets.token_hex(6))


def remove_orphans(api: Any, own: leftovers.Run) -> None:
    """Containers of a devserve that is dead: of this machine, whichever project's."""
    with contextlib.suppress(Exception):  # nobody waits for that
        listed = api.containers(all=True, filters={"label": [leftovers.RUN]})
        for container_id in leftovers.orphans(listed, own, _began):
            with contextlib.suppress(Exception):
                api.remove_container(container_id, force=True, v=True)


def _began(pid: int) -> int | None:
    import psutil

    try:
        return int(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())

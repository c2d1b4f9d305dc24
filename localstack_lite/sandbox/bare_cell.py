"""The container of an image that has no shell: its own command is the first process, and it runs once.

A crash therefore takes `/tmp` with it, and whoever may use the engine can read the function's variables. It does not
end by itself when devserve is killed; the reaper removes it.
"""

from __future__ import annotations

import contextlib

from localstack_lite.sandbox.container_cell import Cell, Tenant
from localstack_lite.sandbox.warden import OutOfMemory, Started, Swept, ended

_RUN = 1
_KILL, _TERMINATE = "SIGKILL", "SIGTERM"
_KILLED = 137


class BareCell(Cell):
    """Its tenant moves in before it is launched, and it is launched with what the tenant wants to run."""

    _due = ""

    def run(self, tenant: Tenant, *_: object) -> int:
        self.runs = _RUN
        self._tenant = tenant
        return _RUN

    def moved_in(self) -> None:
        if self._tenant is not None:
            self._tenant.said(Started(_RUN, 1))
        super().moved_in()
        if self._due and self.alive:
            self._signal(self._due)

    def failed(self) -> None:
        self._tenant = None  # it hears why from who launched
        super().failed()

    def sweep(self) -> None:
        self._signal(_KILL)

    def terminate(self, pid: int) -> None:  # noqa: ARG002 - it is the first process
        self._signal(_TERMINATE)

    def _hang_up(self) -> None:
        self._signal(_KILL)

    def _heard(self, data: bytes) -> None:
        for _, piece in self._frames.feed(data):
            self._output(piece)

    def _hung_up(self) -> None:
        if self.launched and self.alive:
            self._loop.run_in_executor(self._workers, self._ask_how)

    def _signal(self, name: str) -> None:
        self._due = name
        if self.launched and self.alive:
            self.freeze(False)
            self._loop.run_in_executor(self._workers, self._kill, name)

    def _kill(self, name: str) -> None:
        with contextlib.suppress(Exception):  # it has just ended
            self._api.kill(self.id, name)

    def _ask_how(self) -> None:
        status, kills = _KILLED, 0
        with contextlib.suppress(Exception):  # somebody has removed it
            status = int(self._api.wait(self.id)["StatusCode"])
            kills = int(self._api.inspect_container(self.id)["State"].get("OOMKilled", False))
        self.remove()
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._answered, status, kills)

    def _answered(self, status: int, kills: int) -> None:
        if self._tenant is not None:
            self._tenant.said(OutOfMemory(kills))
            self.launched = False  # nothing more can be sent to it
            self._tenant.said(ended(_RUN, status))
            self._tenant.said(Swept(_RUN))
        self._over()

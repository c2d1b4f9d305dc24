"""Runtimes under a debugger: which ones start so, at which address each is, and how long one holds the time.

The rules, with `--debug-port N`:

* A function that no debugger can be started in, such as one that is an image, runs without; that is said once.
* One environment of a function is under the debugger, the first one that starts; more of them start without. When it is
  retired its replacement takes the place.
* A function's debugger keeps its address while its environments come and go: the first function whose debugger listens
  has N, the next one N+1.
* Such a runtime waits for its client before it reads any code, however long that takes: the environment's time stands
  still until a client has come and gone. While one is attached it stands still again.

The runtime has not read any code before its client came, so that a save makes nothing out of date there.
"""

from __future__ import annotations

from collections.abc import Callable

from localstack_lite.lambdas.environments.events import DebuggerAttached, DebuggerLeft
from localstack_lite.model.facts import DebuggerWaits
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem
from localstack_lite.ports import DebugDoor, DebugDoors

#: Runtimes that a debugger can be started in.
LANGUAGES = frozenset({"python", "nodejs", "java"})
#: What the code's folder is called in a container.
TASK_ROOT = "/var/task"


class Debuggers:
    """Who is under a debugger, and where. `kept_waiting` is told an address where a client finds nothing to debug."""

    def __init__(self, doors: DebugDoors, kept_waiting: Callable[[str], None]) -> None:
        self._doors = doors
        self._kept_waiting = kept_waiting
        self._open: list[DebugDoor] = [doors.open(0, kept_waiting)]
        self._numbers: dict[str, int] = {}
        self._under: dict[str, int] = {}
        self._refused: set[str] = set()

    def refusal(self, function: Function) -> Problem | None:
        """That a function runs without a debugger, the first time that it is asked for; None when it can have one."""
        if function.language in LANGUAGES or function.logical_id in self._refused:
            return None
        self._refused.add(function.logical_id)
        kind = "a container image" if function.image is not None else f"runtime {function.runtime}"
        what = f"runs without a debugger: {kind} has none here"
        hint = "zip functions in Python, Node.js and Java have one"
        return Problem(function.name, what, hint, function.logical_id, warning=True)

    def take(self, function: Function, key: int) -> bool:
        """Whether a new environment starts under the debugger; it does when no other one of the function is."""
        if function.language not in LANGUAGES or function.logical_id in self._under:
            return False
        self._under[function.logical_id] = key
        return True

    def leave(self, function: Function, key: int) -> None:
        """That environment is gone, or about to go."""
        if self._under.get(function.logical_id) == key:
            del self._under[function.logical_id]

    def door(self, function: Function) -> DebugDoor:
        """The function's own, from the first time it is asked for."""
        number = self._numbers.setdefault(function.logical_id, len(self._numbers))
        while len(self._open) <= number:
            self._open.append(self._doors.open(len(self._open), self._kept_waiting))
        return self._open[number]

    def close(self) -> None:
        for door in self._open:
            door.close()


class Session:
    """One runtime under a debugger, from its start to its end. `tell` takes what that means for the environment."""

    def __init__(
        self, door: DebugDoor, debugger: tuple[str, int], tell: Callable[[DebuggerAttached | DebuggerLeft], None]
    ) -> None:
        """`debugger` is where the runtime's own debugger listens."""
        self.address = door.address
        self.came = False
        self.attached = False
        self._door = door
        self._tell = tell
        tell(DebuggerAttached())  # waiting for the first client is as good as having one
        door.lead_to(*debugger, self._client)

    def _client(self, attached: bool) -> None:
        self.came = True
        self.attached = attached
        self._tell(DebuggerAttached() if attached else DebuggerLeft())

    def end(self) -> None:
        """The runtime is gone, or somebody else gets the door."""
        self.attached = False
        self._door.shut()
        self._tell(DebuggerLeft())


def waits(now: float, function: Function, environment: str, address: str, sandbox: str) -> DebuggerWaits:
    """What people and programs are told, with the names that the same folder has for the editor and the runtime."""
    folder = str(function.code.folder)
    remote = TASK_ROOT if sandbox == "docker" else folder
    local = str(function.code.watched)
    return DebuggerWaits(now, function.logical_id, environment, function.language, address, local, remote)

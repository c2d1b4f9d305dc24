"""Under devserve: which files the function has read, so that saving one of them reloads just this function.

Modules are known from `sys.modules`, everything else that is opened for reading from Python's audit events. Only files
under the task root, `/opt` and `DEVSERVE_WATCH_ROOTS` are told, and none of installed packages. Told on the Runtime
API's own connection: after an answer, before the next invocation is asked for. The same audit events say what the
function writes outside `/tmp` (`writes`).
"""

import os
import sys

from devserve_runtime.bytecode import INSTALLED
from devserve_runtime.payload import dumps
from devserve_runtime.writes import EVENTS

_NOT_SOURCE = (*INSTALLED, f"{os.sep}.devserve{os.sep}")


class LoadedFiles:
    """Collects from now on. `roots` are absolute folders; `writes`, a `writes.Writes`, is told what is written."""

    def __init__(self, roots: "list[str]", writes=None) -> None:
        self._roots = tuple(root.rstrip(os.sep) + os.sep for root in roots)
        self._known = set()
        self._modules = 0
        self.opened = set()
        """Paths as they were opened since the last report. Empty: nothing to report."""
        self._writes = writes
        self.written = [] if writes is None else writes.news
        """What was written outside `/tmp` since the last report. Empty: nothing to report."""
        sys.addaudithook(self._audit)

    def tell(self, api) -> None:
        """Report what is new, if anything is."""
        if self.written:
            self._writes.tell(api)
        opened, self.opened = self.opened, set()
        if len(sys.modules) != self._modules or any(path.endswith(".pyc") for path in opened):
            self._modules = len(sys.modules)
            for module in list(sys.modules.values()):
                path = getattr(module, "__file__", None)
                if type(path) is str:
                    opened.add(path)
        new = sorted(path for path in {os.path.abspath(path) for path in opened} - self._known if self._counts(path))
        self._known.update(new)
        if new:
            api.post("/devserve/loaded", dumps(new).encode("utf-8", "surrogateescape"))

    def _counts(self, path: str) -> bool:
        return path.startswith(self._roots) and not any(part in path for part in _NOT_SOURCE)

    def _audit(self, event: str, arguments: tuple) -> None:
        # Called for every audited event of the interpreter: nothing but a comparison for most of them.
        if event == "open":
            path, _, flags = arguments
            if type(path) is not str:
                return
            if (flags or 0) & (os.O_WRONLY | os.O_RDWR):
                if self._writes is not None:
                    self._writes.opened(path)
            else:
                if path[:1] != os.sep:
                    try:
                        path = os.path.abspath(path)
                    except OSError:
                        return  # no working folder any more: an exception here would become the user's
                self.opened.add(path)
        elif event in EVENTS and self._writes is not None:
            self._writes.audit(event, arguments)

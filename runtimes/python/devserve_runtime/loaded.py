"""Under devserve: which files the function has read, so that saving one of them reloads just this function.

Modules are known from `sys.modules`, everything else that is opened for reading from Python's audit events. Only files
under the task root, `/opt` and `DEVSERVE_WATCH_ROOTS` are told, and none of installed packages. Told on the Runtime
API's own connection: after an answer, before the next invocation is asked for.

Byte code is kept from serving stale code, too: a `.pyc` is trusted by Python when it names the second and the size of
its source, and two saves within a second can leave one that lies.
"""

import _frozen_importlib_external as machinery
import _imp
import os
import sys

from devserve_runtime.payload import dumps

_INSTALLED = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages", ".venv", "__pycache__"))


class LoadedFiles:
    """Collects from now on. `roots` are absolute folders."""

    def __init__(self, roots: "list[str]") -> None:
        self._roots = tuple(root.rstrip(os.sep) + os.sep for root in roots)
        self._known = set()
        self._modules = 0
        self.opened = set()
        """Paths as they were opened since the last report. Empty: nothing to report."""
        sys.addaudithook(self._audit)

    def tell(self, api) -> None:
        """Report what is new, if anything is."""
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
        return path.startswith(self._roots) and not any(part in path for part in _INSTALLED)

    def _audit(self, event: str, arguments: tuple) -> None:
        # Called for every audited event of the interpreter: nothing but a comparison for most of them.
        if event == "open":
            path, _, flags = arguments
            if type(path) is str and not (flags or 0) & (os.O_WRONLY | os.O_RDWR):
                if path[:1] != os.sep:
                    try:
                        path = os.path.abspath(path)
                    except OSError:
                        return  # no working folder any more: an exception here would become the user's
                self.opened.add(path)


def distrust_recent_bytecode(task_root: str) -> None:
    """Modules of the user's own come from source unless their byte code is younger by a clock second or more."""
    own = task_root.rstrip(os.sep)

    def finder(path: str):
        if path != own and not path.startswith(own + os.sep):
            raise ImportError("not the user's")
        if any(part in path + os.sep for part in _INSTALLED) or not os.path.isdir(path or "."):
            raise ImportError("installed")
        return machinery.FileFinder(
            path,
            (machinery.ExtensionFileLoader, _imp.extension_suffixes()),
            (_SourceLoader, machinery.SOURCE_SUFFIXES),
            (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
        )

    sys.path_hooks.insert(0, finder)


class _SourceLoader(machinery.SourceFileLoader):
    def path_stats(self, path):
        stats = super().path_stats(path)
        if os.stat(machinery.cache_from_source(path)).st_mtime < int(stats["mtime"]) + 1:
            raise OSError("byte code of the same second")  # and so the loader compiles the source
        return stats

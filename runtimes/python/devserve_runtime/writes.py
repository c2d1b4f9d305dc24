"""Under devserve: where the function writes outside `/tmp`, which on Lambda is read-only everywhere else.

Known from Python's audit events, so only what Python code asks for. Each path is noticed once in a process and told on
the Runtime API's own connection, as the loaded files are. What does not outlive a call anyway is no news: byte code,
devices, AWS's own caches of credentials (a function has a role there).
"""

import os

from devserve_runtime.payload import dumps

#: More is not read by anybody, and a function that writes a new file each time must not become slow by it.
_MOST = 60
_IGNORED = tuple(f"{os.sep}{name}{os.sep}" for name in ("__pycache__", ".aws", ".devserve"))
_WRITES = os.O_WRONLY | os.O_RDWR


class Writes:
    def __init__(self, writable: "list[str]", task_root: str) -> None:
        """`writable` are the folders that may be written to; the code's own never may, wherever it lies."""
        self._fine = tuple(folder.rstrip(os.sep) + os.sep for folder in (*writable, "/dev", "/proc", "/sys"))
        own = task_root.rstrip(os.sep) + os.sep
        self._own = (own,) if own.startswith(self._fine) else ()
        self._seen = set()
        self.news = []
        """`(kind, path)` since the last report. Empty: nothing to report."""

    def tell(self, api) -> None:
        news, self.news[:] = [entry for entry in self.news if os.path.isdir(os.path.dirname(entry[1]))], []
        if news:
            api.post("/devserve/advice", dumps(news).encode("utf-8", "surrogateescape"))

    def opened(self, path: str) -> None:
        """A file was opened for writing."""
        if not self._is_fine(path) and path not in self._seen:
            self._notice("wrote", path)

    def audit(self, event: str, arguments: tuple) -> None:
        """Any of `EVENTS`. Never raises: it would become the user's exception."""
        try:
            kind, at, must_exist, folder_at = EVENTS[event]
            if folder_at is not None and arguments[folder_at] not in (-1, None):
                return  # below a folder that is only known as a descriptor
            path = os.fspath(arguments[at])
            if event == "sqlite3.connect":
                path = path_of_database(path)
            if type(path) is not str or not path or self._is_fine(path):
                return
            if must_exist is None or must_exist == os.path.lexists(arguments[0]):
                self._notice(kind, path)
        except Exception:
            return

    def _is_fine(self, path: str) -> bool:
        return path.startswith(self._fine) and not path.startswith(self._own)

    def _notice(self, kind: str, path: str) -> None:
        try:
            whole = os.path.abspath(path)
        except OSError:
            return  # no working folder any more
        fine = self._is_fine(whole + os.sep) or whole.endswith(".pyc")
        if whole in self._seen or len(self._seen) >= _MOST or fine or any(part in whole + os.sep for part in _IGNORED):
            return
        self._seen.add(whole)
        self._seen.add(path)
        self.news.append((kind, whole))


def is_write(flags) -> bool:
    return bool((flags or 0) & _WRITES)


def path_of_database(name: "str | bytes | os.PathLike") -> str:
    """The file of an SQLite database that is opened to be written; empty for one in memory or opened to be read."""
    try:
        name = os.fsdecode(name)
    except TypeError:
        return ""
    if name in ("", ":memory:"):
        return ""
    if not name.startswith("file:"):
        return name
    path, _, query = name[5:].partition("?")
    if "mode=ro" in query or "mode=memory" in query or "immutable=1" in query or path == ":memory:":
        return ""
    return path[2:] if path.startswith("///") else path


def writable_folders() -> "list[str]":
    return ["/tmp", *filter(None, [os.environ.get("TMPDIR")])]


#: Kind; which argument is the path; whether the first one has to exist (None: no matter); which is a folder's number.
EVENTS = {
    "os.mkdir": ("made", 0, False, 2),
    "os.remove": ("removed", 0, True, 1),
    "os.rmdir": ("removed", 0, True, 1),
    "os.rename": ("wrote", 1, True, 3),
    "os.link": ("wrote", 1, True, 3),
    "os.symlink": ("wrote", 1, None, 2),
    "os.truncate": ("wrote", 0, True, None),
    "sqlite3.connect": ("database", 0, None, None),
}

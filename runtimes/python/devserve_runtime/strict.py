"""Under `devserve --strict-fs`, where the kernel cannot do it: Python's writes outside `/tmp` fail as on Lambda.

Audit hooks see what Python code asks for, and may refuse it. They do not see what compiled modules and other programs
do; SQLite, which opens its files itself, is told to refuse writes: `sqlite3.connect` is wrapped.
"""

import errno
import functools
import os
import sys

from devserve_runtime.writes import EVENTS, is_write, path_of_database

#: Changes of what a file says about itself; the first argument is its path.
_ATTRIBUTES = frozenset({"os.chmod", "os.chown", "os.utime", "os.setxattr", "os.removexattr"})


class StrictFileSystem:
    """From now on. `writable` are the folders that may be written to."""

    def __init__(self, writable: "list[str]") -> None:
        self._fine = tuple(os.path.realpath(folder) + os.sep for folder in (*writable, "/dev", "/proc"))
        self._wrap_sqlite()
        sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            if is_write(flags):
                self._refuse(path)
        elif event in EVENTS and event != "sqlite3.connect":
            _, at, must_exist, folder_at = EVENTS[event]
            known = folder_at is None or arguments[folder_at] in (-1, None)
            if known and (must_exist is None or must_exist == os.path.lexists(arguments[0])):
                self._refuse(arguments[at])
                if event == "os.rename":
                    self._refuse(arguments[0])
        elif event in _ATTRIBUTES and type(arguments[0]) is not int and os.path.lexists(arguments[0]):
            self._refuse(arguments[0])

    def _wrap_sqlite(self) -> None:
        try:
            import sqlite3
        except ImportError:
            return  # a Python without it
        connect = sqlite3.connect

        @functools.wraps(connect)
        def connect_to_read(database, *arguments, **named):
            file = path_of_database(database)
            closed = bool(file) and self._is_closed(file)
            if closed and not os.path.exists(file):
                raise sqlite3.OperationalError("unable to open database file")
            connection = connect(database, *arguments, **named)
            if closed:
                connection.execute("PRAGMA query_only=ON")
            return connection

        sqlite3.connect = sqlite3.dbapi2.connect = connect_to_read

    def _refuse(self, path) -> None:
        if self._is_closed(path):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

    def _is_closed(self, path) -> bool:
        if path is None or type(path) is int:
            return False
        return not (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(self._fine)

"""Other people's programs: where they are, and running one until it ends. I/O: starts processes."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Output of a tool that is kept: its end, in characters.
_MOST_OUTPUT = 20_000


@dataclass(frozen=True, slots=True)
class Ran:
    """`code` is the exit code; 127 when there was nothing to start, 124 when it took too long."""

    code: int
    output: str


def find(name: str, environ: Mapping[str, str]) -> str:
    """A program on the PATH, or nothing."""
    return shutil.which(name, path=environ.get("PATH", os.defpath)) or ""


def of_project(name: str, folder: Path, root: Path, environ: Mapping[str, str]) -> str:
    """A program that npm installed beside the folder or above it up to the project's, else one on the PATH."""
    for place in places(folder, root):
        program = place / "node_modules" / ".bin" / name
        if os.access(program, os.X_OK):
            return str(program)
    return find(name, environ)


def places(folder: Path, root: Path) -> list[Path]:
    """The folder and those above it up to the project's; only the two when one is not inside the other."""
    if not folder.is_relative_to(root):
        return [folder, root]
    return [folder, *folder.parents[: len(folder.relative_to(root).parts)]]


class Tools:
    """Programs that run now. Used from several threads."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = dict(environ)
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def run(self, command: Sequence[str], folder: Path, seconds: float, **variables: str) -> Ran:
        """Wait for its end. It gets no input, and a process group of its own, which is gone afterwards."""
        with self._lock:
            if self._closed:
                return Ran(127, "devserve is stopping")
            try:
                process = subprocess.Popen(
                    list(command),
                    cwd=folder,
                    env={**self._environ, **variables},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    encoding="utf-8",
                    errors="replace",
                    start_new_session=True,
                )
            except OSError as error:
                return Ran(127, f"{command[0]}: {error.strerror}")
            self._running.add(process)
        try:
            output, _ = process.communicate(timeout=seconds)
            return Ran(process.returncode, output[-_MOST_OUTPUT:])
        except subprocess.TimeoutExpired:
            _kill(process)
            output, _ = process.communicate()
            return Ran(124, f"{output[-_MOST_OUTPUT:]}\ntook longer than {seconds:.0f} s")
        finally:
            _kill(process)
            with self._lock:
                self._running.discard(process)

    def close(self) -> None:
        """End what runs, and start nothing more."""
        with self._lock:
            self._closed = True
            for process in self._running:
                _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    """The whole group: what the tool has left behind as well."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)

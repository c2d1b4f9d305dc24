"""devserve's end of the pipe to its guardian, the script that clears up when devserve is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from localstack_lite.sandbox import guardian


class Guard:
    """Messages may be sent before the guardian runs: the pipe keeps them. `run` marks the processes of this run."""

    def __init__(self, run: str) -> None:
        self.run = run
        self._pipe: tuple[int, int] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._folders: set[Path] = set()

    def start(self) -> None:
        """Start it unless it runs. Costs a couple of ms; a sandbox that starts should not have to wait for it."""
        if self._process is not None:
            return
        read, _ = self._open()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", guardian.__file__, self.run],
                stdin=read,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
                start_new_session=True,
            )
        except OSError:
            return  # no guardian then: an orderly end does not need it

    def group_started(self, group: int) -> None:
        self._send(b"+%d" % group)

    def group_ended(self, group: int) -> None:
        self._send(b"-%d" % group)

    def folder_made(self, folder: Path) -> None:
        self._folders.add(folder)
        self._send(b"~" + os.fsencode(folder))

    def remove_folder(self, folder: Path) -> None:
        """In the guardian's time, not in ours: it may be full."""
        if self._process is None or not self._send(b"!" + os.fsencode(folder)):
            guardian.remove(str(folder))

    def close(self) -> None:
        """An orderly end: nothing runs any more, so it is not needed, and its folders are removed from here."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        if self._pipe is not None:
            for end in self._pipe:
                os.close(end)
            self._pipe = None
        for folder in self._folders:
            guardian.remove(str(folder))
        self._folders.clear()

    def _open(self) -> tuple[int, int]:
        if self._pipe is None:
            self._pipe = os.pipe()
            os.set_blocking(self._pipe[1], False)
        return self._pipe

    def _send(self, message: bytes) -> bool:
        _, write = self._open()
        try:
            return os.write(write, message + b"\0") > 0
        except OSError:
            return False  # somebody killed it, or it does not get to run: an orderly end does not need it

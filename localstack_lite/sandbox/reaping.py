"""devserve's end of the pipe to its reaper, the script that removes containers when devserve is killed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

from localstack_lite.sandbox import reaper


class Reaping:
    """For one run. `endpoint` as the reaper takes it; for one that it cannot reach there is none."""

    def __init__(self, run: str, endpoint: str, folder: str) -> None:
        self._arguments = (run, endpoint, folder)
        self._pipe = -1
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Unless it runs. Called in worker threads, before there is something to remove."""
        with self._lock:
            if self._process is not None or not reaper.reachable(self._arguments[1]):
                return
            read, self._pipe = os.pipe()
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-S", reaper.__file__, *self._arguments],
                    stdin=read,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    env={},
                    start_new_session=True,
                )
            except OSError:
                pass  # no reaper then: an orderly end does not need it
            finally:
                os.close(read)

    def close(self) -> None:
        """An orderly end: there is nothing left to remove."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.wait()
                self._process = None
            if self._pipe >= 0:
                os.close(self._pipe)
                self._pipe = -1

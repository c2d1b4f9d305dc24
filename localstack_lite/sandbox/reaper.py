"""What removes containers when devserve was killed: a small script that outlives it.

Most containers end by themselves then, because their first process loses its line. Those that are paused do not, nor
those of an image without a shell. Started as `python -I -S reaper.py RUN ENDPOINT FOLDER` with a pipe from devserve as
its stdin; when the pipe ends, however devserve ended, it asks the engine to remove all containers with the label
`devserve.run=RUN`, and removes the folder. ENDPOINT is `unix://PATH` or `tcp://HOST:PORT`.

Standard library only, and nothing of the package: it has to start fast and to depend on nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import sys
import time
from urllib.parse import quote, urlsplit

#: Seconds in which everything should be gone.
PATIENCE = 10.0
#: Seconds in which none has come any more: the engine goes on making one that devserve had just asked for.
CALM = 2.0
_STEP = 0.1
_TIMEOUT = 30.0


class Connection(http.client.HTTPConnection):
    """HTTP to the engine, over its socket."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        super().__init__("docker", timeout=_TIMEOUT)

    def connect(self) -> None:
        parts = urlsplit(self._endpoint)
        if parts.scheme == "unix":
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.settimeout(_TIMEOUT)
            self.sock.connect(parts.path)
        else:
            self.sock = socket.create_connection((parts.hostname or "", parts.port or 2375), _TIMEOUT)


def reachable(endpoint: str) -> bool:
    """Whether it can be spoken to like that: TLS and ssh need more than the standard library."""
    return endpoint.startswith(("unix://", "tcp://"))


def containers(endpoint: str, run: str) -> list[str]:
    """Ids of all containers of this run, paused and stopped ones too."""
    filters = quote(json.dumps({"label": [f"devserve.run={run}"]}))
    status, body = _ask(endpoint, "GET", f"/containers/json?all=1&filters={filters}")
    return [container["Id"] for container in json.loads(body)] if status == 200 else []


def remove(endpoint: str, container: str) -> None:
    _ask(endpoint, "DELETE", f"/containers/{container}?force=1&v=1")


def clear_up(endpoint: str, run: str) -> None:
    end = time.monotonic() + PATIENCE
    since = time.monotonic()
    while time.monotonic() < end:
        try:
            left = containers(endpoint, run)
            for container in left:
                remove(endpoint, container)
        except (OSError, http.client.HTTPException, ValueError):
            left = ["the engine does not answer"]
        if left:
            since = time.monotonic()
        elif time.monotonic() - since > CALM:
            return
        time.sleep(_STEP)


def _ask(endpoint: str, method: str, path: str) -> tuple[int, bytes]:
    with contextlib.closing(Connection(endpoint)) as connection:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def main(run: str, endpoint: str, folder: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(0, 4096):
        pass
    clear_up(endpoint, run)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:4])

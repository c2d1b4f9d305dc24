"""What is left of devserve when it was killed: a small script that clears up after it.

Started as `python -I -S guardian.py RUN` with a pipe from devserve as its stdin, in a session of its own. It is told of
process groups and folders; when the pipe ends, however devserve ended, it kills what is left of them and every other
process that carries the run's mark in its environment, removes the folders and exits. Messages end with a NUL:

    +PGID  a process group lives     -PGID  it is gone
    ~PATH  a folder to remove in the end     !PATH  a folder to remove now

Standard library only, and nothing of the package: it has to start fast and to depend on nothing.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

#: Longest wait for killed processes to be gone, in seconds.
PATIENCE = 5.0
_STEP = 0.02


def marked(mark: str, since: int = 0) -> list[int]:
    """Processes, other than this one, whose environment says `DEVSERVE_ENVIRONMENT=` and then `mark`. With a `since`
    only those with that number or a higher one are looked at. Empty where there is no `/proc`."""
    wanted = b"\0DEVSERVE_ENVIRONMENT=" + mark.encode()
    own = os.getpid()
    found = []
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    for name in names:
        if not name.isdigit() or int(name) < since or int(name) == own:
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                if wanted in b"\0" + file.read():
                    found.append(int(name))
        except OSError:
            continue  # gone, or somebody else's
    return found


class Estate:
    """What there is to clear up, from the messages that came."""

    def __init__(self) -> None:
        self.groups: set[int] = set()
        self.folders: set[str] = set()

    def told(self, message: bytes) -> None:
        kind, rest = message[:1], os.fsdecode(message[1:])
        if kind == b"+":
            self.groups.add(int(rest))
        elif kind == b"-":
            self.groups.discard(int(rest))
        elif kind == b"~":
            self.folders.add(rest)
        elif kind == b"!":
            self.folders.discard(rest)
            remove(rest)


def clear_up(estate: Estate, run: str) -> None:
    for group in estate.groups:
        kill_group(group)
    end = time.monotonic() + PATIENCE
    while (left := marked(run)) and time.monotonic() < end:
        for pid in left:
            kill(pid)
        time.sleep(_STEP)
    for folder in estate.folders:
        remove(folder)


def kill_group(group: int) -> None:
    with contextlib.suppress(OSError):  # gone already
        os.killpg(group, signal.SIGKILL)


def kill(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def remove(folder: str) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def main(run: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    estate = Estate()
    rest = b""
    while piece := os.read(0, 65536):
        *messages, rest = (rest + piece).split(b"\0")
        for message in messages:
            estate.told(message)
    clear_up(estate, run)


if __name__ == "__main__":
    main(sys.argv[1])

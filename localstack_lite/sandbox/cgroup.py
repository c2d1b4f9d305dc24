"""A container's memory as this machine's kernel counts it, for engines that run on it. Control groups v1 and v2.

What kills a function on AWS is memory that cannot be taken from it: anonymous memory. Pages of files and `/tmp` are
not that.
"""

from __future__ import annotations

from dataclasses import dataclass

_ROOT = "/sys/fs/cgroup"


@dataclass(frozen=True, slots=True)
class Cgroup:
    """`folder` is the group's in the file system, `key` the line of its `memory.stat` that counts."""

    folder: str
    key: bytes

    def used(self) -> int:
        """Bytes of anonymous memory of all its processes. Zero when it is gone."""
        try:
            with open(f"{self.folder}/memory.stat", "rb", buffering=0) as file:
                text = b"\n" + file.read(8192)
        except OSError:
            return 0
        start = text.find(b"\n" + self.key + b" ")
        return int(text[start + len(self.key) + 2 :].split(b"\n", 1)[0]) if start >= 0 else 0

    def process(self, inside: int) -> int:
        """This machine's number of the process that is `inside` in the container; zero when there is none."""
        try:
            with open(f"{self.folder}/cgroup.procs", "rb") as file:
                numbers = file.read().split()
        except OSError:
            return 0
        for number in map(int, numbers):
            if _inner_number(number) == inside:
                return number
        return 0


def of_process(pid: int) -> Cgroup | None:
    """The group of a container's first process; None when it is out of sight (another machine's, another's view)."""
    try:
        with open(f"/proc/{pid}/cgroup", encoding="ascii", errors="replace") as file:
            text = file.read()
    except OSError:
        return None
    for group in candidates(text):
        if group.process(1):
            return group
    return None


def candidates(text: str) -> list[Cgroup]:
    """From `/proc/PID/cgroup`: where its memory may be counted. The group of everything is no container's."""
    found: list[Cgroup] = []
    for line in text.splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if path.strip("/") == "":
            continue
        if "memory" in controllers.split(","):
            found.insert(0, Cgroup(f"{_ROOT}/memory{path}", b"rss"))
        elif number == "0":
            found.append(Cgroup(f"{_ROOT}{path}", b"anon"))
    return found


def _inner_number(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/status", "rb", buffering=0) as file:
            status = file.read()
    except OSError:
        return 0
    start = status.find(b"\nNSpid:")
    return int(status[start + 7 :].split(b"\n", 1)[0].split()[-1]) if start >= 0 else 0

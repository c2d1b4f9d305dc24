"""Facts about processes of this machine: how much memory they use, which of them belong to an environment."""

from __future__ import annotations

import os
import sys

from localstack_lite.sandbox import guardian

LINUX = sys.platform == "linux"
_PAGE = os.sysconf("SC_PAGE_SIZE")


def used(pid: int) -> int:
    """Bytes that this process alone uses and that cannot be taken from it: its anonymous memory (what kills a function
    on AWS; pages of files can be dropped). Zero when it is gone."""
    if not LINUX:
        return _resident(pid)
    try:
        with open(f"/proc/{pid}/statm", "rb", buffering=0) as file:
            _, resident, shared, _ = file.read().split(b" ", 3)
    except (OSError, ValueError):
        return 0
    return max(0, int(resident) - int(shared)) * _PAGE


def peak(pid: int) -> int:
    """Bytes this process has used at most, pages of files included. Zero when it is gone."""
    if not LINUX:
        return _resident(pid)
    try:
        with open(f"/proc/{pid}/status", "rb", buffering=0) as file:
            status = file.read()
    except OSError:
        return 0
    start = status.find(b"VmHWM:")
    return int(status[start + 6 : status.index(b"kB", start)]) * 1024 if start >= 0 else 0


def children(pid: int) -> list[int]:
    """All descendants that are still below it in the tree of processes."""
    found: list[int] = []
    open_ends = [pid]
    while open_ends:
        below = _children(open_ends.pop())
        found += below
        open_ends += below
    return found


def waits(pid: int) -> bool:
    """Whether its first thread waits for something, or is gone; true where the system does not tell."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            return file.read().rpartition(b")")[2].split()[0] not in (b"R", b"T", b"t")
    except (OSError, IndexError):
        return True


def proportional(pid: int) -> int:
    """Bytes of anonymous memory, each page divided by the number of processes that share it after a fork."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss_Anon:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        return 0
    return used(pid)


def members(mark: str, group: int, since: int) -> list[int]:
    """Living processes with exactly this mark, or in this group. `since` is the process that began it all: children
    have higher numbers, unless the numbers have started from the beginning in the meantime."""
    if not LINUX:
        return _members_elsewhere(mark, group)
    found = guardian.marked(f"{mark}\0", since if _last_number() >= since else 0)
    if _group_exists(group):
        found += [pid for pid in _numbers() if _group_of(pid) == group and pid not in found]
    return found


def marks(run: str) -> dict[int, str]:
    """The mark of each process of this run that has one; takes about 10 µs for each process of the machine. Empty
    where there is no `/proc`."""
    found: dict[int, str] = {}
    for pid in guardian.marked(run) if LINUX else ():
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                environ = b"\0" + file.read()
        except OSError:
            continue
        found[pid] = environ.partition(b"\0DEVSERVE_ENVIRONMENT=")[2].partition(b"\0")[0].decode("utf-8", "replace")
    return found


def _group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # all that is left of it are processes that are already dead (macOS), or another user's
    return True


def _group_of(pid: int) -> int:
    """Its process group; zero for a dead one that nobody has waited for."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            state, _, group = file.read().rpartition(b")")[2].split()[:3]
    except (OSError, ValueError):
        return 0
    return 0 if state in (b"Z", b"X") else int(group)


def _numbers() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _last_number() -> int:
    try:
        with open("/proc/loadavg", "rb", buffering=0) as file:
            return int(file.read().rsplit(None, 1)[1])
    except (OSError, ValueError, IndexError):
        return 0


def _children(pid: int) -> list[int]:
    if not LINUX:
        import psutil

        try:
            return [child.pid for child in psutil.Process(pid).children()]
        except psutil.Error:
            return []
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb", buffering=0) as file:
                found += map(int, file.read().split())
    except OSError:
        pass  # the process or one of its threads has just ended
    return found


def _resident(pid: int) -> int:
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _members_elsewhere(mark: str, group: int) -> list[int]:
    import psutil

    found = []
    for process in psutil.process_iter():
        try:
            ours = os.getpgid(process.pid) == group or process.environ().get("DEVSERVE_ENVIRONMENT") == mark
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return found

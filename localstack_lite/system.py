"""The machine's clock and its randomness, behind the protocols that rules see."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import resource
import time
from binascii import b2a_base64
from collections.abc import Callable
from pathlib import Path

from localstack_lite.ports import Clock, Timer

#: Random bytes that are made at once.
_SUPPLY = 4096
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def running_for() -> float:
    """Seconds since this process was started, the interpreter's own start included."""
    try:
        # Ticks between the machine's start and ours (man proc), where epoch seconds would be rounded to whole ones.
        facts = Path("/proc/self/stat").read_text()
        ticks = int(facts.rpartition(")")[2].split()[19])
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK"))
    except (OSError, AttributeError):  # no Linux
        import psutil

        return max(0.0, time.time() - psutil.Process().create_time())


def make_room(files: int = 65_536) -> None:
    """Let this process have that many open files, or as many as the system allows: shells start programs with 1,024,
    which is less than there may be WebSockets. Processes that are started later have as many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files if hard == resource.RLIM_INFINITY else min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):  # macOS has a limit of its own, which it does not tell
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class SystemClock:
    """Epoch seconds that never go back: the wall clock once, the monotonic clock from then on."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        return time.monotonic() + self._offset

    def call_later(self, seconds: float, callback: Callable[..., object], *args: object) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, callback, *args)


class RandomIds:
    """Ids as AWS forms them. Unique, not secret: seeded from the system once, and cut from a supply of digits."""

    def __init__(self) -> None:
        self._random = random.Random(os.urandom(32))
        self._digits = ""
        self._used = 0

    def uuid(self) -> str:
        digits = self.hex(30)
        variant = "89ab"[self._random.getrandbits(2)]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-{variant}{digits[15:18]}-{digits[18:]}"

    def extended(self) -> str:
        raw = b2a_base64(bytes.fromhex(self.hex(24)), newline=False)
        return raw.translate(_URL_SAFE)[:15].decode("ascii") + "="

    def hex(self, digits: int) -> str:
        if self._used + digits > len(self._digits):
            self._digits = self._random.randbytes(max(_SUPPLY, digits)).hex()
            self._used = 0
        begin = self._used
        self._used = end = begin + digits
        return self._digits[begin:end]


class ScaledClock:
    """A clock that goes `factor` times as fast as another, from the moment it is made: for AWS's minutes, which a
    person may not want to wait for. Never for what a function takes itself."""

    def __init__(self, clock: Clock, factor: float = 1.0) -> None:
        self._clock = clock
        self._began = clock.now()
        self.factor = factor

    def now(self) -> float:
        return self._began + (self._clock.now() - self._began) * self.factor

    def call_later(self, seconds: float, callback: Callable[..., object], *args: object) -> Timer:
        return self._clock.call_later(seconds / self.factor, callback, *args)

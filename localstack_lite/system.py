"""The machine's clock and its randomness, behind the protocols that rules see."""

from __future__ import annotations

import asyncio
import os
import random
import time
from base64 import b64encode
from collections.abc import Callable

import psutil

from localstack_lite.ports import Timer


def running_for() -> float:
    """Seconds since this process was started, the interpreter's own start included."""
    return max(0.0, time.time() - psutil.Process().create_time())


class SystemClock:
    """Epoch seconds that never go back: the wall clock once, the monotonic clock from then on."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        return time.monotonic() + self._offset

    def call_later(self, seconds: float, callback: Callable[..., object], *args: object) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, callback, *args)


class RandomIds:
    """Ids as AWS forms them. Unique, not secret: seeded from the system once, which keeps them cheap."""

    def __init__(self) -> None:
        self._bits = random.Random(os.urandom(32)).getrandbits

    def uuid(self) -> str:
        digits = f"{self._bits(128):032x}"
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def extended(self) -> str:
        return b64encode(self._bits(88).to_bytes(11, "big"), b"-_").decode("ascii")[:15] + "="

    def hex(self, digits: int) -> str:
        return f"{self._bits(digits * 4):0{digits}x}"

"""What this process has open and running: file descriptors and threads.

Only what is new since an earlier look is a test's own. A descriptor or a thread that was there before belongs to
another test of the same worker, a handler of its server for example, and may end at any moment.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Collection
from dataclasses import dataclass

_DESCRIPTORS = "/proc/self/fd"


@dataclass(frozen=True, slots=True)
class Holdings:
    descriptors: frozenset[str]
    """With what each leads to: `7 -> socket:[81624]`. None where the kernel does not list them."""
    threads: frozenset[threading.Thread]
    others: frozenset[str]

    def since(self, earlier: Holdings) -> list[str]:
        """What there was not then, in words."""
        return [
            *sorted(self.descriptors - earlier.descriptors),
            *sorted(f"thread {thread.name}" for thread in self.threads - earlier.threads),
            *sorted(self.others - earlier.others),
        ]


def held(others: Collection[str] = ()) -> Holdings:
    """Now, without what only the garbage collector has yet to close. `others`: whatever else must not be left."""
    gc.collect()
    return Holdings(frozenset(_descriptors()), frozenset(threading.enumerate()), frozenset(others))


def _descriptors() -> list[str]:
    found = []
    for number in os.listdir(_DESCRIPTORS) if os.path.isdir(_DESCRIPTORS) else ():
        try:
            found.append(f"{number} -> {os.readlink(f'{_DESCRIPTORS}/{number}')}")
        except OSError:
            continue  # the one that lists them, or one that was closed meanwhile
    return found

"""Compiled modules in a folder of code that Lambda cannot load: made for another system, machine or Python. Pure.

An extension module says in its name what it is for (`_speedups.cpython-312-x86_64-linux-gnu.so`). Source: PEP 3149 and
CPython's documentation of `EXT_SUFFIX`. What says nothing is let through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from localstack_lite.builds.platform_tags import Target

_CPYTHON = re.compile(r"\.cpython-3(\d+)[a-z]?-(?:(\w+)-(linux)-(\w+)|(\w+))\.so$")


def foreign(names: Iterable[str], target: Target) -> Iterator[tuple[str, str]]:
    """Those of the files, and what they are for. A module that is there for Lambda as well is none of them."""
    found = {name: what for name in names if (what := _made_for(name, target)) is not None}
    carried = {_module(name) for name, what in found.items() if not what}
    return ((name, what) for name, what in found.items() if what and _module(name) not in carried)


def _made_for(name: str, target: Target) -> str | None:
    """None when it says nothing; empty when it is for Lambda."""
    if name.lower().endswith(".pyd"):
        return "Windows"
    if name.endswith(".dylib"):
        return "macOS"
    said = _CPYTHON.search(name)
    if said is None:
        return "" if name.endswith(".abi3.so") else None
    minor, machine, linux, libc, other = said.groups()
    if not linux:
        return "macOS" if other == "darwin" else str(other)
    if libc == "musl":
        return f"musl on {machine}"
    if machine != target.machine:
        return f"Linux on {machine}"
    return f"Python 3.{minor}" if int(minor) != target.minor else ""


def _module(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return f"{folder}/{file.partition('.')[0]}"

"""Which Debian the test images hold: this machine's own where it is one, so that its Node runs in them."""

from __future__ import annotations

import platform
import shutil
import subprocess
from functools import cache

PYTHON_OF = {"bookworm": "3.11", "trixie": "3.13"}
"""The Python of each suite that the images can be made of."""


def suite_of(release: dict[str, str]) -> str:
    """From the fields of `/etc/os-release`."""
    codename = release.get("VERSION_CODENAME", "")
    return codename if release.get("ID") == "debian" and codename in PYTHON_OF else "bookworm"


@cache
def suite() -> str:
    try:
        return suite_of(platform.freedesktop_os_release())
    except OSError:
        return "bookworm"


@cache
def node() -> str:
    """The machine's own `node`; empty when it has none."""
    return shutil.which("node") or ""


@cache
def node_major() -> str:
    """`20`; empty without a Node."""
    if not node():
        return ""
    said = subprocess.run([node(), "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    return said.strip().removeprefix("v").partition(".")[0]


@cache
def libraries(program: str) -> dict[str, str]:
    """The shared libraries of a program that are files, by name."""
    said = subprocess.run(["ldd", program], capture_output=True, text=True, timeout=30, check=True).stdout
    lines = [line.split() for line in said.splitlines() if "=> /" in line]
    return {words[0]: words[2] for words in lines}


@cache
def node_is_of_debian() -> bool:
    """Debian's own package is spread over the file system, others are one program."""
    return bool(node()) and any(name.startswith("libnode.") for name in libraries(node()))

"""Lambda's machine, as Python packaging sees it: which wheels run there, and what environment markers say. Pure.

Source of the operating systems: AWS docs, "Lambda runtimes": Amazon Linux 2 (glibc 2.26) up to Python 3.11, Amazon
Linux 2023 (glibc 2.34) from 3.12 on. Of tags and markers: the PyPA specifications "Platform compatibility tags" and
"Dependency specifiers" (PEP 425, 508, 513, 571, 599, 600).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

#: The oldest glibc that a wheel tag names, by machine.
_OLDEST = {"x86_64": 5, "aarch64": 17}
_LEGACY = {"manylinux2014": 17, "manylinux2010": 12, "manylinux1": 5}
#: Patch releases that Lambda has long had: what asks for `>=3.9.2` can be installed.
_PATCHES = {9: 18, 10: 13, 11: 6, 12: 1}
_VERSION = re.compile(r"python3\.(\d+)")
_MANYLINUX = re.compile(r"manylinux_2_(\d+)_(\w+)")
_PYTHON = re.compile(r"(py|cp)3(\d*)")
_SYMBOL = re.compile(rb"GLIBC_2\.(\d+)")


def version_of(runtime: str) -> str:
    """`3.12` of `python3.12`, empty for what is no Python."""
    found = _VERSION.match(runtime)
    return f"3.{found[1]}" if found else ""


@dataclass(frozen=True, slots=True)
class Target:
    """`version` is `3.12`; `architecture` as Lambda writes it, `x86_64` or `arm64`."""

    version: str
    architecture: str = "x86_64"

    @property
    def minor(self) -> int:
        return int(self.version.partition(".")[2] or 0)

    @property
    def machine(self) -> str:
        return "aarch64" if self.architecture == "arm64" else "x86_64"

    @property
    def glibc(self) -> int:
        """The second figure of its version."""
        return 34 if self.minor >= 12 else 26

    @property
    def full_version(self) -> str:
        return f"{self.version}.{_PATCHES.get(self.minor, 0)}"

    @property
    def platforms(self) -> list[str]:
        """Platform tags of wheels that run there, newest first."""
        newer = [f"manylinux_2_{minor}_{self.machine}" for minor in range(self.glibc, _OLDEST[self.machine] - 1, -1)]
        return [*newer, f"manylinux2014_{self.machine}"]

    @property
    def uv_platform(self) -> str:
        """As uv names it. It knows no glibc between 2.17 and 2.28."""
        return f"{self.machine}-manylinux_2_{34 if self.glibc == 34 else 17}"

    def __str__(self) -> str:
        return f"python{self.version} on {self.architecture}"

    def fits(self, wheel: str, *, built_here: bool = False) -> bool:
        """Whether a wheel of that file name runs there. `built_here`: a plain `linux` tag is for a machine like it."""
        parts = wheel.removesuffix(".whl").rsplit("-", 3)
        if len(parts) < 4:
            return False
        pythons, abis, platforms = (part.split(".") for part in parts[1:])
        if not any(self._interprets(python, abi) for python in pythons for abi in abis):
            return False
        return any(self._carries(platform, built_here=built_here) for platform in platforms)

    def markers(self) -> dict[str, str]:
        """What environment markers are compared with."""
        return {
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_version": "",
            "implementation_name": "cpython",
            "implementation_version": self.full_version,
            "python_version": self.version,
            "python_full_version": self.full_version,
            "extra": "",
        }

    def _interprets(self, python: str, abi: str) -> bool:
        found = _PYTHON.fullmatch(python)
        if found is None:
            return False
        minor = int(found[2] or 0)
        if found[1] == "py":
            return abi == "none" and minor <= self.minor
        if abi == "abi3":
            return minor <= self.minor
        return minor == self.minor and abi in ("none", f"cp3{self.minor}")

    def _carries(self, platform: str, *, built_here: bool) -> bool:
        if platform == "any":
            return True
        if platform == f"linux_{self.machine}":
            return built_here
        name, _, machine = platform.partition("_")
        if name in _LEGACY:
            return machine == self.machine and _LEGACY[name] >= _OLDEST[self.machine]
        found = _MANYLINUX.fullmatch(platform)
        return found is not None and found[2] == self.machine and int(found[1]) <= self.glibc


def newest_glibc(binaries: Mapping[str, bytes]) -> int:
    """The second figure of the newest glibc that any of these libraries asks for; 0 when none does."""
    return max((int(minor) for data in binaries.values() for minor in _SYMBOL.findall(data)), default=0)

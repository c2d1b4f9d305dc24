"""Puts things at a process's place, where this machine allows that: makes the files, and looks what is in the way."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox import launcher, places
from localstack_lite.sandbox.confinement import Manner
from localstack_lite.sandbox.confining import allowed, needed
from localstack_lite.sandbox.spec import Launch


class Housing:
    """For one run. `made` is told of the folder that is to be removed in the end; `root` is the project's."""

    def __init__(self, root: Path, made: Callable[[Path], None]) -> None:
        self._root = root
        self._made = made
        self._hosts: Path | None = None

    def housed(self, plan: Launch, spec: SandboxSpec) -> Launch:
        """The same process, where `sandbox.localdomain` is known and the layers are at `/opt`. As it is where that is
        not allowed. Raises OSError."""
        if allowed() is not Manner.MOUNTS:
            return plan
        wanted: list[tuple[str, str]] = []
        if os.path.isfile(places.HOSTS) and not places.known(_hosts()):
            wanted.append((str(self._file()), places.HOSTS))
        if spec.opt is not None and os.path.isdir(places.OPT) and not self._needs_opt(plan, spec):
            wanted.append((str(spec.opt), places.OPT))
        return places.placed(plan, wanted, sys.executable, launcher.__file__)

    def _needs_opt(self, plan: Launch, spec: SandboxSpec) -> bool:
        """Whether its interpreter, the project or a command lies in this machine's own."""
        if places.hides_needed(
            [sys.executable, os.path.realpath(sys.executable), *plan.environ.get("PATH", "").split(":")]
        ):
            return True
        return places.hides_needed(path for path in needed(plan, spec, self._root) if os.path.exists(path))

    def _file(self) -> Path:
        if self._hosts is None or not self._hosts.exists():
            folder = Path(tempfile.mkdtemp(prefix="devserve-hosts-"))
            self._made(folder)
            self._hosts = folder / "hosts"
            self._hosts.write_text(places.with_name(_hosts()))
            self._hosts.chmod(0o644)
        return self._hosts


def unknown() -> bool:
    """Whether processes here cannot resolve `sandbox.localdomain`, whatever is done."""
    return allowed() is not Manner.MOUNTS and not places.known(_hosts())


def _hosts() -> str:
    try:
        return Path(places.HOSTS).read_text(errors="replace")
    except OSError:
        return ""

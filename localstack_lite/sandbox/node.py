"""Looks which Node.js are on this machine: the one on the PATH and those of version managers.

A version is read from the folder's name or from the header file beside Node; only when neither tells is Node started
to ask it, once for each file as it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from localstack_lite.sandbox.interpreter import Interpreter, places
from localstack_lite.sandbox.node_versions import PINS, Installed, choose, defined, first_pin

_PATIENCE = 10.0
#: `(variable with the manager's home, its default below HOME, the pattern of its Nodes, its name)`.
_MANAGERS = (
    ("NVM_DIR", ".nvm", "versions/node/v[0-9]*/bin/node", "nvm"),
    ("FNM_DIR", ".local/share/fnm", "node-versions/v[0-9]*/installation/bin/node", "fnm"),
    ("FNM_DIR", ".fnm", "node-versions/v[0-9]*/installation/bin/node", "fnm"),
    ("VOLTA_HOME", ".volta", "tools/image/node/[0-9]*/bin/node", "volta"),
    ("ASDF_DATA_DIR", ".asdf", "installs/nodejs/[0-9]*/bin/node", "asdf"),
    ("MISE_DATA_DIR", ".local/share/mise", "installs/node/[0-9]*/bin/node", "mise"),
)


class Nodes:
    """What there is, by devserve's own environment `environ`; remembers what Node said about itself."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._said: dict[tuple[str, int], str] = {}

    def find(self, runtime: str, folder: Path, root: Path) -> Interpreter | None:
        """The Node that runs `runtime` for the code in `folder`; `root` is the project's folder."""
        return choose(runtime, first_pin(_pins(folder, root)), list(self._installed()))

    def _installed(self) -> Iterator[Installed]:
        if found := shutil.which("node", path=self._environ.get("PATH")):
            yield Installed(Path(found), self._version(Path(found)), found, ordinary=True)
        home = Path(self._environ.get("HOME") or "/nonexistent")
        for variable, usual, pattern, name in _MANAGERS:
            given = self._environ.get(variable)
            for node in (Path(given) if given else home / usual).glob(pattern):
                version = next(part.lstrip("v") for part in reversed(node.parts) if part.lstrip("v")[:1].isdigit())
                if os.access(node, os.X_OK):
                    yield Installed(node, version, f"{name} {version}")

    def _version(self, node: Path) -> str:
        real = node.resolve()
        header = real.parent.parent / "include" / "node" / "node_version.h"
        try:
            if known := defined(header.read_text("utf-8", "replace")):
                return known
        except OSError:
            pass  # not installed with it
        try:
            key = (str(real), real.stat().st_mtime_ns)
        except OSError:
            return ""
        if key not in self._said:
            self._said[key] = _asked(node)
        return self._said[key]


def _asked(node: Path) -> str:
    try:
        done = subprocess.run([str(node), "--version"], capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip().removeprefix("v") if done.returncode == 0 else ""


def _pins(folder: Path, root: Path) -> Iterator[tuple[str, str]]:
    for place in places(folder, root):
        for name in PINS:
            try:
                yield name, (place / name).read_text("utf-8", "replace")
            except OSError:
                continue

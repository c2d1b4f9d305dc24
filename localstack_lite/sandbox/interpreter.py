"""Which Python runs a function: the project's own, with its installed packages.

In this order: a virtual environment beside the code or above it up to the project's folder, the active one, the one
that devserve runs in, `pythonX.Y` of the runtime on the PATH, and at last the Python that runs devserve. Nothing is
started to find out: an environment says its version in `pyvenv.cfg`.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_NAMES = (".venv", "venv")
_VERSION = re.compile(r"^\s*version(?:_info)?\s*=\s*(\d+\.\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """`version` is `X.Y`, empty when it could not be read. `reason` says to a person why this one; `warning` is empty
    or says that it is not the version that the function will meet on AWS."""

    path: Path
    version: str
    reason: str
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    path: Path
    version: str
    reason: str


def choose(runtime: str, candidates: Iterator[Candidate]) -> Interpreter:
    """The first candidate, and whether it is the Python that `runtime` (`python3.13`) names. There must be one."""
    first = next(candidates)
    asked = runtime.removeprefix("python")
    warning = ""
    if asked and first.version and asked != first.version:
        warning = f"python{asked} asked, running {first.version} from {first.reason}"
    return Interpreter(first.path, first.version, first.reason, warning)


def find(runtime: str, folder: Path, root: Path, environ: Mapping[str, str]) -> Interpreter:
    """`folder` is the function's code, `root` the project's folder, `environ` devserve's own environment."""
    return choose(runtime, _candidates(runtime, folder, root, environ))


def _candidates(runtime: str, folder: Path, root: Path, environ: Mapping[str, str]) -> Iterator[Candidate]:
    for place in places(folder, root):
        for name in _NAMES:
            yield from _environment(place / name, _shown(place / name, root))
    if active := environ.get("VIRTUAL_ENV"):
        yield from _environment(Path(active), f"the active environment {active}")
    if sys.prefix != sys.base_prefix:
        yield _own(f"devserve's environment {sys.prefix}")
    if runtime.startswith("python3.") and (found := shutil.which(runtime, path=environ.get("PATH"))):
        yield Candidate(Path(found), runtime.removeprefix("python"), f"{found} on the PATH")
    yield _own(f"the Python of devserve, {sys.executable}")


def places(folder: Path, root: Path) -> list[Path]:
    """The code's folder and those above it up to the project's; only the two when one is not inside the other."""
    if not folder.is_relative_to(root):
        return [folder, root]
    depth = len(folder.relative_to(root).parts)
    return [folder, *folder.parents[:depth]]


def version_in(config: str) -> str:
    """`X.Y` from the text of a `pyvenv.cfg`: Python itself writes `version`, virtualenv and uv `version_info`."""
    found = _VERSION.search(config)
    return found[1] if found else ""


def _environment(home: Path, reason: str) -> Iterator[Candidate]:
    python = home / "bin" / "python"
    if not os.access(python, os.X_OK):
        return
    try:
        version = version_in((home / "pyvenv.cfg").read_text("utf-8", "replace"))
    except OSError:
        # conda's environments have no such file, but like all others a folder with the version in its name.
        libraries = sorted(home.glob("lib/python3.*"))
        version = libraries[0].name.removeprefix("python") if libraries else ""
    yield Candidate(python, version, reason)


def _own(reason: str) -> Candidate:
    return Candidate(Path(sys.executable), f"{sys.version_info.major}.{sys.version_info.minor}", reason)


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)

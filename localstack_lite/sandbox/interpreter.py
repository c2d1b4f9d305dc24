"""Which Python runs a function: the project's own, with its installed packages.

In this order: the project's environment (`python_homes`: in its folders, the active one, those that Poetry and others
keep elsewhere), the one that devserve runs in, the version that `.python-version` names, `pythonX.Y` of the runtime on
the PATH, and at last the Python that runs devserve. Nothing is started to find out.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from localstack_lite import python_homes
from localstack_lite.python_homes import PythonHome, places, version_in

__all__ = ["Candidate", "Interpreter", "choose", "find", "places", "version_in"]


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
    yield from map(_candidate, python_homes.homes(folder, root, environ))
    if sys.prefix != sys.base_prefix:
        yield _own(f"devserve's environment {sys.prefix}")
    yield from map(_candidate, python_homes.wanted_version(folder, root, environ))
    if runtime.startswith("python3.") and (found := shutil.which(runtime, path=environ.get("PATH"))):
        yield Candidate(Path(found), runtime.removeprefix("python"), f"{found} on the PATH")
    yield _own(f"the Python of devserve, {sys.executable}")


def _candidate(home: PythonHome) -> Candidate:
    return Candidate(home.python, home.version, home.reason)


def _own(reason: str) -> Candidate:
    return Candidate(Path(sys.executable), f"{sys.version_info.major}.{sys.version_info.minor}", reason)

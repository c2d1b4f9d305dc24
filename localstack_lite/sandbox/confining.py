"""Which way of making the file system read-only this machine allows: tried, once. And what a process has to see."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox import launcher
from localstack_lite.sandbox.confinement import Manner, confined, manner
from localstack_lite.sandbox.spec import Impossible, Launch

_PATIENCE = 10.0
_SEARCHED = ("PYTHONPATH", "NODE_PATH", "LD_LIBRARY_PATH")


@cache
def allowed() -> Manner:
    """Costs the start of a small program, the first time."""
    if sys.platform != "linux":
        return Manner.AUDIT
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", launcher.__file__, launcher.PROBE],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return Manner.AUDIT
    return manner(done.stdout)


def confine(plan: Launch, spec: SandboxSpec, root: Path) -> Launch | Impossible:
    """`root` is the project's folder."""
    needed = {path for path in _needed(plan, spec, root) if os.path.exists(path)}
    return confined(plan, spec, allowed(), sys.executable, launcher.__file__, needed)


def _needed(plan: Launch, spec: SandboxSpec, root: Path) -> Iterator[str]:
    folders = [root, spec.folder, spec.opt, spec.dependencies]
    if spec.adapter is not None:
        folders += [*spec.adapter.folders, *spec.adapter.packages]
    yield from (str(folder) for folder in folders if folder is not None)
    for word in plan.command:
        if word.startswith("/"):
            # A virtual environment may itself be a link, and its interpreter another one.
            linked = os.path.join(os.path.realpath(os.path.dirname(word)), os.path.basename(word))
            for place in {word, linked, os.path.realpath(word)}:
                yield place
                if os.path.basename(os.path.dirname(place)) == "bin":  # with its libraries beside it
                    yield os.path.dirname(os.path.dirname(place))
                else:
                    yield os.path.dirname(place)
    for name in _SEARCHED:
        yield from (path for path in plan.environ.get(name, "").split(":") if path.startswith("/"))
    if home := plan.environ.get("HOME"):
        yield f"{home}/.aws"

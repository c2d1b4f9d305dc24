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
#: As the kernel counts: more in one path are a circle.
_MOST_LINKS = 40
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
    there = {path for path in needed(plan, spec, root) if os.path.exists(path)}
    return confined(plan, spec, allowed(), sys.executable, launcher.__file__, there)


def needed(plan: Launch, spec: SandboxSpec, root: Path) -> Iterator[str]:
    """Files and folders that the process reads; not all of them exist."""
    folders = [root, spec.folder, spec.opt, spec.dependencies, spec.extensions]
    if spec.adapter is not None:
        folders += [*spec.adapter.folders, *spec.adapter.packages]
    for folder in folders:
        if folder is not None:
            yield from ways(str(folder))
    for word in plan.command:
        if word.startswith("/"):
            for place in ways(word):
                yield place
                if os.path.basename(os.path.dirname(place)) == "bin":  # with its libraries beside it
                    yield os.path.dirname(os.path.dirname(place))
                else:
                    yield os.path.dirname(place)
    for name in _SEARCHED:
        for path in plan.environ.get(name, "").split(":"):
            if path.startswith("/"):
                yield from ways(path)
    if home := plan.environ.get("HOME"):
        yield f"{home}/.aws"


def ways(path: str) -> Iterator[str]:
    """An absolute path, and all that it becomes when the links in it are followed one after the other: a virtual
    environment may be a link to a link, and its interpreter another one."""
    yield path
    done, rest, followed, moved = "/", path.split("/"), 0, False
    while rest:
        part, *rest = rest
        if part in ("", "."):
            continue
        if part == "..":
            done = os.path.dirname(done)
            continue
        place = os.path.join(done, part)
        if moved:
            yield os.path.join(place, *rest)
            moved = False
        try:
            target = os.readlink(place)
        except OSError:  # no link
            done = place
            continue
        if followed == _MOST_LINKS:
            return
        followed, moved = followed + 1, True
        done = "/" if target.startswith("/") else done
        rest = [*target.split("/"), *rest]
    if moved:
        yield done

"""How a process sandbox refuses writes outside `/tmp` (`--strict-fs`), by what this machine allows. Pure.

On Lambda everything but `/tmp` is read-only, and `/tmp` is the environment's own (AWS docs, "Lambda execution
environment"; the error is EROFS). The launcher (`launcher.py`) makes it so before the runtime starts, whatever that is
written in. Where neither mount namespaces nor Landlock are allowed, Python's own audit events are left: our runtime
refuses what Python code asks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from pathlib import PurePosixPath

from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox import launcher
from localstack_lite.sandbox.spec import Impossible, Launch

#: What our Python runtime is told: the folders that may be written to, between colons.
WRITABLE = "DEVSERVE_STRICT_FS"
#: It is told as well that nobody wants to be told of writes: they fail, and that says it.
QUIET = "DEVSERVE_QUIET_WRITES"
#: What programs write to on every machine: devices and their own entries.
_ALWAYS = ("/dev", "/proc")


class Manner(StrEnum):
    MOUNTS = launcher.MOUNTS
    LANDLOCK = launcher.LANDLOCK
    AUDIT = "audit"


_SAYS = {
    Manner.MOUNTS: "read-only as on Lambda, with a /tmp of its own (a mount namespace)",
    Manner.LANDLOCK: "writes outside /tmp are refused (Landlock: as EACCES outside Python, and /tmp is this machine's)",
    Manner.AUDIT: "Python's writes outside /tmp are refused; not those of Node, of other programs and compiled modules,"
    " and /tmp is this machine's",
}


def manner(probed: str) -> Manner:
    """From what the launcher's probe printed."""
    return Manner(probed) if probed in (launcher.MOUNTS, launcher.LANDLOCK) else Manner.AUDIT


def says(manner: Manner) -> str:
    """One line for people: what is done, and what that does not cover."""
    return _SAYS[manner]


def confined(
    plan: Launch, spec: SandboxSpec, manner: Manner, python: str, script: str, needed: Iterable[str]
) -> Launch | Impossible:
    """The same process, confined. `python` and `script` start the launcher; `needed` are files and folders that it
    reads (those below `/tmp` are put into its own)."""
    environ = dict(plan.environ)
    start = (python, "-I", "-S", script)
    folder, scratch = str(plan.folder), str(spec.scratch)
    if manner is Manner.MOUNTS:
        inside = kept(needed)
        if launcher.TMP in inside:
            return Impossible(f"--strict-fs: the project is {launcher.TMP} itself, which is the function's own there")
        if environ.get("TMPDIR") == scratch:
            del environ["TMPDIR"]
        if own := spec.environ.get("TMPDIR"):
            environ["TMPDIR"] = own
        if spec.runtime.startswith("python"):
            environ[QUIET] = "1"
        words = (manner.value, folder, scratch, str(len(inside)), *inside)
        return replace(plan, command=(*start, *words, *plan.command), environ=environ)
    # Nothing can be taken out again below a folder that may be written to.
    whole_tmp = not any(_below(path, launcher.TMP) for path in (folder, *needed))
    writable = [scratch, *([launcher.TMP] if whole_tmp else [])]
    if spec.runtime.startswith("python"):
        environ[WRITABLE] = ":".join(writable)
    if manner is Manner.AUDIT:
        return replace(plan, environ=environ)
    words = (manner.value, folder, str(len(writable) + len(_ALWAYS)), *writable, *_ALWAYS)
    return replace(plan, command=(*start, *words, *plan.command), environ=environ)


def kept(paths: Iterable[str]) -> tuple[str, ...]:
    """Those below `/tmp`, without what lies in another of them."""
    inside = sorted({str(PurePosixPath(path)) for path in paths if _below(path, launcher.TMP)})
    return tuple(path for path in inside if not any(_below(path, other) for other in inside if other != path))


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")

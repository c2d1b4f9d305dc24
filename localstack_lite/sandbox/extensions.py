"""External extensions: which ones an environment has, whether they can be started here, and with which variables.

Lambda starts each file in `/opt/extensions` as a process of its own, all at once and before the runtime (AWS docs,
"Using the Lambda Extensions API"). A name is that of its file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem
from localstack_lite.sandbox import elf, places

#: The folder of a layer, below `/opt`.
FOLDER = "extensions"
#: What belongs to the runtime's process and extensions do not get (AWS docs, "Extensions API", environment variables).
RUNTIMES_OWN = frozenset(
    {
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_XRAY_CONTEXT_MISSING",
        "AWS_XRAY_DAEMON_ADDRESS",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "_AWS_XRAY_DAEMON_ADDRESS",
        "_AWS_XRAY_DAEMON_PORT",
        "_HANDLER",
    }
)
#: What only our own runtimes ask for.
_OURS = frozenset({"AWS_LAMBDA_EXEC_WRAPPER", "PWD", "DEVSERVE_REPORT_FILES", "DEVSERVE_WATCH_ROOTS"})
_SEARCHED = ("PYTHONPATH", "NODE_PATH")


@dataclass(frozen=True, slots=True)
class Extension:
    """`problem` says why it cannot be started; empty when nothing speaks against it. `denied`: it may not be run."""

    name: str
    file: Path
    problem: str = ""
    denied: bool = False


def found(opt: Path | None, given: Path | None, machine: str) -> tuple[Extension, ...]:
    """By name. `opt` is what `/opt` holds, `given` a folder of more; one of the same name there goes first. `machine`
    is this one's, as `uname -m` says, empty when it is not known. Hidden files are none."""
    files: dict[str, Path] = {}
    for folder in (opt / FOLDER if opt is not None else None, given):
        if folder is None:
            continue
        try:
            entries = sorted(os.listdir(folder))
        except OSError:
            continue
        for name in entries:
            if not name.startswith(".") and (folder / name).is_file():
                files[name] = folder / name
    return tuple(_extension(name, file, machine) for name, file in sorted(files.items()))


def variables(environ: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """An extension's, from those of the runtime. `own` are the function's as they are on AWS: search paths of the
    runtime's language are only there when the function sets them."""
    without = RUNTIMES_OWN | _OURS | {name for name in _SEARCHED if name not in own}
    return {name: value for name, value in environ.items() if name not in without}


def unresolved(functions: Sequence[Function], machine: str) -> tuple[Problem, ...]:
    """One for each that has extensions, on a machine where they cannot resolve the name of the sandbox."""
    what = f"extensions cannot resolve {places.NAME} here: this machine allows no mount namespaces"
    hint = f"add the line `127.0.0.1 {places.NAME}` to {places.HOSTS}, or start devserve with --sandbox docker"
    return tuple(
        Problem(function.name, what, hint, function.logical_id, warning=True)
        for function in functions
        if found(function.opt, None, machine)
    )


def _extension(name: str, file: Path, machine: str) -> Extension:
    if not os.access(file, os.X_OK):
        return Extension(name, file, f"may not be run: chmod +x {file}", denied=True)
    return Extension(name, file, _problem(file, machine))


def _problem(file: Path, machine: str) -> str:
    try:
        with file.open("rb") as program:
            head = program.read(256)
    except OSError as error:
        return f"cannot be read: {error}"
    if not machine:
        return ""
    if head.startswith(b"#!"):
        words = head[2:].split(b"\n", 1)[0].split()
        shell = os.fsdecode(words[0]) if words else ""
        return "" if os.path.exists(shell) else f"wants the interpreter {shell!r}, which is not there"
    return elf.objection(head, machine)

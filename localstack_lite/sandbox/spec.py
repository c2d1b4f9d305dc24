"""How a function is run as a process: which command, in which folder, with which variables. Decides, starts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox.interpreter import Interpreter

#: The variable that marks every process of an environment; children inherit it.
MARK = "DEVSERVE_ENVIRONMENT"

_BETWEEN = ":"
_USUAL_PATH = "/usr/local/bin:/usr/bin:/bin"
#: Folders of AWS's image that mean nothing on this machine.
_ELSEWHERE = ("/var/lang", "/var/runtime", "/opt/bin", "/opt/lib", "/lib64", "/usr/lib64")


@dataclass(frozen=True, slots=True)
class Launch:
    """A process to start. `environ` is all of its variables."""

    command: tuple[str, ...]
    environ: Mapping[str, str]
    folder: Path


@dataclass(frozen=True, slots=True)
class Impossible:
    """This sandbox cannot run that; `why` is for the function's log."""

    why: str


def launch(
    spec: SandboxSpec, mark: str, interpreter: Interpreter | None, runtimes: Path, host: Mapping[str, str]
) -> Launch | Impossible:
    """The process for `spec`. `interpreter` is given for Python runtimes, `host` is devserve's own environment."""
    if interpreter is not None:
        folder = runtimes / "python"
        # -B: nothing is written into the project. -u: what is printed is out, also when the process is killed.
        command: tuple[str, ...] = (str(interpreter.path), "-B", "-u", str(folder / "bootstrap.py"))
        return Launch(command, variables(spec, mark, folder, interpreter.path.parent, host), spec.folder)
    if spec.runtime.startswith("provided"):
        return Launch((str(spec.folder / "bootstrap"),), variables(spec, mark, spec.folder, None, host), spec.folder)
    return Impossible(f"runtime {spec.runtime or '(none)'} does not run in the process sandbox yet; Python does")


def variables(
    spec: SandboxSpec, mark: str, runtime_folder: Path, interpreter_folder: Path | None, host: Mapping[str, str]
) -> dict[str, str]:
    """The variables of `spec`, completed by what belongs to this machine: folders, search paths, the mark."""
    values = dict(spec.environ)
    task = str(spec.folder)
    values["LAMBDA_TASK_ROOT"] = values["PWD"] = task
    values["LAMBDA_RUNTIME_DIR"] = str(runtime_folder)
    values["AWS_LAMBDA_RUNTIME_API"] = spec.runtime_api
    values["_HANDLER"] = spec.handler
    values["TMPDIR"] = str(spec.scratch)
    values[MARK] = mark
    first = [str(interpreter_folder)] if interpreter_folder else []
    path = [*first, *_local(values.get("PATH", ""), task), *_split(host.get("PATH", _USUAL_PATH))]
    values["PATH"] = _BETWEEN.join(dict.fromkeys(path))
    for name in ("LD_LIBRARY_PATH", "PYTHONPATH"):
        local = [*_local(values.get(name, ""), task), *(_split(host.get(name, "")) if name != "PYTHONPATH" else ())]
        values.pop(name, None)
        if local:
            values[name] = _BETWEEN.join(dict.fromkeys(local))
    return values


def _local(value: str, task: str) -> list[str]:
    """A search path as AWS's image has it, on this machine: `/var/task` is the code's folder, the rest of the image's
    own folders is left out."""
    return [
        task + entry.removeprefix("/var/task") if f"{entry}/".startswith("/var/task/") else entry
        for entry in _split(value)
        if not f"{entry}/".startswith(tuple(f"{folder}/" for folder in _ELSEWHERE))
    ]


def _split(value: str) -> list[str]:
    return [entry for entry in value.split(_BETWEEN) if entry]

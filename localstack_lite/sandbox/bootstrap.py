"""The program that is a custom runtime: `bootstrap` in the code or in a layer, and whether it can be run here."""

from __future__ import annotations

import os
from pathlib import Path

from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox import elf
from localstack_lite.sandbox.spec import INVALID_ENTRYPOINT, Impossible


def custom(runtime: str) -> bool:
    """Whether the function brings its own runtime."""
    return runtime.startswith(("provided", "go1"))


def find(spec: SandboxSpec, machine: str) -> Path | Impossible:
    """The program; `machine` is this one's, as `uname -m` says."""
    # The retired go1.x starts the program that the handler names.
    name = spec.handler if spec.runtime.startswith("go1") else "bootstrap"
    places = [("/var/task", spec.folder), *([("/opt", spec.opt)] if spec.opt is not None else [])]
    for aws, folder in places:
        file = folder / name
        if file.is_file():
            return _checked(file, f"{aws}/{name}", machine)
    looked = " ".join(str(folder / name) for _, folder in places)
    return Impossible(
        f"there is no program to start; looked for {looked}",
        INVALID_ENTRYPOINT,
        f"Couldn't find valid bootstrap(s): [/var/task/{name} /opt/{name}]",
    )


def wrapper(file: Path, given: str) -> Impossible | None:
    """Why the script of `AWS_LAMBDA_EXEC_WRAPPER` cannot be run; `given` is the variable's value."""
    if not file.is_file():
        why = f"AWS_LAMBDA_EXEC_WRAPPER names {given}, and there is no {file}"
        return Impossible(why, INVALID_ENTRYPOINT, f"fork/exec {given}: no such file or directory")
    checked = _checked(file, given, "")
    return checked if isinstance(checked, Impossible) else None


def _checked(file: Path, aws: str, machine: str) -> Path | Impossible:
    """`aws` is where it lies on AWS: its errors name that."""
    if not os.access(file, os.X_OK):
        why = f"{file} may not be run: chmod +x {file}"
        return Impossible(why, INVALID_ENTRYPOINT, f"fork/exec {aws}: permission denied")
    with file.open("rb") as program:
        head = program.read(elf.HEAD)
    if machine and (objection := elf.objection(head, machine)):
        return Impossible(f"{file} {objection}", INVALID_ENTRYPOINT, f"fork/exec {aws}: exec format error")
    return file

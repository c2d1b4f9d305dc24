"""What the user should know about running a function as a process of this machine. Pure."""

from __future__ import annotations

import re

from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem
from localstack_lite.sandbox.interpreter import Interpreter

_DOCKER = "start devserve with --sandbox docker"
_HINTS = {
    "python": "a virtual environment of the runtime's version beside the project is used when there is one",
    "nodejs": "a version in .nvmrc or .node-version is used when nvm, fnm, volta, asdf or mise has it",
}


def remark(function: Function, interpreter: Interpreter | None, machine: str) -> Problem | None:
    """`interpreter` is what would run it, `machine` this one's name. A problem that is no warning: it cannot run."""
    if function.image is not None:
        return Problem(function.name, "container images run only in the Docker sandbox", _DOCKER, function.logical_id)
    if function.language == "provided" or function.runtime.startswith("go1"):
        return None
    if function.language not in _HINTS:
        what = f"{function.runtime or 'a function without a runtime'} runs only in the Docker sandbox"
        return Problem(function.name, what, _DOCKER, function.logical_id)
    if interpreter is None:
        major = re.sub(r"\D", "", function.runtime)
        what = f"{function.runtime} needs Node.js, and there is none on this machine"
        return Problem(function.name, what, f"install Node.js {major}, or {_DOCKER}", function.logical_id)
    if interpreter.warning:
        return Problem(function.name, interpreter.warning, _HINTS[function.language], function.logical_id, warning=True)
    own = {"aarch64": "arm64"}.get(machine, machine)
    if function.architecture != own:
        what = f"{function.architecture} asked, running on this machine's {own}"
        hint = f"packages with compiled parts have to be this machine's; or {_DOCKER}"
        return Problem(function.name, what, hint, function.logical_id, warning=True)
    return None

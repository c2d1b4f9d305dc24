"""`devserve doctor`: what this machine has for the project, and for each function whether it will run on Lambda.

Looks at files, sockets and processes; runs and imports nothing of the user's, unless packages are to be made.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from localstack_lite import config
from localstack_lite.app.doors import GATEWAY_PORT, LAMBDA_PORT
from localstack_lite.builds.doctor import checkup, reading
from localstack_lite.builds.doctor.checkup import Checkup, Running
from localstack_lite.builds.doctor.finding import Finding, Severity, ordered
from localstack_lite.builds.sizes import text as size_text
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.runtimes import check_runtime
from localstack_lite.errors import UserError
from localstack_lite.model.function import Function
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.package import Package
from localstack_lite.model.project import Problem, Project
from localstack_lite.sandbox import interpreter, ping
from localstack_lite.sandbox.node import Nodes

#: The stack that packages are made for when none is.
_STACK = "devserve-doctor"


@dataclass(frozen=True, slots=True)
class Present:
    """Something of this machine. `missing`: it is not there, or not as it should be, and what follows is in `state`."""

    name: str
    state: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`problems` are those of reading and packaging the project."""

    machine: tuple[Present, ...]
    checkups: tuple[Checkup, ...]
    problems: tuple[Problem, ...] = ()


def examine(
    options: ReadOptions, project: Project, environ: Mapping[str, str], build: Callable[[str], None] | None = None
) -> Diagnosis:
    """With `build` packages are made, to be weighed; it is told what is done. Else that is estimated."""
    packages: Mapping[str, Package] = {}
    problems = project.problems
    if build is not None:
        packages, more = _packaged(options, project, environ, build)
        problems = (*problems, *more)
    checkups = tuple(_checked(project, function, environ, packages) for function in project.functions)
    return Diagnosis(tuple(this_machine(project, environ)), checkups, problems)


def this_machine(project: Project, environ: Mapping[str, str]) -> Iterator[Present]:
    why = ping.answers(environ)
    yield Present("Docker", f"{why}: functions run as processes" if why else "an engine answers", bool(why))
    yield from _interpreters(project, environ)
    for port, what in ((GATEWAY_PORT, "gateway"), (LAMBDA_PORT, "Lambda API")):
        owner = _owner(port)
        yield Present(f"port {port}", f"{owner}; the {what} takes the next" if owner else f"free ({what})", bool(owner))
    if sys.platform == "linux" or any(function.language == "python" for function in project.functions):
        from localstack_lite.sandbox import confinement, confining

        yield Present("--strict-fs", confinement.says(confining.allowed()))
    state = project.state_folder
    if state.is_dir():
        yield Present(".devserve/", f"{size_text(reading.folder_size(state))} of caches and state")


def _interpreters(project: Project, environ: Mapping[str, str]) -> Iterator[Present]:
    """What runs each of the project's runtimes here. Node is named in any case."""
    nodes = Nodes(environ)
    runtimes: dict[tuple[str, Path], Function] = {}
    for function in project.functions:
        if function.image is None:
            runtimes.setdefault((function.runtime, function.code.folder), function)
    told: set[tuple[str, str]] = set()
    for (runtime, folder), function in runtimes.items():
        match function.language:
            case "python":
                found = interpreter.find(runtime, folder, project.root, environ)
                line = Present(runtime, f"Python {found.version or '?'} from {found.reason}", bool(found.warning))
            case "nodejs":
                node = nodes.find(runtime, folder, project.root)
                said = f"Node {node.version} from {node.reason}" if node is not None else "there is no Node.js"
                line = Present(runtime, said, node is None or bool(node.warning))
            case _:
                continue
        if (line.name, line.state) not in told:
            told.add((line.name, line.state))
            yield line
    if not any(runtime.startswith("nodejs") for runtime, _ in runtimes):
        node = nodes.find("nodejs", project.root, project.root)
        yield Present("Node.js", f"{node.version} from {node.reason}" if node is not None else "none (not needed)")


def _checked(
    project: Project, function: Function, environ: Mapping[str, str], packages: Mapping[str, Package]
) -> Checkup:
    running = None
    if function.language == "python" and function.image is None:
        found = interpreter.find(function.runtime, function.code.watched, project.root, environ)
        running = Running(found.path.parent.parent, found.version, found.reason)
    one = checkup.checkup(project, function, running, packages.get(function.logical_id))
    return replace(one, findings=ordered([*one.findings, *_runtime(function)]))


def _runtime(function: Function) -> Iterator[Finding]:
    if function.image is not None:
        return
    where = function.where or function.name
    try:
        remark = check_runtime(function.runtime)
    except Refusal as refusal:
        yield Finding(Severity.FAILS, "runtime", where, refusal.what, refusal.hint)
        return
    if remark:
        what, _, hint = remark.partition("; ")
        yield Finding(Severity.DIFFERS, "runtime", where, f"{what}: no new function can be made with it", hint)


def _packaged(
    options: ReadOptions, project: Project, environ: Mapping[str, str], told: Callable[[str], None]
) -> tuple[Mapping[str, Package], tuple[Problem, ...]]:
    from localstack_lite.app.packaging import packager

    try:
        blueprint = config.blueprint(options, project, environ, _STACK)
    except UserError as error:
        return {}, (Problem(error.where, error.what, error.hint, warning=True),)

    def moved(
        kind: str,  # noqa: ARG001  (a `ports.Moved`)
        subject: str,
        state: str,
        sent: int = 0,  # noqa: ARG001  (the same)
        size: int = 0,  # noqa: ARG001  (the same)
        details: tuple[str, ...] = (),  # noqa: ARG001  (the same)
        done: bool = False,
    ) -> None:
        if not done:
            told(f"{subject}: {state}")

    made = packager(project, environ)
    try:
        packages, problems = made.package(blueprint.pieces, blueprint.functions, moved)
    finally:
        made.close()
    return packages, tuple(problems)


def _owner(port: int) -> str:
    """Who has a port of loopback, `taken` when that cannot be known; empty when nobody has."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return ""
        except OSError:
            pass
    from localstack_lite.wire.people import owner

    return f"taken by {found}" if (found := owner(port)) else "taken"

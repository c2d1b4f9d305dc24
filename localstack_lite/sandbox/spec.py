"""How a function is run as a process: which command, in which folder, with which variables. Decides, starts nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localstack_lite.model.adapter import OFFER
from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox.interpreter import Interpreter
from localstack_lite.sandbox.search_paths import below_opt, search_paths

#: The variable that marks every process of an environment; children inherit it.
MARK = "DEVSERVE_ENVIRONMENT"
#: The packages that an adapter's modules offer to a project that has none of their name, each by its path.
PACKAGES = OFFER
#: A script that starts the runtime, given its command line (AWS docs, "Modifying the runtime environment").
WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"

#: What AWS's runtimes switch off, since which version Node knows it, and in which runtimes (AWS docs, "Node.js").
_EXPERIMENTS = (
    ("experimental-require-module", (20, 17), ("nodejs20.x", "nodejs22.x")),
    ("experimental-detect-module", (20, 10), ("nodejs22.x",)),
)
#: The error that AWS's platform reports when there is nothing it can start.
INVALID_ENTRYPOINT = "Runtime.InvalidEntrypoint"


@dataclass(frozen=True, slots=True)
class Launch:
    """A process to start. `environ` is all of its variables."""

    command: tuple[str, ...]
    environ: Mapping[str, str]
    folder: Path


@dataclass(frozen=True, slots=True)
class Impossible:
    """This sandbox cannot run that. `why` is for the function's log; the caller gets an error of type `kind` with the
    text `error`, which is `why` unless AWS has words of its own."""

    why: str
    kind: str = "Runtime.Unavailable"
    error: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What this machine has for a function: the interpreter of its language, or the program that is its runtime.

    With a `debug_port` the interpreter waits there for a debugger; `debugpy` is the folder of that package.
    """

    interpreter: Interpreter | None = None
    bootstrap: Path | None = None
    source_maps: bool = False
    debug_port: int = 0
    debugpy: Path | None = None
    bytecode: Path | None = None
    """Where Python keeps byte code that has no place of its own."""


def bytecode_folder(root: Path) -> Path:
    """Where Python keeps byte code that has no place of its own, of the project in `root`."""
    return root / ".devserve" / "cache" / "bytecode"


def launch(spec: SandboxSpec, mark: str, found: Found, runtimes: Path, host: Mapping[str, str]) -> Launch | Impossible:
    """The process for `spec`. `runtimes` is the folder of our own ones, `host` devserve's own environment."""
    if found.bootstrap is not None:
        environ = variables(spec, mark, spec.folder, None, host)
        return Launch((str(found.bootstrap),), environ, spec.folder)
    if found.interpreter is None:
        return unavailable(spec.runtime)
    python = spec.runtime.startswith("python")
    folder = runtimes / ("python" if python else "nodejs")
    command = (_python if python else _node)(spec, found.interpreter, found, folder)
    if isinstance(command, Impossible):
        return command
    wrapper = wrapper_of(spec)
    whole = (str(wrapper), *command) if wrapper is not None else command
    environ = variables(spec, mark, folder, found.interpreter, host)
    if python and found.bytecode is not None:
        environ["DEVSERVE_BYTECODE"] = str(found.bytecode)
    return Launch(whole, environ, spec.folder)


def unavailable(runtime: str) -> Impossible:
    """The answer of a function whose runtime only AWS's images have."""
    what = f"runtime {runtime}" if runtime else "a container image"
    return Impossible(f"{what} runs only in the Docker sandbox: start devserve with --sandbox docker")


def _python(spec: SandboxSpec, interpreter: Interpreter, found: Found, folder: Path) -> tuple[str, ...] | Impossible:
    # -B: nothing is written into the project. -u: what is printed is out, also when the process is killed.
    python = (str(interpreter.path), "-B", "-u")
    bootstrap = str(folder / "bootstrap.py")
    if not spec.debug:
        return (*python, bootstrap)
    if found.debugpy is None:
        why = "there is no debugger for Python here: pip install debugpy"
        return Impossible(f"{why} into the function's environment, or into devserve's own")
    # Without frozen modules the debugger sees all of the standard library.
    listen = ("--listen", f"127.0.0.1:{found.debug_port}", "--wait-for-client")
    return (*python, "-Xfrozen_modules=off", str(found.debugpy), *listen, bootstrap)


def _node(spec: SandboxSpec, interpreter: Interpreter, found: Found, folder: Path) -> tuple[str, ...] | Impossible:
    # A tenth of the memory for what is young, the rest for what is old, as AWS's runtime divides it.
    young = spec.memory // 10
    options = [f"--max-semi-space-size={max(1, young // 2)}", f"--max-old-space-size={spec.memory - young}"]
    options.append("--max-http-header-size=81920")
    version = tuple(map(int, re.findall(r"\d+", interpreter.version)[:2]))
    wanted = spec.environ.get("NODE_OPTIONS", "")
    for experiment, since, runtimes in _EXPERIMENTS:
        if spec.runtime in runtimes and version >= since and f"--{experiment}" not in wanted:
            options.append(f"--no-{experiment}")
    if found.source_maps:
        options.append("--enable-source-maps")
    if spec.debug:
        # What it would print about itself is not the function's.
        options += [f"--inspect-brk=127.0.0.1:{found.debug_port}", "--inspect-publish-uid=http"]
    return (str(interpreter.path), *options, str(folder / "bootstrap.cjs"))


def wrapper_of(spec: SandboxSpec) -> Path | None:
    """The script that starts the runtime, as a path of this machine."""
    given = spec.environ.get(WRAPPER, "")
    if not given:
        return None
    if given.startswith("/var/task/"):
        return spec.folder / given.removeprefix("/var/task/")
    return Path(below_opt(given, spec.opt))


def variables(
    spec: SandboxSpec, mark: str, runtime_folder: Path, interpreter: Interpreter | None, host: Mapping[str, str]
) -> dict[str, str]:
    """The variables of `spec`, completed by what belongs to this machine: folders, search paths, the mark."""
    values = dict(spec.environ)
    values["LAMBDA_TASK_ROOT"] = values["PWD"] = str(spec.folder)
    values["LAMBDA_RUNTIME_DIR"] = str(runtime_folder)
    values["AWS_LAMBDA_RUNTIME_API"] = spec.runtime_api
    values["_HANDLER"] = spec.handler
    values["TMPDIR"] = str(spec.scratch)
    values[MARK] = mark
    if spec.opt is not None and values.get("DEVSERVE_REPORT_FILES"):
        values["DEVSERVE_WATCH_ROOTS"] = str(spec.opt)
    if spec.adapter is not None and spec.adapter.packages:
        values[PACKAGES] = ":".join(map(str, spec.adapter.packages))
    for name, value in search_paths(spec, interpreter, host).items():
        if value:
            values[name] = value
        else:
            values.pop(name, None)
    return values

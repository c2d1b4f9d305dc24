"""Where a function's process looks for commands, libraries and modules: AWS's search paths on this machine.

`/var/task` is the code's folder, `/opt` the content of the layers; other folders of AWS's image mean nothing here. The
order is AWS's (its image's environment, recorded): the code first, then layers, then the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox.interpreter import Interpreter

_BETWEEN = ":"
_USUAL_PATH = "/usr/local/bin:/usr/bin:/bin"
#: Folders of AWS's image that mean nothing on this machine.
_ELSEWHERE = ("/var/lang/", "/var/runtime/", "/lib64/", "/usr/lib64/")


def search_paths(spec: SandboxSpec, interpreter: Interpreter | None, host: Mapping[str, str]) -> dict[str, str]:
    """Each variable by name; an empty one is not set at all. `host` is devserve's own environment."""
    paths = {
        "PATH": _commands(spec, interpreter, host),
        "LD_LIBRARY_PATH": _libraries(spec, host),
        "PYTHONPATH": [*_python(spec, interpreter), *_local(spec, "PYTHONPATH"), *_adapter(spec)],
    }
    if spec.runtime.startswith("nodejs"):
        paths["NODE_PATH"] = _local(spec, "NODE_PATH") if "NODE_PATH" in spec.environ else _node(spec)
    return {name: _BETWEEN.join(dict.fromkeys(path)) for name, path in paths.items()}


def below_opt(path: str, opt: Path | None) -> str:
    """`/opt/x` on AWS as a path of this machine; anything else as it is."""
    return str(opt) + path.removeprefix("/opt") if opt is not None and f"{path}/".startswith("/opt/") else path


def _commands(spec: SandboxSpec, interpreter: Interpreter | None, host: Mapping[str, str]) -> list[str]:
    first = [str(interpreter.path.parent)] if interpreter is not None else []
    usual = _split(host.get("PATH", _USUAL_PATH))
    return [*first, *_local(spec, "PATH"), *usual, *_opt(spec, "bin")]


def _libraries(spec: SandboxSpec, host: Mapping[str, str]) -> list[str]:
    own = [str(spec.folder), str(spec.folder / "lib")] if spec.runtime.startswith("provided") else []
    return [*_local(spec, "LD_LIBRARY_PATH"), *own, *_opt(spec, "lib"), *_split(host.get("LD_LIBRARY_PATH", ""))]


def _python(spec: SandboxSpec, interpreter: Interpreter | None) -> list[str]:
    if not spec.runtime.startswith("python"):
        return []
    version = (interpreter.version if interpreter is not None else "") or spec.runtime.removeprefix("python")
    return _opt(spec, f"python/lib/python{version}/site-packages", "python")


def _adapter(spec: SandboxSpec) -> list[str]:
    """What calls an app that is no handler: behind all that is the function's own."""
    return [str(folder) for folder in spec.adapter.folders] if spec.adapter is not None else []


def _node(spec: SandboxSpec) -> list[str]:
    major = re.sub(r"\D", "", spec.runtime)
    return [*_opt(spec, f"nodejs/node{major}/node_modules", "nodejs/node_modules"), str(spec.folder)]


def _opt(spec: SandboxSpec, *folders: str) -> list[str]:
    return [str(spec.opt / folder) for folder in folders] if spec.opt is not None else []


def _local(spec: SandboxSpec, name: str) -> list[str]:
    """A search path that the function sets itself, as AWS's image has it, on this machine."""
    found = []
    for entry in _split(spec.environ.get(name, "")):
        if f"{entry}/".startswith("/var/task/"):
            found.append(str(spec.folder) + entry.removeprefix("/var/task"))
        elif f"{entry}/".startswith("/opt/"):
            # Without layers there is nothing behind it, whatever this machine has at that place.
            found += [below_opt(entry, spec.opt)] if spec.opt is not None else []
        elif not f"{entry}/".startswith(_ELSEWHERE):
            found.append(entry)
    return found


def _split(value: str) -> list[str]:
    return [entry for entry in value.split(_BETWEEN) if entry]

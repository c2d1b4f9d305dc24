"""The packages that a function in a container gets beside its code: where they are, and installing them. I/O.

A container has no virtual environment. What `requirements.txt` or `package.json` names is installed once, by what it
says and for which machine, and mounted: as `/var/devserve/dependencies` on `PYTHONPATH` for Python, and as
`/var/node_modules` for Node, whose resolution goes up to there from `/var/task`. So an edit of the code needs no build.

Code that carries its packages itself (`*.dist-info` or `node_modules` in its folder) gets nothing.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from localstack_lite.builds import packages, tool, tree
from localstack_lite.builds.tool import Ran, Tools
from localstack_lite.model.function import Function

#: How long an installation may take, in seconds.
PATIENCE = 600.0

Interpreter = Callable[[str, Path], Path]
"""The Python on this machine for a runtime and a folder with code."""


def dependencies_folder(function: Function, root: Path) -> Path | None:
    """Where they are, or will be when they are installed. None when there is nothing to add."""
    manifest = _manifest(function, root)
    if manifest is None:
        return None
    if manifest.name == "node_modules":
        return manifest
    text, locked = _text(manifest), ""
    if manifest.name == packages.PACKAGE:
        locked = "".join(_text(manifest.with_name(name)) for name in packages.LOCKS)
    name = packages.named(text, function.runtime, function.architecture, locked)
    folder = root / ".devserve" / "cache" / "dependencies" / name
    return folder / "node_modules" if function.language == "nodejs" else folder


def manifests(function: Function, root: Path) -> tuple[Path, ...]:
    """The files whose change means other packages."""
    manifest = _manifest(function, root)
    if manifest is None or manifest.name == "node_modules":
        return ()
    locks = (manifest.with_name(name) for name in packages.LOCKS) if manifest.name == packages.PACKAGE else ()
    return (manifest, *(lock for lock in locks if lock.is_file()))


def install(function: Function, root: Path, tools: Tools, environ: Mapping[str, str], interpreter: Interpreter) -> str:
    """Make what `dependencies_folder` says. Answers why it could not be, or nothing."""
    target, manifest = dependencies_folder(function, root), _manifest(function, root)
    if target is None or manifest is None or target.is_dir():
        return ""
    whole = target.parent if function.language == "nodejs" else target
    with tree.part(whole) as place:
        if function.language == "nodejs":
            why = node_modules(manifest.parent, place, tools, environ)
            (place / "node_modules").mkdir(exist_ok=True)
        else:
            python = interpreter(function.runtime, function.code.watched)
            why = python_packages(
                manifest.parent, place, function.runtime, function.architecture, python, tools, environ
            )
        if not why:
            tree.put(place, whole)
    return why


def python_packages(
    folder: Path,
    target: Path,
    runtime: str,
    architecture: str,
    python: Path,
    tools: Tools,
    environ: Mapping[str, str],
    *,
    here: bool = False,
) -> str:
    """Install what the folder's `requirements.txt` names. Wheels for Lambda's machine; sources are built only where
    this machine is like it. `here`: for this machine and that Python, whatever they are."""
    uv, version = tool.find("uv", environ), packages.version_of(runtime)
    ran = Ran(127, "no pip")
    for pip in [str(python)] if uv else dict.fromkeys((str(python), sys.executable)):
        ways = [] if here else [packages.wheels(version, architecture, str(target), uv=uv, python=pip)]
        if here or _like_lambda(python, version, architecture):
            ways.append(packages.sources(str(target), uv=uv, python=pip))
        for command in ways:
            tree.empty(target)
            ran = tools.run(command, folder, PATIENCE, **_QUIET)
            if ran.code == 0:
                return ""
        if "No module named pip" not in ran.output:
            break
    return packages.complaint(ran.output)


def node_modules(folder: Path, target: Path, tools: Tools, environ: Mapping[str, str]) -> str:
    """Install what the folder's `package.json` names into `target/node_modules`."""
    npm = tool.find("npm", environ)
    if not npm:
        return "npm is not on the PATH"
    for name in (packages.PACKAGE, *packages.LOCKS, ".npmrc"):
        if (folder / name).is_file():
            shutil.copy2(folder / name, target / name)
    locked = any((target / name).is_file() for name in packages.LOCKS)
    ran = tools.run(packages.npm(npm, locked=locked), target, PATIENCE)
    return packages.complaint(ran.output) if ran.code else ""


_QUIET = {"PIP_REQUIRE_VIRTUALENV": "0", "PYTHONWARNINGS": "ignore"}


def _like_lambda(python: Path, version: str, architecture: str) -> bool:
    """Whether what is built here runs there: the same Python on the same machine. No program is started to know."""
    machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    if not sys.platform.startswith("linux") or machine != architecture:
        return False
    if python == Path(sys.executable):
        return version == f"{sys.version_info.major}.{sys.version_info.minor}"
    config = python.parent.parent / "pyvenv.cfg"
    said = [line.partition("=")[2].strip() for line in _text(config).splitlines() if line.startswith("version")]
    return any(each.startswith(f"{version}.") for each in said) or python.name == f"python{version}"


def _manifest(function: Function, root: Path) -> Path | None:
    """`requirements.txt`, `package.json`, or a `node_modules` that is above the code and so not in its container."""
    folder = function.code.watched
    if function.image is not None or not folder.is_dir():
        return None
    match function.language:
        case "python":
            return _requirements(folder, root)
        case "nodejs":
            return _package(folder, root, built=function.code.build is not None)
    return None


def _requirements(folder: Path, root: Path) -> Path | None:
    with os.scandir(folder) as entries:
        if any(entry.name.endswith(".dist-info") for entry in entries):
            return None
    for place in tool.places(folder, root):
        file = place / packages.REQUIREMENTS
        if file.is_file():
            return file if packages.has_requirements(_text(file)) else None
    return None


def _package(folder: Path, root: Path, *, built: bool) -> Path | None:
    for place in tool.places(folder, root):
        if (place / "node_modules").is_dir():
            return place / "node_modules" if built or place != folder else None
        if built:
            continue  # its packages are in the bundle, or the bundler says what is missing
        file = place / packages.PACKAGE
        if file.is_file() and packages.has_dependencies(_text(file)):
            # Installed in a folder above all the same: npm's own rule.
            above = tool.places(place, root)[1:]
            return next((up / "node_modules" for up in above if (up / "node_modules").is_dir()), file)
    return None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""

"""The packages that a function in a container gets beside its code: where they are, and installing them. I/O.

A container has no virtual environment. What `requirements.txt` or `package.json` names is installed once, by what it
says and for which machine, and mounted: as `/var/devserve/dependencies` on `PYTHONPATH` for Python, and as
`/var/node_modules` for Node, whose resolution goes up to there from `/var/task`. So an edit of the code needs no build.

Code that carries its packages itself (`*.dist-info` or `node_modules` in its folder) gets nothing. What is pushed to a
stage gets the same Python packages (`target_packages`), from the same folder.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from localstack_lite.builds import locks, packages, requirements, tool, tree
from localstack_lite.builds.platform_tags import Target, version_of
from localstack_lite.builds.python_install import Installed, PythonInstall, Say, silent
from localstack_lite.builds.requirement_lines import Line
from localstack_lite.builds.requirements import Requirements
from localstack_lite.builds.source_build import PATIENCE, ContainerBuild
from localstack_lite.builds.tool import Tools
from localstack_lite.builds.turn import turn
from localstack_lite.errors import UserError
from localstack_lite.model.function import Function

Interpreter = Callable[[str, Path], Path]
"""The Python on this machine for a runtime and a folder with code."""


def dependencies_folder(function: Function, root: Path) -> Path | None:
    """Where they are, or will be when they are installed. None when there is nothing to add."""
    cache = root / ".devserve" / "cache" / "dependencies"
    match function.language:
        case "python":
            name = packages_name(function, root)
            return cache / name if name else None
        case "nodejs":
            manifest = _package(function, root)
            if manifest is None or manifest.name == "node_modules":
                return manifest
            locked = "".join(_text(manifest.with_name(name)) for name in packages.LOCKS)
            name = packages.named(_text(manifest), function.runtime, function.architecture, locked)
            return cache / name / "node_modules"
    return None


def packages_name(function: Function, root: Path) -> str:
    """A name for what a Python function's list comes to; empty when there is nothing to add. Installs nothing."""
    found = _requirements(function, root)
    return packages.named(found.content(), function.runtime, function.architecture) if found is not None else ""


def manifests(function: Function, root: Path) -> tuple[Path, ...]:
    """The files whose change means other packages."""
    if function.language == "python":
        found = _requirements(function, root)
        return found.inputs() if found is not None else ()
    manifest = _package(function, root)
    if manifest is None or manifest.name == "node_modules":
        return ()
    locked = (manifest.with_name(name) for name in packages.LOCKS)
    return (manifest, *(lock for lock in locked if lock.is_file()))


def install(
    function: Function, root: Path, tools: Tools, environ: Mapping[str, str], interpreter: Interpreter
) -> Installed:
    """Make what `dependencies_folder` says, unless it is there."""
    if function.language == "python":
        return install_python(function, root, tools, environ, interpreter) or Installed()
    target, manifest = dependencies_folder(function, root), _package(function, root)
    if target is None or manifest is None or target.is_dir():
        return Installed()
    with turn(target.parent), tree.part(target.parent) as place:
        why = "" if target.is_dir() else node_modules(manifest.parent, place, tools, environ)
        (place / "node_modules").mkdir(exist_ok=True)
        if not why:
            tree.put(place, target.parent)
    return Installed(why)


def install_python(
    function: Function,
    root: Path,
    tools: Tools,
    environ: Mapping[str, str],
    interpreter: Interpreter,
    container: ContainerBuild | None = None,
    say: Say = silent,
) -> Installed | None:
    """The same for a Python function, with all there is to tell. None when nothing had to be done."""
    found, folder = _requirements(function, root), dependencies_folder(function, root)
    if found is None or folder is None or folder.is_dir():
        return None
    with turn(folder), tree.part(folder) as place:
        if folder.is_dir():
            return None  # whoever came before has made it
        target = Target(version_of(function.runtime), function.architecture)
        python = interpreter(function.runtime, function.code.watched)
        installed = listed_packages(found, place, target, python, tools, environ, container=container, say=say)
        if not installed.why:
            tree.put(place, folder)
    return installed


def listed_packages(
    found: Requirements,
    place: Path,
    target: Target,
    python: Path,
    tools: Tools,
    environ: Mapping[str, str],
    *,
    here: bool = False,
    container: ContainerBuild | None = None,
    say: Say = silent,
) -> Installed:
    """Install what a list names into an empty folder, for Lambda's machine; `here`: for this one."""
    try:
        lines = _lines(found, target, tools, environ)
    except UserError as error:
        return Installed(error.what, error.hint)
    except OSError as error:
        return Installed(f"{error.filename}: {error.strerror}")
    job = PythonInstall(target, python, tools, environ, found.complete, container, say, found.folder)
    return job.here(place, lines) if here else job.into(place, lines)


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
    """Install what the list in that folder names, if there is one. Answers why it could not be, or nothing."""
    found = requirements.of(folder)
    if found is None:
        return ""
    machine = Target(version_of(runtime), architecture)
    return listed_packages(found, target, machine, python, tools, environ, here=here).why


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


def _lines(found: Requirements, target: Target, tools: Tools, environ: Mapping[str, str]) -> list[Line]:
    """What a list names, on Lambda's machine. Raises UserError for a lock that nobody here can read, and OSError."""
    lock = locks.format_of(found.file.name)
    if lock is None:
        return found.lines()
    text = found.file.read_text("utf-8-sig", "replace")
    project = _text(found.file.with_name(requirements.PROJECT))
    try:
        return found.locked("\n".join(lock.read(locks.LockText(text, project, found.member), target.markers())))
    except locks.UnknownLock as unknown:
        exported = _exported(found, lock, tools, environ)
        if exported is None:
            name = lock.export[0]
            hint = f"install {name}, which can export it, or put a requirements.txt beside the code"
            raise UserError(str(found.file), f"{found.file.name}: {unknown}", hint) from unknown
        return found.locked(exported)


def _exported(found: Requirements, lock: locks.LockFormat, tools: Tools, environ: Mapping[str, str]) -> str | None:
    """What the lock's own tool makes of it, if the tool is there and can."""
    program = tool.find(lock.export[0], environ)
    if not program or len(lock.export) == 1:
        return None
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "list.txt"
        command = [program, *lock.export[1:], str(file)]
        ran = tools.run(command, found.folder / found.member, PATIENCE)
        return _text(file) if ran.code == 0 and file.is_file() else None


def _requirements(function: Function, root: Path) -> Requirements | None:
    folder = function.code.watched
    if function.image is not None or function.language != "python" or not folder.is_dir():
        return None
    return requirements.find(folder, root)


def _package(function: Function, root: Path) -> Path | None:
    """`package.json`, or a `node_modules` that is above the code and so not in its container."""
    folder, built = function.code.watched, function.code.build is not None
    if function.image is not None or function.language != "nodejs" or not folder.is_dir():
        return None
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

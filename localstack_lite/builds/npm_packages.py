"""The packages of a Node function as they have to be on Lambda: those of `dependencies`, for Lambda's machine. I/O.

What lies in the user's `node_modules` was installed to work here: with the tools of `devDependencies` and, where a
package has parts for each machine, with those for this one. So npm installs again, apart from the project, once for
each state of its lock, into `.devserve/cache/dependencies/`.

The user's own folder is taken where npm cannot do that elsewhere: packages that are folders beside the project
(`file:`, workspaces), or that another package manager has installed; and where there is no npm.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localstack_lite.builds import packages, tool, tree
from localstack_lite.builds.tool import Tools
from localstack_lite.builds.turn import turn

MODULES = "node_modules"
#: How long an installation may take, in seconds.
_PATIENCE = 600.0
_OTHERS_LOCKS = ("yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb")
_LOCAL = ("file:", "link:", "workspace:", "portal:", "../", "./", "/", "~/")


@dataclass(frozen=True, slots=True)
class NodePackages:
    """`folder` is the `node_modules` to push; None when there is none, or it is the code's own and goes with it
    (`own`). `sealed`: it was installed for this and never changes. `why` says that there is none although there should
    be one, `remark` what the user should know."""

    folder: Path | None = None
    own: bool = False
    sealed: bool = False
    built: bool = False
    why: str = ""
    remark: str = ""


class NpmPackages:
    def __init__(self, root: Path, environ: Mapping[str, str], tools: Tools) -> None:
        self._root = root
        self._environ = dict(environ)
        self._tools = tools

    def of(self, folder: Path, runtime: str, architecture: str, *, above: bool = True) -> NodePackages:
        """Those of the `package.json` beside the code; when there is none, of the next one above, up to the
        project's."""
        for place in tool.places(folder, self._root) if above else [folder]:
            manifest, modules = place / packages.PACKAGE, place / MODULES
            if manifest.is_file():
                return self._named(place, folder, runtime, architecture)
            if modules.is_dir():
                return NodePackages(own=True) if place == folder else NodePackages(modules)
        return NodePackages()

    def _named(self, place: Path, folder: Path, runtime: str, architecture: str) -> NodePackages:
        """The `package.json` in `place`."""
        text, modules = _text(place / packages.PACKAGE), place / MODULES
        there = modules.is_dir()
        as_it_is = NodePackages(own=True) if place == folder else NodePackages(modules)
        locked = "".join(_text(place / name) for name in packages.LOCKS)
        if not packages.has_dependencies(text):
            # Only tools, or what somebody has put there by hand.
            by_npm = (modules / ".package-lock.json").is_file()
            return NodePackages() if by_npm or not there else as_it_is
        foreign = not locked and any((place / name).is_file() for name in _OTHERS_LOCKS)
        if foreign or _is_local(text, locked):
            reason = "another package manager's lock" if foreign else "packages that are folders here"
            if not there:
                return NodePackages(why=f"its package.json has {reason}, and there is no {MODULES}")
            remark = f"{MODULES} is pushed as it is, as its package.json has {reason}"
            return NodePackages(as_it_is.folder, as_it_is.own, remark=remark)
        npm = tool.find("npm", self._environ)
        target = self._target(text, locked + _text(place / ".npmrc"), runtime, architecture)
        if target.is_dir():
            return NodePackages(target / MODULES, sealed=True)
        if not npm:
            if not there:
                return NodePackages(why=f"npm is not on the PATH, and there is no {MODULES}")
            return NodePackages(as_it_is.folder, as_it_is.own, remark=f"{MODULES} is pushed as it is: there is no npm")
        why = self._install(npm, place, target, architecture)
        return NodePackages(why=why) if why else NodePackages(target / MODULES, sealed=True, built=True)

    def _target(self, text: str, locked: str, runtime: str, architecture: str) -> Path:
        name = packages.named(text, runtime, architecture, f"{locked}\0for Lambda")
        return self._root / ".devserve" / "cache" / "dependencies" / name

    def _install(self, npm: str, place: Path, target: Path, architecture: str) -> str:
        with turn(target), tree.part(target) as part:
            if target.is_dir():
                return ""  # whoever came before has made it
            for name in (packages.PACKAGE, *packages.LOCKS, ".npmrc"):
                if (place / name).is_file():
                    shutil.copy2(place / name, part / name)
            locked = any((part / name).is_file() for name in packages.LOCKS)
            cpu = "arm64" if architecture == "arm64" else "x64"
            command = [*packages.npm(npm, locked=locked), "--os=linux", f"--cpu={cpu}", "--libc=glibc"]
            ran = self._tools.run(command, part, _PATIENCE)
            if ran.code:
                return packages.complaint(ran.output)
            (part / MODULES).mkdir(exist_ok=True)
            tree.put(part, target)
        return ""


def _is_local(text: str, locked: str) -> bool:
    """Whether it names packages that are folders of this machine."""
    package = _object(text)
    if package.get("workspaces"):
        return True
    wanted = [package.get(kind) for kind in ("dependencies", "optionalDependencies")]
    named = [str(said) for each in wanted if isinstance(each, dict) for said in each.values()]
    return any(said.startswith(_LOCAL) for said in (*named, *_resolved(_object(locked))))


def _resolved(lock: Mapping[str, Any]) -> Iterator[str]:
    """What the lock says about packages that are not only for development."""
    listed = lock.get("packages")
    for entry in listed.values() if isinstance(listed, dict) else ():
        if isinstance(entry, dict) and not entry.get("dev"):
            yield "link:" if entry.get("link") else str(entry.get("resolved") or "")


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""

"""Installing a list of Python packages for Lambda's machine. I/O: runs pip or uv.

The story: what the list points to (folders, repositories, archives) is made wheels; then everything is installed as
wheels. When that fails for lack of one, the package is built from its source and it is tried again. A package that
cannot be built is stood in for by an empty one, so that all of them are found and told at once, not one with each try.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from localstack_lite.builds import complaints, packages, requirement_lines, tool, tree
from localstack_lite.builds.platform_tags import Target
from localstack_lite.builds.requirement_lines import Line, LineKind
from localstack_lite.builds.source_build import (
    NO_CONTAINER,
    PATIENCE,
    QUIET,
    ContainerBuild,
    SourceBuild,
    name_of,
    write_list,
)
from localstack_lite.builds.tidy import tidy
from localstack_lite.builds.tool import Ran, Tools

Say = Callable[[str], None]
"""Told what is done now, in a few words."""


def silent(what: str) -> None:
    """For who does not want to know."""


#: Packages without wheels that are looked for, at most: each takes a run of the installer.
_MOST = 60


@dataclass(frozen=True, slots=True)
class Installed:
    """`why` is empty when it worked. `ways` says of each package that had to be built how that was done; `missing`
    names those that have no wheel and could not be built."""

    why: str = ""
    hint: str = ""
    details: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    """What has come out so far."""

    ways: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)
    sums: dict[str, set[str]] = field(default_factory=dict)
    native: bool = False
    stood_in: bool = False


@dataclass(frozen=True, slots=True)
class PythonInstall:
    """For one target. `python` is the Python of this machine for it; `complete`: the lists are locks."""

    target: Target
    python: Path
    tools: Tools
    environ: Mapping[str, str]
    complete: bool = False
    container: ContainerBuild | None = None
    say: Say = silent
    folder: Path | None = None
    """Where the list is: uv looks there, and above, for settings of the project's own (its index). pip is never started
    there, where modules of the user's would stand in for Python's."""

    def into(self, folder: Path, lines: Sequence[Line]) -> Installed:
        """Install them for Lambda into an empty folder."""
        lines = [line for line in lines if requirement_lines.applies(line, self.target.markers())]
        with tree.part(folder.with_name(folder.name.strip(".") + ".work")) as work:
            wheels, found = work / "wheels", _Found()
            wheels.mkdir()
            builds = SourceBuild(
                self.target, self.python, self.tools, self.environ, wheels, self.container, self.folder
            )
            ready = self._sources(lines, builds, found)
            ran = self._tried(folder, ready, builds, found, work)
        if found.missing:
            return self._told(found, ran)
        if ran.code:
            return Installed(packages.complaint(ran.output), "", complaints.last_lines(ran.output), tuple(found.ways))
        tidy(folder)
        return Installed(ways=tuple(found.ways))

    def here(self, folder: Path, lines: Sequence[Line]) -> Installed:
        """Install them for this machine and that Python, whatever they are."""
        with tree.part(folder.with_name(folder.name.strip(".") + ".work")) as work:
            write_list(work / "list.txt", requirement_lines.written(lines, None, {}))
            ran = self._pip(
                lambda uv, python: packages.for_this_machine(
                    str(folder), str(work / "list.txt"), uv=uv, python=python, complete=self.complete
                ),
                folder,
                work,
            )
        return (
            Installed(packages.complaint(ran.output), "", complaints.last_lines(ran.output))
            if ran.code
            else Installed()
        )

    # -- the steps

    def _sources(self, lines: Sequence[Line], builds: SourceBuild, found: _Found) -> list[Line]:
        """The list with wheels in place of what has to be built."""
        hashed = requirement_lines.is_hashed(lines)
        options = _options(lines)
        ready: list[Line] = []
        for line in lines:
            if line.kind is LineKind.WHEEL and not self.target.fits(file := _file_name(line.location)):
                found.missing[file] = "is for another machine"
            elif line.kind is LineKind.SOURCE:
                self.say(f"building {line.name or line.shown}")
                local = Path(line.location) if line.local else None
                built = builds.build(str(line), options, local=local)
                if built.wheel is None:
                    found.missing[line.name or line.shown] = built.why
                    found.details += built.details
                    continue
                name, digest = name_of(built.wheel), _sha256(built.wheel)
                self._note(found, name, built.wheel, built.how)
                ready.append(requirement_lines.made(line, name, built.wheel, digest, hashed=hashed))
            elif line.kind is LineKind.WHEEL and hashed and line.local and not line.options:
                sums = (f"--hash=sha256:{_sha256(Path(line.location))}",)
                ready.append(Line(line.kind, line.text, line.name, line.location, line.extras, line.marker, sums))
            else:
                ready.append(line)
        return ready

    def _tried(self, folder: Path, lines: Sequence[Line], builds: SourceBuild, found: _Found, work: Path) -> Ran:
        """Until it works or nothing more can be built."""
        known: set[str] = set()
        self.say("installing")
        while True:
            text = requirement_lines.written(lines, builds.wheels, found.sums)
            write_list(work / "list.txt", text)
            ran = self._pip(
                lambda uv, python: packages.wheels(
                    self.target,
                    str(folder),
                    str(work / "list.txt"),
                    uv=uv,
                    python=python,
                    complete=self.complete,
                    built_here=found.native,
                    dry=bool(found.missing),
                ),
                folder,
                work,
            )
            wanted = [one for one in complaints.lacking(ran.output) if complaints.name_of(one) not in known]
            if ran.code == 0 or not wanted or len(known) >= _MOST:
                return ran
            for requirement in wanted:
                known.add(complaints.name_of(requirement))
                if not self._built(requirement, lines, builds, found):
                    return ran

    def _built(self, requirement: str, lines: Sequence[Line], builds: SourceBuild, found: _Found) -> bool:
        """Make a wheel for it, or one that stands in for it. False when neither can be."""
        name = complaints.name_of(requirement)
        self.say(f"building {requirement}")
        own = next((line for line in lines if line.name == name and line.kind is LineKind.NAMED), None)
        built = builds.build(str(own) if own is not None else requirement, _options(lines), name)
        if built.wheel is not None:
            found.sums[name] = {_sha256(built.wheel)}
            self._note(found, name, built.wheel, built.how)
            return True
        version = complaints.version_of(requirement, built.output)
        found.missing[f"{name} {version}" if version else requirement] = built.why
        found.details += built.details
        if not version:
            return False
        found.sums[name] = {_sha256(_stand_in(builds.wheels, name, version))}
        return True

    def _note(self, found: _Found, name: str, wheel: Path, how: str) -> None:
        found.native = found.native or not wheel.name.endswith("-any.whl")
        found.ways.append(f"{name} {wheel.name.split('-')[1]}: {how}")

    def _pip(self, command: Callable[[str, str], list[str]], folder: Path, work: Path) -> Ran:
        """With uv when it is there, else the pip of the Python, else our own."""
        uv = tool.find("uv", self.environ)
        ran = Ran(127, "no pip")
        for python in [str(self.python)] if uv else dict.fromkeys((str(self.python), sys.executable)):
            tree.empty(folder)
            ran = self.tools.run(command(uv, python), (uv and self.folder) or work, PATIENCE, **QUIET)
            if not packages.has_no_pip(ran.output):
                break
        return ran

    def _told(self, found: _Found, ran: Ran) -> Installed:
        """Every package by name, with its own reason where they differ."""
        reasons = set(found.missing.values())
        one = len(found.missing) == 1
        if len(reasons) == 1:
            (reason,) = reasons
            names = f"{', '.join(found.missing)}: {reason}"
        else:
            names = "; ".join(f"{name}: {reason}" for name, reason in found.missing.items())
        what = f"{len(found.missing)} package{' has' if one else 's have'} no wheel for {self.target}: {names}"
        hint = "take versions that have one"
        if self.container is None:
            hint += ", or start Docker: then they are built in a container"
        elif any(NO_CONTAINER in reason for reason in reasons):
            hint += ", or see to it that Docker can start one: then they are built there"
        if ran.code and not complaints.lacking(ran.output):
            found.details += complaints.last_lines(ran.output, 2)
        return Installed(what, hint, tuple(found.details[-12:]), tuple(found.ways), tuple(found.missing))


def _options(lines: Sequence[Line]) -> list[str]:
    """What the list says about indexes; not which versions or hashes it wants."""
    unwanted = ("--require-hashes", "--no-binary", "--only-binary")
    return [line.text for line in lines if line.kind is LineKind.OPTION and not line.text.startswith(unwanted)]


def _stand_in(folder: Path, name: str, version: str) -> Path:
    """An empty wheel."""
    bare = name.replace("-", "_")
    wheel, info = folder / f"{bare}-{version}-py3-none-any.whl", f"{bare}-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return wheel


def _file_name(location: str) -> str:
    return unquote(urlsplit(location).path if "://" in location else location).rpartition("/")[2]


def _sha256(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()

"""Wheels of packages that come as source only: built on this machine, or in a container like Lambda. I/O: runs tools.

What is built here is kept when it runs there: pure Python always, machine code when this machine has Lambda's Python,
its architecture and no newer glibc than it. Otherwise, where an engine answers, a container builds it.
"""

from __future__ import annotations

import os
import re
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from localstack_lite.builds import complaints, packages, tool, tree
from localstack_lite.builds.pinned import normal
from localstack_lite.builds.platform_tags import Target, newest_glibc
from localstack_lite.builds.tool import Ran, Tools

#: How long an installation or a build may take, in seconds.
PATIENCE = 600.0
QUIET = {"PIP_REQUIRE_VIRTUALENV": "0", "PIP_USER": "0", "PYTHONWARNINGS": "ignore"}
#: Code of a container that could not be started.
_NOT_STARTED = 127
#: Says so, in `Built.why`.
NO_CONTAINER = "no container can be started"
#: Where a container has the folder of the list and of the wheels.
_WORK = "/var/devserve/build"
#: Settings of the environment that say where packages come from.
_SETTINGS = re.compile(r"(PIP|UV)_[A-Z_]+|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy|SSL_CERT_FILE|REQUESTS_CA_BUNDLE")
_TAG = re.compile(r"^Tag:\s*(\S+)\s*$", re.M)


class ContainerBuild(Protocol):
    """Runs a command in a container of the runtime's image, for that architecture, and waits for its end."""

    def __call__(
        self,
        runtime: str,
        architecture: str,
        command: Sequence[str],
        folders: Mapping[Path, str],
        environ: Mapping[str, str],
        seconds: float,
    ) -> Ran:
        """`folders` of this machine are mounted where they say, writable; what is made there belongs to who asked.
        `environ` is added to the image's. The command starts in the first folder. Code 127 and a reason when no
        container could be started."""
        ...


@dataclass(frozen=True, slots=True)
class Built:
    """`wheel` is None when it could not be built; `why` and the tool's last lines then say why. `how` is for a person.
    `output` is all that the tool has said."""

    wheel: Path | None
    how: str = ""
    why: str = ""
    output: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceBuild:
    """For one target. `wheels` is where results go."""

    target: Target
    python: Path
    tools: Tools
    environ: Mapping[str, str]
    wheels: Path
    container: ContainerBuild | None = None
    folder: Path | None = None
    """Where uv looks for the project's own settings."""

    def build(self, requirement: str, options: Sequence[str], name: str = "", local: Path | None = None) -> Built:
        """`requirement` is a line of a list, `options` are the list's own; `name` when the line has one: then its
        source is taken, whatever else there is. `local` is the source, when it is a folder or file of this machine."""
        here = self._here(requirement, options, name)
        if here.wheel is not None:
            return here
        if self.container is None or complaints.no_source(here.output):
            return here
        there = self._in_container(here, requirement, options, name, local)
        return (
            there if there.wheel is not None else Built(None, why=there.why, output=here.output, details=there.details)
        )

    def _here(self, requirement: str, options: Sequence[str], name: str) -> Built:
        uv = tool.find("uv", self.environ)
        with tree.part(self.wheels / "made") as place:
            ran = self._run(place, requirement, options, name, uv)
            if ran.code:
                return _failed(ran)
            wheel = _packed(place / "out") if uv else next((place / "out").glob("*.whl"), None)
            if wheel is None:
                return _failed(ran)
            return self._kept(wheel, ran, "built here")

    def _run(self, place: Path, requirement: str, options: Sequence[str], name: str, uv: str) -> Ran:
        (place / "out").mkdir()
        listed = place / "list.txt"
        write_list(listed, "\n".join((*options, requirement)) + "\n")
        forced = [name] if name else []
        ran = Ran(127, "no pip")
        for python in [str(self.python)] if uv else dict.fromkeys((str(self.python), sys.executable)):
            command = packages.source(str(place / "out"), str(listed), forced, uv=uv, python=python)
            ran = self.tools.run(command, (uv and self.folder) or place, PATIENCE, **QUIET)
            if not packages.has_no_pip(ran.output):
                break
        return ran

    def _in_container(
        self, here: Built, requirement: str, options: Sequence[str], name: str, local: Path | None
    ) -> Built:
        """`here` is what came of it on this machine."""
        assert self.container is not None
        with tree.part(self.wheels / "made") as place:
            (place / "out").mkdir()
            folders = {place: _WORK}
            if local is not None:
                source = local if local.is_dir() else local.parent
                folders[source] = f"{_WORK}-source"
                requirement = requirement.replace(str(source), f"{_WORK}-source")
            for number, found in enumerate(_local_folders(options)):
                folders[Path(found)] = f"{_WORK}-links{number}"
                options = [option.replace(found, f"{_WORK}-links{number}") for option in options]
            write_list(place / "list.txt", "\n".join((*options, requirement)) + "\n")
            forced = [name] if name else []
            command = packages.source(f"{_WORK}/out", f"{_WORK}/list.txt", forced, python="python3")
            settings = {key: value for key, value in self.environ.items() if _SETTINGS.fullmatch(key)}
            runtime = f"python{self.target.version}"
            ran = self.container(
                runtime, self.target.architecture, command, folders, {**settings, "PIP_USER": "0"}, PATIENCE
            )
            if ran.code == _NOT_STARTED:
                why = f"{here.why}, and {NO_CONTAINER}: {' '.join(ran.output.split())}"
                return Built(None, why=why, output=ran.output, details=here.details)
            wheel = next((place / "out").glob("*.whl"), None)
            if ran.code or wheel is None:
                failed = _failed(ran)
                return Built(
                    None, why=f"in a container of {runtime}: {failed.why}", output=ran.output, details=failed.details
                )
            return self._kept(wheel, ran, f"built in a container of {runtime}", in_container=True)

    def _kept(self, wheel: Path, ran: Ran, how: str, *, in_container: bool = False) -> Built:
        """Moved to the others, if it runs on Lambda."""
        if not self.target.fits(wheel.name, built_here=True):
            return Built(None, why=f"what is built here is for another machine ({_tags(wheel)})", output=ran.output)
        pure = wheel.name.endswith("-none-any.whl")
        if not pure and not in_container and (glibc := newest_glibc(_libraries(wheel))) > self.target.glibc:
            why = f"what is built here needs glibc 2.{glibc}, {self.target} has 2.{self.target.glibc}"
            return Built(None, why=why, output=ran.output)
        place = self.wheels / wheel.name
        os.replace(wheel, place)
        return Built(place, f"{how}, pure Python" if pure else how, output=ran.output)


def _failed(ran: Ran) -> Built:
    if complaints.no_source(ran.output):
        return Built(None, why="no source of it is found either", output=ran.output)
    if tags := complaints.unfit(ran.output):
        return Built(None, why=f"what is built here is for another machine ({tags})", output=ran.output)
    return Built(None, why="its build failed", output=ran.output, details=complaints.last_lines(ran.output))


def _packed(folder: Path) -> Path | None:
    """The wheel of one installed package: uv builds wheels of names for itself only."""
    info = next(folder.glob("*.dist-info"), None)
    if info is None:
        return None
    tags = _TAG.findall((info / "WHEEL").read_text("utf-8"))
    if not tags:
        return None
    parts = [".".join(dict.fromkeys(each)) for each in zip(*(tag.split("-", 2) for tag in tags), strict=True)]
    wheel = folder.parent / f"{info.name.removesuffix('.dist-info')}-{'-'.join(parts)}.whl"
    left = {f"{info.name}/{name}" for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")}
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = file.relative_to(folder).as_posix()
            if name not in left and not name.startswith((".", "bin/")):
                archive.write(file, name)
        archive.writestr(f"{info.name}/RECORD", "".join(f"{name},,\n" for name in archive.namelist()))
    return wheel


def _libraries(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".so" in Path(name).name]
        return {name: archive.read(name) for name in names}


def _tags(wheel: Path) -> str:
    return "-".join(wheel.name.removesuffix(".whl").rsplit("-", 3)[1:])


def _local_folders(options: Sequence[str]) -> list[str]:
    found = (option.removeprefix("--find-links ") for option in options if option.startswith("--find-links "))
    return [folder for folder in found if os.path.isdir(folder)]


def write_list(file: Path, text: str) -> None:
    """A list may name an index with a password in its address: nobody else reads it."""
    file.touch(0o600)
    file.write_text(text, encoding="utf-8")


def name_of(wheel: Path) -> str:
    """The package's normal name."""
    return normal(wheel.name.partition("-")[0])

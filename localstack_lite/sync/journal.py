"""What this machine remembers of a stage: `.devserve/stages/NAME/`. I/O.

`manifest.json` is what is known of the stage, `stage.json` that it is one for development, `running.json` the push that
is on its way, `releases/000007.json` the last releases and `code/HEX.zip` their code. Each file is replaced as a whole,
so none is ever half written; one that is damaged all the same is told and taken as not there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from localstack_lite.model.package import Package
from localstack_lite.model.project import Problem
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.record import manifest_of, manifest_text, release_of, release_text
from localstack_lite.sync.release import Release
from localstack_lite.sync.running import Answer, Running, answer_of, answer_text, running_of, running_text

#: Releases whose code is kept on this machine.
KEPT = 10

T = TypeVar("T")


def stage_folder(state: Path, stage: str) -> Path:
    """The stage's folder below the state folder, whatever characters its name has."""
    name = quote(stage, safe="")
    return state / "stages" / (name if name.strip(".") else name.replace(".", "%2E"))


class Journal:
    """`folder` is the stage's own. `prepare` makes the state folder that it lies in: called before the first write, so
    that looking leaves no trace. Used by the one push that holds the lock, from one thread."""

    def __init__(self, folder: Path, prepare: Callable[[], object] = lambda: None, kept: int = KEPT) -> None:
        self.folder = folder
        self._prepare = prepare
        self._kept = kept
        self._damaged: list[Problem] = []

    def damaged(self) -> tuple[Problem, ...]:
        """What could not be read since the last call: warnings."""
        found, self._damaged = tuple(self._damaged), []
        return found

    def manifest(self) -> Manifest:
        return self._read(self.folder / "manifest.json", manifest_of) or Manifest()

    def write_manifest(self, manifest: Manifest) -> None:
        self._write(self.folder / "manifest.json", manifest_text(manifest))

    def answer(self) -> Answer | None:
        return self._read(self.folder / "stage.json", answer_of)

    def write_answer(self, answer: Answer) -> None:
        self._write(self.folder / "stage.json", answer_text(answer))

    def running(self) -> Running | None:
        return self._read(self.folder / "running.json", running_of)

    def write_running(self, running: Running) -> None:
        self._write(self.folder / "running.json", running_text(running))

    def drop_running(self) -> None:
        (self.folder / "running.json").unlink(missing_ok=True)

    def releases(self) -> tuple[Release, ...]:
        """Those that were pushed from here, oldest first."""
        files = sorted((self.folder / "releases").glob("*.json"))
        return tuple(read for file in files if (read := self._read(file, release_of)) is not None)

    def release(self, number: int) -> Release | None:
        return self._read(self.folder / "releases" / f"{number:06}.json", release_of)

    def write_release(self, release: Release, packages: Sequence[Package] = ()) -> None:
        """Note it, and keep the code that it pushed; of older ones than the last few forget both."""
        for package in packages:
            if package.file is not None:
                self._keep(package.file, package.hex)
        self._write(self.folder / "releases" / f"{release.number:06}.json", release_text(release))
        self._prune()

    def code(self, package_hex: str) -> Path | None:
        """The zip with that hash, when it is still kept."""
        file = self.folder / "code" / f"{package_hex}.zip"
        return file if file.is_file() else None

    def forget(self) -> None:
        """The stage is gone: everything but the lock, which is still held."""
        for name in ("releases", "code"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for name in ("running.json", "manifest.json", "stage.json"):
            (self.folder / name).unlink(missing_ok=True)

    def make(self) -> Path:
        """The folder, there and for its owner's eyes only."""
        if not self.folder.is_dir():
            self._prepare()
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.folder

    def _read(self, file: Path, of: Callable[[str], T]) -> T | None:
        try:
            return of(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            hint = "it is ignored, and written anew by the next push"
            self._damaged.append(Problem(str(file), f"cannot be read: {error}", hint, warning=True))
            return None

    def _write(self, file: Path, text: str) -> None:
        self.make()
        file.parent.mkdir(mode=0o700, exist_ok=True)
        # Only the lock's holder writes here, so one name for what is not finished yet is enough, and a leftover of a
        # killed run is overwritten by the next.
        part = file.with_name(f"{file.name}.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(part, file)

    def _keep(self, file: Path, package_hex: str) -> None:
        folder = self.make() / "code"
        folder.mkdir(mode=0o700, exist_ok=True)
        kept = folder / f"{package_hex}.zip"
        if kept.exists():
            return
        part = folder / f"{package_hex}.part"
        part.unlink(missing_ok=True)
        try:
            os.link(file, part)
        except OSError:  # another file system, or one without links
            shutil.copyfile(file, part)
            part.chmod(0o600)
        os.replace(part, kept)

    def _prune(self) -> None:
        files = sorted((self.folder / "releases").glob("*.json"))
        for file in files[: -self._kept]:
            file.unlink(missing_ok=True)
        wanted = _hexes(self.releases())
        for file in (self.folder / "code").glob("*"):
            if file.stem not in wanted:
                file.unlink(missing_ok=True)


def _hexes(releases: Sequence[Release]) -> frozenset[str]:
    codes = [code.sha256 for release in releases for code in release.functions.values() if not code.image]
    return frozenset(Package("", sha256).hex for sha256 in codes if is_of_zip(sha256))


def is_of_zip(sha256: str) -> bool:
    """Whether it is the hash of a zip as AWS writes it: 32 bytes in base64. That of an image is written in hex."""
    return len(sha256) == 44 and sha256.endswith("=")

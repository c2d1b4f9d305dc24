"""Where a function's code is: a folder, a zip, or text inside the template. I/O: looks at the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.model.function import Code

#: Files looked at for a near miss of a handler.
_MOST_LISTED = 2000
_NEVER_CODE = {"__pycache__", "node_modules", "site-packages", ".venv", "venv", ".git", ".aws-sam", ".devserve"}


@dataclass(frozen=True, slots=True)
class Disk:
    """`base` is what relative paths are relative to, `root` the folder that `.devserve/` belongs to, `source` the file
    that inline code stands in."""

    base: Path
    root: Path
    source: Path

    def at(self, path: str) -> Code:
        """A local folder or zip."""
        place = (self.base / path).resolve()
        if place.is_dir():
            return Code(place)
        if place.is_file():
            from localstack_lite.config.unpack import is_zip, unpacked

            if is_zip(place):
                return Code(unpacked(self.root, place), place)
            raise Refusal(f"the code {path} is a file but no zip", "name a folder or a .zip")
        siblings = [entry.name for entry in place.parent.iterdir()] if place.parent.is_dir() else []
        raise Refusal(f"there is no code at {path}", did_you_mean(place.name, siblings, "look at the path"))

    def inline(self, text: str, suffix: str) -> Code:
        """Code that stands in the template itself; its file is `index` + suffix."""
        from localstack_lite.config.unpack import written

        return Code(written(self.root, text, suffix), self.source)

    def missing_module(self, folder: Path, handler: str) -> str:
        """The file (relative) that would have to be there, or nothing when the handler's module is there."""
        module, dot, _ = handler.rpartition(".")
        if not dot or not module:
            raise Refusal(f"the handler {handler!r} is not of the form module.function", "for example app.handler")
        path = folder / module.replace(".", "/")
        if path.is_dir() or any(path.with_name(path.name + ending).is_file() for ending in (".py", ".pyc", ".so")):
            return ""
        if path.parent.is_dir() and any(_is_extension(file.name, path.name) for file in path.parent.iterdir()):
            return ""
        return module.replace(".", "/") + ".py"

    def near(self, folder: Path, file: str) -> str:
        """A hint: which Python file of the folder may have been meant."""
        listed = list(_python_files(folder))
        name = PurePosixPath(file).name
        if found := next((path for path in listed if PurePosixPath(path).name == name), ""):
            return f"did you mean {found}?"
        here = ", ".join(listed[:4]) or "no Python file"
        return did_you_mean(file, listed, f"the code folder has {here}")


def _is_extension(file: str, module: str) -> bool:
    return file.startswith(module + ".") and file.endswith((".so", ".pyd"))


def _python_files(folder: Path) -> Iterator[str]:
    listed = 0
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NEVER_CODE)
        for name in sorted(files):
            listed += 1
            if listed > _MOST_LISTED:
                return
            if name.endswith(".py"):
                yield (Path(place) / name).relative_to(folder).as_posix()

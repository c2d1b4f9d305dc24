"""Where a function's code is: a folder, a zip, or text inside the template. I/O: looks at the disk."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from localstack_lite.config.declaration import Awaited, Content
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.model.function import Code

#: Files looked at for a near miss of a handler.
_MOST_LISTED = 2000
#: In the order that Lambda's Node looks for them (AWS docs).
_SCRIPTS = (".js", ".mjs", ".cjs")
_TYPED = (".ts", ".mts", ".cts", ".tsx")
_NEVER_CODE = {"__pycache__", "node_modules", "site-packages", ".venv", "venv", ".git", ".aws-sam", ".devserve"}


@dataclass(frozen=True, slots=True)
class Disk:
    """`base` is what relative paths are relative to, `root` the folder that `.devserve/` belongs to, `source` the file
    that inline code stands in."""

    base: Path
    root: Path
    source: Path

    @property
    def state(self) -> Path:
        return self.root / ".devserve"

    def at(self, path: str) -> Code:
        """A local folder or zip."""
        folder, source = self._unfolded(path, "code")
        return Code(folder, None if folder == source else source)

    def layer(self, path: str) -> Content:
        from localstack_lite.config.survey import survey

        folder, source = self._unfolded(path, "layers")
        size, digest = survey(folder)
        return Content(folder, source, size, digest if folder == source else folder.name)

    def _unfolded(self, path: str, kind: str) -> tuple[Path, Path]:
        """The folder, and the folder or zip that it came from."""
        place = (self.base / path).resolve()
        if place.is_dir():
            return place, place
        what = "the code" if kind == "code" else "the layer"
        if place.is_file():
            from localstack_lite.config.unpack import is_zip, unpacked

            if not is_zip(place):
                raise Awaited(f"{what} {path} is a file but no zip", "name a folder or a .zip", (), place)
            try:
                return unpacked(self.root, place, kind), place
            except Refusal as refusal:
                raise Awaited(refusal.what, refusal.hint, (), place) from None
        siblings = [entry.name for entry in place.parent.iterdir()] if place.parent.is_dir() else []
        hint = did_you_mean(place.name, siblings, "look at the path")
        raise Awaited(f"there is no {what.removeprefix('the ')} at {path}", hint, (), place)

    def has(self, folder: Path, file: str) -> bool:
        return (folder / file).exists()

    def inline(self, text: str, suffix: str) -> Code:
        """Code that stands in the template itself; its file is `index` + suffix."""
        from localstack_lite.config.unpack import written

        return Code(written(self.root, text, suffix), self.source)

    def missing_module(self, folder: Path, handler: str, runtime: str = "python") -> str:
        """The file (relative) that would have to be there, or nothing when the handler's module is there."""
        if runtime.startswith("nodejs"):
            return _missing_script(folder, handler)
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
        """A hint: which file of the same language in the folder may have been meant."""
        python = file.endswith(".py")
        typed = [PurePosixPath(file).with_suffix(ending) for ending in _TYPED] if file.endswith(_SCRIPTS) else []
        if there := next((one for one in typed if (folder / one).is_file()), None):
            return f"{there} is TypeScript: build it with `Metadata: {{BuildMethod: esbuild}}`"
        listed = list(_files(folder, (".py",) if python else (*_SCRIPTS, *_TYPED)))
        name = PurePosixPath(file).stem
        if found := next((path for path in listed if PurePosixPath(path).stem == name), ""):
            return f"did you mean {found}?"
        here = ", ".join(listed[:4]) or f"no {'Python' if python else 'JavaScript'} file"
        return did_you_mean(file, listed, f"the code folder has {here}")


def _missing_script(folder: Path, handler: str) -> str:
    """As Lambda's Node takes a handler apart: the first dot of the last part ends the file's name."""
    place, _, last = handler.rpartition("/")
    name, dot, function = last.partition(".")
    if not dot or not name or not function:
        raise Refusal(f"the handler {handler!r} is not of the form file.function", "for example index.handler")
    path = folder / place / name
    files = (path, *(path.with_name(name + ending) for ending in _SCRIPTS), path / "index.js")
    return "" if any(file.is_file() for file in files) else f"{place}/{name}.js".lstrip("/")


def _is_extension(file: str, module: str) -> bool:
    return file.startswith(module + ".") and file.endswith((".so", ".pyd"))


def _files(folder: Path, endings: Collection[str]) -> Iterator[str]:
    listed = 0
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NEVER_CODE)
        for name in sorted(files):
            listed += 1
            if listed > _MOST_LISTED:
                return
            if name.endswith(tuple(endings)):
                yield (Path(place) / name).relative_to(folder).as_posix()

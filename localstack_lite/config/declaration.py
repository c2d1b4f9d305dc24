"""What every declaration of a function is checked by, wherever it stands: AWS's ranges, and whether the handler's file
is there. Pure: the disk is behind `Files`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from localstack_lite.config.refusal import Refusal
from localstack_lite.model.function import Code, Layer

#: AWS quotas: MB, seconds, MB of /tmp.
MEMORY = range(128, 10_241)
TIMEOUT = range(1, 901)
STORAGE = range(512, 10_241)


#: What has to be in the code of a custom runtime (AWS docs).
BOOTSTRAP = "bootstrap"


@dataclass(frozen=True, slots=True)
class Content:
    """What a layer holds. `source` is what the user edits: the folder itself, or the zip that it came from; `size` in
    bytes; `digest` is another one when a file changed."""

    folder: Path
    source: Path
    size: int
    digest: str


class Files(Protocol):
    """What a reader asks of the disk. Paths are relative to the template; a Refusal says what is not there."""

    @property
    def state(self) -> Path:
        """`.devserve` of the project. It need not be there."""
        ...

    def at(self, path: str) -> Code: ...

    def layer(self, path: str) -> Content:
        """The content of a layer: a folder or a zip."""
        ...

    def has(self, folder: Path, file: str) -> bool: ...

    def inline(self, text: str, suffix: str) -> Code: ...

    def missing_module(self, folder: Path, handler: str, runtime: str = "python") -> str:
        """The file that would have to be in the folder for this Python or Node handler; empty when it is there."""
        ...

    def near(self, folder: Path, file: str) -> str: ...


class Awaited(Refusal):
    """A file that is not there, or not as it should be. `file` is the file, or the folder that it would come to."""

    def __init__(self, what: str, hint: str, path: tuple[str, ...], file: Path) -> None:
        super().__init__(what, hint, path)
        self.file = file

    def at(self, path: tuple[str, ...]) -> Refusal:
        return self if self.path else Awaited(self.what, self.hint, path, self.file)


def check_handler(
    files: Files, code: Code, runtime: str, handler: str, path: tuple[str, ...], layers: Sequence[Layer] = ()
) -> None:
    """Refuses a Python or Node handler whose module is neither in the code nor, perhaps, in a layer."""
    if not runtime.startswith(("python", "nodejs")) or code.build is not None:
        return
    try:
        missing = files.missing_module(code.folder, handler, runtime)
    except Refusal as refusal:
        raise refusal.at(path) from None
    if missing and not any(_may_have(files, layer, missing) for layer in layers):
        what = f"the handler {handler} has no file {missing} in {code.folder.name}/"
        file = code.folder / missing
        # Node takes several endings: whichever comes, it comes there.
        raise Awaited(what, files.near(code.folder, missing), path, file if missing.endswith(".py") else file.parent)


def check_bootstrap(files: Files, code: Code, runtime: str, layers: Sequence[Layer]) -> None:
    """Refuses a custom runtime without its program. It may come: programs are often built after the start."""
    if not runtime.startswith(("provided", "go1")) or code.build is not None:
        return
    if not files.has(code.folder, BOOTSTRAP) and not any(_may_have(files, layer, BOOTSTRAP) for layer in layers):
        what = f"{code.folder.name}/ has no program named {BOOTSTRAP}; calls fail until there is one"
        raise Refusal(what, "build it there, or let `Metadata: {BuildMethod: makefile}` do it", ("CodeUri",))


def _may_have(files: Files, layer: Layer, file: str) -> bool:
    """A layer that has to be made or fetched first may have anything."""
    if layer.folder is None:
        return False
    places = ("", "python/", "nodejs/", "nodejs/node_modules/")
    return layer.build is not None or not layer.size or any(files.has(layer.folder, place + file) for place in places)


def within(figure: int, allowed: range) -> int:
    """The nearest that AWS allows."""
    return min(max(figure, allowed.start), allowed.stop - 1)

"""What every declaration of a function is checked by, wherever it stands: AWS's ranges, and whether the handler's file
is there. Pure: the disk is behind `Files`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from localstack_lite.config.refusal import Refusal
from localstack_lite.model.function import Code

#: AWS quotas: MB, seconds.
MEMORY = range(128, 10_241)
TIMEOUT = range(1, 901)


class Files(Protocol):
    """What a reader asks of the disk. Paths are relative to the template; a Refusal says what is not there."""

    def at(self, path: str) -> Code: ...

    def inline(self, text: str, suffix: str) -> Code: ...

    def missing_module(self, folder: Path, handler: str) -> str:
        """The file that would have to be in the folder for this Python handler; empty when it is there."""
        ...

    def near(self, folder: Path, file: str) -> str: ...


class Awaited(Refusal):
    """A file that is not there."""

    def __init__(self, what: str, hint: str, path: tuple[str, ...], file: Path) -> None:
        super().__init__(what, hint, path)
        self.file = file


def check_handler(files: Files, code: Code, runtime: str, handler: str, path: tuple[str, ...]) -> None:
    """Refuses a Python handler whose module is not in the code."""
    if not runtime.startswith("python"):
        return
    try:
        missing = files.missing_module(code.folder, handler)
    except Refusal as refusal:
        raise refusal.at(path) from None
    if missing:
        what = f"the handler {handler} has no file {missing} in {code.folder.name}/"
        raise Awaited(what, files.near(code.folder, missing), path, code.folder / missing)


def within(figure: int, allowed: range) -> int:
    """The nearest that AWS allows."""
    return min(max(figure, allowed.start), allowed.stop - 1)

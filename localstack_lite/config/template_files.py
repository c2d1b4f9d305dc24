"""Reads template files, what they include and what they nest, each file once. I/O only.

Every file that was looked for is kept in `inputs`, also one that is not there: when it comes, the project is read
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from localstack_lite.config.code import Disk
from localstack_lite.config.find import TEMPLATES
from localstack_lite.config.includes import Loaded
from localstack_lite.config.nested import Source
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.yaml_cfn import Document, parse
from localstack_lite.errors import UserError


@dataclass(frozen=True, slots=True)
class TemplateFiles:
    """`root` is the project's folder. `prepared` has the content of templates that were read and changed before, by
    file."""

    root: Path
    prepared: Mapping[Path, Mapping[str, Any]] = field(default_factory=dict)
    inputs: list[Path] = field(default_factory=list)
    _parsed: dict[Path, Document] = field(default_factory=dict)

    def source(self, file: Path, document: Document | None = None) -> Source:
        """A template that is there. `document` is its content when that is known."""
        self.inputs.append(file)
        return Source(
            shown(file, self.root),
            str(file),
            document or self._document(file),
            Disk(file.parent, self.root, file),
            partial(self._included, file.parent),
            partial(self._nested, file.parent),
        )

    def _document(self, file: Path) -> Document:
        if file not in self._parsed:
            if file in self.prepared:
                self._parsed[file] = Document(self.prepared[file])
            else:
                self._parsed[file] = document_of(text_of(file, shown(file, self.root)), shown(file, self.root))
        return self._parsed[file]

    def _included(self, folder: Path, path: str) -> Loaded:
        file = self._found(folder, path, "file")
        return Loaded(str(file), self._document(file).values, partial(self._included, file.parent))

    def _nested(self, folder: Path, path: str) -> Source:
        return self.source(self._found(folder, path, "template"))

    def _found(self, folder: Path, path: str, what: str) -> Path:
        try:
            place = (folder / path).resolve()
            if what == "template" and place.is_dir():
                places = [place / name for name in TEMPLATES]
                place = next((file for file in places if file.is_file()), places[0])
            there = place.is_file()
        except (OSError, ValueError, RuntimeError):  # too long a name, a NUL, a circle of links
            raise Refusal(f"{path[:80]!r} is no path of a {what}", "look at the path") from None
        self.inputs.append(place)
        if not there:
            names = [entry.name for entry in place.parent.iterdir()] if place.parent.is_dir() else []
            raise Refusal(f"there is no {what} {path}", did_you_mean(place.name, names, "look at the path"))
        return place


@lru_cache(maxsize=8)
def document_of(text: str, name: str) -> Document:
    """`parse`, once for a text: a project that is pushed is read twice. Nobody changes a document."""
    return parse(text, name)


def shown(file: Path, folder: Path) -> str:
    """A file for messages: relative to the project where it is inside."""
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)


def text_of(file: Path, name: str) -> str:
    """The text of a file that is called `name` in messages. A UserError when it cannot be read."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(name, "not UTF-8 text", "save it as UTF-8") from None
    except OSError as error:
        raise UserError(name, error.strerror or "cannot be read", "look at the path and its permissions") from None

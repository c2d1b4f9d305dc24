"""Small makers that the tests of this package share: a disk in memory, stacks from YAML text, projects in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from localstack_lite.config.declaration import Awaited, Content
from localstack_lite.config.includes import Loaded
from localstack_lite.config.intrinsics import Scope
from localstack_lite.config.nested import Source
from localstack_lite.config.parameters import Place, read_parameters
from localstack_lite.config.read import read
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.sam import Transformed
from localstack_lite.config.stack import Stack, open_stack
from localstack_lite.config.yaml_cfn import Document, parse
from localstack_lite.model.function import Code
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.project import Project

HANDLER = "def handler(event, context):\n    return 1\n"


@dataclass
class FilesInMemory:
    """Folders by name, each with its modules."""

    folders: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {".": ("app",)})
    state: Path = Path("/project/.devserve")

    def layer(self, path: str) -> Content:
        if path not in self.folders:
            raise Awaited(f"there is no layer at {path}", "look at the path", (), Path("/project") / path)
        place = Path("/project") / path
        return Content(place, place, 100, f"digest of {path}")

    def has(self, folder: Path, file: str) -> bool:
        return file in self.folders.get(str(folder.relative_to("/project")), ())

    def at(self, path: str) -> Code:
        if path not in self.folders:
            raise Awaited(f"there is no code at {path}", "look at the path", (), Path("/project") / path)
        return Code(Path("/project") / path)

    def inline(self, text: str, suffix: str) -> Code:
        return Code(Path(f"/inline/{len(text)}{suffix}"), Path("/project/template.yaml"))

    def missing_module(self, folder: Path, handler: str, runtime: str = "python") -> str:
        module = handler.rpartition(".")[0]
        file = module + (".js" if runtime.startswith("nodejs") else ".py")
        if folder.is_relative_to("/inline"):
            return "" if module == "index" else file
        return "" if module in self.folders[str(folder.relative_to("/project"))] else file

    def near(self, folder: Path, file: str) -> str:
        return "did you mean app.py?"


def stack_of(text: str, overrides: Mapping[str, str] | None = None) -> Stack:
    """A stack of plain CloudFormation."""
    document = parse(dedent(text), "template.yaml")
    sections = [dict(document.values.get(name, {})) for name in ("Mappings", "Conditions", "Resources")]
    scope = Scope(read_parameters(document.values.get("Parameters"), overrides or {}), Place(), *sections)
    return open_stack("template.yaml", document, document.values, scope, [])


def source_of(name: str, templates: Mapping[str, str]) -> Source:
    """A template of a folder in memory, and what it includes and nests there; names are relative to the folder."""

    def load(path: str) -> Loaded:
        return Loaded(path, document(path).values, load)

    def document(path: str) -> Document:
        if path not in templates:
            raise Refusal(f"there is no file {path}", "look at the path")
        return parse(dedent(templates[path]), path)

    def child(path: str) -> Source:
        return Source(path, path, document(path), FilesInMemory(), load, child)

    return child(name)


def untouched(document: Mapping[str, object], parameters: Mapping[str, str], place: Place) -> Transformed:
    """A transform for templates that need none."""
    return Transformed(dict(document))


def project_in(folder: Path, files: Mapping[str, str], target: str = ".", **options: object) -> Project:
    """Writes the files and reads the project; the environment is empty."""
    write(folder, files)
    return read(ReadOptions(folder, target, **options), environ={})  # type: ignore[arg-type]


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), encoding="utf-8")

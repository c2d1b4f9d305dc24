"""Where a Django project's settings are, and their text: the named module, and those that it imports all of. I/O: reads
files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from localstack_lite.builds.doctor import django_settings
from localstack_lite.builds.doctor.django_settings import Settings
from localstack_lite.model.function import Function
from localstack_lite.model.project import Project

#: Settings modules that are read, each importing all of the next.
_MOST_SETTINGS = 8
_SETTINGS_MODULE = re.compile(r"""DJANGO_SETTINGS_MODULE['"]\s*[,\]]\s*=?\s*['"]([\w.]+)['"]""")


def settings(project: Project, function: Function) -> Settings:
    """Those of the app that the function is, or of the `manage.py` beside its code; empty for what is no Django."""
    folder = function.code.watched
    module = function.adapter.django_settings if function.adapter is not None else ""
    module = module or settings_module(folder)
    return settings_of([folder, project.root], module, project.root) if module else Settings()


def settings_of(folders: Sequence[Path], module: str, root: Path) -> Settings:
    """The settings module, below everything that it imports all of (`from .base import *`)."""
    texts: list[tuple[str, str]] = []
    seen: set[Path] = set()
    waiting = [module]
    while waiting and len(texts) < _MOST_SETTINGS:
        name = waiting.pop(0)
        file = _module_file(folders, name)
        if file is None or file in seen:
            continue
        seen.add(file)
        text = _text(file)
        texts.insert(0, (str(file.relative_to(root)) if file.is_relative_to(root) else str(file), text))
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        waiting += [_absolute(star, package) for star in django_settings.read(texts[:1]).stars]
    return django_settings.read(texts)


def settings_module(folder: Path) -> str:
    """What `manage.py` says that it is."""
    said = _SETTINGS_MODULE.search(_text(folder / "manage.py"))
    return said[1] if said is not None else ""


def _module_file(folders: Sequence[Path], module: str) -> Path | None:
    parts = module.split(".")
    for folder in folders:
        for file in (folder.joinpath(*parts).with_suffix(".py"), folder.joinpath(*parts, "__init__.py")):
            if file.is_file():
                return file
    return None


def _absolute(star: str, package: str) -> str:
    level = len(star) - len(star.lstrip("."))
    if not level:
        return star
    parts = package.split(".") if package else []
    return ".".join([*parts[: len(parts) - level + 1], *filter(None, [star.lstrip(".")])])


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig", "replace")
    except OSError:
        return ""

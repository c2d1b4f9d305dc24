"""What goes over the code of a WSGI or ASGI app in its package: the adapter's modules, and those of the packages that
it offers which the app does not bring itself. I/O: reads devserve's own installation.

Where they lie is what `Adapter.stage_variables` tells the function.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from localstack_lite.builds.overlay import overlay
from localstack_lite.model.adapter import OFFERED, Adapter
from localstack_lite.model.function import Function


def adapter_folder(function: Function, root: Path, homes: Sequence[Path]) -> Path:
    """`homes` are the folders of the package that have the app's own packages. Raises OSError."""
    found = _files(function.adapter, homes) if function.adapter is not None else ()
    files = {name: file.read_bytes() for name, file in found}
    return overlay(root, "adapters", files)


def _files(adapter: Adapter, homes: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    for folder in adapter.folders:
        yield from _below(folder, "")
    for package in adapter.packages:
        if any((home / package.name).exists() for home in homes):
            continue
        if package.is_dir():
            yield from _below(package, f"{OFFERED}/{package.name}/")
        else:
            yield f"{OFFERED}/{package.name}", package


def _below(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        if file.is_file() and "__pycache__" not in path.parts:
            yield f"{prefix}{path.as_posix()}", file

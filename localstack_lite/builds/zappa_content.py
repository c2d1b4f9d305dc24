"""The folder that goes over a Zappa project's code in its package. I/O: reads the installed Zappa."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from localstack_lite.builds.overlay import overlay
from localstack_lite.builds.zappa_files import SETTINGS, wanted, written
from localstack_lite.model.adapter import AppKind
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem


def is_zappa(function: Function) -> bool:
    return function.adapter is not None and function.adapter.kind is AppKind.ZAPPA


def zappa_folder(function: Function, root: Path, homes: Sequence[Path]) -> Path | Problem:
    """`homes` are the folders of the package that may have Zappa in them. A Problem when none has."""
    told = function.adapter.variables[SETTINGS] if function.adapter is not None else "{}"
    texts = {name: text.encode() for name, text in written(told).items()}
    for name, path in wanted(told).items():
        found = next((file for home in homes if (file := home / path).is_file()), None)
        if found is None:
            what = f"{function.name}: zappa is not among the packages that are pushed"
            version = function.adapter.name.removeprefix("zappa ") if function.adapter is not None else ""
            line = f"zappa=={version}" if version[:1].isdigit() else "zappa"
            hint = f"write {line}, and what else the app needs, into requirements.txt"
            return Problem(function.where or function.name, what, hint, function.logical_id)
        texts[name] = found.read_bytes()
    return overlay(root, "zappa", texts)

"""A Zappa project served by devserve, in the environment of a tested version.

with served(tmp_path, "0.63.0", FLASK, {"dev": {"app_function": "shop.app"}}) as server:
    assert server.get("/dev/").status == 200
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.live import venvs, zappa_runtime
from tests.live.devserver import Devserve, Files, devserve, write

#: The function's name: Zappa's, of the project's and the stage's.
NAME = "shop-dev"
BASE: Mapping[str, Any] = {"project_name": "shop", "aws_region": "us-east-1", "s3_bucket": "none"}


def settings(**stages: Mapping[str, Any]) -> str:
    """`zappa_settings.json`."""
    return json.dumps({name: {**BASE, **given} for name, given in stages.items()})


def project(folder: Path, version: str, files: Files, stages: Mapping[str, Mapping[str, Any]] | str) -> Path:
    """Its files, settings and `.venv` in the folder."""
    text = stages if isinstance(stages, str) else settings(**stages)
    venvs.use(folder, zappa_runtime.interpreter(version))
    return write(folder, {"zappa_settings.json": text, **files})


@contextmanager
def served(
    folder: Path,
    version: str,
    files: Files,
    stages: Mapping[str, Mapping[str, Any]] | str,
    *arguments: str,
    **more: Any,
) -> Iterator[Devserve]:
    project(folder / "project", version, files, stages)
    with devserve(folder, None, *arguments, **more) as server:
        yield server


def log(server: Devserve, name: str = NAME) -> str:
    """All that the function wrote so far."""
    return "".join(server.log(name))

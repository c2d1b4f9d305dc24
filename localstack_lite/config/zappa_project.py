"""A Zappa project (`zappa_settings`) → `Project`."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.config.sources import Sources
from localstack_lite.errors import UserError
from localstack_lite.model.project import Project


def read_zappa(sources: Sources, file: Path) -> Project:
    raise UserError(str(file), f"a Zappa project of {sources.root} is not read by this version", "")

"""A Chalice app → `Project`."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.config.sources import Sources
from localstack_lite.errors import UserError
from localstack_lite.model.project import Project


def read_chalice(sources: Sources, folder: Path) -> Project:
    raise UserError(str(folder), f"a Chalice app of {sources.root} is not read by this version", "")

"""A WSGI or ASGI app, or a Django project → `Project`."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.config.sources import Sources
from localstack_lite.errors import UserError
from localstack_lite.model.project import Project


def read_django(sources: Sources, file: Path) -> Project:
    raise UserError(str(file), f"a Django project of {sources.root} is not read by this version", "")


def read_app(sources: Sources, named: str) -> Project:
    """`named` is `module:app`, a file's name, or empty: the app that the folder has."""
    raise UserError(named or str(sources.root), "nothing to serve here", "write a lambda_handler(event, context)")

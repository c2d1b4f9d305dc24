"""What makes a project Zappa's: its settings file, or `ZAPPA_*` variables in its place. Pure.

Variables count where Zappa's file would: before what shows an app that any tool may deploy, never before what was
named.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from localstack_lite.config.devserve_toml import Settings
from localstack_lite.config.find import SERVERLESS, ZAPPA, Found
from localstack_lite.config.zappa.file import PREFIX, ZappaFile, from_environment


def is_project(found: Found, settings: Settings, file: Path) -> bool:
    """Whether a settings file of Zappa is what the project is read from, and not only beside it."""
    return found.foreign == file and not (settings.template or (settings.declares_functions and not found.explicit))


def in_variables(found: Found, environ: Mapping[str, str], stage: str = "") -> ZappaFile | None:
    """The settings, None where something else is the project. `stage` is the one that was asked for."""
    named = found.explicit or found.template or found.assembly or found.handler or found.script or found.app
    if named or (found.foreign is not None and found.foreign.name in (*SERVERLESS, *ZAPPA)):
        return None
    if not any(name.startswith(PREFIX) for name in environ):
        return None
    return from_environment(environ, stage)

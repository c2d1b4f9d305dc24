"""Where the files are that are shipped beside the package: runtimes and sample events.

In an installed wheel they lie inside the package, in a checkout beside it.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def runtimes() -> Path:
    """The folder with what runs beside user code: `python/bootstrap.py` and so on."""
    return _find("runtimes")


def sample_events() -> Path:
    """The folder with one JSON file per kind of event."""
    return _find("sample_events")


def _find(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name

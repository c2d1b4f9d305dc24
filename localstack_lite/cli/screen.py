"""What the terminal can show: colour and width. Pure; the environment and the answers of the system are passed in."""

from __future__ import annotations

from collections.abc import Mapping

NARROWEST = 20


def colour(environ: Mapping[str, str], tty: bool) -> bool:
    """`NO_COLOR` (any value) turns colour off, `FORCE_COLOR` (not `0`) on; else a terminal that is not dumb has it."""
    if environ.get("NO_COLOR"):
        return False
    if forced := environ.get("FORCE_COLOR"):
        return forced != "0"
    return tty and environ.get("TERM") != "dumb"


def width(environ: Mapping[str, str], columns: int) -> int:
    """Columns to use: `COLUMNS` where it is set, else what the system said (0 when it did not: 100)."""
    told = environ.get("COLUMNS", "")
    found = int(told) if told.isdecimal() else 0
    return max(found or columns or 100, NARROWEST)

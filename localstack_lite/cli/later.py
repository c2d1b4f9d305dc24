"""Options and commands that are named in the plan of devserve but are not in this version.

Accepting them silently would be a lie, and "no such option" would send people looking for a typing mistake.
"""

from __future__ import annotations

COMMANDS: dict[str, str] = {
    "explain": "where each value came from",
    "init": "write a configuration",
    "build": "install dependencies",
    "tune": "memory against speed and cost",
}

OPTIONS: dict[str, str] = {
    "--no-overlay": "the error page in the browser",
}

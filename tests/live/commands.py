"""How a user types devserve: the command line of a fresh process, and an environment with nothing of AWS in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import localstack_lite

SOURCE = Path(localstack_lite.__file__).resolve().parents[1]


def environment(mark: str, home: Path) -> dict[str, str]:
    """A user's environment without anything of AWS in it; `mark` tells the processes of this run from all others."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DEVSERVE_"))}
    return environ | {
        "DEVSERVE_TEST_RUN": mark,
        "HOME": str(home),
        "PYTHONPATH": str(SOURCE),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_COLOR": "1",
    }


def command(*arguments: str) -> list[str]:
    """`-P` as with the installed `devserve` script: the project's folder is not on our own module path."""
    return [sys.executable, "-P", "-m", "localstack_lite", *arguments]

"""`BuildMethod: makefile`: which command makes a function or a layer, and what went wrong. Pure.

As in SAM: the target is `build-LOGICALID`, and the result goes to the folder that `ARTIFACTS_DIR` names. Source: the
SAM developer guide, "Building custom runtimes".
"""

from __future__ import annotations

import re

#: Where make says which rule failed.
_RULE = re.compile(r"\*\*\* \[([^\[\]\s]+:\d+): ")
#: How many lines of a failed build are told.
_MOST_LINES = 3


def command(logical_id: str, artifacts: str) -> list[str]:
    return ["make", "--no-print-directory", f"build-{logical_id}", f"ARTIFACTS_DIR={artifacts}"]


def complaint(output: str) -> str:
    """The last lines that the tools below make have written, with the place of the rule; else make's own."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith("make")] or lines
    rules = _RULE.findall(output)
    place = f" ({rules[0]})" if rules else ""
    return (" / ".join(told[-_MOST_LINES:]) or "it said nothing") + place

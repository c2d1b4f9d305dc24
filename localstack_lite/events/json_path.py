"""The JSON paths that EventBridge takes in `InputPath` and `InputPathsMap`. Pure.

Source: AWS docs, "Input transformation": `$`, members by dot or in brackets, array indices, `*` for all members.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_STEP = re.compile(
    r"""\.(?P<name>[^.\[\]*'"]+)|\.(?P<members>\*)|\[(?P<index>-?\d+)\]|\[(?P<all>\*)\]|\[(?P<quote>['"])(?P<key>.*?)(?P=quote)\]"""
)


def find(event: object, path: str) -> Any:
    """What the path leads to; a list when it has a `*`. A LookupError when it leads nowhere, or is no path."""
    if not path.startswith("$"):
        raise LookupError(path)
    found: list[Any] = [event]
    several, at = False, 1
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            raise LookupError(path)
        at = step.end()
        if step["all"] or step["members"]:
            several = True
            found = [member for each in found for member in _members(each)]
        elif step["index"] is not None:
            found = [each[int(step["index"])] for each in found if _has(each, int(step["index"]))]
        else:
            name = step["name"] if step["name"] is not None else step["key"]
            found = [each[name] for each in found if isinstance(each, Mapping) and name in each]
    if not found and not several:
        raise LookupError(path)
    return found if several else found[0]


def _members(value: object) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else []


def _has(value: object, index: int) -> bool:
    return isinstance(value, list) and -len(value) <= index < len(value)

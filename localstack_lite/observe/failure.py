"""What went wrong in a function, out of the error payload that it would return: cause, place, and what comes next."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

_PYTHON = re.compile(
    r'\s*File "(?P<file>[^"]+)",? [Ll]ine (?P<line>\d+)(?:, in (?P<function>[^\n]+))?(?:\n\s*(?P<code>[^\n]*))?'
)
_NODE = re.compile(r"\s*at (?:(?P<function>[^()]+) \()?(?:file://)?(?P<file>[^()]+?):(?P<line>\d+):\d+\)?$")

#: Frames of the machinery below the user's code.
OTHERS = ("/runtimes/python/", "/awslambdaric/", "importlib", "/runtimes/nodejs/", "node:", "/var/runtime/", "runpy.py")

#: Errors after which the environment starts anew. (Init errors all do: their payload names no request.)
FATAL = ("Runtime.ExitError", "Runtime.OutOfMemory", "Sandbox.", "Extension.")

#: Errors that may be about a module that is not there.
IMPORTS = ("Runtime.ImportModuleError", "ModuleNotFoundError", "ImportError")

Excerpt = Callable[[str, int], tuple[tuple[int, str], ...]]
"""The lines of a file around a line, numbered from 1; empty when it cannot be read."""


@dataclass(frozen=True, slots=True)
class Frame:
    file: str
    line: int
    function: str = ""
    code: str = ""

    @property
    def name(self) -> str:
        return self.file.replace("\\", "/").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Failure:
    """`frame` is where the user's own code failed, None when the payload does not tell. `fatal` when the environment
    did not survive."""

    type: str
    message: str
    frame: Frame | None
    fatal: bool


def read(payload: str) -> Failure:
    """Any text: a payload without the usual keys is its own message."""
    try:
        value = json.loads(payload)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        return Failure("", payload.strip()[:500], None, fatal=False)
    kind, message = str(value.get("errorType") or ""), str(value.get("errorMessage") or "")
    frames = _frames(value.get("stackTrace")) or _frames(value.get("trace"))
    fatal = kind.startswith(FATAL) or value.get("requestId") == ""
    return Failure(kind, message, frames[-1] if frames else None, fatal)


def _frames(trace: object) -> list[Frame]:
    """The user's frames, the failing one last."""
    if not isinstance(trace, list):
        return []
    python, node = [], []
    for entry in trace:
        if match := _PYTHON.match(str(entry)):
            python.append(match)
        elif match := _NODE.match(str(entry)):
            node.append(match)
    frames = [
        Frame(m["file"], int(m["line"]), (m["function"] or "").strip(), (m.groupdict().get("code") or "").strip())
        for m in (*reversed(node), *python)
    ]
    own = [frame for frame in frames if not any(other in frame.file for other in OTHERS)]
    mine = [frame for frame in own if "/site-packages/" not in frame.file and "/node_modules/" not in frame.file]
    return mine or own


def aftermath(failure: Failure, environment: str) -> str:
    """What became of the environment."""
    if not environment:
        return ""
    if failure.fatal:
        return f"{environment} was reset: its next use starts it again"
    return f"{environment} goes on"

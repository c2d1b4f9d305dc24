"""The DEBUG lines of a run on the screen: a row each, and of many the first few. Pure.

Zappa logs at DEBUG unless it is told otherwise: every request prints its whole event, and a cold start what botocore
does. That hides what was asked for, so the screen shows less of it; the log store and `--json` have all.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from localstack_lite.observe.lines import INDENT, TIME
from localstack_lite.observe.palette import Palette

#: DEBUG lines of one run above which only the first are shown, and how many those are.
MANY, FIRST = 5, 3
#: What makes them fewer, in a project of Zappa.
ZAPPA = 'set "log_level": "INFO" in zappa_settings'
#: The column in which messages start.
START = len(INDENT) + TIME + 1
#: Lambda's text format for Python (`[DEBUG]\t2026-…Z\trequest-id\t…`) and Python's own (`DEBUG:botocore.hooks:…`), with
#: the colours that a formatter may have put in front.
_DEBUG = re.compile(r"(?:\x1b\[[0-9;:]*m)*(?:\[DEBUG\]|DEBUG[: ])")
_ID, _TIME = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", r"\d{4}-\d\d-\d\dT[\d:.]+Z"
#: What Lambda's text formats put before a message, for Python and for Node.
_PYTHON = re.compile(rf"(\[[A-Z]+\])\t{_TIME}\t{_ID}\t")
_NODE = re.compile(rf"{_TIME}\t{_ID}\t([A-Z]+)\t")
_TAB = 8
_PLAIN = Palette(False)


@dataclass(slots=True)
class DebugLines:
    """Those of one run. `held` are neither shown nor told yet."""

    seen: int = 0
    shown: int = 0
    held: int = 0

    def hold(self, message: str) -> bool:
        """Count a log event; whether it is one too many to be kept for the screen."""
        if not is_debug(message):
            return False
        self.seen += 1
        if self.seen <= MANY:
            return False
        self.held += 1
        return True

    def fold(self, logs: list[tuple[float, str]]) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
        """Log events (time, message) that are shown now: those before the first one held back, and those after it."""
        before: list[tuple[float, str]] = []
        after: list[tuple[float, str]] = []
        out = before
        for log in logs:
            if is_debug(log[1]):
                if self.seen > MANY and self.shown >= FIRST:
                    self.held += 1
                    out = after
                    continue
                self.shown += 1
            out.append(log)
        return before, after

    def tell(self, columns: int, paint: Palette, *, who: str = "", hint: str = "") -> list[str]:
        """The line for those that were held back, none when there are none. `who` stands in front of it; the hint has
        a line of its own where the screen is too narrow for both."""
        count, self.held = self.held, 0
        if not count:
            return []
        said = f"{who}… {count} more DEBUG {'line (--json shows it)' if count == 1 else 'lines (--json shows them)'}"
        both = f"{said} · {hint}" if hint else said
        parts = [both] if START + len(both) <= columns else [said, hint] if hint else [said]
        return [f"{' ' * START}{paint(part, 'dim')}" for part in parts]


def is_debug(message: str) -> bool:
    return _DEBUG.match(message) is not None


def bare(message: str) -> str:
    """A log event without the time and the request id of Lambda's text format: on the screen it stands below its
    request, beside its time."""
    found = _PYTHON.match(message) or _NODE.match(message)
    return f"{found[1]} {message[found.end() :]}" if found else message


def fitted(message: str, columns: int, start: int = START) -> str:
    """A log event as it is or, if it is a DEBUG line, what of it a row has room for that it starts in column `start`
    of; what is cut has no colours."""
    if not is_debug(message):
        return message
    first, more, _ = message.rstrip("\r\n").partition("\n")
    plain = _PLAIN.foreign(first) + ("…" if more else "")
    at, room = start, 0
    for index, char in enumerate(plain):
        at += _TAB - at % _TAB if char == "\t" else _width(char)
        if at > columns:
            return f"{plain[:room].rstrip()}…"
        if at < columns:
            room = index + 1
    return plain if more else message


def _width(char: str) -> int:
    """Columns of a character: two for the wide ones of East Asia and emoji, none for what joins the one before."""
    if char.isascii():
        return 1
    if unicodedata.east_asian_width(char) in "WF":
        return 2
    return 0 if unicodedata.category(char) in ("Mn", "Me", "Cf") else 1

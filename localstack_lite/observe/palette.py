"""Colours, by hand: what is printed thousands of times a second has no time for a library."""

from __future__ import annotations

import re

CODES = {"dim": "2", "bold": "1", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_SGR = re.compile(r"\x1b\[[0-9;:]*m")
_ESCAPE = re.compile(r"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])?")
_CONTROL = {
    code: " " if code in (11, 12, 13) else "�" for code in (*range(9), *range(10, 27), *range(28, 32), *range(127, 160))
}


class Palette:
    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, text: str, *styles: str) -> str:
        if not self.color or not text or not styles:
            return text
        return f"\x1b[{';'.join(CODES[style] for style in styles)}m{text}\x1b[0m"

    def status(self, text: str, code: int) -> str:
        if code >= 500:
            return self(text, "red", "bold")
        if code >= 400:
            return self(text, "yellow")
        return self(text, "green")

    def foreign(self, text: str) -> str:
        """Somebody else's text on our screen: its colours stay where we have colours, whatever moves the cursor,
        rings or clears goes."""
        if text.isprintable():
            return text
        if "\x1b" not in text:
            return text.translate(_CONTROL)
        kept = [match.group() for match in _SGR.finditer(text)] if self.color else []
        parts = [_ESCAPE.sub("", part).translate(_CONTROL) for part in _SGR.split(text)]
        if not kept:
            return "".join(parts)
        return "".join(part + code for part, code in zip(parts, [*kept, "\x1b[0m"], strict=True))


def width(text: str) -> int:
    """Columns on the screen, without the colours."""
    return len(_SGR.sub("", text))

"""What the building of an image says: the step that it is at, and of a failed one its own last lines. Pure.

Two builders speak differently: the engine's classic one sends JSON events (`{"stream": "Step 2/5 : RUN make\\n"}`),
BuildKit's plain output is lines (`#7 [3/5] RUN make`, then `#7 0.52 what it wrote`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LONGEST = 20
"""Lines of a failed step that are kept: its last."""
WIDEST = 72
"""Characters of a step's command that are shown."""
LABEL = "devserve.build"
"""Marks the images that we built; the value is their tag."""
RED = "\x1b[91m"
"""Begins what the classic builder passes on from a command's stderr."""

_CLASSIC = re.compile(r"Step (\d+)/(\d+) : (.*)")
_KIT = re.compile(r"#(\d+) \[(?:[^\]]* )?(\d+)/(\d+)\] (.*)")
_KIT_SAID = re.compile(r"#(\d+) (?:[\d.]+ )?(.*)")
_BUILDERS_OWN = re.compile(r"Step \d+/\d+ : | ---> |Removing intermediate container ")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class BuildOutput:
    """`heard` takes a classic builder's event, `heard_line` a line of BuildKit's; both return what to tell: a state
    (`step 2/5 RUN make`) and a share."""

    def __init__(self) -> None:
        self.error = ""
        self._steps: dict[str, list[str]] = {}
        self._current = ""
        self._rest: list[str] = []
        self._unfinished = {"": "", RED: ""}
        """Of output and of errors (which the engine colours): the line that has no end yet."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The step that failed and the last that it wrote."""
        said = self._steps.get(self._current, self._rest)
        return tuple(said if len(said) <= LONGEST else [said[0], *said[1 - LONGEST :]])

    def heard(self, event: Mapping[str, Any]) -> tuple[str, float] | None:
        if error := event.get("error"):
            self._finish()
            self.error = _plain(str(error))
            return None
        text = str(event.get("stream", ""))
        kind = RED if text.startswith(RED) else ""
        text = _COLOUR.sub("", text)
        if _BUILDERS_OWN.match(text):
            self._finish()
        # An event is what one `write` of the step's command wrote: of a line, perhaps, only a word.
        *whole, self._unfinished[kind] = (self._unfinished[kind] + text).split("\n")
        found = None
        for line in whole:
            found = self._classic(_plain(line)) or found
        return found

    def _finish(self) -> None:
        for kind, line in self._unfinished.items():
            self._unfinished[kind] = ""
            self._classic(_plain(line))

    def heard_line(self, line: str) -> tuple[str, float] | None:
        line = _plain(line)
        if begun := _KIT.match(line):
            vertex, number, of, command = begun.groups()
            return self._begin(vertex, int(number), int(of), command)
        said = _KIT_SAID.match(line)
        if said is None:
            if line.startswith(("ERROR:", "error:")):
                self.error = line.partition(":")[2].strip()
            if line:
                self._rest.append(line)
            return None
        vertex, text = said.groups()
        if text.startswith("ERROR: "):
            self.error = text.removeprefix("ERROR: ")
            self._current = vertex
        elif vertex in self._steps and text and not text.startswith(("DONE ", "CACHED", "CANCELED")):
            self._steps[vertex].append(text)
        return None

    def _classic(self, line: str) -> tuple[str, float] | None:
        if begun := _CLASSIC.match(line):
            number, of, command = begun.groups()
            if command.startswith(f"LABEL {LABEL}="):
                return None  # the step that the engine adds for our label
            return self._begin(number, int(number), int(of), command)
        if line and not line.startswith((" --->", "Removing intermediate container")) and self._current:
            self._steps[self._current].append(line)
        return None

    def _begin(self, key: str, number: int, of: int, command: str) -> tuple[str, float]:
        if key not in self._steps:
            self._steps[key] = [f"step {number}/{of} {command}"]
        self._current = key
        shown = command if len(command) <= WIDEST else f"{command[: WIDEST - 1].rstrip()}…"
        return f"step {number}/{of} {shown}", (number - 1) / of


def _plain(text: str) -> str:
    return _COLOUR.sub("", text).rstrip()

"""What a key does while the server runs: which key means what, and the help that lists them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    HELP = "help"
    OPEN = "open"
    RELOAD = "reload"
    RECYCLE = "recycle"
    THROTTLE = "throttle"
    KIND = "kind"
    PREFIX = "prefix"
    SCHEDULES = "schedules"
    FIRE = "fire"
    SYNC = "sync"
    CLEAR = "clear"
    QUIT = "quit"
    SPACE = "space"


@dataclass(frozen=True, slots=True)
class Pressed:
    """`number` is that of a schedule, from 1."""

    action: Action
    number: int = 0


KEYS = {
    "h": Action.HELP,
    "?": Action.HELP,
    "o": Action.OPEN,
    "r": Action.RELOAD,
    "k": Action.RECYCLE,
    "t": Action.THROTTLE,
    "a": Action.KIND,
    "p": Action.PREFIX,
    "e": Action.SCHEDULES,
    "s": Action.SYNC,
    "c": Action.CLEAR,
    "q": Action.QUIT,
    "\n": Action.SPACE,
    "\r": Action.SPACE,
}
_TEXTS = (
    ("o", "open in the browser", ""),
    ("r", "read the project again, all environments cold", ""),
    ("k", "end idle environments: the next call is cold", ""),
    ("t", "throttle every function to 0, or no longer", ""),
    ("a", "events of another kind: REST, HTTP, HTTP 1.0, function URL, ALB", "switchable"),
    ("p", "the stage in front of every path, or not", "staged"),
    ("e", "schedules and their next runs; then a number runs one now", "schedules"),
    ("s", "push to the stage", "stage"),
    ("c", "clear the screen", ""),
    ("q", "quit", ""),
)


class Keys:
    """Remembers that the schedules were just listed: a digit means one of them then."""

    def __init__(self) -> None:
        self._listed = False

    def pressed(self, key: str) -> Pressed | None:
        """None for a key without a meaning."""
        if self._listed and key.isdecimal() and key.isascii() and key != "0":
            return Pressed(Action.FIRE, int(key))
        action = KEYS.get(key.lower())
        self._listed = action is Action.SCHEDULES
        return Pressed(action) if action is not None else None


def help_lines(has: Sequence[str]) -> tuple[str, ...]:
    """The keys that do something in a project that `has` these: `switchable`, `staged`, `schedules`, `stage`."""
    return tuple(f"  {key}  {text}" for key, text, needs in _TEXTS if not needs or needs in has)

"""A push on its way, as this machine notes it, and the answer that a stage's owner gave once: values and their texts.

Both texts are JSON. What is no such text is a ValueError: it was damaged, and the reader goes on without it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Running:
    """Release `release` is being pushed, or was when the program ended. `steps` are all of the plan and `done` those
    that were finished, as text; `failed` says how it ended, empty when it was cut off."""

    release: int
    token: str
    at: float
    by: str
    steps: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    failed: str = ""

    @property
    def told(self) -> str:
        """One sentence on what became of it."""
        how = f"failed: {self.failed}" if self.failed not in ("", "interrupted") else "was interrupted"
        if not self.done:
            return f"release {self.release} {how}; nothing of it was done"
        of = f"{len(self.done)} of {len(self.steps)} steps"
        return f"release {self.release} {how}; {of} were done: {', '.join(self.done)}"


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody said at `at` that this stack in this account and region is for development."""

    at: float
    stack: str
    account: str
    region: str

    def same_place(self, other: Answer) -> bool:
        return (self.stack, self.account, self.region) == (other.stack, other.account, other.region)


def running_text(running: Running) -> str:
    return json.dumps(
        {
            "release": running.release,
            "token": running.token,
            "at": running.at,
            "by": running.by,
            "steps": running.steps,
            "done": running.done,
            "failed": running.failed,
        },
        indent=1,
    )


def running_of(text: str) -> Running:
    read = _object(text)
    return Running(
        _number(read, "release"),
        _text(read, "token"),
        float(read.get("at") or 0),
        _text(read, "by"),
        _texts(read, "steps"),
        _texts(read, "done"),
        _text(read, "failed"),
    )


def answer_text(answer: Answer) -> str:
    return json.dumps(
        {"at": answer.at, "stack": answer.stack, "account": answer.account, "region": answer.region}, indent=1
    )


def answer_of(text: str) -> Answer:
    read = _object(text)
    if not read.get("stack"):
        raise ValueError("it names no stack")
    return Answer(float(read.get("at") or 0), _text(read, "stack"), _text(read, "account"), _text(read, "region"))


def _object(text: str) -> dict[str, Any]:
    read = json.loads(text)
    if not isinstance(read, dict):
        raise ValueError("not an object")
    return read


def _text(read: dict[str, Any], key: str) -> str:
    value = read.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"{key} is no text")
    return value


def _texts(read: dict[str, Any], key: str) -> tuple[str, ...]:
    value = read.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"{key} is no list of texts")
    return tuple(value)


def _number(read: dict[str, Any], key: str) -> int:
    value = read.get(key)
    if not isinstance(value, int):
        raise ValueError(f"{key} is no number")
    return value

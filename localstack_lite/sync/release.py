"""A numbered release: who pushed what, when, and which code every function had after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ReleaseState(StrEnum):
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Code:
    """What a function ran. `sha256` as AWS writes it; `key` is where its zip lies in the stage's bucket, if it does;
    `image` the image's URI."""

    sha256: str
    key: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """`at` in epoch seconds; `by` is `user@host`; `token` tells the runs of one person apart. `functions` are by id,
    all of them, not only those that changed; `changed` are those that did; `done` are steps that were finished, as
    text, when it did not end well. `stack`: a stack deploy was part of it. `rolled_back_to` is the release whose code
    this one brought back, 0 for none."""

    number: int
    at: float
    by: str
    token: str
    state: ReleaseState = ReleaseState.STARTED
    functions: Mapping[str, Code] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    stack: bool = False
    rolled_back_to: int = 0

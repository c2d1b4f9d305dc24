"""What a scripted runtime or extension does, one step after the other: the vocabulary of `scripted`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.ports import SandboxSpec


@dataclass(frozen=True, slots=True)
class Scripted:
    """What a script gets to see: an invocation, or the initialisation (`request_id` empty, no event). An extension sees
    its start, and then each event as the payload."""

    spec: SandboxSpec
    request_id: str = ""
    payload: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def event(self) -> Any:
        return json.loads(self.payload)


@dataclass(frozen=True, slots=True)
class Write:
    """Log output: one event."""

    text: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The runtime says which files it has read."""

    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Respond:
    payload: bytes
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Fail:
    """An error of the function or, while it initialises, of its initialisation."""

    payload: bytes
    error_type: str = "Function.Unknown"


@dataclass(frozen=True, slots=True)
class Begin:
    """The head of a streamed result; pieces follow. When it is refused, they come to nothing."""

    content_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Piece:
    data: bytes


@dataclass(frozen=True, slots=True)
class EndStream:
    """The end of a streamed result, with what its trailers say."""

    trailers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CutStream:
    """The connection breaks in the middle of a streamed result."""


@dataclass(frozen=True, slots=True)
class AskRestore:
    """`GET /restore/next`: the next step is taken when it is restored."""


@dataclass(frozen=True, slots=True)
class FailRestore:
    payload: bytes
    error_type: str = "Runtime.AfterRestoreError"


@dataclass(frozen=True, slots=True)
class Register:
    """An extension says which events it wants. One of the runtime's has a name of its own."""

    events: tuple[str, ...] = ("INVOKE", "SHUTDOWN")
    name: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """An extension says that it cannot go on: `init` or `exit`."""

    where: str = "exit"
    error_type: str = "Extension.Unknown"


@dataclass(frozen=True, slots=True)
class Exit:
    """The process ends. One of `code` and `signal`."""

    code: int | None = 0
    signal: int | None = None
    out_of_memory: bool = False


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing more comes until the sandbox is killed."""


Step = (
    Write
    | Loaded
    | Respond
    | Fail
    | Begin
    | Piece
    | EndStream
    | CutStream
    | AskRestore
    | FailRestore
    | Register
    | Report
    | Exit
    | Hang
)
Script = Callable[[Scripted], Sequence[Step]]


def initialise_at_once(_: Scripted) -> Sequence[Step]:
    return ()

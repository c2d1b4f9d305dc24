"""What happened on the way to a stage: facts of `sync` and of the other verbs of a stage, and what its functions wrote.

`at` is epoch seconds. `subject` is what a person calls the thing: a function's or resource's logical id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class StageFound:
    """Which cloud this is, before anything is written there. `release` is the newest one, 0 when there is none; `state`
    is the stack's status (`UPDATE_COMPLETE`), empty when there is no stack yet."""

    type: ClassVar[str] = "stage"
    at: float
    stage: str
    stack: str
    account: str
    region: str
    state: str = ""
    release: int = 0
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """`kind` is a step's name in snake case (`upload_code`, `deploy_stack`); `what` says what it does in a few words
    (`4.2 KB`, `memory 128 → 256`), `reason` why; `calls` how many write calls it takes; `details` are lines below
    it."""

    kind: str
    subject: str
    what: str
    reason: str
    calls: int = 1
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanMade:
    """What will be done, in this order. `reads` are calls that were made to know it. `drift` says what the stage has
    that its last stack deploy did not give it, a line each."""

    type: ClassVar[str] = "plan"
    at: float
    stage: str
    steps: tuple[PlannedStep, ...]
    reads: int = 0
    drift: tuple[str, ...] = ()
    dry: bool = False

    @property
    def calls(self) -> int:
        return sum(step.calls for step in self.steps)


@dataclass(frozen=True, slots=True)
class StepMoved:
    """A step gets on. `state` says what is done now (`building`, `zipping`, `uploading`, `updating`, `waiting`,
    `done`, `failed`, or a CloudFormation status); `sent` and `size` are bytes, 0 where none are counted; `ms` since the
    step began; `details` say why it failed."""

    type: ClassVar[str] = "step"
    at: float
    kind: str
    subject: str
    state: str
    sent: int = 0
    size: int = 0
    ms: float = 0.0
    details: tuple[str, ...] = ()
    done: bool = False


@dataclass(frozen=True, slots=True)
class StackEvent:
    """CloudFormation did something to a resource."""

    type: ClassVar[str] = "stackEvent"
    at: float
    resource: str
    kind: str
    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pushed:
    """A sync is over. `calls` are all calls to AWS, `writes` those that changed something; `functions`, `layers` and
    `apis` are those that were changed, by logical id. Unless `ok`, `what` and `hint` say what went wrong, and `done`
    what was done before."""

    type: ClassVar[str] = "sync"
    at: float
    stage: str
    release: int
    ok: bool
    functions: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    apis: tuple[str, ...] = ()
    stack: bool = False
    calls: int = 0
    writes: int = 0
    ms: float = 0.0
    where: str = ""
    what: str = ""
    hint: str = ""
    done: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CloudLog:
    """One log event of the stage. `source` is the function's logical id or `access log of API`; `stream` the log
    stream; `message` with its newline when it had one."""

    type: ClassVar[str] = "cloudLog"
    at: float
    stage: str
    source: str
    stream: str
    message: str


PushFact = StageFound | PlanMade | StepMoved | StackEvent | Pushed | CloudLog

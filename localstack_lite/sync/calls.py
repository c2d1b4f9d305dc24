"""One call to AWS: it waits for its turn, is counted, made again where that does no harm, and refused in one line. I/O.

Everything that asks AWS goes through here; what may be made again and how long to wait is `pace`'s to say.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from localstack_lite.errors import RemoteError
from localstack_lite.ports import Moved
from localstack_lite.sync.failure import Failure, Trouble, failure_of, trouble_of
from localstack_lite.sync.pace import again
from localstack_lite.sync.refusals import refusal
from localstack_lite.sync.session import Session

#: Seconds of waiting that a person should hear of.
_LONG = 1.0


class Answered(Exception):
    """AWS answered with an error that the caller expects. `unsure`: this or an earlier attempt of the call may have
    been done, its answer did not come."""

    def __init__(self, failure: Failure, unsure: bool = False) -> None:
        super().__init__(failure.code)
        self.failure = failure
        self.unsure = unsure


class Waits(Protocol):
    """Is told that a call waits, and why."""

    def __call__(self, why: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Ask:
    """`operation` is AWS's name; `where` what the call is about, for errors. `write`: it changes something. `repeats`:
    it may be made again when it is not known whether it was done; else that is an `Answered` too. `expect` are codes of
    errors (or statuses) that the caller handles: they are raised as `Answered`."""

    service: str
    operation: str
    where: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    write: bool = False
    repeats: bool = True
    expect: Collection[str] = ()
    waits: Waits | None = None


class Calls:
    """Calls of one door. Shared by threads."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._lock = threading.Lock()
        self._made = self._writes = self._throttled = 0

    @property
    def made(self) -> int:
        """All attempts."""
        return self._made

    @property
    def writes(self) -> int:
        """Those that changed something."""
        return self._writes

    @property
    def throttled(self) -> int:
        """Those that AWS answered with "not so fast"."""
        return self._throttled

    def make(self, ask: Ask) -> dict[str, Any]:
        """The answer, the body of an object in it read. `Answered` for what is expected, else a RemoteError or
        UserError."""
        began = self.session.now()
        attempt, unsure = 0, False
        while True:
            self._wait(ask, self.session.turn(ask.service, ask.operation), "too many calls at once for AWS")
            answer, failure = self._once(ask)
            if failure is None:
                return answer
            attempt += 1
            lost = trouble_of(failure) in (Trouble.DROPPED, Trouble.SERVER)
            unsure |= lost
            if failure.code in ask.expect or str(failure.status) in ask.expect or (lost and not ask.repeats):
                raise Answered(failure, unsure)
            self._pause(ask, failure, attempt, self.session.now() - began)

    def _once(self, ask: Ask) -> tuple[dict[str, Any], Failure | None]:
        client = self.session.client(ask.service)
        method = getattr(client, _snake(ask.operation))
        with self._lock:
            self._made += 1
        try:
            answer: dict[str, Any] = method(**ask.arguments)
            if hasattr(answer.get("Body"), "read"):
                answer["Body"] = answer["Body"].read()
        except Exception as error:  # boto3 lets through what parsers and the HTTP library raise about an answer
            if (raised := self.session.raised()) is not None:
                raise raised from None
            failure = failure_of(error)
            self.session.reached |= bool(failure.status)
            with self._lock:
                self._throttled += trouble_of(failure) is Trouble.THROTTLED
            return {}, failure
        self.session.reached = True
        if ask.write:
            with self._lock:
                self._writes += 1
        return answer, None

    def _pause(self, ask: Ask, failure: Failure, attempt: int, spent: float) -> None:
        """Until it is tried again; raises when it is not."""
        session = self.session
        pause = again(failure, attempt, spent, session.random(), repeats=ask.repeats, reached=session.reached)
        if pause is None:
            raise refusal(failure, ask.where, session.stage.name)
        if trouble_of(failure) is Trouble.THROTTLED:
            session.hold(ask.service, ask.operation, pause)
        self._wait(ask, pause, f"AWS says {failure.code or failure.status or failure.kinds[0]}")

    def _wait(self, ask: Ask, seconds: float, why: str) -> None:
        if seconds <= 0:
            return
        if ask.waits is not None and seconds >= _LONG:
            ask.waits(f"{why}: next call in {seconds:.1f} s")
        if self.session.pause(seconds):
            raise RemoteError(ask.where, "stopped while it waited for AWS", "run it again: it goes on where it stopped")


def telling(moved: Moved | None, kind: str, subject: str) -> Waits | None:
    """Waiting, told as progress of a step."""
    if moved is None:
        return None

    def waits(why: str) -> None:
        moved(kind, subject, "waiting", details=(why,))

    return waits


def _snake(operation: str) -> str:
    """boto3's name for an operation: `ListObjectsV2` is `list_objects_v2`."""
    from botocore import xform_name

    return str(xform_name(operation))

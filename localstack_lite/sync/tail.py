"""The logs of a stage: FilterLogEvents over all its groups, once or again and again. I/O.

The API allows few calls a second in an account (5 in most regions), so groups are asked one after the other, no faster
than that, and a throttled call is made again after a while.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.facts import ProblemFound
from localstack_lite.model.project import Problem
from localstack_lite.model.push_facts import CloudLog
from localstack_lite.sync.failure import Trouble, failure_of, trouble_of
from localstack_lite.sync.log_merge import CloudEvent, Merge
from localstack_lite.sync.refusals import Refusal, remote_error

#: Seconds between two calls, and between the beginnings of two rounds over all groups.
PACE, ROUND = 0.2, 1.0
#: Seconds to wait after a throttle: first, and at most. Twice as long each time.
_WAIT, _LONGEST = 0.5, 8.0
#: How often a call is made again where somebody waits for its end.
_TRIES = 8
#: Events of one call, and of one group that are shown at once (a first look may go back for days).
_PAGE, _MOST = 10_000, 100_000
_PASSES = frozenset({Trouble.THROTTLED, Trouble.SERVER, Trouble.DROPPED, Trouble.UNREACHED})


class Tail:
    """`groups` are log groups by what their lines are called; a group that several write to is asked for once, and its
    lines are called by all their names, since an event does not say whose it is. `client` is boto3's for CloudWatch
    Logs. `tell` is called on the thread that reads."""

    def __init__(
        self,
        client: Any,
        stage: str,
        groups: Mapping[str, str],
        since: float,
        pattern: str,
        tell: Callable[[CloudLog | ProblemFound], None],
    ) -> None:
        self._client = client
        self._stage = stage
        self._groups = _once_each(groups)
        self._pattern = pattern
        self._tell = tell
        self._merge = Merge(int(since * 1000) / 1000)  # events have whole milliseconds
        self._stopped = threading.Event()
        self._called = float("-inf")
        self._troubled = ""

    def once(self) -> int:
        """Tell what there is by now. Returns how many events that was. A RemoteError or UserError when AWS refuses, or
        cannot be reached; a throttle is waited for."""
        told, more = 0, True
        while more and not self._stopped.is_set():
            found, more = self._look(_TRIES)
            told += found
            more = more and bool(found)
        return told

    def follow(self) -> None:
        """Until `stop`. A call that fails for the moment is made again later, and that is told once; what will not
        pass is a RemoteError or UserError."""
        pause, failed = ROUND, 0
        while not self._stopped.is_set():
            since = time.monotonic()
            try:
                _, more = self._look(0)
                self._troubled, pause, failed = "", 0.0 if more else ROUND, 0
            except _Passing as passing:
                pause, failed = min(max(pause, ROUND) * 2, 30.0), failed + 1
                if failed > 1 and passing.trouble is not Trouble.THROTTLED:
                    self._say(passing.told)
            self._stopped.wait(max(0.0, pause - (time.monotonic() - since)))

    def stop(self) -> None:
        """May be called from any thread. A call that is on its way is not waited for any longer than it takes."""
        self._stopped.set()

    def _look(self, tries: int) -> tuple[int, bool]:
        """How many events were new, and whether some group has more than was taken."""
        events: list[CloudEvent] = []
        cut = False
        for source, group in self._groups.items():
            if self._stopped.is_set():
                break
            cut = self._read(source, group, tries, events) or cut
        new = self._merge.take(events)
        for event in new:
            self._tell(CloudLog(event.at, self._stage, event.source, event.stream, event.message))
        return len(new), cut

    def _read(self, source: str, group: str, tries: int, events: list[CloudEvent]) -> bool:
        """Whether it has more. A group that nobody has written to yet is empty, and is not made by asking."""
        wanted: dict[str, Any] = {"logGroupName": group, "limit": _PAGE}
        wanted["startTime"] = int(self._merge.start(source) * 1000)
        if self._pattern:
            wanted["filterPattern"] = self._pattern
        taken = 0
        while taken < _MOST:
            page = self._page(wanted, source, tries)
            if page is None:
                return False
            for event in page.get("events", ()):
                taken += 1
                message = str(event.get("message", ""))
                at = float(event.get("timestamp", 0)) / 1000
                stream = str(event.get("logStreamName", ""))
                id = str(event.get("eventId") or f"{stream}{at}{message}")
                events.append(CloudEvent(at, id, source, stream, message))
            token = page.get("nextToken")
            if not token or token == wanted.get("nextToken"):
                return False
            wanted["nextToken"] = token
        return True

    def _page(self, wanted: Mapping[str, Any], source: str, tries: int) -> Mapping[str, Any] | None:
        """None when there is no such group, or nobody wants to know any more."""
        wait = _WAIT
        for left in range(tries, -1, -1):
            if self._stopped.wait(max(0.0, self._called + PACE - time.monotonic())):
                return None
            self._called = time.monotonic()
            try:
                page: Mapping[str, Any] = self._client.filter_log_events(**wanted)
                return page
            except Exception as error:
                failure = failure_of(error)
                if failure.code == "ResourceNotFoundException":
                    return None
                trouble, told = trouble_of(failure), self._refusal(error, source)
                if trouble not in _PASSES:
                    raise told from None
                if (trouble is Trouble.UNREACHED and tries) or not left:
                    raise (told if tries else _Passing(trouble, told)) from None
                self._stopped.wait(max(wait, failure.retry_after or 0.0))
                wait = min(wait * 2, _LONGEST)
        return None

    def _refusal(self, error: Exception, source: str) -> Refusal:
        failure = failure_of(error)
        if self._pattern and failure.code == "InvalidParameterException":
            return UserError(
                "--filter", f"CloudWatch does not take it: {failure.message}", "quote what is no word: '\"a b\"'"
            )
        return remote_error(error, f"log of {source}", self._stage)

    def _say(self, told: Refusal) -> None:
        if told.what != self._troubled:
            self._troubled = told.what
            problem = Problem(f"logs of {self._stage}", told.what, "they go on when it passes", warning=True)
            self._tell(ProblemFound(time.time(), problem))


class _Passing(Exception):
    """Not answered for now."""

    def __init__(self, trouble: Trouble, told: RemoteError | UserError) -> None:
        super().__init__(told)
        self.trouble = trouble
        self.told = told


def _once_each(groups: Mapping[str, str]) -> dict[str, str]:
    sources: dict[str, list[str]] = {}
    for source, group in groups.items():
        sources.setdefault(group, []).append(source)
    return {"+".join(names): group for group, names in sources.items()}

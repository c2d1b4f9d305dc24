"""The logs of a stage: FilterLogEvents over all its groups, once or again and again. I/O.

The API allows few calls a second in an account (5 in most regions), so groups are asked one after the other, no faster
than that.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from localstack_lite.model.push_facts import CloudLog
from localstack_lite.sync.log_merge import CloudEvent, Merge

#: Seconds between two calls, and between two rounds over all groups.
PACE, ROUND = 0.2, 1.0
#: Events of one call, and of one group that are shown at once (a first look may go back for days).
_PAGE, _MOST = 10_000, 100_000


class Tail:
    """`groups` are log groups by what their lines are called. `client` is boto3's for CloudWatch Logs."""

    def __init__(
        self,
        client: Any,
        stage: str,
        groups: Mapping[str, str],
        since: float,
        pattern: str,
        tell: Callable[[CloudLog], None],
    ) -> None:
        self._client = client
        self._stage = stage
        self._groups = dict(groups)
        self._pattern = pattern
        self._tell = tell
        self._merge = Merge(since)
        self._stopped = threading.Event()

    def once(self) -> int:
        """Tell what there is by now. Returns how many events that was."""
        events: list[CloudEvent] = []
        for number, (source, group) in enumerate(self._groups.items()):
            if number and self._stopped.wait(PACE):
                break
            events += self._read(source, group)
        new = self._merge.take(events)
        for event in new:
            self._tell(CloudLog(event.at, self._stage, event.source, event.stream, event.message))
        return len(new)

    def follow(self) -> None:
        """Until `stop`. A call that fails for the moment is made again in the next round."""
        from botocore.exceptions import BotoCoreError, ClientError

        pause = ROUND
        while not self._stopped.is_set():
            since = time.monotonic()
            try:
                self.once()
                pause = ROUND
            except (BotoCoreError, ClientError):
                pause = min(pause * 2, 30.0)
            self._stopped.wait(max(0.0, pause - (time.monotonic() - since)))

    def stop(self) -> None:
        self._stopped.set()

    def _read(self, source: str, group: str) -> Iterator[CloudEvent]:
        """A group that nobody has written to yet is empty, and is not made by asking."""
        wanted: dict[str, Any] = {"logGroupName": group, "limit": _PAGE}
        wanted["startTime"] = int(self._merge.start(source) * 1000)
        if self._pattern:
            wanted["filterPattern"] = self._pattern
        told = 0
        while told < _MOST:
            try:
                page = self._client.filter_log_events(**wanted)
            except self._client.exceptions.ResourceNotFoundException:
                return
            for event in page.get("events", ()):
                told += 1
                message = str(event.get("message", ""))
                at = float(event.get("timestamp", 0)) / 1000
                stream = str(event.get("logStreamName", ""))
                yield CloudEvent(at, str(event.get("eventId") or f"{stream}{at}{message}"), source, stream, message)
            token = page.get("nextToken")
            if not token or self._stopped.is_set():
                return
            wanted["nextToken"] = token

"""Where a verb of a stage works and whom it tells: the same for a push, a rollback, a deletion and a status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from localstack_lite.model.stage import Stage
from localstack_lite.ports import Confirm, Publish
from localstack_lite.sync.doors import RemoteReader, RemoteWriter
from localstack_lite.sync.journal import Journal
from localstack_lite.sync.keys import prefix


@dataclass(frozen=True, slots=True)
class Site:
    """`region` is where the clients call to: a stage may leave it to the profile. `who` is `user@host`; `token` makes
    a run of this program known among all others: a new one for each run. `publish` may be called on any thread,
    `confirm` is called on the thread that runs the verb. `now` is epoch seconds."""

    stage: Stage
    region: str
    reader: RemoteReader
    writer: RemoteWriter
    journal: Journal
    publish: Publish
    confirm: Confirm
    now: Callable[[], float]
    who: str
    token: str

    @property
    def prefix(self) -> str:
        """What every key of this stage in its bucket starts with, without a slash at its end."""
        return prefix(self.stage)

    @property
    def calls(self) -> int:
        return self.reader.calls + self.writer.calls

"""The last fact of a verb that changes a stage: what it came to, what it cost, how it ended. I/O: none of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.push_facts import Pushed
from localstack_lite.sync import summary
from localstack_lite.sync.site import Site
from localstack_lite.sync.steps import Change, Step
from localstack_lite.sync.words import named


class Tally:
    """Counts from when it is made. `release`, `steps` and `changes` are kept up to date by the verb; `steps` are those
    that are done, `changes` those of its stack deploy; `stack` is set when the stack was changed otherwise,
    `urls` are where the stage answers."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._began = site.now()
        self._calls = site.calls
        self._writes = site.writer.writes
        self.release = 0
        self.steps: Sequence[Step] = ()
        self.changes: Sequence[Change] = ()
        self.urls: tuple[str, ...] = ()
        self.stack = False

    @property
    def reads(self) -> int:
        """Calls so far: until the plan is made, all of them only looked."""
        return self._site.calls - self._calls

    def end(self, ok: bool = True, where: str = "", what: str = "", hint: str = "") -> Pushed:
        """Tell it."""
        now = self._site.now()
        functions, layers, apis = summary.touched(self.steps, self.changes)
        pushed = Pushed(
            now,
            self._site.stage.name,
            self.release,
            ok,
            functions,
            layers,
            apis,
            self.stack or any(step.kind == "deploy_stack" for step in self.steps),
            self._site.calls - self._calls,
            self._site.writer.writes - self._writes,
            (now - self._began) * 1000,
            where,
            what,
            hint,
            () if ok else tuple(map(named, self.steps)),
            self.urls,
        )
        self._site.publish(pushed)
        return pushed

    @contextmanager
    def telling(self) -> Iterator[None]:
        """What goes wrong inside is told as the end, and raised."""
        try:
            yield
        except (UserError, RemoteError) as error:
            self.end(False, error.where, error.what, error.hint)
            raise
        except KeyboardInterrupt:
            stage = self._site.stage.name
            self.end(False, stage, "interrupted", "the next run says what was done, and does the rest")
            raise

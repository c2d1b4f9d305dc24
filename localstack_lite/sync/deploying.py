"""A stack deploy: the change set is made, shown, asked for where it takes something away, and executed. I/O."""

from __future__ import annotations

from collections.abc import Sequence

from localstack_lite.errors import UserError
from localstack_lite.model.push_facts import StackEvent
from localstack_lite.ports import Moved
from localstack_lite.sync import summary
from localstack_lite.sync.describe import line
from localstack_lite.sync.doors import ChangeSet, StackProgress
from localstack_lite.sync.remote import RemoteStack
from localstack_lite.sync.site import Site
from localstack_lite.sync.steps import Change, DeployStack


class Deploying:
    """`before` is the stack as it is now, None when there is none. `changes` are what the last one did."""

    def __init__(self, site: Site, bucket: str, before: RemoteStack | None, yes: bool) -> None:
        self._site = site
        self._bucket = bucket
        self._before = before
        self._yes = yes
        self.changes: tuple[Change, ...] = ()

    def deploy(self, step: DeployStack, moved: Moved) -> RemoteStack:
        """The stack as it is afterwards. UserError when the person did not want it: nothing is changed then."""
        writer = self._site.writer
        made = writer.change_set(step, self._site.stage, self._bucket, moved)
        if not made.changes and self._before is not None:
            writer.drop(made)
            return self._before
        try:
            changes = (*made.changes, *_below(step, made))
            moved(step.kind, step.id, "changing", details=tuple(map(line, changes)))
            self._ask(made, changes)
        except BaseException:
            writer.drop(made)
            raise
        stack = writer.execute(made, lambda progress: self._told(step, progress, moved))
        self.changes = changes
        return stack

    def _ask(self, made: ChangeSet, changes: Sequence[Change]) -> None:
        risky = summary.risky(changes)
        if not risky or made.create or self._yes:
            return
        stage = self._site.stage.name
        lines = tuple(map(line, risky))
        if not self._site.confirm("The stack deploy takes something away. Go on?", lines):
            what = f"not pushed, since the stack deploy would {lines[0]}"
            more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
            raise UserError(stage, what + more, "answer yes, or pass --yes where nobody can be asked")

    def _told(self, step: DeployStack, progress: StackProgress, moved: Moved) -> None:
        at = progress.at or self._site.now()
        self._site.publish(
            StackEvent(at, progress.resource, progress.type, progress.status, progress.reason),
        )
        if progress.resource == self._site.stage.stack_name:
            moved(step.kind, step.id, progress.status)


def _below(step: DeployStack, made: ChangeSet) -> tuple[Change, ...]:
    """What is expected in nested stacks: of those the change set says no more than that they change."""
    changing = {change.id for change in made.changes}
    return tuple(change for change in step.changes if "/" in change.id and change.id.partition("/")[0] in changing)

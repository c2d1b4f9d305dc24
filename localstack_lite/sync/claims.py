"""Whose a release number is, when it is not free. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from localstack_lite.errors import RemoteError
from localstack_lite.sync.drift import shortened
from localstack_lite.sync.release import Release, ReleaseState
from localstack_lite.sync.steps import DeployStack, Step
from localstack_lite.sync.summary import touched

#: Seconds after which a push that was begun and never ended is taken for dead.
PATIENCE = 15 * 60.0


def in_the_way(newer: Sequence[Release], token: str, now: float) -> Release | None:
    """Somebody else's push that is on its way now: the newest of those releases, when it has been begun lately."""
    newest = max(newer, key=lambda release: release.number, default=None)
    if newest is None or newest.token == token or newest.state is not ReleaseState.STARTED:
        return None
    return newest if now - newest.at < PATIENCE else None


def refusal(stage: str, release: Release) -> RemoteError:
    return RemoteError(
        stage,
        f"{release.by} is pushing release {release.number} since {clock(release.at)}",
        f"wait until it is through; one that is not heard of for {PATIENCE / 60:.0f} minutes is taken for dead",
    )


def told(release: Release) -> str:
    """What somebody else did meanwhile, as a sentence without its end."""
    match release.state:
        case ReleaseState.DONE:
            how = "pushed"
        case ReleaseState.FAILED:
            how = "tried and failed to push"
        case ReleaseState.STARTED:
            how = "began and never ended"
    return f"{release.by} {how} release {release.number} at {clock(release.at)}"


def replaced(newer: Sequence[Release], steps: Sequence[Step]) -> Iterator[tuple[Release, tuple[str, ...]]]:
    """Those of somebody else's releases whose functions a plan changes again, the newest first, with those functions.
    That may be what is wanted, or an older checkout that undoes what is newer: it has to be said."""
    changes = [change for step in steps if isinstance(step, DeployStack) for change in step.changes]
    ours, _, _ = touched(steps, changes)
    left = set(ours)
    for release in sorted(newer, key=lambda release: release.number, reverse=True):
        if again := tuple(sorted(left.intersection(release.changed))):
            left.difference_update(again)
            yield release, again


def replacing(release: Release, functions: Sequence[str]) -> str:
    what = f"release {release.number} by {release.by} at {clock(release.at)} changed {shortened(functions)}"
    return f"{what}; this push replaces {'it' if len(functions) == 1 else 'them'}"


def back(release: Release, stage: str) -> str:
    """What to do when that was not meant."""
    if release.state is not ReleaseState.DONE:
        return "look at what they did before you push again"
    return f"if that was not meant: `devserve rollback {stage} --to {release.number}` brings it back"


def clock(at: float) -> str:
    """A moment on this machine's clock, with its day when that is another one than we would think of."""
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M:%S")

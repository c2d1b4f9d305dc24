"""Whose a release number is, when it is not free. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from localstack_lite.errors import RemoteError
from localstack_lite.sync.release import Release, ReleaseState

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


def clock(at: float) -> str:
    """A moment on this machine's clock, with its day when that is another one than we would think of."""
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M:%S")

"""Names who changed a function between the plan and the push, as far as AWS and the stage's bucket know. I/O: reads."""

from __future__ import annotations

from localstack_lite.errors import RemoteError
from localstack_lite.sync import claims
from localstack_lite.sync.doors import Superseded
from localstack_lite.sync.release import Release
from localstack_lite.sync.site import Site


def named_by(site: Site, error: Superseded, bucket: str, ours: Release) -> RemoteError:
    """What to say instead of `error`."""
    hint = f"run `devserve sync {site.stage.name}` again: the plan is then made from what is there now"
    if error.now is None:
        return RemoteError(error.function, "somebody deleted the function since the plan was made", hint)
    when = f" ({error.now.modified})" if error.now.modified else ""
    what = f"somebody else changed it{when} since the plan was made"
    if (other := _other(site, bucket, ours)) is not None:
        what = f"{claims.told(other)}, since the plan was made"
    return RemoteError(error.function, what, hint)


def _other(site: Site, bucket: str, ours: Release) -> Release | None:
    """The newest push of anybody else, if it is newer than what we built on."""
    if not bucket:
        return None
    try:
        there = site.reader.releases(bucket, site.prefix, ours.number - 1)
    except RemoteError:
        return None
    return max((one for one in there if one.token != ours.token), key=lambda one: one.number, default=None)

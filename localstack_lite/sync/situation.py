"""What a stage is and what was pushed to it, for who only wants to look. I/O: asks AWS, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from localstack_lite.sync.arrival import arrive
from localstack_lite.sync.look import look
from localstack_lite.sync.release import Release
from localstack_lite.sync.remote import Remote
from localstack_lite.sync.rolling_back import known_releases
from localstack_lite.sync.running import Running
from localstack_lite.sync.site import Site
from localstack_lite.sync.status import Counts, Status, status


@dataclass(frozen=True, slots=True)
class Situation:
    """`releases` are all that are known, oldest first; `interrupted` is a push from this machine that did not come to
    its end. `bucket` is the stage's, empty when there is none."""

    status: Status
    releases: tuple[Release, ...] = ()
    interrupted: Running | None = None
    bucket: str = ""


def situation(site: Site, counted: Callable[[Remote], Mapping[str, Counts]] | None = None) -> Situation:
    """`counted` asks for invocations and errors of the functions, by their ids. RemoteError when AWS cannot be asked.
    That the stage was found is told as a fact."""
    manifest, interrupted = site.journal.manifest(), site.journal.running()
    stack, account = arrive(site, manifest.release, ready=False)
    region = stack.region if stack is not None else site.region
    sight = look(site.reader, account, region, stack, manifest, lambda: (), site.prefix)
    bucket = sight.manifest.bucket or site.stage.s3_bucket
    releases = known_releases(site, bucket)
    counts = counted(sight.remote) if counted is not None and sight.remote.functions else {}
    found = status(site.stage, sight.remote, releases, sight.manifest, counts)
    return Situation(found, releases, interrupted, bucket)

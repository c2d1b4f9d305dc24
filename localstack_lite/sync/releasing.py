"""One numbered release from its claim to its end: what is written about a push, here and in the stage's bucket. I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from localstack_lite.errors import RemoteError
from localstack_lite.model.package import Package
from localstack_lite.sync import claims
from localstack_lite.sync.doors import Taken
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.release import Release, ReleaseState
from localstack_lite.sync.running import Running
from localstack_lite.sync.site import Site
from localstack_lite.sync.steps import DeployStack, Step
from localstack_lite.sync.words import named


class Overtaken(Exception):
    """Somebody else pushed since we looked: what we know of the stage is old. `newer` are their releases, at least
    one, and `newest` the last of them."""

    def __init__(self, newer: Sequence[Release]) -> None:
        self.newer = newer
        self.newest = max(newer, key=lambda release: release.number)
        super().__init__(self.newest.number)


class Releasing:
    """`bucket` is where records lie; empty: there is none, and they are kept on this machine only. `resumed` is a push
    of ours that was cut off before its record was closed: it is the same release that goes on."""

    def __init__(self, site: Site, bucket: str, known: int, resumed: Running | None, rolled_back_to: int = 0) -> None:
        self._site = site
        self._bucket = bucket
        self._known = known
        goes_on = resumed is not None and resumed.release > known
        self.release = Release(
            resumed.release if resumed is not None and goes_on else known + 1,
            site.now(),
            site.who,
            resumed.token if resumed is not None and goes_on else site.token,
            rolled_back_to=rolled_back_to,
        )
        self._running = Running(self.release.number, self.release.token, self.release.at, site.who)
        self.claimed = False
        self.over = False

    @property
    def number(self) -> int:
        return self.release.number

    def claim(self, steps: Sequence[Step]) -> None:
        """Before the first write. RemoteError when somebody is pushing now; `Overtaken` when somebody has."""
        site = self._site
        self.release = replace(self.release, stack=any(isinstance(step, DeployStack) for step in steps))
        self._running = replace(self._running, steps=tuple(map(named, steps)), done=(), failed="")
        # Noted before it is asked for: when the answer is lost, the number is still known to be ours.
        site.journal.write_running(self._running)
        if self._bucket:
            try:
                site.writer.claim(self._bucket, site.prefix, self.release)
            except Taken as taken:
                if taken.release.token != self.release.token:
                    site.journal.drop_running()
                    raise self._lost(taken.release) from None
        self.claimed = True

    def _lost(self, taken: Release) -> RemoteError | Overtaken:
        site = self._site
        newer = list(site.reader.releases(self._bucket, site.prefix, taken.number - 1)) or [taken]
        if (other := claims.in_the_way(newer, self.release.token, site.now())) is not None:
            return claims.refusal(site.stage.name, other)
        return Overtaken(newer)

    def plans(self, steps: Sequence[Step]) -> None:
        """More steps than it was claimed for."""
        self._running = replace(self._running, steps=(*self._running.steps, *map(named, steps)))
        self._site.journal.write_running(self._running)

    def note(self, step: Step) -> None:
        """That step is done."""
        self._running = replace(self._running, done=(*self._running.done, named(step)))
        self._site.journal.write_running(self._running)

    @property
    def done(self) -> tuple[str, ...]:
        return self._running.done

    def succeed(self, release: Release, manifest: Manifest, packages: Sequence[Package]) -> None:
        """`release` has what the functions are now; its state is set here. RemoteError when all is pushed and only its
        record could not be closed: the next run does that."""
        site = self._site
        self.over = True
        self.release = replace(release, state=ReleaseState.DONE, done=())
        site.journal.write_release(self.release, packages)
        # That number counts as known only once its record is closed: until then a next run goes on with it.
        site.journal.write_manifest(replace(manifest, release=self._known))
        if self._bucket:
            site.writer.finish(self._bucket, site.prefix, self.release)
        site.journal.write_manifest(replace(manifest, release=self.number))
        site.journal.drop_running()

    def fail(self, release: Release, manifest: Manifest, why: str) -> None:
        """Close the record, as far as the cloud can be reached; what cannot be written now is by the next run."""
        site = self._site
        self.over = True
        self.release = replace(release, state=ReleaseState.FAILED, done=self.done)
        site.journal.write_running(replace(self._running, failed=why))
        site.journal.write_release(self.release)
        site.journal.write_manifest(replace(manifest, release=self._known))
        if self._bucket:
            try:
                site.writer.finish(self._bucket, site.prefix, self.release)
            except RemoteError:
                return
        site.journal.write_manifest(replace(manifest, release=self.number))

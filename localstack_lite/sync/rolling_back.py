"""The story of a rollback: an earlier release's code comes back, as a release of its own. I/O: threads."""

from __future__ import annotations

import threading
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from localstack_lite.errors import Bug, RemoteError
from localstack_lite.model.blueprint import Blueprint, StackBlueprint
from localstack_lite.model.package import Package
from localstack_lite.model.push_facts import PlanMade, Pushed
from localstack_lite.ports import Resolve
from localstack_lite.sync import claims, stored
from localstack_lite.sync.arrival import arrive, ask, recall, refuse_protected
from localstack_lite.sync.carrying import Cargo, Carrying
from localstack_lite.sync.describe import planned
from localstack_lite.sync.journal import Journal, is_of_zip
from localstack_lite.sync.lock import held
from localstack_lite.sync.look import Sight, look
from localstack_lite.sync.release import Release
from localstack_lite.sync.releasing import Overtaken, Releasing
from localstack_lite.sync.remote import Remote
from localstack_lite.sync.rollback import rollback
from localstack_lite.sync.running import Running
from localstack_lite.sync.site import Site
from localstack_lite.sync.stage_urls import urls
from localstack_lite.sync.steps import Step, UploadCode
from localstack_lite.sync.tally import Tally


def roll_back(site: Site, to: int | None = None, *, yes: bool = False) -> Pushed:
    """Bring back the code of release `to`, or of the last one with other code than now: one call for each function that
    differs, and its aliases. What was done is told as a fact too; UserError, RemoteError and KeyboardInterrupt are told
    and then raised. When that code runs already nothing is written, and `release` is its number."""
    tally = Tally(site)
    with tally.telling():
        refuse_protected(site.stage)
        with held(site.journal.make(), site.stage.name, site.who, site.now, "rolled back"):
            return _story(site, tally, to, yes)


def _story(site: Site, tally: Tally, to: int | None, yes: bool) -> Pushed:
    journal, stage = site.journal, site.stage
    manifest, answer, interrupted = recall(site)
    stack, account = arrive(site, manifest.release)
    if stack is None:
        raise RemoteError(stage.name, f"there is no stack {stage.stack_name}", f"`devserve sync {stage.name}` makes it")
    ask(site, answer, account, stack.region, yes)
    sight = look(site.reader, account, stack.region, stack, manifest, lambda: (), site.prefix)
    tally.urls = tuple(urls(sight.remote, sight.remote.templates).values())
    if sight.manifest != manifest:
        # Read without the project, so without its slots: the next push has to read it again.
        sight = Sight(sight.remote, replace(sight.manifest, stack_updated=""))
    releases = known_releases(site, sight.manifest.bucket)
    if (other := claims.in_the_way(releases, _token(interrupted), site.now())) is not None:
        raise claims.refusal(stage.name, other)
    found = rollback(
        stage, releases, sight.remote, sight.manifest, to, kept(journal, releases), there(site, sight, releases)
    )
    steps = tuple(planned(step, sight.remote) for step in found.plan.steps)
    site.publish(PlanMade(site.now(), stage.name, steps, tally.reads))
    if not found.plan.steps:
        tally.release = found.release.number
        return tally.end()
    newest = max((one.number for one in releases if one.token != _token(interrupted)), default=0)
    releasing = Releasing(site, sight.manifest.bucket, max(newest, manifest.release), interrupted, found.release.number)
    try:
        releasing.claim(found.plan.steps)
    except Overtaken as overtaken:
        hint = "look what is there now (`devserve status`), and run it again if it is still wanted"
        raise RemoteError(stage.name, f"{claims.told(overtaken.newest)}, while this was planned", hint) from None
    _carry_out(site, tally, sight, releasing, found.release, found.plan.steps)
    return tally.end()


def _token(interrupted: Running | None) -> str:
    return interrupted.token if interrupted is not None else ""


def _carry_out(
    site: Site, tally: Tally, sight: Sight, releasing: Releasing, target: Release, steps: Sequence[Step]
) -> None:
    blueprint = Blueprint(tuple(StackBlueprint(path, one) for path, one in sight.remote.templates.items()))
    packages = {step.id: step.package for step in steps if isinstance(step, UploadCode) and step.package is not None}
    cargo = Cargo(blueprint, packages, _no_deploy)
    carrying = Carrying(site, cargo, sight, releasing, tally, threading.Event(), True, target)
    carrying.run(steps, str)


def _no_deploy(remote: Remote) -> Resolve:
    raise Bug(f"a rollback deploys no stack, but {remote.stack} was")


def known_releases(site: Site, bucket: str) -> tuple[Release, ...]:
    """Those of the bucket and those of this machine, oldest first. What the bucket says counts."""
    known = {release.number: release for release in site.journal.releases()}
    if bucket:
        known |= {release.number: release for release in site.reader.releases(bucket, site.prefix)}
    return tuple(known[number] for number in sorted(known))


def there(site: Site, sight: Sight, releases: Sequence[Release]) -> Container[str] | None:
    """The keys in the bucket, where a release has code there."""
    used = any(code.key for release in releases for code in release.functions.values())
    return stored.keys(site, sight.manifest.bucket) if used and sight.manifest.bucket else None


def kept(journal: Journal, releases: Sequence[Release]) -> Mapping[str, Package]:
    """Zips of releases that are kept on this machine, by `Code.sha256`."""
    hashes = {code.sha256 for release in releases for code in release.functions.values() if not code.image}
    found = {sha256: journal.code(Package("", sha256).hex) for sha256 in hashes if is_of_zip(sha256)}
    return {sha256: Package("", sha256, file, size=_size(file)) for sha256, file in found.items() if file is not None}


def _size(file: Path) -> int:
    """0 for one that another push is just taking away: reading it then says so."""
    try:
        return file.stat().st_size
    except OSError:
        return 0

"""The story of a push: look, build, plan, show, do, check, remember. I/O: threads.

While AWS is asked what is there, the project is read and packaged. The plan is made from both and told; a dry run ends
there. Nothing is written before the release has its number, and a push that did not end well is finished by the next:
its plan is made from what AWS really has.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from localstack_lite.errors import RemoteError
from localstack_lite.model.blueprint import StackBlueprint
from localstack_lite.model.push_facts import PlanMade, Pushed
from localstack_lite.sync import claims, stored
from localstack_lite.sync.arrival import arrive, ask, recall, refuse_protected, warn
from localstack_lite.sync.describe import planned
from localstack_lite.sync.local import Local
from localstack_lite.sync.lock import held
from localstack_lite.sync.look import Sight, look
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.plan import needs_bucket, plan
from localstack_lite.sync.preparing import Preparing
from localstack_lite.sync.releasing import Overtaken, Releasing
from localstack_lite.sync.remote import Remote, RemoteStack
from localstack_lite.sync.running import Running
from localstack_lite.sync.site import Site
from localstack_lite.sync.stage_urls import urls
from localstack_lite.sync.steps import Plan
from localstack_lite.sync.tally import Tally

#: How often somebody else may push between our looking and our claim before we give up.
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class PushOptions:
    """`dry_run` ends with the plan and writes nothing, here neither; `code_only` leaves all but code as it is; `yes`
    asks nothing and takes every answer for yes."""

    dry_run: bool = False
    code_only: bool = False
    yes: bool = False


class Push:
    """One push. `run` blocks; `cancel` may be called from any thread."""

    def __init__(self, site: Site, local: Local, options: PushOptions | None = None) -> None:
        self._site = site
        self._local = local
        self._options = options or PushOptions()
        self._stopped = threading.Event()
        self._why = ""
        self._tally = Tally(site)

    def cancel(self, why: str = "a newer save") -> None:
        """Finish the steps that run and begin no other."""
        self._why = self._why or why
        self._stopped.set()

    def run(self) -> Pushed:
        """What was done, told as a fact too. UserError, RemoteError and KeyboardInterrupt are told and then raised.
        Cancelled: `ok` is False, `what` says why, and nothing is raised."""
        site = self._site
        self._tally = Tally(site)
        with self._tally.telling():
            if self._options.dry_run:
                return self._story()
            refuse_protected(site.stage)
            with held(site.journal.make(), site.stage.name, site.who, site.now):
                return self._story()

    def _story(self) -> Pushed:
        site, journal = self._site, self._site.journal
        with Preparing(site, self._local) as preparing:
            manifest, answer, interrupted = recall(site)
            if answer is not None or self._options.yes or self._options.dry_run:
                preparing.begin()
            stack, account = arrive(site, manifest.release)
            if not self._options.dry_run:
                ask(site, answer, account, stack.region if stack else site.region, self._options.yes)
            preparing.begin()
            sight = self._look(preparing, account, stack, manifest)
            sight, made = self._planned(preparing, sight)
            self._show(made, sight.remote)
            if self._options.dry_run:
                return self._tally.end()
            if self._stopped.is_set():
                return self._cancelled()
            if not made.steps and not _open(interrupted, sight.manifest):
                if sight.manifest != manifest:
                    journal.write_manifest(sight.manifest)
                if interrupted is not None:
                    journal.drop_running()
                return self._tally.end()
            return self._carry_out(preparing, sight, made, interrupted)

    # Looking.

    def _look(self, preparing: Preparing, account: str, stack: RemoteStack | None, manifest: Manifest) -> Sight:
        site = self._site
        region = stack.region if stack else site.region

        def stacks() -> Sequence[StackBlueprint]:
            return preparing.blueprint().stacks

        sight = look(site.reader, account, region, stack, manifest, stacks, site.prefix)
        self._tally.urls = tuple(urls(sight.remote, sight.remote.templates).values())
        return sight

    def _planned(self, preparing: Preparing, sight: Sight) -> tuple[Sight, Plan]:
        """The plan, and what it is made from: that what a stack deploy needs is in the bucket is not taken for sure."""
        made = self._plan(preparing, sight)
        if stored.in_doubt(made, sight):
            now = stored.looked_up(self._site, sight)
            if now != sight:
                return now, self._plan(preparing, now)
        return sight, made

    def _plan(self, preparing: Preparing, sight: Sight) -> Plan:
        blueprint, packages = preparing.blueprint(), preparing.packages()
        resolve = self._local.resolver(blueprint, sight.remote)
        return plan(
            self._site.stage,
            blueprint,
            packages,
            sight.remote,
            sight.manifest,
            resolve,
            sight.manifest.bucket or self._site.stage.s3_bucket or None,
            code_only=self._options.code_only,
        )

    def _show(self, made: Plan, remote: Remote) -> None:
        site, dry = self._site, self._options.dry_run
        steps = tuple(planned(step, remote) for step in made.steps)
        site.publish(PlanMade(site.now(), site.stage.name, steps, self._tally.reads, made.drift, dry))

    # Doing.

    def _carry_out(self, preparing: Preparing, sight: Sight, made: Plan, interrupted: Running | None) -> Pushed:
        site = self._site
        for _ in range(ROUNDS):
            bucket = self._bucket(made, sight)
            if bucket != sight.manifest.bucket:
                sight = replace(sight, manifest=replace(sight.manifest, bucket=bucket, uploaded=frozenset()))
                made = self._plan(preparing, sight)
            releasing = Releasing(site, bucket, self._known(sight, bucket, interrupted), interrupted)
            try:
                releasing.claim(made.steps)
            except Overtaken as overtaken:
                warn(site, claims.told(overtaken.newest), "the plan is made anew from what is there now")
                interrupted = None
                stack, account = arrive(site, overtaken.newest.number)
                manifest = replace(sight.manifest, release=overtaken.newest.number)
                sight, made = self._planned(preparing, self._look(preparing, account, stack, manifest))
                for release, functions in claims.replaced(overtaken.newer, made.steps):
                    warn(site, claims.replacing(release, functions), claims.back(release, site.stage.name))
                self._show(made, sight.remote)
                if not made.steps:
                    site.journal.write_manifest(sight.manifest)
                    return self._tally.end()
            else:
                return self._release(preparing, sight, made, releasing)
        what = "others push to it faster than this machine can look"
        raise RemoteError(site.stage.name, what, "run it again when they are through")

    def _bucket(self, made: Plan, sight: Sight) -> str:
        """The one that the stage names or that is known; made only when something has to lie there. Empty: none."""
        site, known, named = self._site, sight.manifest.bucket, self._site.stage.s3_bucket
        if known and named in ("", known):
            return known
        return site.writer.bucket(site.stage, sight.remote.account) if named or needs_bucket(made) else ""

    def _known(self, sight: Sight, bucket: str, interrupted: Running | None) -> int:
        """The newest release that is known: on a machine that has none, those of the bucket are asked for."""
        site, known = self._site, sight.manifest.release
        if not bucket:
            if not known:
                what = f"{site.stage.name} has no bucket, so its releases are only known on this machine"
                warn(site, what, "give the stage an s3_bucket, and others see them and can go back to them")
            return max([known, *(release.number for release in site.journal.releases())])
        if known or sight.remote.stack is None:
            return known
        ours = interrupted.token if interrupted is not None else ""
        there = [one for one in site.reader.releases(bucket, site.prefix) if one.token != ours]
        if (other := claims.in_the_way(there, site.token, site.now())) is not None:
            raise claims.refusal(site.stage.name, other)
        return max((release.number for release in there), default=0)

    def _release(self, preparing: Preparing, sight: Sight, made: Plan, releasing: Releasing) -> Pushed:
        # Most pushes find nothing to do and need none of it.
        from localstack_lite.sync.carrying import Cargo, Carrying

        blueprint = preparing.blueprint()
        cargo = Cargo(blueprint, preparing.packages(), partial(self._local.resolver, blueprint))
        carrying = Carrying(self._site, cargo, sight, releasing, self._tally, self._stopped, self._options.yes)
        if carrying.run(made.steps, lambda: self._why):
            return self._tally.end()
        return self._cancelled()

    def _cancelled(self) -> Pushed:
        return self._tally.end(False, self._site.stage.name, self._why, "what is left is part of the next push")


def _open(interrupted: Running | None, manifest: Manifest) -> bool:
    """Whether that push has a number whose record is not closed yet."""
    return interrupted is not None and interrupted.release > manifest.release

"""Carries out a plan as one release: its steps, what a stack deploy leaves to do, and what is remembered of it. I/O.

Whatever happens in between, what was done is noted, and nothing that was not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.blueprint import Blueprint
from localstack_lite.model.facts import ProblemFound
from localstack_lite.model.project import Problem
from localstack_lite.ports import Resolve
from localstack_lite.sync.afterwards import after
from localstack_lite.sync.ahead import ahead
from localstack_lite.sync.deploying import Deploying
from localstack_lite.sync.doors import Superseded
from localstack_lite.sync.execution import Done, Execution
from localstack_lite.sync.look import Sight, function_names
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.plan import plan
from localstack_lite.sync.preparing import Packages
from localstack_lite.sync.release import Release
from localstack_lite.sync.released import codes
from localstack_lite.sync.releasing import Releasing
from localstack_lite.sync.remote import Remote, RemoteResource, RemoteStack
from localstack_lite.sync.site import Site
from localstack_lite.sync.stage_urls import urls
from localstack_lite.sync.steps import Change, DeployStack, Step
from localstack_lite.sync.summary import touched
from localstack_lite.sync.superseding import named_by
from localstack_lite.sync.tally import Tally


@dataclass(frozen=True, slots=True)
class Cargo:
    """What is pushed: the project as it was read for this push. `resolver` answers for a stage as it is then."""

    blueprint: Blueprint
    packages: Packages
    resolver: Callable[[Remote], Resolve]


class Carrying:
    """`sight` is what the plan was made from; `stopped` is set when no step shall be begun any more.
    `previous` is the release that knows where code is that this one does not bring: the last one, unless said."""

    def __init__(
        self,
        site: Site,
        cargo: Cargo,
        sight: Sight,
        releasing: Releasing,
        tally: Tally,
        stopped: threading.Event,
        yes: bool,
        previous: Release | None = None,
    ) -> None:
        self._site = site
        self._cargo = cargo
        self._releasing = releasing
        self._tally = tally
        self._stopped = stopped
        self._yes = yes
        self._remote = sight.remote
        self._manifest = sight.manifest
        self._functions = dict(sight.remote.functions)
        self._previous = previous or site.journal.release(sight.manifest.release)
        self._before = sight.manifest
        self._done = Done()
        self._steps: list[Step] = []
        tally.release, tally.steps = releasing.number, self._steps

    def run(self, steps: Sequence[Step], why: Callable[[], str]) -> bool:
        """Whether all of it was done; not so when it was stopped, for the reason `why` (asked for then). The record is
        closed in any case, and what went wrong is raised."""
        try:
            complete = self._all(steps)
        except BaseException as error:
            self._fail(_told(error))
            if isinstance(error, Superseded):
                raise named_by(self._site, error, self._manifest.bucket, self._releasing.release) from error
            raise
        if complete:
            self._releasing.succeed(self._record(), self._manifest, tuple(self._cargo.packages.values()))
        else:
            self._fail(why())
        return complete

    def _all(self, steps: Sequence[Step]) -> bool:
        complete, stack = self._some(steps)
        if not complete or stack is None:
            return complete
        rest = self._left(self._again(stack))
        if rest:
            self._releasing.plans(rest)
            complete, _ = self._some(rest)
        return complete

    def _some(self, steps: Sequence[Step]) -> tuple[bool, RemoteStack | None]:
        site, bucket = self._site, self._manifest.bucket
        deploying = Deploying(site, bucket, self._remote.stack, self._yes)
        execution = Execution(site, bucket, deploying.deploy, self._note, self._stopped)
        self._before = ahead(self._manifest, steps)
        if self._before != self._manifest:
            site.journal.write_manifest(self._before)
        try:
            complete = execution.run(steps)
        finally:
            self._done = execution.done
            self._functions.update(execution.done.functions)
            self._tally.changes = (*self._tally.changes, *deploying.changes)
            self._manifest = self._after()
        return complete, execution.done.stack

    def _after(self, stack: RemoteStack | None = None, resources: Sequence[RemoteResource] | None = None) -> Manifest:
        done = self._done
        return after(
            self._before,
            done.steps,
            self._cargo.blueprint,
            self._cargo.packages,
            functions=self._functions,
            layers=done.layers,
            versions=done.versions,
            stack=stack,
            resources=resources,
        )

    def _note(self, step: Step) -> None:
        self._steps.append(step)
        self._releasing.note(step)

    def _again(self, stack: RemoteStack) -> Remote:
        """The stage as it is after its stack was deployed."""
        reader, was = self._site.reader, self._remote
        resources = reader.resources(stack)
        names = function_names(resources)
        known = {one.id for one in was.resources}
        # Of a nested stack that is new the change set told no more than its name.
        new = [Change(one.id, one.type, "add") for one in resources if "/" in one.id and one.id not in known]
        self._tally.changes = (*self._tally.changes, *new)
        self._functions = dict(reader.functions(names)) if names else {}
        self._manifest = self._after(stack, resources)
        lost = tuple(id for id in names if id not in self._functions)
        templates = self._manifest.templates
        self._remote = Remote(was.account, was.region, stack, resources, templates, self._functions, lost)
        self._tally.urls = tuple(urls(self._remote, templates).values())
        return self._remote

    def _left(self, remote: Remote) -> Sequence[Step]:
        """What the deploy did not put right, and what a direct call can."""
        site, cargo, bucket = self._site, self._cargo, self._manifest.bucket
        resolve = cargo.resolver(remote)
        left = plan(site.stage, cargo.blueprint, cargo.packages, remote, self._manifest, resolve, bucket)
        again = [step for step in left.steps if isinstance(step, DeployStack)]
        if not again:
            return left.steps
        what = f"the stack is deployed, and still not all of it is as it should be: {again[0].reason}"
        hint = "AWS changes the template as it takes it, or one of its values cannot be known here"
        site.publish(ProblemFound(site.now(), Problem(site.stage.name, what, hint, warning=True)))
        return ()

    def _fail(self, why: str) -> None:
        if not self._releasing.over:
            self._releasing.fail(self._record(), self._manifest, why)

    def _record(self) -> Release:
        cargo, site = self._cargo, self._site
        functions, _, _ = touched(self._steps, self._tally.changes)
        return replace(
            self._releasing.release,
            functions=codes(site.stage, self._functions, cargo.packages, self._manifest, self._previous),
            changed=functions,
            stack=any(isinstance(step, DeployStack) for step in self._steps),
        )


def _told(error: BaseException) -> str:
    match error:
        case UserError() | RemoteError():
            return error.what
        case KeyboardInterrupt():
            return "interrupted"
        case _:
            return type(error).__name__

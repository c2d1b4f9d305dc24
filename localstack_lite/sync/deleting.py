"""The story of a deletion: what goes is shown first, then the stack, the stage's own objects and what is remembered of
it. I/O."""

from __future__ import annotations

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.push_facts import PlanMade, PlannedStep, Pushed, StackEvent
from localstack_lite.sync import claims
from localstack_lite.sync.arrival import arrive, recall, refuse_protected, warn
from localstack_lite.sync.deletion import BUCKET, Deletion, deletion, lines
from localstack_lite.sync.doors import StackProgress
from localstack_lite.sync.lock import held
from localstack_lite.sync.lone import refuse_lone
from localstack_lite.sync.look import bucket_of
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.remote import Remote, RemoteStack
from localstack_lite.sync.rolling_back import known_releases
from localstack_lite.sync.running import Running
from localstack_lite.sync.site import Site
from localstack_lite.sync.tally import Tally

FAILED = "DELETE_FAILED"
#: Objects of a bucket that are counted; more are told as that many.
_COUNTED = 1000


def delete(site: Site, *, yes: bool = False) -> Pushed:
    """Delete the stage: its stack with all that is in it but buckets that are not empty, its objects in its bucket, and
    what this machine knows of it. Told as a fact too; UserError (it was not wanted), RemoteError and KeyboardInterrupt
    are told and then raised. Run again after a failure, it goes on."""
    tally = Tally(site)
    with tally.telling():
        refuse_protected(site.stage)
        refuse_lone(site.stage)
        with held(site.journal.make(), site.stage.name, site.who, site.now, "deleted"):
            return _story(site, tally, yes)


def _story(site: Site, tally: Tally, yes: bool) -> Pushed:
    stage = site.stage
    manifest, _, interrupted = recall(site)
    stack, account = arrive(site, manifest.release, ready=False)
    if stack is not None and stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS":
        what = f"the stack {stack.name} is being changed: {stack.status}"
        raise RemoteError(stage.name, what, "wait until CloudFormation is through with it, then run it again")
    bucket, remote = _seen(site, stack, account, manifest)
    _refuse_busy(site, bucket, interrupted)
    found = _shown(site, tally, remote, bucket)
    if stack is None and not found.objects and manifest == Manifest():
        raise RemoteError(stage.name, f"there is no stack {stage.stack_name}", "nothing was ever pushed there")
    if not yes and not site.confirm(f"Delete the stage {stage.name}?", tuple(lines(found))):
        hint = "answer yes, or pass --yes where nobody can be asked"
        raise UserError(stage.name, "nothing was deleted, since nobody said yes", hint)
    if stack is not None:
        _delete_stack(site, stack, found)
        tally.stack = True
    if found.objects:
        site.writer.delete_objects(bucket, found.objects)
    site.journal.forget()
    return tally.end()


def _seen(site: Site, stack: RemoteStack | None, account: str, manifest: Manifest) -> tuple[str, Remote]:
    """The stage's bucket and what there is, without its functions: they go with the stack."""
    named = manifest.bucket or site.stage.s3_bucket
    if stack is None:
        return named, Remote(account, site.region)
    resources, templates = manifest.resources, manifest.templates
    if (manifest.stack_id, manifest.stack_updated) != (stack.id, stack.updated) or not named:
        resources = site.reader.resources(stack)
        templates = site.reader.templates(stack, resources) if resources else {}
    bucket = named or bucket_of(templates, site.prefix)
    return bucket, Remote(account, stack.region, stack, resources, templates)


def _refuse_busy(site: Site, bucket: str, interrupted: Running | None) -> None:
    ours = interrupted.token if interrupted is not None else ""
    if (other := claims.in_the_way(known_releases(site, bucket), ours, site.now())) is not None:
        raise claims.refusal(site.stage.name, other)


def _shown(site: Site, tally: Tally, remote: Remote, bucket: str) -> Deletion:
    reader, stage = site.reader, site.stage
    buckets = [one for one in remote.resources if one.type == BUCKET and one.physical_id]
    counts = {one.id: len(reader.objects(one.physical_id, most=_COUNTED)) for one in buckets}
    objects = reader.objects(bucket, f"{site.prefix}/") if bucket else ()
    found = deletion(stage, remote, counts, objects, bucket)
    step = PlannedStep("delete_stack", stage.stack_name, "delete the stack", "asked for", 1, tuple(lines(found)))
    site.publish(PlanMade(site.now(), stage.name, (step,) if remote.stack else (), tally.reads))
    return found


def _delete_stack(site: Site, stack: RemoteStack, found: Deletion) -> None:
    def told(progress: StackProgress) -> None:
        at = progress.at or site.now()
        site.publish(StackEvent(at, progress.resource, progress.type, progress.status, progress.reason))

    try:
        site.writer.delete_stack(stack, told)
    except RemoteError:
        # CloudFormation deletes no bucket that has objects. What it could not delete it leaves, when told to.
        now = site.reader.stack(stack.id)
        if now is None or now.status != FAILED:
            raise
        failed = [one for one in site.reader.resources(now) if one.status == FAILED]
        if not failed or any(one.id not in found.full for one in failed):
            raise
        site.writer.delete_stack(now, told, [one.id for one in failed])
        for one in failed:
            hint = "empty and delete it yourself when nobody needs what is in it"
            warn(site, f"the bucket {one.physical_id} ({one.id}) stays: it is not empty", hint)

"""What has to be done so that a stage is what the project says: frozen steps, or none. Pure.

What has a call of its own takes it (`direct`). For all else there is one deploy of the whole stack; what that would not
put right, because the stack's template says it already while the stage was changed past it, is set directly after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from localstack_lite.errors import RemoteError
from localstack_lite.model.blueprint import Blueprint
from localstack_lite.model.package import Package
from localstack_lite.model.stage import Stage
from localstack_lite.ports import Resolve
from localstack_lite.sync.changes import OUTPUT, SECTIONS, compare, tops
from localstack_lite.sync.deploy import deploy_steps, touched
from localstack_lite.sync.direct import PROPERTIES, Direct, Extent, direct
from localstack_lite.sync.drift import drift, shortened
from localstack_lite.sync.function_needs import CODE, FUNCTION
from localstack_lite.sync.ground import Ground
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.parameters import Parameters, parameters
from localstack_lite.sync.readiness import refusal, there
from localstack_lite.sync.remote import Remote
from localstack_lite.sync.steps import Change, DeployStack, Plan, UpdateLayer, UploadCode, UploadObject

#: What the bucket is called in a plan that is made before there is one. Such a plan can be shown, not done.
NO_BUCKET = "BUCKET"
_ENTRIES = {*SECTIONS.values(), OUTPUT}
#: Properties whose direct call sends a package.
_SENT = (CODE, "Content")


def plan(
    stage: Stage,
    blueprint: Blueprint,
    packages: Mapping[str, Package],
    remote: Remote,
    manifest: Manifest,
    resolve: Resolve,
    bucket: str | None,
    code_only: bool = False,
) -> Plan:
    """`remote.templates` have slots. `resolve` answers for `remote`. `bucket` is only needed when `needs_bucket` says
    so of the plan that is made without it. A RemoteError when the stage cannot be pushed to as it is, a UserError
    when the stage lacks a setting that the push needs."""
    if (refused := refusal(stage, remote.stack)) is not None:
        raise refused
    ground = Ground(stage, blueprint, remote.templates or manifest.templates, packages, remote, manifest, resolve)
    if there(remote.stack) is None:
        if code_only:
            what = f"there is no stack {stage.stack_name} yet, and only code was to be pushed"
            raise RemoteError(stage.name, what, "push once without --code-only")
        return Plan(deploy_steps(ground, bucket or NO_BUCKET, "there is no stack yet", compare(blueprint, {}), None))
    _refuse_lost(ground)
    changes = compare(blueprint, ground.deployed)
    given = parameters(ground)
    found = direct(ground, Extent.CODE if code_only else Extent.ALL)
    why = list(causes(ground, changes, given, found))
    if stage.function:
        left = [*why, *(_not_reached(stage) if found.steps else ())]
        return Plan(found.steps, tuple(f"{one}: run zappa update {stage.name}" for one in left))
    if code_only:
        return Plan(found.steps, (*drift(ground, ()), *_left_out(ground, why)))
    if why:
        return _deployed(ground, bucket, changes, given, found, why)
    return Plan(found.steps, drift(ground, changes))


def _not_reached(stage: Stage) -> Iterator[str]:
    """Zappa's callers of the function that go on calling the version that it published last."""
    for alias in stage.aliases:
        yield f"who calls {stage.function}:{alias} gets what was published last; $LATEST is what is pushed"


def needs_bucket(plan: Plan) -> bool:
    """Whether anything of it goes through the stage's bucket."""
    return any(
        isinstance(step, UploadObject | DeployStack) or (isinstance(step, UploadCode | UpdateLayer) and step.key)
        for step in plan.steps
    )


def _deployed(
    ground: Ground,
    bucket: str | None,
    changes: Sequence[Change],
    given: Parameters,
    found: Direct,
    why: Sequence[str],
) -> Plan:
    steps = deploy_steps(ground, bucket or NO_BUCKET, shortened(why, 3), changes, given)
    after = direct(ground, Extent.AFTER_DEPLOY, touched(ground, changes, given, found.layers))
    return Plan((*steps, *after.steps))


def causes(ground: Ground, changes: Sequence[Change], given: Parameters, found: Direct) -> Iterator[str]:
    """Why it takes a stack deploy, the weightiest first; nothing when it does not. No values but of parameters, and of
    those none that is NoEcho."""
    resources = [change for change in changes if change.type not in _ENTRIES]
    for change in sorted(resources, key=lambda each: ("add", "remove", "modify").index(each.action)):
        match change.action:
            case "add":
                yield f"new resource {change.id}"
            case "remove":
                yield f"{change.id} is not in the template any more"
            case _:
                if left := _without_call(ground, change):
                    yield f"{change.id}: {shortened(left, 3)}"
    yield from given.changed.values()
    if not ground.stage.tags.items() <= (ground.remote.stack.tags.items() if ground.remote.stack else set()):
        yield "tags"
    yield from found.blocked
    for change in changes:
        if change.type in _ENTRIES:
            yield {"add": "new ", "remove": "no more ", "modify": ""}[
                change.action
            ] + f"{change.type.lower()} {change.id}"


def _without_call(ground: Ground, change: Change) -> list[str]:
    """The properties of a change that only CloudFormation changes."""
    if not ground.exists(change.id) and "@Condition" not in tops(change) and "." not in change.id:
        return []  # its condition does not hold: it is in the template only
    own = PROPERTIES.get(change.type, frozenset())
    found = []
    for path in change.properties:
        top = path.partition(".")[0]
        # Code in the template itself, or that somebody else brought to a bucket, is nothing of ours to send.
        foreign = top in _SENT and ground.package(change.id, top) is None
        if foreign or top not in own:
            found.append(path.removeprefix("@"))
    return found


def _left_out(ground: Ground, why: Sequence[str]) -> Iterator[str]:
    """What a push of code leaves as it is."""
    full = direct(ground)
    kinds = {step.kind for step in full.steps} - {step.kind for step in direct(ground, Extent.CODE).steps}
    if why:
        yield f"left out, as only code is pushed: a stack deploy ({shortened(why, 3)})"
    if kinds:
        yield f"left out, as only code is pushed: {shortened(sorted(kind.replace('_', ' ') for kind in kinds))}"


def _refuse_lost(ground: Ground) -> None:
    functions = {id for id, _ in ground.resources(FUNCTION)}
    lost = [id for id in ground.remote.lost if id in functions]
    if not lost:
        return
    stack = ground.stage.stack_name
    what = f"{shortened(lost)} was deleted by hand, and CloudFormation makes nothing anew that its stack {stack} lists"
    hint = (
        f"take {lost[0]} and what refers to it out of the template, push, put it back and push again; or "
        f"`devserve delete {ground.stage.name}` and push"
    )
    raise RemoteError(ground.stage.name, what, hint)

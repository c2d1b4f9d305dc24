"""Earlier code, brought back: which release, and a call for each function whose code differs. Pure.

A rollback brings back code and nothing else: settings and resources stay as they are.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.blueprint import Blueprint, StackBlueprint
from localstack_lite.model.package import MOST_DIRECT, Package
from localstack_lite.model.stage import Stage
from localstack_lite.sync.aliases import alias_steps, following
from localstack_lite.sync.drift import shortened
from localstack_lite.sync.ground import Ground
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.release import Code, Release, ReleaseState
from localstack_lite.sync.remote import Remote, RemoteFunction
from localstack_lite.sync.steps import Plan, Step, UploadCode, UploadObject
from localstack_lite.sync.values import names


@dataclass(frozen=True, slots=True)
class Rollback:
    """To which release, and how; a plan without steps when its code runs already."""

    release: Release
    plan: Plan


def rollback(
    stage: Stage,
    releases: Sequence[Release],
    remote: Remote,
    manifest: Manifest,
    to: int | None = None,
    kept: Mapping[str, Package] | None = None,
    there: Container[str] | None = None,
) -> Rollback:
    """`releases` are all that are known, in any order; `kept` the zips of this machine by `Code.sha256`; `there` the
    keys of the stage's bucket, None when nobody looked: what is gone from it comes from here.

    Without `to` it is the last release before the one whose code runs now that had other code. UserError when there is
    no such release, RemoteError when its code is not to be had, or the stage has other functions now."""
    every = sorted(releases, key=lambda release: release.number)
    target = before(stage, every, remote) if to is None else _numbered(stage, every, to)
    _same_functions(stage, target, remote)
    templates = remote.templates or manifest.templates
    stacks = tuple(StackBlueprint(path, template) for path, template in templates.items())
    ground = Ground(stage, Blueprint(stacks), templates, {}, remote, manifest, _literal)
    aliases = list(following(ground))
    steps: list[Step] = []
    for id, code in target.functions.items():
        function = remote.functions[id]
        if function.code_sha256 == code.sha256:
            continue
        lost = bool(code.key) and there is not None and code.key not in there
        steps += _brought_back(stage, every, target, function, code, kept or {}, lost)
        if of := [alias for alias in aliases if alias.function == id]:
            try:
                steps += alias_steps(ground, id, of, "the function changed")
            except LookupError as error:
                raise RemoteError(stage.name, f"an alias of {id} has a name that is not known: {error}") from None
    return Rollback(target, Plan(tuple(steps)))


def before(stage: Stage, releases: Sequence[Release], remote: Remote) -> Release:
    """The release to go back to. One that brought back an older one counts as that one, so that two rollbacks in a row
    go back two. When no release's code runs now (a push that failed half way, a change by hand), it is the last one."""
    done = [release for release in releases if release.state is ReleaseState.DONE]
    running = next((release for release in reversed(done) if _runs(release, remote)), None)
    if running is None:
        if not done:
            raise UserError(stage.name, "there is no release to go back to", "push the code that you want")
        return done[-1]
    number = running.rolled_back_to or running.number
    older = (each for each in reversed(done) if each.number < number and not each.rolled_back_to)
    target = next((each for each in older if not _runs(each, remote)), None)
    if target is None:
        what = f"there is no release with other code before {number}, whose code runs now"
        raise UserError(stage.name, what, _there(done))
    return target


def _runs(release: Release, remote: Remote) -> bool:
    return bool(release.functions) and all(
        id in remote.functions and remote.functions[id].code_sha256 == code.sha256
        for id, code in release.functions.items()
    )


def _numbered(stage: Stage, releases: Sequence[Release], to: int) -> Release:
    found = next((release for release in releases if release.number == to), None)
    if found is None:
        raise UserError(stage.name, f"there is no release {to}", _there(releases))
    if found.state is not ReleaseState.DONE:
        what = f"release {to} was not pushed to its end, so it is not known as a whole"
        raise UserError(stage.name, what, _there([each for each in releases if each.state is ReleaseState.DONE]))
    return found


def _there(releases: Sequence[Release]) -> str:
    numbers = shortened((str(release.number) for release in reversed(releases)), 12)
    return f"there are: {numbers}" if numbers else "there is none that could be gone back to"


def _same_functions(stage: Stage, target: Release, remote: Remote) -> None:
    gone = [id for id in target.functions if id not in remote.functions]
    new = [id for id in remote.functions if id not in target.functions]
    if not gone and not new:
        return
    what = f"release {target.number} had other functions: " + "; ".join(
        f"{shortened(ids)} {word}" for ids, word in ((gone, "is not there any more"), (new, "came after it")) if ids
    )
    raise RemoteError(stage.name, what, "a rollback brings back code only: check out the older project and push it")


def _brought_back(
    stage: Stage,
    releases: Sequence[Release],
    target: Release,
    function: RemoteFunction,
    code: Code,
    kept: Mapping[str, Package],
    lost: bool,
) -> list[Step]:
    """`lost`: it was in the bucket and is not any more."""
    step = UploadCode(
        function.id, function.name, code.sha256, f"as in release {target.number}", revision=function.revision
    )
    if code.image:
        return [replace(step, image=code.image)]
    if code.key and not lost:
        return [replace(step, key=code.key)]
    if (found := kept.get(code.sha256)) is not None:
        package = replace(found, piece=function.id)
        if package.size < MOST_DIRECT:
            return [replace(step, package=package)]
        if code.key:
            reason = "it is not in the bucket any more, and too big for the call itself"
            return [UploadObject(function.id, code.key, reason, package), replace(step, key=code.key)]
    by = _pushed_by(releases, target, function.id, code)
    gone = "not in the bucket any more" if lost else "not in the bucket"
    what = f"the code of {function.id} in release {target.number} is not on this machine and {gone}"
    raise RemoteError(stage.name, what, f"{by} pushed it: roll back there, or push that code from its sources")


def _pushed_by(releases: Sequence[Release], target: Release, id: str, code: Code) -> str:
    """Who brought that code first."""
    for release in releases:
        if release.number <= target.number and id in release.changed:
            known = release.functions.get(id)
            if known is not None and known.sha256 == code.sha256:
                return release.by
    return target.by


def _literal(path: str, value: object) -> object:
    """Of what stands in the template as it is; a rollback needs no more."""
    if found := next(iter(names(value)), ""):
        raise LookupError(f"it refers to {path}{found}")
    return value

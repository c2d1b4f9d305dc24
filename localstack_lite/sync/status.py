"""What there is to say about a stage, as values and as lines: for `devserve status STAGE`. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.model.stage import Stage
from localstack_lite.sync.aliases import ALIAS, TARGET
from localstack_lite.sync.canonical import properties, resource, resources
from localstack_lite.sync.claims import clock
from localstack_lite.sync.describe import sized
from localstack_lite.sync.drift import shortened
from localstack_lite.sync.function_needs import CODE
from localstack_lite.sync.function_settings import ARGUMENTS, actual, form
from localstack_lite.sync.ground import DOUBT, parted
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.release import Release, ReleaseState
from localstack_lite.sync.remote import Remote, RemoteFunction
from localstack_lite.sync.stage_urls import urls
from localstack_lite.sync.values import names, slot


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one function over the last 24 hours."""

    invocations: int
    errors: int


@dataclass(frozen=True, slots=True)
class FunctionStatus:
    """`aliases` are `live → 7`, without the number when it is not known; `modified` as AWS writes it; `size` of its
    code in bytes; `memory` in MB; `counts` None when nobody was asked, or nobody answered."""

    id: str
    name: str
    runtime: str
    memory: int
    size: int
    modified: str
    state: str = ""
    aliases: tuple[str, ...] = ()
    counts: Counts | None = None
    sha256: str = ""
    """`CodeSha256`."""


@dataclass(frozen=True, slots=True)
class Status:
    """`state` is the stack's, empty when there is none. `release` is the newest that is known. `drift` says what
    differs from the stack's own template, a line for each resource, without values of environment variables. `lost` are
    functions that the stack lists and that are gone."""

    stage: str
    stack: str
    account: str
    region: str
    state: str = ""
    reason: str = ""
    updated: str = ""
    release: Release | None = None
    functions: tuple[FunctionStatus, ...] = ()
    lost: tuple[str, ...] = ()
    drift: tuple[str, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


def status(
    stage: Stage,
    remote: Remote,
    releases: Sequence[Release] = (),
    manifest: Manifest | None = None,
    counts: Mapping[str, Counts] | None = None,
) -> Status:
    """`counts` are by the functions' ids."""
    stack, known = remote.stack, manifest or Manifest()
    newest = max(releases, key=lambda release: release.number, default=None)
    if stack is None:
        return Status(stage.name, stage.stack_name, remote.account, remote.region, release=newest)
    templates = remote.templates or known.templates
    return Status(
        stage.name,
        stack.name,
        remote.account,
        remote.region,
        stack.status,
        stack.status_reason,
        stack.updated,
        newest,
        tuple(_function(one, templates, known, counts or {}) for one in remote.functions.values()),
        remote.lost,
        tuple(_drift(remote, templates, known)),
        urls(remote, templates),
        stack.outputs,
    )


def _function(
    one: RemoteFunction, templates: Mapping[str, Mapping[str, Any]], manifest: Manifest, counts: Mapping[str, Counts]
) -> FunctionStatus:
    configuration = one.configuration
    return FunctionStatus(
        one.id,
        one.name,
        str(configuration.get("Runtime") or configuration.get("PackageType") or ""),
        int(configuration.get("MemorySize") or 0),
        int(configuration.get("CodeSize") or 0),
        one.modified,
        one.state,
        tuple(_aliases(one.id, templates, manifest)),
        counts.get(one.id),
        one.code_sha256,
    )


def _aliases(id: str, templates: Mapping[str, Mapping[str, Any]], manifest: Manifest) -> Iterator[str]:
    path, logical = parted(id)
    for alias, each in resources(templates.get(path, {})).items():
        stated = properties(each)
        if each.get("Type") == ALIAS and logical in names(stated.get("FunctionName")):
            name = stated.get("Name") if isinstance(stated.get("Name"), str) else alias
            version = manifest.direct.get(path + alias, {}).get(TARGET)
            if version == "":
                yield f"{name} is behind"
            else:
                yield f"{name} → {version}" if version not in (None, DOUBT) else str(name)


def _drift(remote: Remote, templates: Mapping[str, Mapping[str, Any]], manifest: Manifest) -> Iterator[str]:
    """What a template states in so many words is compared with what is there; of all else is told what was set
    directly."""
    found: dict[str, list[str]] = {}
    for id, known in manifest.direct.items():
        told = [name for name in known if name not in ("Arn", TARGET) and name not in ARGUMENTS]
        if told:
            found.setdefault(id, []).extend(name.lower() if name in (CODE, "Content") else name for name in told)
    for id, function in remote.functions.items():
        path, logical = parted(id)
        stated = properties(resource(templates.get(path, {}), logical))
        deployed = manifest.deployed.get(id)
        code = found.get(id, [])
        is_zip = deployed is not None and not deployed.startswith("sha256:") and slot(stated.get(CODE))
        if is_zip and deployed != function.code_sha256 and "code" not in code:
            found.setdefault(id, []).append("code")
        for words in _settings(function, stated, manifest.direct.get(id, {})):
            found.setdefault(id, []).append(words)
    yield from (f"{id}: {shortened(words)}" for id, words in found.items())


def _settings(function: RemoteFunction, stated: Mapping[str, Any], direct: Mapping[str, Any]) -> Iterator[str]:
    for property in ARGUMENTS:
        value = stated.get(property)
        if (value is None and property not in direct) or any(names(value)):
            if property in direct:
                yield property
            continue
        try:
            has = actual(property, function.configuration, function.name)
        except LookupError:
            continue
        wanted = form(property, value, function.name)
        if has == wanted:
            continue
        if property in ("MemorySize", "Timeout", "Handler", "Runtime"):
            yield f"{property} is {has}, the stack's template says {wanted}"
        else:
            yield property


def lines(status: Status) -> Iterator[str]:
    """For people: what is not there is not told."""
    yield f"{status.stage}: stack {status.stack} in account {status.account}, {status.region}"
    if not status.state:
        yield "there is no stack yet"
        return
    reason = f" ({status.reason})" if status.reason else ""
    yield f"{status.state}{reason}{f', {status.updated}' if status.updated else ''}"
    if status.release is not None:
        yield _release(status.release)
    yield from (f"{name}: {url}" for name, url in status.urls.items())
    for one in status.functions:
        yield "  ".join(part for part in _words(one) if part)
    yield from (f"{id}: deleted by hand, the stack still lists it" for id in status.lost)
    if status.drift:
        yield "not as the stack's template says:"
        yield from (f"  {line}" for line in status.drift)


def _words(one: FunctionStatus) -> tuple[str, ...]:
    counts = one.counts
    told = f"{counts.invocations} invocations, {counts.errors} errors in 24 h" if counts else ""
    state = one.state if one.state not in ("", "Active") else ""
    memory = f"{one.memory} MB" if one.memory else ""
    return (one.id, one.runtime, memory, sized(one.size), one.modified, *one.aliases, state, told)


def _release(release: Release) -> str:
    state = "" if release.state is ReleaseState.DONE else f", {release.state}"
    back = f", back to {release.rolled_back_to}" if release.rolled_back_to else ""
    changed = f": {shortened(release.changed)}" if release.changed else ""
    return f"release {release.number} by {release.by}, {clock(release.at)}{back}{state}{changed}"

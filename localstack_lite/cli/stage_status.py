"""What `devserve status STAGE` prints: the object of `--json`, and the lines for people. Pure."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from localstack_lite.sync.status import FunctionStatus, lines

if TYPE_CHECKING:
    from localstack_lite.sync.release import Release
    from localstack_lite.sync.situation import Situation

#: Releases that people are shown; `--json` has all.
SHOWN = 5


def text(it: Situation) -> str:
    said = list(lines(it.status))
    if it.interrupted is not None:
        said.append(it.interrupted.told)
    earlier = [release for release in reversed(it.releases) if release != it.status.release][: SHOWN - 1]
    if earlier:
        said.append("before that:")
        said += [f"  release {one.number} by {one.by}, {_when(one.at)}{_state(one)}" for one in earlier]
    return "\n".join(said)


def record(it: Situation) -> dict[str, Any]:
    """`updated` and `modified` as AWS writes them, `at` in epoch seconds; what is not known is null."""
    status = it.status
    return {
        "stage": status.stage,
        "stack": status.stack,
        "account": status.account,
        "region": status.region,
        "state": status.state or None,
        "reason": status.reason or None,
        "updated": status.updated or None,
        "release": status.release.number if status.release is not None else None,
        "functions": [_function(one) for one in status.functions],
        "lost": list(status.lost),
        "drift": list(status.drift),
        "urls": dict(status.urls),
        "outputs": dict(status.outputs),
        "bucket": it.bucket or None,
        "releases": [_release(one) for one in it.releases],
        "interrupted": it.interrupted.told if it.interrupted is not None else None,
    }


def _function(one: FunctionStatus) -> dict[str, Any]:
    return {
        "logicalId": one.id,
        "name": one.name,
        "runtime": one.runtime,
        "memory": one.memory,
        "codeSize": one.size,
        "codeSha256": one.sha256,
        "modified": one.modified,
        "state": one.state or None,
        "aliases": list(one.aliases),
        "invocations": one.counts.invocations if one.counts is not None else None,
        "errors": one.counts.errors if one.counts is not None else None,
    }


def _release(one: Release) -> dict[str, Any]:
    return {
        "number": one.number,
        "at": one.at,
        "by": one.by,
        "state": str(one.state),
        "changed": list(one.changed),
        "stack": one.stack,
        "rolledBackTo": one.rolled_back_to or None,
        "codeSha256": {id: code.sha256 for id, code in one.functions.items()},
    }


def _state(one: Release) -> str:
    changed = f": {', '.join(one.changed[:4])}{' …' if len(one.changed) > 4 else ''}" if one.changed else ""
    return f" ({one.state}){changed}" if str(one.state) != "done" else changed


def _when(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))

"""What is remembered of a stage, as texts: the manifest and the releases. Pure.

Both are JSON with the number of their form. A text that is damaged, or of a newer form than this program knows, is a
ValueError: its reader goes on without it. No text holds a value that was pushed: what was set directly is there as a
digest, what a template says as the user wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localstack_lite.sync.afterwards import after as after
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.release import Code, Release, ReleaseState
from localstack_lite.sync.remote import RemoteResource

#: The forms that this program writes; it reads these and all before.
MANIFEST_FORM = 1
RELEASE_FORM = 1


def manifest_text(manifest: Manifest) -> str:
    return _text(
        {
            "form": MANIFEST_FORM,
            "stackId": manifest.stack_id,
            "stackUpdated": manifest.stack_updated,
            "bucket": manifest.bucket,
            "resources": [[one.id, one.type, one.physical_id, one.status] for one in manifest.resources],
            "templates": manifest.templates,
            "direct": manifest.direct,
            "uploaded": sorted(manifest.uploaded),
            "release": manifest.release,
            "deployed": manifest.deployed,
            "images": manifest.images,
        }
    )


def manifest_of(text: str) -> Manifest:
    read = _object(text, MANIFEST_FORM)
    resources = _list(read, "resources")
    if not all(isinstance(one, list) and len(one) == 4 and _all_text(one) for one in resources):
        raise ValueError("resources are none")
    uploaded = _list(read, "uploaded")
    if not _all_text(uploaded):
        raise ValueError("uploaded are no keys")
    return Manifest(
        _string(read, "stackId"),
        _string(read, "stackUpdated"),
        _string(read, "bucket"),
        tuple(RemoteResource(*one) for one in resources),
        _nested(read, "templates"),
        _nested(read, "direct"),
        frozenset(uploaded),
        _integer(read, "release"),
        _strings(read, "deployed"),
        _strings(read, "images"),
    )


def release_text(release: Release) -> str:
    return _text(
        {
            "form": RELEASE_FORM,
            "number": release.number,
            "at": release.at,
            "by": release.by,
            "token": release.token,
            "state": str(release.state),
            "functions": {
                id: {name: value for name, value in (("sha256", c.sha256), ("key", c.key), ("image", c.image)) if value}
                for id, c in release.functions.items()
            },
            "changed": list(release.changed),
            "done": list(release.done),
            "stack": release.stack,
            "rolledBackTo": release.rolled_back_to,
        }
    )


def release_of(text: str) -> Release:
    read = _object(text, RELEASE_FORM)
    at = read.get("at")
    if isinstance(at, bool) or not isinstance(at, int | float):
        raise ValueError("at is no time")
    functions = _nested(read, "functions")
    return Release(
        _integer(read, "number"),
        float(at),
        _string(read, "by"),
        _string(read, "token"),
        ReleaseState(_string(read, "state")),
        {id: _code(code) for id, code in functions.items()},
        _texts(read, "changed"),
        _texts(read, "done"),
        bool(read.get("stack", False)),
        _integer(read, "rolledBackTo"),
    )


def _code(read: Mapping[str, Any]) -> Code:
    return Code(_string(read, "sha256"), _string(read, "key"), _string(read, "image"))


def _text(value: Mapping[str, Any]) -> str:
    # Dates, which YAML makes of some texts, are written as the texts that they were.
    return json.dumps(value, indent=1, ensure_ascii=False, default=str) + "\n"


def _object(text: str, newest: int) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if not isinstance(read, dict):
        raise ValueError("it is no object")
    form = read.get("form")
    if isinstance(form, bool) or not isinstance(form, int) or form < 1:
        raise ValueError("it does not say its form")
    if form > newest:
        raise ValueError(f"it was written by a newer devserve (form {form}, this one knows {newest})")
    return read


def _string(read: Mapping[str, Any], key: str) -> str:
    value = read.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"{key} is no text")
    return value


def _integer(read: Mapping[str, Any], key: str) -> int:
    value = read.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{key} is no number")
    return value


def _list(read: Mapping[str, Any], key: str) -> list[Any]:
    value = read.get(key, [])
    if not isinstance(value, list):
        raise ValueError(f"{key} is no list")
    return value


def _texts(read: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = _list(read, key)
    if not _all_text(value):
        raise ValueError(f"{key} are no texts")
    return tuple(value)


def _strings(read: Mapping[str, Any], key: str) -> dict[str, str]:
    value = read.get(key, {})
    if not isinstance(value, dict) or not _all_text(value.values()):
        raise ValueError(f"{key} are no texts by name")
    return value


def _nested(read: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
    value = read.get(key, {})
    if not isinstance(value, dict) or not all(isinstance(inner, dict) for inner in value.values()):
        raise ValueError(f"{key} are no objects by name")
    return value


def _all_text(values: Any) -> bool:
    return all(isinstance(each, str) for each in values)

"""What deleting a stage takes away, and what stays: told before it is done. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.model.stage import Stage
from localstack_lite.sync import keys
from localstack_lite.sync.canonical import resources
from localstack_lite.sync.ground import parted
from localstack_lite.sync.remote import Remote, RemoteResource

BUCKET = "AWS::S3::Bucket"
_STAYS = ("Retain", "RetainExceptOnCreate")
#: What holds data that nobody can make again.
_DATA = (
    BUCKET,
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::EFS::FileSystem",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
)


@dataclass(frozen=True, slots=True)
class Deletion:
    """`removed` are the stack's resources that go, those first that others do not need; `data` are those of them that
    hold data. `kept` stay, as their DeletionPolicy says. `full` are buckets that stay because they are not empty, with
    the number of objects in them: CloudFormation deletes no such. `objects` are keys of the stage's own in `bucket`,
    which stays itself, and `foreign` how many objects of others are known to be there."""

    removed: tuple[RemoteResource, ...] = ()
    data: tuple[RemoteResource, ...] = ()
    kept: tuple[RemoteResource, ...] = ()
    full: Mapping[str, int] = field(default_factory=dict)
    objects: tuple[str, ...] = ()
    foreign: int = 0
    bucket: str = ""


def deletion(
    stage: Stage,
    remote: Remote,
    counts: Mapping[str, int] | None = None,
    objects: Sequence[str] = (),
    bucket: str = "",
) -> Deletion:
    """`counts` are numbers of objects in the stack's buckets, by resource id; `objects` keys in the stage's bucket."""
    prefix = f"{keys.prefix(stage)}/"
    ours = tuple(key for key in objects if key.startswith(prefix))
    kept = tuple(one for one in remote.resources if _policy(remote, one) in _STAYS)
    removed = tuple(one for one in reversed(remote.resources) if one.id and one not in kept)
    full = {one.id: number for one in removed if one.type == BUCKET and (number := (counts or {}).get(one.id, 0))}
    data = tuple(one for one in removed if one.type in _DATA)
    return Deletion(removed, data, kept, full, ours, len(objects) - len(ours), bucket)


def _policy(remote: Remote, one: RemoteResource) -> str:
    path, logical = parted(one.id)
    return str(_declared(remote, path, logical).get("DeletionPolicy") or "")


def _declared(remote: Remote, path: str, logical: str) -> Mapping[str, Any]:
    return resources(remote.templates.get(path, {})).get(logical, {})


def lines(deletion: Deletion, most: int = 40) -> Iterator[str]:
    """For people, before they are asked."""
    going = [one for one in deletion.removed if one.id not in deletion.full]
    for one in going[:most]:
        yield f"- {one.id} ({one.type}){' with its data' if one in deletion.data else ''}"
    if len(going) > most:
        yield f"- and {len(going) - most} more"
    yield from (f"stays: {one.id} ({one.type}), as its DeletionPolicy says" for one in deletion.kept)
    for id, number in deletion.full.items():
        yield f"stays: {id} ({BUCKET}), as there {_are(number)} {_counted(number)} in it"
    if deletion.objects:
        yield f"- {_counted(len(deletion.objects))} of this stage in the bucket {deletion.bucket}".rstrip()
        others = f", with {_counted(deletion.foreign)} of others" if deletion.foreign else ""
        yield f"stays: the bucket {deletion.bucket}".rstrip() + others


def _counted(number: int) -> str:
    return "1 object" if number == 1 else f"{number} objects"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"

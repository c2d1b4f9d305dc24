"""What a deletion takes away, and what stays."""

from __future__ import annotations

from typing import Any

from localstack_lite.sync.deletion import Deletion, deletion, lines
from localstack_lite.sync.remote import Remote, RemoteResource
from tests.sync.modelled_stage import STAGE

TYPES = {
    "Role": "AWS::IAM::Role",
    "Table": "AWS::DynamoDB::Table",
    "Bucket": "AWS::S3::Bucket",
    "Child/Q": "AWS::SQS::Queue",
}


def of(policies: dict[str, str] | None = None, **options: Any) -> Deletion:
    templates: dict[str, dict[str, Any]] = {"": {"Resources": {}}, "Child/": {"Resources": {}}}
    for id, type in TYPES.items():
        path, slash, logical = id.rpartition("/")
        policy = (policies or {}).get(id)
        templates[path + slash]["Resources"][logical] = {"Type": type, **({"DeletionPolicy": policy} if policy else {})}
    resources = tuple(RemoteResource(id, type, id.lower()) for id, type in TYPES.items())
    return deletion(STAGE, Remote("1", "r", None, resources, templates), **options)


def test_resources_go_in_the_opposite_order() -> None:
    assert [one.id for one in of().removed] == ["Child/Q", "Bucket", "Table", "Role"]


def test_what_holds_data_is_marked() -> None:
    assert "- Table (AWS::DynamoDB::Table) with its data" in list(lines(of()))
    assert "- Role (AWS::IAM::Role)" in list(lines(of()))


def test_what_its_deletion_policy_keeps_stays() -> None:
    found = of({"Table": "Retain", "Child/Q": "RetainExceptOnCreate", "Bucket": "Delete"})
    assert [one.id for one in found.kept] == ["Table", "Child/Q"]
    assert [one.id for one in found.removed] == ["Bucket", "Role"]
    assert "stays: Table (AWS::DynamoDB::Table), as its DeletionPolicy says" in list(lines(found))


def test_a_bucket_with_objects_stays() -> None:
    assert of(counts={"Bucket": 1}).full == {"Bucket": 1}
    told = list(lines(of(counts={"Bucket": 1})))
    assert "stays: Bucket (AWS::S3::Bucket), as there is 1 object in it" in told
    assert not any(line.startswith("- Bucket ") for line in told)
    assert of(counts={"Bucket": 0}).full == {}
    assert of({"Bucket": "Retain"}, counts={"Bucket": 5}).full == {}


def test_only_the_stages_own_objects_go() -> None:
    found = of(objects=["shop-dev/code/a.zip", "shop-dev/releases/000001.json", "shop-dev2/code/b.zip"], bucket="mine")
    assert found.objects == ("shop-dev/code/a.zip", "shop-dev/releases/000001.json")
    assert found.foreign == 1
    assert list(lines(found))[-2:] == [
        "- 2 objects of this stage in the bucket mine",
        "stays: the bucket mine, with 1 object of others",
    ]


def test_long_lists_are_cut() -> None:
    assert list(lines(of(), most=2))[2] == "- and 2 more"

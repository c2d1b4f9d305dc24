"""Our own bucket: whose it is, where it is, how it is set up; and where releases lie."""

from __future__ import annotations

import json

import pytest

from localstack_lite.sync.bucket_name import (
    creation,
    is_ours,
    our_bucket,
    owner_of,
    record_key,
    records_prefix,
    region_of,
    settings,
)

OURS = "devserve-artifacts-123456789012-eu-west-2"


def test_there_is_one_bucket_for_an_account_in_a_region() -> None:
    assert our_bucket("123456789012", "eu-west-2") == OURS
    assert len(our_bucket("123456789012", "ap-southeast-99")) <= 63


def test_nobody_elses_bucket_of_our_name_is_used() -> None:
    assert owner_of(OURS) == {"ExpectedBucketOwner": "123456789012"}


@pytest.mark.parametrize("name", ["shop-artifacts", f"x-{OURS}", "devserve-artifacts-12-eu-west-2", f"{OURS}.x"])
def test_a_bucket_that_the_user_named_may_be_anybodys(name: str) -> None:
    assert not is_ours(name)
    assert owner_of(name) == {}
    assert region_of(name) == ""


def test_only_the_oldest_region_is_not_named_when_it_is_made() -> None:
    assert creation("us-east-1") == {}
    assert creation(region_of(OURS)) == {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-2"}}


def test_it_is_private_encrypted_and_ends_what_is_old() -> None:
    made = dict(settings(OURS, secure=False))
    assert set(made["PutPublicAccessBlock"]["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = made["PutBucketLifecycleConfiguration"]["LifecycleConfiguration"]["Rules"]
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert rule["Expiration"] == {"Days": 365}
    assert "PutBucketEncryption" in made
    assert "PutBucketPolicy" not in made


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-2", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_where_it_is_reached_by_https_anything_else_is_denied(region: str, partition: str) -> None:
    bucket = our_bucket("123456789012", region)
    policy = json.loads(dict(settings(bucket, secure=True))["PutBucketPolicy"]["Policy"])
    (statement,) = policy["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [f"arn:{partition}:s3:::{bucket}", f"arn:{partition}:s3:::{bucket}/*"]


def test_records_are_listed_in_the_order_of_their_numbers() -> None:
    keys = [record_key("shop-dev", number) for number in (1, 2, 10, 99, 100000)]
    assert keys == sorted(keys)
    assert keys[0] == "shop-dev/releases/000001.json"
    assert all(key.startswith(records_prefix("shop-dev")) for key in keys)

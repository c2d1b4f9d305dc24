"""The bucket that is made when a stage names none, its name and settings; where release records lie in any. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

_NAME = re.compile(r"devserve-artifacts-(\d{12})-([a-z0-9-]+)")
#: Days that objects are kept in our own bucket. S3 cannot know which code is still in use: stacks keep theirs by
#: themselves, and only a rollback to what is older misses its zip here.
KEPT_DAYS = 365


def our_bucket(account: str, region: str) -> str:
    """One for all stages of an account in a region."""
    return f"devserve-artifacts-{account}-{region}"


def is_ours(bucket: str) -> bool:
    return _NAME.fullmatch(bucket) is not None


def owner_of(bucket: str) -> dict[str, str]:
    """Goes with every call on a bucket. Our buckets' names can be guessed, so somebody else may have been there first:
    S3 then refuses, rather than give them our code or us theirs. A bucket that the user named may be anybody's."""
    found = _NAME.fullmatch(bucket)
    return {"ExpectedBucketOwner": found[1]} if found else {}


def region_of(bucket: str) -> str:
    found = _NAME.fullmatch(bucket)
    return found[2] if found else ""


def records_prefix(prefix: str) -> str:
    return f"{prefix}/releases/"


def record_key(prefix: str, number: int) -> str:
    return f"{records_prefix(prefix)}{number:06}.json"


def creation(region: str) -> dict[str, Any]:
    """Arguments of CreateBucket: the oldest region must not be named (S3's API reference)."""
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


def settings(bucket: str, *, secure: bool) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Calls that make it private and encrypted and let it forget: operations and their arguments. `secure`: it is
    reached by https, so that anything else can be refused."""
    private = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    encrypted = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    rule = {
        "ID": "devserve: old artifacts and abandoned uploads",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"Days": KEPT_DAYS},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }
    made: list[tuple[str, dict[str, Any]]] = [
        ("PutPublicAccessBlock", {"PublicAccessBlockConfiguration": private}),
        ("PutBucketEncryption", {"ServerSideEncryptionConfiguration": encrypted}),
        ("PutBucketLifecycleConfiguration", {"LifecycleConfiguration": {"Rules": [rule]}}),
    ]
    if secure:
        made.append(("PutBucketPolicy", {"Policy": json.dumps(_only_https(bucket))}))
    return tuple(made)


def _only_https(bucket: str) -> dict[str, Any]:
    region = region_of(bucket)
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    arn = f"arn:{partition}:s3:::{bucket}"
    statement = {
        "Sid": "OnlyHttps",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}

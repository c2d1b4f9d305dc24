"""What AWS takes as a stack's name, a bucket, a region …, for one clear line before anything is asked of AWS. Pure.

Source: AWS docs (bucket naming rules, CreateStack, IAM identifiers, tag restrictions).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from localstack_lite.config.refusal import did_you_mean
from localstack_lite.model.stage import CAPABILITIES

#: What is wrong, as the end of a sentence that begins with the value, and what to do about it.
Remark = tuple[str, str]

_STAGE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_-])?")
_STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_REGION = re.compile(r"[a-z]{2,5}(?:-[a-z]+)+-\d{1,2}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,576}", re.ASCII)
_REPOSITORY = re.compile(r"[a-z0-9.-]+(?::\d+)?(?:/[a-z0-9._-]+)+|[a-z0-9._-]+")
_PREFIX = re.compile(r"[\w!.*'()/=+@:,-]{0,500}", re.ASCII)


def stage_name(name: str) -> Remark | None:
    """A stage's name is typed, and names a folder."""
    if _STAGE.fullmatch(name):
        return None
    return "no name for a stage", "up to 64 letters, digits, -, _ and ., the first a letter or digit"


def stack_name(value: str) -> Remark | None:
    if _STACK.fullmatch(value):
        return None
    return "no name that CloudFormation takes", "up to 128 letters, digits and hyphens, the first a letter"


def region(value: str) -> Remark | None:
    if _REGION.fullmatch(value):
        return None
    if re.fullmatch(rf"(?:{_REGION.pattern})[a-z]", value):
        return "an availability zone, not a region", f"the region is {value[:-1]}"
    if _REGION.fullmatch(value.lower().replace("_", "-")):
        return "no region", f"did you mean {value.lower().replace('_', '-')}?"
    return "no region", "a region looks like eu-west-2"


def bucket(value: str) -> Remark | None:
    if value.startswith("s3://"):
        return (
            "an address, not a bucket's name",
            f"the bucket is {value[5:].split('/')[0]}; a folder in it is s3_prefix",
        )
    if _ADDRESS.fullmatch(value) or ".." in value or not _BUCKET.fullmatch(value):
        hint = "3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at both ends"
        return "no name that S3 takes for a bucket", hint
    return None


def prefix(value: str) -> Remark | None:
    if _PREFIX.fullmatch(value):
        return None
    return "no prefix for S3", "letters, digits and slashes, as in shop/dev"


def role_arn(value: str) -> Remark | None:
    if _ROLE.fullmatch(value):
        return None
    return "not the ARN of a role", "it looks like arn:aws:iam::123456789012:role/deploy"


def repository(value: str) -> Remark | None:
    if value.startswith(("http://", "https://")):
        return "an address", f"leave {value.partition('//')[0]}// out"
    last = value.rpartition("/")[2]
    if "/" in value and (":" in last or "@" in last):
        return "an image with its tag", "leave the tag out: every push has its own"
    if _REPOSITORY.fullmatch(value):
        return None
    return "no repository of images", "it looks like 123456789012.dkr.ecr.eu-west-2.amazonaws.com/shop"


def endpoint_url(value: str) -> Remark | None:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    return None if good else ("not an http or https address", "it looks like http://127.0.0.1:5000")


def profile(value: str) -> Remark | None:
    return None if value.isprintable() else ("no name of a profile", "a profile stands in ~/.aws/config")


TEXT_RULES: Mapping[str, Callable[[str], Remark | None]] = {
    "stack_name": stack_name,
    "region": region,
    "profile": profile,
    "s3_bucket": bucket,
    "s3_prefix": prefix,
    "image_repository": repository,
    "role_arn": role_arn,
    "endpoint_url": endpoint_url,
}
"""A rule for each key of a stage that is text."""


def capability(value: str) -> Remark | None:
    if value in CAPABILITIES:
        return None
    return "no capability of CloudFormation", did_you_mean(value, CAPABILITIES, f"known are {', '.join(CAPABILITIES)}")


def tag(key: str, value: str) -> Remark | None:
    if key.lower().startswith("aws:"):
        return "a tag of AWS's own", "names that begin with aws: are taken"
    if not 0 < len(key) <= 128 or len(value) > 256:
        return "too long for a tag", "128 characters of name, 256 of value"
    return None

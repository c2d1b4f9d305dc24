"""Where things lie in a stage's bucket: every key says what its content is, so none is ever written over. Pure."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from urllib.parse import quote

from localstack_lite.model.package import Package
from localstack_lite.model.stage import Stage

_CODE = re.compile(r"/code/([0-9a-f]{64})\.zip$")


def prefix(stage: Stage) -> str:
    """What all keys of a stage start with, without a slash at the end."""
    return stage.s3_prefix.strip("/") or stage.stack_name


def code_key(prefix: str, package: Package) -> str:
    """Of a zip: a function's code or a layer's content."""
    return f"{prefix}/code/{package.hex}.zip"


def file_key(prefix: str, package: Package) -> str:
    """Of a file that is taken as it is."""
    return f"{prefix}/files/{package.hex}"


def template_key(prefix: str, text: str) -> str:
    """Of a nested stack's template."""
    return f"{prefix}/templates/{sha256(text.encode()).hexdigest()}.json"


def code_of(key: str) -> str:
    """The sha256, as AWS writes it, of the zip that lies under a key of ours; empty for any other key."""
    found = _CODE.search(key)
    return b64encode(bytes.fromhex(found[1])).decode() if found else ""


def image_target(repository: str, package: Package) -> str:
    """`REPOSITORY:TAG`, the tag being the content's hash."""
    return f"{repository}:{package.hex}"


def object_url(bucket: str, key: str, region: str) -> str:
    """What `TemplateURL` takes: S3's own address, also where calls go to another endpoint. CloudFormation reads it by
    itself, and clouds that stand in for AWS know that form as well."""
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://{bucket}.s3.{region}.{domain}/{quote(key)}"

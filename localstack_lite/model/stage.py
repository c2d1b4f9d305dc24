"""A stage: where a project is pushed to, and how. What a settings file says about it, nothing that was asked of AWS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: What a stack deploy may do unless the stage says otherwise: roles, named ones too, and nested templates.
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")


class StageSource(StrEnum):
    """Which kind of file a stage was read from."""

    DEVSERVE = "devserve"
    SAM = "samconfig"
    ZAPPA = "zappa"
    SERVERLESS = "serverless"


@dataclass(frozen=True, slots=True)
class Stage:
    """`name` is what the user types. What is empty is left to AWS's own rules (region, profile) or made (`s3_bucket`).

    `parameters` are for the template; `tags` for the stack, which hands them on; `role_arn` is CloudFormation's
    service role. `image_repository` is where container images are pushed to, without a tag. `protected`: nothing is
    ever pushed to it by this program. `where` is `file:line`.
    """

    name: str
    stack_name: str
    region: str = ""
    profile: str = ""
    s3_bucket: str = ""
    s3_prefix: str = ""
    image_repository: str = ""
    role_arn: str = ""
    endpoint_url: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = CAPABILITIES
    tags: Mapping[str, str] = field(default_factory=dict)
    protected: bool = False
    source: StageSource = StageSource.DEVSERVE
    where: str = ""
    function: str = ""
    """The Lambda function that another tool deployed and that is pushed to past any stack (Zappa's); empty: the stage
    is its stack."""
    aliases: tuple[str, ...] = ()
    """Aliases of that function by which its own callers call it: a push to `$LATEST` does not reach those."""


def lone_id(function: str) -> str:
    """The id of a function that stands outside of any stack, as a template would have it: `shop-dev` is `ShopDev`."""
    return "".join(part[:1].upper() + part[1:] for part in re.findall(r"[A-Za-z0-9]+", function)) or "Function"

"""Functions that the CDK itself puts into a stack to do CloudFormation's work: nobody wrote them, nothing that is
served calls them, so they are left out. Pure.

They are known by the fixed part of their construct path (`aws:cdk:path`; the logical id is made of it and stands in
where the paths are switched off) or by the description that the CDK gives them. Source: the constructs of aws-cdk-lib
2. Only what is on the list is left out: a function of a user's own `CustomResourceProvider`, `SingletonFunction` or
behind a `Provider` is user code and stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: Types of custom resources whose provider the CDK ships.
_CUSTOM = (
    "S3AutoDeleteObjects|ECRAutoDeleteImages|VpcRestrictDefaultSG|CrossRegionExport(Reader|Writer)"
    "|CrossRegionStringParameterReader|CrossAccountZoneDelegation|DeleteExistingRecordSet|DynamoDBReplica"
    "|GluePartitionIndex|SyntheticsAutoDeleteUnderlyingResources|AWSCDKOpenIdConnectProvider|AWSCDKCfnUtilsProvider"
)
_PART = re.compile(
    rf"Custom({_CUSTOM})CustomResourceProvider.*"
    r"|AWSCDKTriggerCustomResourceProvider.*"
    r"|CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C.*"
    r"|LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a.*"
    r"|BucketNotificationsHandler050a0587b7544547bf325f094a3db834.*"
    r"|AWS679f53fac002430cb0da5b7982bd2287.*"
    r"|AWSb4cf1abd4e4f4bc699441af7ccd9ec37.*"
    r"|CrossRegionAwsSdk8a0c93f3dbef4b71ac137aaf2048ce7e.*"
    r"|Eval224e77f9a32e4b4dac32983477abba16.*"
    r"|awscdk(awseks|awsdynamodb)\w*Provider.*"
)
_DESCRIPTIONS = (
    "AWS CDK resource provider framework - ",
    'AWS CloudFormation handler for "Custom::',
)
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9]")


def is_framework(logical_id: str, resource: Mapping[str, Any]) -> bool:
    """Whether a function (as it stands in a template) is the CDK's own."""
    metadata, properties = resource.get("Metadata"), resource.get("Properties")
    path = metadata.get("aws:cdk:path") if isinstance(metadata, Mapping) else None
    parts = [_NOT_IN_AN_ID.sub("", part) for part in path.split("/")] if isinstance(path, str) else [logical_id]
    if any(_PART.fullmatch(part) for part in parts):
        return True
    description = properties.get("Description") if isinstance(properties, Mapping) else None
    match description:
        case {"Fn::Join": [_, [str(first), *_]]}:
            description = first
    return isinstance(description, str) and description.startswith(_DESCRIPTIONS)

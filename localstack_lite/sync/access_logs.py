"""Where the APIs of a stage write who called them: log groups, as the stack's templates name them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from localstack_lite.ports import Resolve

#: The property of a stage that says so, and in it the ARN, by type (AWS docs).
_SETTING = {
    "AWS::ApiGateway::Stage": "AccessLogSetting",
    "AWS::ApiGatewayV2::Stage": "AccessLogSettings",
}
_GROUP = re.compile(r"arn:[^:]+:logs:[^:]+:\d+:log-group:([^:*]+)(?::\*)?")


def access_logs(templates: Mapping[str, Mapping[str, Any]], resolve: Resolve) -> dict[str, str]:
    """Log groups by what their lines are called. One whose name is only known to CloudFormation is left out, and so is
    a stream that is no log group (Firehose)."""
    found: dict[str, str] = {}
    for path, template in templates.items():
        for logical_id, resource in template.get("Resources", {}).items():
            name = _SETTING.get(str(resource.get("Type")))
            setting = resource.get("Properties", {}).get(name) if name else None
            if not isinstance(setting, Mapping):
                continue
            try:
                arn = resolve(path, setting.get("DestinationArn"))
            except LookupError:
                continue
            if match := _GROUP.fullmatch(str(arn)):
                found[f"access log of {path}{logical_id}"] = match[1]
    return found

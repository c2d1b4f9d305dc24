"""Access logs of APIs, found in a stack's templates."""

from __future__ import annotations

from typing import Any

from localstack_lite.sync.access_logs import access_logs

GROUP = "arn:aws:logs:eu-west-2:123456789012:log-group:shop-access"


def resolve(path: str, value: object) -> object:
    """What stands there, except that a `Ref` is not known."""
    if isinstance(value, dict):
        raise LookupError(f"{path}: only CloudFormation knows")
    return value


def template(kind: str, setting: str, arn: object) -> dict[str, Any]:
    return {"Resources": {"Live": {"Type": kind, "Properties": {setting: {"DestinationArn": arn, "Format": "x"}}}}}


def test_rest_and_http_apis_name_theirs_differently() -> None:
    rest = template("AWS::ApiGateway::Stage", "AccessLogSetting", GROUP)
    http = template("AWS::ApiGatewayV2::Stage", "AccessLogSettings", f"{GROUP}:*")
    assert access_logs({"": rest, "Child/": http}, resolve) == {
        "access log of Live": "shop-access",
        "access log of Child/Live": "shop-access",
    }


def test_what_is_not_known_or_no_log_group_is_left_out() -> None:
    unknown = template("AWS::ApiGateway::Stage", "AccessLogSetting", {"Ref": "Group"})
    firehose = template("AWS::ApiGateway::Stage", "AccessLogSetting", "arn:aws:firehose:eu-west-2:1:deliverystream/x")
    assert access_logs({"": unknown, "Child/": firehose}, resolve) == {}


def test_a_stage_without_access_log_has_none() -> None:
    assert access_logs({"": {"Resources": {"Live": {"Type": "AWS::ApiGateway::Stage"}}}}, resolve) == {}

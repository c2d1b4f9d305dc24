"""What else calls functions: event source mappings, subscriptions, notifications, event patterns → triggers. Pure.

Nothing of it runs here by itself; the function that a trigger names is known by it, and who fires one by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from localstack_lite.config import made_by_sam
from localstack_lite.config.called import called, parts
from localstack_lite.config.integrations import Targets
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.schedules import RULE, bus_of, input_of
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.model.trigger import Service, Trigger

_OF_MAPPINGS = {"sqs": Service.SQS, "dynamodb": Service.DYNAMODB, "kinesis": Service.KINESIS}
#: What CDK declares notifications with.
CDK_NOTIFICATIONS = "Custom::S3BucketNotifications"
_NOTIFICATIONS = "NotificationConfiguration"


def read_triggers(stack: Stack, targets: Targets) -> Iterator[Trigger]:
    """In the order of the template. A trigger of a function that is not in the project is told and left out."""
    for resource in stack.of_type(*_READERS):
        try:
            yield from _READERS[resource.kind](resource, targets)
        except Refusal as refusal:
            made_by_sam.leave_out(resource, refusal)


def _mapping(resource: Resource, targets: Targets) -> Iterator[Trigger]:
    try:
        function = targets.function(resource, resource.raw("FunctionName"))
    except Refusal as refusal:
        raise refusal.at(("FunctionName",)) from None
    source = resource.text_or("", "EventSourceArn")
    service = _OF_MAPPINGS.get(source.split(":")[2] if source.count(":") > 2 else "", Service.OTHER)
    settings = _settings(resource, "FunctionName", "EventSourceArn", "Enabled")
    enabled = resource.text_or("true", "Enabled").lower() != "false"
    yield Trigger(service, function, source, enabled, settings, where=made_by_sam.place(resource))


def _pattern(resource: Resource, targets: Targets) -> Iterator[Trigger]:
    if resource.raw("EventPattern") is None:
        return
    settings = {
        "Rule": resource.text("Name", default=resource.derived_name),
        **_settings(resource, only="EventPattern"),
    }
    enabled = resource.text("State", default="ENABLED") != "DISABLED"
    for target in parts(resource, "Targets"):
        if (function := called(targets, resource, target.get("Arn"), ("Targets",))) is not None:
            own = {**settings, **input_of(resource, target, "Targets")}
            where = made_by_sam.place(resource)
            yield Trigger(Service.EVENTBRIDGE, function, bus_of(resource), enabled, own, where=where)


def _subscription(resource: Resource, targets: Targets) -> Iterator[Trigger]:
    if resource.text("Protocol").lower() != "lambda":
        return
    if (function := called(targets, resource, resource.raw("Endpoint"), ("Endpoint",))) is not None:
        settings = _settings(resource, "Protocol", "Endpoint", "TopicArn")
        source = resource.text_or("", "TopicArn")
        yield Trigger(Service.SNS, function, source, settings=settings, where=made_by_sam.place(resource))


def _topic(resource: Resource, targets: Targets) -> Iterator[Trigger]:
    for one in parts(resource, "Subscription"):
        if as_text(resource.resolve(one.get("Protocol"), ("Subscription",))).lower() != "lambda":
            continue
        if (function := called(targets, resource, one.get("Endpoint"), ("Subscription",))) is not None:
            yield Trigger(Service.SNS, function, _own(resource), where=resource.where("Subscription"))


def _bucket(resource: Resource, targets: Targets) -> Iterator[Trigger]:
    for one in parts(resource, _NOTIFICATIONS, "LambdaConfigurations"):
        if (function := called(targets, resource, one.get("Function"), (_NOTIFICATIONS,))) is not None:
            settings = {
                "Events": [resource.resolve(one.get("Event"), (_NOTIFICATIONS,))],
                **({"Filter": resource.resolve(one["Filter"], (_NOTIFICATIONS,))} if "Filter" in one else {}),
            }
            place = resource.where(_NOTIFICATIONS)
            yield Trigger(Service.S3, function, _own(resource), settings=settings, where=place)


def _cdk_bucket(resource: Resource, targets: Targets) -> Iterator[Trigger]:
    source = resource.text_or("", "BucketName")
    for one in parts(resource, _NOTIFICATIONS, "LambdaFunctionConfigurations"):
        if (function := called(targets, resource, one.get("LambdaFunctionArn"), (_NOTIFICATIONS,))) is not None:
            settings = {
                name: resource.resolve(one[name], (_NOTIFICATIONS,)) for name in ("Events", "Filter") if name in one
            }
            yield Trigger(Service.S3, function, source, settings=settings, where=resource.where())


def _logs(resource: Resource, targets: Targets) -> Iterator[Trigger]:
    if (function := called(targets, resource, resource.raw("DestinationArn"), ("DestinationArn",))) is not None:
        source = resource.text_or("", "LogGroupName")
        where = made_by_sam.place(resource)
        settings = _settings(resource, only="FilterPattern")
        yield Trigger(Service.CLOUDWATCH_LOGS, function, source, settings=settings, where=where)


def _pool(resource: Resource, targets: Targets) -> Iterator[Trigger]:
    for name, value in resource.mapping("LambdaConfig").items():
        arn = value.get("LambdaArn") if isinstance(value, Mapping) and "LambdaArn" in value else value
        if name == "KMSKeyID" or (function := called(targets, resource, arn, ("LambdaConfig", name))) is None:
            continue
        where = resource.where("LambdaConfig", name)
        yield Trigger(Service.COGNITO, function, _own(resource), settings={"Trigger": name}, where=where)


def _settings(resource: Resource, *left_out: str, only: str = "") -> dict[str, object]:
    """The resource's properties, resolved; one that cannot be is told and missing."""
    found = {}
    for name in (only,) if only else resource.properties:
        try:
            if name not in left_out and (value := resource.value(name)) is not None:
                found[name] = value
        except Refusal as refusal:
            made_by_sam.warn(resource, refusal)
    return found


def _own(resource: Resource) -> str:
    """The resource's own ARN, as others would be told it."""
    return as_text(resource.resolve({"Fn::GetAtt": [resource.logical_id, "Arn"]}, ()))


_READERS: Mapping[str, Callable[[Resource, Targets], Iterator[Trigger]]] = {
    "AWS::Lambda::EventSourceMapping": _mapping,
    RULE: _pattern,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _topic,
    "AWS::S3::Bucket": _bucket,
    CDK_NOTIFICATIONS: _cdk_bucket,
    "AWS::Logs::SubscriptionFilter": _logs,
    "AWS::Cognito::UserPool": _pool,
}

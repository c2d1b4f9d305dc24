"""`schedule`, `eventBridge` and `cloudwatchEvent` events of a service → rules of EventBridge and schedules of its
Scheduler. Pure. Recorded with osls 3.77.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.functions import ROLE, function_name
from localstack_lite.config.serverless.made import Made, arn_of, as_list, as_mapping, regional_arn
from localstack_lite.config.serverless.names import normalized, plain
from localstack_lite.config.yaml_cfn import KeyPath

_RULE, _SCHEDULE = "AWS::Events::Rule", "AWS::Scheduler::Schedule"
_EVENTS, _SCHEDULER = "events.amazonaws.com", "scheduler.amazonaws.com"


def add_schedule(made: Made, function: str, event: object, origin: KeyPath, before: int) -> int:
    """`before` counts the function's expressions so far; the result counts these too."""
    said = as_mapping(event)
    expressions = as_list(said.get("rate")) if said else as_list(event)
    enabled = _enabled(said)
    for expression in expressions:
        before += 1
        if as_text(said.get("method")) == "scheduler":
            _scheduled(made, function, said, expression, enabled, before, origin)
            continue
        if said.get("timezone") is not None:
            what = f"function {function}: a rule of EventBridge has no time zone; it runs by UTC"
            made.tell((*origin, "timezone"), what, "write method: scheduler", normalized(function))
        logical_id = f"{normalized(function)}EventsRuleSchedule{before}"
        target = {**_input(said), "Arn": arn_of(function), "Id": f"{function}Schedule"}
        properties = {
            "ScheduleExpression": expression,
            "State": enabled,
            "Name": said.get("name"),
            "Description": said.get("description"),
            "Targets": [target],
        }
        made.add(logical_id, _RULE, properties, origin, {"ScheduleExpression": (*origin, "rate")})
        source = {"Fn::GetAtt": [logical_id, "Arn"]}
        made.permission(function, f"EventsRuleSchedule{before}", _EVENTS, origin, SourceArn=source)
    return before


def add_cloudwatch_event(made: Made, function: str, event: object, origin: KeyPath, number: int) -> None:
    """`number` counts the function's events of this kind from 1."""
    said = as_mapping(event)
    logical_id = f"{normalized(function)}EventsRuleCloudWatchEvent{number}"
    properties = {
        "EventPattern": said.get("event"),
        "State": _enabled(said),
        "Name": said.get("name"),
        "Description": said.get("description"),
        "Targets": [{**_input(said), "Arn": arn_of(function), "Id": f"{function}CloudWatchEvent"}],
    }
    made.add(logical_id, _RULE, properties, origin)
    source = {"Fn::GetAtt": [logical_id, "Arn"]}
    made.permission(function, f"EventsRuleCloudWatchEvent{number}", _EVENTS, origin, SourceArn=source)


def add_event_bridge(made: Made, function: str, event: object, origin: KeyPath, number: int) -> None:
    """`number` is the event's place among all of the function's, from 1."""
    said = as_mapping(event)
    physical = function_name(made.service, function)
    name = as_text(said.get("name")) or f"{physical}-rule-{number}"
    bus = said.get("eventBus")
    properties = {
        "EventBusName": bus,
        "EventPattern": said.get("pattern"),
        "Name": name,
        "ScheduleExpression": said.get("schedule"),
        "State": _enabled(said),
        "Description": said.get("description"),
        "Targets": [_bridged(function, said, f"{name}-target")],
    }
    waits = None
    if isinstance(bus, str) and bus != "default" and not bus.startswith("arn:"):
        waits = f"{normalized(bus)}EventBridgeEventBus"
        if waits not in made.resources:
            made.add(waits, "AWS::Events::EventBus", {"Name": bus}, origin)
    made.add(f"{plain(name)}EventBridgeRule", _RULE, properties, origin, DependsOn=waits)
    on_bus = [bus] if isinstance(bus, str) and bus != "default" else []
    source = regional_arn("events", "/".join(["rule", *on_bus, name])) if not _is_arn(bus) else None
    permission = {"FunctionName": arn_of(function), "Action": "lambda:InvokeFunction", "Principal": _EVENTS}
    logical_id = f"{normalized(function)}EventBridgeLambdaPermission{number}"
    made.add(logical_id, "AWS::Lambda::Permission", {**permission, "SourceArn": source}, origin)


def _is_arn(bus: object) -> bool:
    return bus is not None and not (isinstance(bus, str) and not bus.startswith("arn:"))


def _bridged(function: str, said: Mapping[str, Any], target: str) -> dict[str, Any]:
    retry = as_mapping(said.get("retryPolicy"))
    dead = said.get("deadLetterQueueArn")
    policy = {
        "MaximumEventAgeInSeconds": retry.get("maximumEventAge"),
        "MaximumRetryAttempts": retry.get("maximumRetryAttempts"),
    }
    return {
        "Arn": arn_of(function),
        "Id": target,
        **_input(said),
        **({"RetryPolicy": {key: value for key, value in policy.items() if value is not None}} if retry else {}),
        **({"DeadLetterConfig": {"Arn": dead}} if dead is not None else {}),
    }


def _scheduled(
    made: Made, function: str, said: Mapping[str, Any], expression: object, enabled: str, number: int, origin: KeyPath
) -> None:
    target: dict[str, Any] = {"Arn": arn_of(function), "RoleArn": {"Fn::GetAtt": [ROLE, "Arn"]}}
    if "input" in said:
        target["Input"] = _json(said["input"])
    properties = {
        "ScheduleExpression": expression,
        "State": enabled,
        "Target": target,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Name": said.get("name"),
        "Description": said.get("description"),
        "ScheduleExpressionTimezone": said.get("timezone"),
        "GroupName": said.get("groupName"),
    }
    places = {"ScheduleExpression": (*origin, "rate"), "ScheduleExpressionTimezone": (*origin, "timezone")}
    made.add(f"{normalized(function)}SchedulerSchedule{number}", _SCHEDULE, properties, origin, places)
    if _SCHEDULER not in made.principals:
        made.principals.append(_SCHEDULER)
    own = {
        "Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
        + function_name(made.service, function)
    }
    made.right(("lambda:InvokeFunction",), own)


def _enabled(said: Mapping[str, Any]) -> str:
    return "DISABLED" if as_text(said.get("enabled", True)).lower() == "false" else "ENABLED"


def _input(said: Mapping[str, Any]) -> dict[str, Any]:
    if "input" in said:
        return {"Input": _json(said["input"])}
    if "inputPath" in said:
        return {"InputPath": said["inputPath"]}
    if transformer := as_mapping(said.get("inputTransformer")):
        found = {"InputTemplate": transformer.get("inputTemplate"), "InputPathsMap": transformer.get("inputPathsMap")}
        return {"InputTransformer": {key: value for key, value in found.items() if value is not None}}
    return {}


def _json(given: object) -> str:
    """Text that is given stays as it is: it may be JSON already. The `body` of a mapping may be JSON as text."""
    if isinstance(given, str):
        return given
    if isinstance(given, dict) and isinstance(given.get("body"), str):
        try:
            given = {**given, "body": json.loads(given["body"])}
        except ValueError:
            return json.dumps(given, separators=(",", ":"), ensure_ascii=False)
    return json.dumps(given, separators=(",", ":"), ensure_ascii=False)

"""`event_source`, Cognito, bots and asynchronous tasks → triggers. Pure. Source: Zappa 0.63.

Lambda has one mapping for each ARN, however many functions of the project stand behind it: so there is one trigger for
each, which names all that Zappa's handler will call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localstack_lite.config.zappa.keys import Given
from localstack_lite.model.trigger import Service, Trigger

#: The part of an ARN that says whose it is; Zappa knows these.
_SERVICES = {
    "sqs": Service.SQS,
    "sns": Service.SNS,
    "s3": Service.S3,
    "dynamodb": Service.DYNAMODB,
    "kinesis": Service.KINESIS,
    "events": Service.EVENTBRIDGE,
}
_PULLED = (Service.SQS, Service.DYNAMODB, Service.KINESIS)
_BATCH = 10


def triggers(given: Given, function: str, several: bool) -> tuple[Trigger, ...]:
    """`function` is the Lambda function's logical id; `several` whether this Zappa calls several functions for one
    ARN, or the last one."""
    found: dict[str, Trigger] = {}
    for trigger in _sources(given, function):
        before = found.get(trigger.source)
        names = [before.handler, trigger.handler] if before is not None and several else [trigger.handler]
        first = before if before is not None and several else trigger
        found[trigger.source] = Trigger(
            first.service, function, first.source, first.enabled, first.settings, ", ".join(names), first.where
        )
    return (*found.values(), *_cognito(given, function), *_bots(given, function), *_tasks(given, function))


def _sources(given: Given, function: str) -> Iterator[Trigger]:
    for event in given.listed("events"):
        source, handler = event.get("event_source"), event.get("function")
        if source is None or not isinstance(handler, str):
            continue
        arn = source.get("arn") if isinstance(source, Mapping) else None
        service = _SERVICES.get(arn.split(":")[2]) if isinstance(arn, str) and arn.count(":") >= 3 else None
        if service is None:
            what = f"stage {given.stage}: the event source of {handler} is {arn!r}, which Zappa does not know"
            known = f"the ARN of one of {', '.join(_SERVICES)}"
            given.tell("events", what, f"{known}; it is left out", warning=False)
            continue
        enabled = bool(source.get("enabled", event.get("enabled", True)))
        yield Trigger(service, function, str(arn), enabled, _settings(service, source), handler, given.at("events"))


def _settings(service: Service, source: Mapping[str, Any]) -> dict[str, object]:
    """In AWS's spelling."""
    if service in _PULLED:
        batch = source.get("batch_size", _BATCH)
        settings: dict[str, object] = {"BatchSize": batch}
        if service is Service.SQS:
            window = 1 if isinstance(batch, int) and batch > _BATCH else 0
            settings["MaximumBatchingWindowInSeconds"] = source.get("batch_window", window)
        elif "starting_position" in source:
            settings["StartingPosition"] = source["starting_position"]
        return settings
    if service is Service.S3:
        rules = [{"Name": name, "Value": source[name]} for name in ("prefix", "suffix") if source.get(name)]
        return {
            "Events": source.get("events", ["s3:ObjectCreated:*"]),
            **({"Filter": {"Key": {"FilterRules": rules}}} if rules else {}),
        }
    if service is Service.SNS:
        return {"FilterPolicy": source["filters"]} if source.get("filters") else {}
    pattern = source.get("event_pattern", source.get("pattern"))
    return {"EventPattern": pattern} if pattern else {}


def _cognito(given: Given, function: str) -> Iterator[Trigger]:
    pool, listed = given.table("cognito").get("user_pool"), given.table("cognito").get("triggers")
    for trigger in listed if isinstance(listed, list) else []:
        source = trigger.get("source") if isinstance(trigger, Mapping) else None
        handler = trigger.get("function") if isinstance(trigger, Mapping) else None
        if not source or not handler:
            what = f"stage {given.stage}: a Cognito trigger has no source or no function"
            given.tell("cognito", what, "it has both; it is left out", warning=False)
            continue
        settings = {"TriggerSource": str(source)}
        place = given.at("cognito")
        yield Trigger(Service.COGNITO, function, str(pool or ""), True, settings, str(handler), place)


def _bots(given: Given, function: str) -> Iterator[Trigger]:
    for event in given.listed("bot_events"):
        source, handler = event.get("event_source"), event.get("function")
        source = source if isinstance(source, Mapping) else {}
        if not (handler and source.get("intent") and source.get("invocation_source")):
            what = f"stage {given.stage}: a bot event needs function, event_source.intent and .invocation_source"
            given.tell("bot_events", what, "it is left out", warning=False)
            continue
        settings = {"InvocationSource": str(source["invocation_source"])}
        where = given.at("bot_events")
        yield Trigger(Service.BOT, function, str(source["intent"]), True, settings, str(handler), where)


def _tasks(given: Given, function: str) -> Iterator[Trigger]:
    """The topic that tasks go through; the message says which."""
    if given.text("async_source") == "sns" and given.yes("async_resources", True):
        yield Trigger(Service.SNS, function, f"{function}-zappa-async", where=given.at("async_source"))

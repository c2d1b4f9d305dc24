"""`AWS::Events::Rule` with a schedule and `AWS::Scheduler::Schedule` → schedules. Pure.

What AWS would refuse is told and left out. Sources: AWS docs, PutRule, PutTargets and CreateSchedule; that a schedule
has to be on the default bus is recorded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from localstack_lite.config import made_by_sam
from localstack_lite.config.called import called, parts
from localstack_lite.config.integrations import Targets
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.model.expression import next_after, parse, zone
from localstack_lite.model.expression_error import ExpressionError
from localstack_lite.model.trigger import InputTransformer, Schedule, Scheduler

RULE = "AWS::Events::Rule"
SCHEDULE = "AWS::Scheduler::Schedule"
BUS = "default"
_EXPRESSION = ("ScheduleExpression",)
_INPUTS = ("Input", "InputPath", "InputTransformer")
_PLACEHOLDER = re.compile(r"<([\w.-]+)>", re.ASCII)
#: Names that EventBridge gives a meaning to by itself.
RESERVED = ("rule-arn", "rule-name", "event", "event.json", "event.ingestion-time")


def read_schedules(stack: Stack, targets: Targets) -> Iterator[Schedule]:
    """In the order of the template; a rule with several functions is a schedule for each."""
    for resource in stack.of_type(RULE, SCHEDULE):
        try:
            if resource.kind == SCHEDULE:
                yield from _scheduled(resource, targets)
            elif resource.raw(*_EXPRESSION) is not None:
                yield from _rule(resource, targets)
        except Refusal as refusal:
            made_by_sam.leave_out(resource, refusal)


def bus_of(resource: Resource) -> str:
    """The name of a rule's event bus."""
    return resource.text("EventBusName", default=BUS).rpartition("/")[2] or BUS


def input_of(resource: Resource, target: Mapping[str, object], place: str) -> dict[str, object]:
    """A target's own input: one of `Input`, `InputPath` and `InputTransformer`, resolved; or nothing."""
    given = {}
    for name in _INPUTS:
        if (value := resource.resolve(target[name], (place, name)) if name in target else None) is not None:
            given[name] = value
    if len(given) > 1:
        raise Refusal(f"AWS takes only one of {' and '.join(given)}", "", (place,))
    return given


def _rule(resource: Resource, targets: Targets) -> Iterator[Schedule]:
    expression = _checked(resource, Scheduler.RULE, "UTC")
    if (bus := bus_of(resource)) != BUS:
        what = f"the event bus {bus} takes no schedule"
        raise Refusal(what, "AWS takes one only on the default bus", ("EventBusName",))
    for target in parts(resource, "Targets"):
        function = called(targets, resource, target.get("Arn"), ("Targets",))
        if function is None:
            continue
        given = input_of(resource, target, "Targets")
        text = as_text(given["Input"]) if "Input" in given else None
        if text is not None and not _is_json(text):
            raise Refusal(f"{_short(text)} is not JSON", "text is JSON in quotes: '\"text\"'", ("Targets", "Input"))
        yield Schedule(
            name=resource.text("Name", default=resource.derived_name),
            function=function,
            qualifier=targets.qualifier(resource, target.get("Arn")),
            expression=expression,
            enabled=resource.text("State", default="ENABLED") != "DISABLED",
            input=text,
            input_path=_path(given),
            transformer=_transformer(given),
            description=resource.text_or("", "Description"),
            where=made_by_sam.place(resource),
        )


def _scheduled(resource: Resource, targets: Targets) -> Iterator[Schedule]:
    target = resource.mapping("Target")
    function = called(targets, resource, target.get("Arn"), ("Target", "Arn"))
    if function is None:
        return
    timezone = resource.text("ScheduleExpressionTimezone", default="UTC")
    expression = _checked(resource, Scheduler.SCHEDULER, timezone)
    start, end = _instant(resource, "StartDate"), _instant(resource, "EndDate")
    if start is not None and end is not None and start >= end:
        raise Refusal("it ends before it starts", "", ("EndDate",))
    text = resource.resolve(target["Input"], ("Target", "Input")) if "Input" in target else None
    text = as_text(text) if text is not None else None
    # Placeholders may stand for numbers, outside quotes.
    if text is not None and not _is_json(re.sub(r"<aws\.scheduler\.[a-z-]+>", "1", text)):
        raise Refusal(f"{_short(text)} is not JSON", "Lambda takes only JSON", ("Target", "Input"))
    yield Schedule(
        name=resource.text("Name", default=resource.derived_name),
        function=function,
        qualifier=targets.qualifier(resource, target.get("Arn")),
        expression=expression,
        scheduler=Scheduler.SCHEDULER,
        timezone=timezone,
        enabled=resource.text("State", default="ENABLED") != "DISABLED",
        input=text,
        start=start,
        end=end,
        flexible_minutes=_window(resource),
        group=resource.text("GroupName", default="default"),
        description=resource.text_or("", "Description"),
        where=made_by_sam.place(resource),
    )


def _checked(resource: Resource, scheduler: Scheduler, timezone: str) -> str:
    """The expression, which AWS takes."""
    text = resource.text(*_EXPRESSION)
    try:
        expression = parse(text, scheduler)
    except ExpressionError as error:
        raise Refusal(error.what, error.hint, _EXPRESSION) from None
    try:
        zone(timezone)
    except ExpressionError as error:
        raise Refusal(error.what, error.hint, ("ScheduleExpressionTimezone",)) from None
    if next_after(expression, 0.0, timezone) is None:
        made_by_sam.warn(resource, Refusal(f"{text} never comes", "no year has such a day", _EXPRESSION))
    return text


def _instant(resource: Resource, name: str) -> float | None:
    """Epoch seconds of a date; without a zone it is UTC."""
    text = resource.text(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{text} is no date", "as in 2026-12-31T08:00:00Z", (name,)) from None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def _window(resource: Resource) -> int:
    """Minutes; AWS wants 1 to 1440 of a flexible window."""
    if resource.text("FlexibleTimeWindow", "Mode", default="OFF") != "FLEXIBLE":
        return 0
    path = ("FlexibleTimeWindow", "MaximumWindowInMinutes")
    minutes = resource.whole(*path, default=0)
    if not 1 <= minutes <= 1440:
        raise Refusal(f"a flexible window has 1 to 1440 minutes, not {minutes}", "", path)
    return minutes


def _path(given: Mapping[str, object]) -> str:
    path = as_text(given.get("InputPath", ""))
    if path and not path.startswith("$"):
        raise Refusal(f"{path} is no JSON path", f"write $.{path}", ("Targets", "InputPath"))
    return path


def _transformer(given: Mapping[str, object]) -> InputTransformer | None:
    declared = given.get("InputTransformer")
    if declared is None:
        return None
    place = ("Targets", "InputTransformer")
    template = declared.get("InputTemplate") if isinstance(declared, Mapping) else None
    if not isinstance(declared, Mapping) or template is None:
        raise Refusal("has no InputTemplate", "AWS wants one", place)
    mapped = declared.get("InputPathsMap")
    paths = {str(name): as_text(path) for name, path in mapped.items()} if isinstance(mapped, Mapping) else {}
    for path in paths.values():
        if not path.startswith("$"):
            raise Refusal(f"{path} is no JSON path", f"write $.{path}", (*place, "InputPathsMap"))
    known = {*paths, *(f"aws.events.{name}" for name in RESERVED)}
    for name in _PLACEHOLDER.findall(as_text(template)):
        if name not in known:
            hint = did_you_mean(name, known, "declare it in InputPathsMap")
            raise Refusal(f"InputPathsMap has no {name}", hint, (*place, "InputTemplate"))
    return InputTransformer(paths, as_text(template))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")

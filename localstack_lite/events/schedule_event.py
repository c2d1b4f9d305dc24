"""What a function gets when its schedule is due. Pure: time and ids come in.

Source: AWS docs, "Scheduled Event" of EventBridge and "Adding context attributes" of EventBridge Scheduler, whose own
event has `detail` as a text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localstack_lite.events.input_transformer import transformed
from localstack_lite.events.json_path import find
from localstack_lite.model.trigger import Schedule, Scheduler


@dataclass(frozen=True, slots=True)
class Occasion:
    """One run of a schedule: `time` in epoch seconds, `event_id` a UUID, `execution_id` 16 hex digits."""

    time: float
    event_id: str
    execution_id: str
    region: str
    account: str


def payload(schedule: Schedule, occasion: Occasion) -> bytes:
    """The function's input. A ValueError when it is not JSON, which Lambda does not take."""
    made = _payload(schedule, occasion)
    json.loads(made)
    return made.encode()


def arn(schedule: Schedule, region: str, account: str) -> str:
    """Of the rule, or of Scheduler's schedule."""
    if schedule.scheduler is Scheduler.RULE:
        return f"arn:aws:events:{region}:{account}:rule/{schedule.name}"
    return f"arn:aws:scheduler:{region}:{account}:schedule/{schedule.group}/{schedule.name}"


def event(schedule: Schedule, occasion: Occasion) -> dict[str, Any]:
    """What a function gets that asked for nothing else."""
    rule = schedule.scheduler is Scheduler.RULE
    return {
        "version": "0",
        "id": occasion.event_id,
        "detail-type": "Scheduled Event",
        "source": "aws.events" if rule else "aws.scheduler",
        "account": occasion.account,
        "time": stamp(occasion.time),
        "region": occasion.region,
        "resources": [arn(schedule, occasion.region, occasion.account)],
        "detail": {} if rule else "{}",
    }


def stamp(time: float) -> str:
    """`2026-01-15T12:00:00Z`."""
    return datetime.fromtimestamp(int(time), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _payload(schedule: Schedule, occasion: Occasion) -> str:
    whole = event(schedule, occasion)
    if schedule.scheduler is Scheduler.SCHEDULER:
        return _json(whole) if schedule.input is None else _in_context(schedule, schedule.input, occasion)
    if schedule.input is not None:
        return schedule.input
    if schedule.transformer is not None:
        return transformed(schedule.transformer, whole, whole["resources"][0])
    if schedule.input_path:
        try:
            return _json(find(whole, schedule.input_path))
        except LookupError:
            return "null"
    return _json(whole)


def _in_context(schedule: Schedule, text: str, occasion: Occasion) -> str:
    """Nothing is tried twice here: it is always the first attempt."""
    context = {
        "schedule-arn": arn(schedule, occasion.region, occasion.account),
        "scheduled-time": stamp(occasion.time),
        "execution-id": occasion.execution_id,
        "attempt-number": "1",
    }
    for name, value in context.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

"""What calls functions beside people: schedules, and event sources of other services. Declared values; nothing runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Scheduler(StrEnum):
    """Whose schedule it is: the two differ in event, time zones and expressions."""

    RULE = "rule"
    """An EventBridge rule: UTC, to the minute, `rate` and `cron`."""
    SCHEDULER = "scheduler"
    """EventBridge Scheduler: a time zone, `rate`, `cron` and `at`, start and end."""


@dataclass(frozen=True, slots=True)
class InputTransformer:
    """How a rule's event becomes the target's input (AWS docs, "Input transformation"): `paths` are JSON paths by
    name, `template` holds `<name>`."""

    paths: Mapping[str, str]
    template: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """One expression that calls one function. `expression` is `rate(...)`, `cron(...)` or `at(...)`; `function` a
    logical id; `start` and `end` epoch seconds.

    What the function gets: `input` as it is when there is one (JSON text), else what `input_path` or `transformer` make
    of the scheduled event, else the event itself."""

    name: str
    function: str
    expression: str
    scheduler: Scheduler = Scheduler.RULE
    timezone: str = "UTC"
    enabled: bool = True
    input: str | None = None
    input_path: str = ""
    transformer: InputTransformer | None = None
    start: float | None = None
    end: float | None = None
    flexible_minutes: int = 0
    """`FlexibleTimeWindow`, for display: here it runs at the beginning of the window."""
    group: str = "default"
    description: str = ""
    qualifier: str = ""
    """The version or alias that the target names."""
    where: str = ""


class Service(StrEnum):
    """Whose records or events an event source carries."""

    SQS = "sqs"
    SNS = "sns"
    S3 = "s3"
    DYNAMODB = "dynamodb"
    KINESIS = "kinesis"
    EVENTBRIDGE = "eventbridge"
    COGNITO = "cognito"
    CLOUDWATCH_LOGS = "logs"
    BOT = "bot"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Trigger:
    """Another service that calls a function. `source` is its ARN or name as far as it is known here (`orders`,
    `arn:aws:sqs:...`); `settings` are in AWS's spelling (`BatchSize`, `FilterCriteria`, `Events` …). `handler` is the
    dotted name of what an adapter calls for it (Zappa), else empty."""

    service: Service
    function: str
    source: str
    enabled: bool = True
    settings: Mapping[str, object] = field(default_factory=dict)
    handler: str = ""
    where: str = ""

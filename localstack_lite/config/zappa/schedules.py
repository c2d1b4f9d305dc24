"""`events` with expressions, and `keep_warm` → schedules. Pure. Source: Zappa 0.63.

Zappa's handler finds the function by the end of the rule's ARN, and gives it what the rule's input transformer adds to
the event: the same happens here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.zappa.keys import Given
from localstack_lite.config.zappa.names import rule_name
from localstack_lite.model.expression import parse
from localstack_lite.model.expression_error import ExpressionError
from localstack_lite.model.trigger import InputTransformer, Schedule, Scheduler

_KEEP_WARM = "handler.keep_warm_callback"
_EVERY = "rate(4 minutes)"
#: Parts of the scheduled event that the transformer hands on; `kwargs` come beside them.
_PARTS = ("time", "detail-type", "source", "account", "region", "detail", "version", "resources", "id")


def schedules(given: Given, function: str) -> Iterator[Schedule]:
    """`function` is the Lambda function's logical id and name. What Zappa or AWS would refuse is told and left out."""
    for event in given.listed("events"):
        yield from _of(given, function, event)
    if given.yes("keep_warm", True):
        warm = {
            "name": "zappa-keep-warm",
            "function": _KEEP_WARM,
            "expression": given.text("keep_warm_expression", _EVERY),
            "description": f"Zappa Keep Warm - {function}",
        }
        yield from _of(given, function, warm, "keep_warm_expression")


def _of(given: Given, lambda_name: str, event: Mapping[str, Any], key: str = "events") -> Iterator[Schedule]:
    function = event.get("function")
    several = event.get("expressions")
    expressions = [event["expression"]] if event.get("expression") else several if isinstance(several, list) else []
    if not isinstance(function, str) or not function:
        what = f"stage {given.stage}: an event names no function"
        given.tell(key, what, "function: module.function; it is left out", warning=False)
        return
    if not expressions and not event.get("event_source"):
        what = f"stage {given.stage}: the event of {function} has neither an expression nor an event_source"
        given.tell(key, what, "for example expression: rate(1 hour); it is left out", warning=False)
    kwargs = event.get("kwargs")
    for index, expression in enumerate(expressions):
        try:
            rule = rule_name(lambda_name, function, str(event.get("name") or ""), index)
            parse(str(expression), Scheduler.RULE)
        except Refusal as refusal:
            given.tell(key, f"stage {given.stage}: {refusal.what}", refusal.hint, warning=False)
            continue
        except ExpressionError as error:
            what = f"stage {given.stage}: AWS refuses the schedule of {function}: {error}"
            given.tell(key, what, f"{error.hint}; it does not run".removeprefix("; "), warning=False)
            continue
        yield Schedule(
            name=rule,
            function=lambda_name,
            expression=str(expression),
            enabled=bool(event.get("enabled", True)),
            transformer=_transformer(kwargs if kwargs is not None else {}),
            description=str(event.get("description") or function),
            where=given.at(key),
        )


def _transformer(kwargs: object) -> InputTransformer:
    parts = [f'"{part}": <{part}>' for part in _PARTS]
    template = "{" + ", ".join([*parts, f'"kwargs": {json.dumps(kwargs, default=str)}']) + "}"
    return InputTransformer({part: f"$.{part}" for part in _PARTS}, template)

"""What an `InputTransformer` makes of an event. Pure.

Source: AWS docs, "Input transformation". A `<name>` that stands for a JSON value is replaced by JSON, with the quotes
of a string; inside a string it is replaced by its text. An object inside a string loses its quotes, and what is not in
the event is empty (both recorded against AWS by LocalStack's tests). The reserved names win over those of the rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from localstack_lite.events.json_path import find
from localstack_lite.model.trigger import InputTransformer

_PLACEHOLDER = re.compile(r"<([\w.-]+)>", re.ASCII)
_RESERVED = "aws.events."


def transformed(transformer: InputTransformer, event: Mapping[str, Any], rule_arn: str) -> str:
    """The target's input as text: JSON when the template is JSON."""
    values = _values(transformer.paths, event) | _reserved(event, rule_arn)
    template = transformer.template
    parts: list[str] = []
    end, inside = 0, False
    for match in _PLACEHOLDER.finditer(template):
        between = template[end : match.start()]
        inside = _inside(between, inside)
        value = values.get(match[1], "")
        parts += [between, _text(value) if inside else _json(value)]
        end = match.end()
    return "".join((*parts, template[end:]))


def _values(paths: Mapping[str, str], event: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, path in paths.items():
        try:
            found[name] = find(event, path)
        except LookupError:
            found[name] = ""
    return found


def _reserved(event: Mapping[str, Any], rule_arn: str) -> dict[str, Any]:
    return {
        f"{_RESERVED}rule-arn": rule_arn,
        f"{_RESERVED}rule-name": rule_arn.rpartition("/")[2],
        f"{_RESERVED}event.ingestion-time": event["time"],
        f"{_RESERVED}event": {key: value for key, value in event.items() if key != "detail"},
        f"{_RESERVED}event.json": event,
    }


def _inside(text: str, before: bool) -> bool:
    """Whether a string is open at the end of `text`, when it was (or was not) at its beginning."""
    quotes = re.sub(r"\\.", "", text, flags=re.DOTALL).count('"')
    return before is not (quotes % 2 == 1)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _text(value: object) -> str:
    match value:
        case str():
            return _json(value)[1:-1]
        case dict() | list():
            return _json(value).replace("\\", "").replace('"', "")
    return _json(value)

"""Which lines of a function reach its log: the application log level, which acts where the log is JSON."""

from __future__ import annotations

import re

import orjson

from localstack_lite.model.function import LogFormat, Logging

_ORDER = {
    "TRACE": 0,
    "DEBUG": 1,
    "INFO": 2,
    "WARN": 3,
    "WARNING": 3,
    "ERROR": 4,
    "FATAL": 5,
    "CRITICAL": 5,
}
_INFO = _ORDER["INFO"]

#: What the managed runtimes call the time of a line.
_TIMES = ("timestamp", "time", "@timestamp", "ts")

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z")


def kept(message: str, logging: Logging) -> bool:
    """Whether a line that the function wrote reaches the log.

    A JSON object is filtered by its `level`. Any other line counts as INFO, and so do objects whose level is unknown
    or whose time is no RFC 3339 (AWS docs, "Log-level filtering").
    """
    if logging.format is not LogFormat.JSON:
        return True
    least = _ORDER.get(logging.application_level.upper(), _INFO)
    return least <= 0 or level(message) >= least


def passed(messages: list[str], logging: Logging) -> list[str]:
    """Those lines of the function that reach its log, in a JSON log each with its newline: AWS's runtime for Node
    leaves that out."""
    if logging.format is not LogFormat.JSON:
        return messages
    return [message if message[-1:] == "\n" else message + "\n" for message in messages if kept(message, logging)]


def level(message: str) -> int:
    """How important a line is: more is worse."""
    if not message.startswith("{"):
        return _INFO
    try:
        entry = orjson.loads(message)
    except orjson.JSONDecodeError:
        return _INFO
    word = entry.get("level")
    if not isinstance(word, str):
        return _INFO
    time = next((entry[key] for key in _TIMES if key in entry), None)
    if time is not None and not (isinstance(time, str) and _RFC_3339.match(time)):
        return _INFO
    return _ORDER.get(word.upper(), _INFO)

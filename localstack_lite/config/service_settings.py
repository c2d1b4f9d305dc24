"""The keys of a `functions.NAME` table that say how Lambda treats the function, beside what it runs. Pure.

A value that AWS would refuse is told, and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from localstack_lite.config.qualifiers import EVENT_AGE, RETRIES
from localstack_lite.model.alias import Alias, EventInvoke, Provisioned
from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Function, LogFormat
from localstack_lite.model.project import Problem

#: What an alias is called when only its provisioned concurrency was given.
ALIAS = "live"
KEYS = (
    *("alias", "provisioned_concurrency", "retries", "max_event_age", "on_success", "on_failure", "dead_letter"),
    *("log_format", "log_level", "system_log_level", "snap_start", "tenant_isolation", "recursive_loop"),
    *("max_concurrency", "cold_starts"),
)
LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
SYSTEM_LEVELS = ("DEBUG", "INFO", "WARN")
#: Milliseconds that a cold start may be made to last, as `--cold-start-delay` says it in seconds.
LONGEST_START = 60_000


def treated(function: Function, given: Mapping[str, Any], where: str, problems: list[Problem]) -> Function:
    """The function as these keys have it. `given` was checked for its kinds; what is wrong is added to `problems`."""
    if not given:
        return function
    wrong = dict(_wrong(given))
    for key, expects in wrong.items():
        what = f"{function.name}: {key} is {given[key]!r}"
        problems.append(Problem(where, what, expects, function.logical_id, warning=True))
    good = {key: value for key, value in given.items() if key not in wrong}
    function = replace(function, **{name: good[key] for key, name in _SAME.items() if key in good})
    function = _logged(function, good)
    return _invoked(_aliased(function, good), good)


_SAME = {
    "dead_letter": "dead_letter",
    "snap_start": "snap_start",
    "tenant_isolation": "tenancy",
    "recursive_loop": "recursive_loop",
}


def alias_of(given: Mapping[str, Any]) -> str:
    """The alias that these keys give the function, and that its routes call; empty when they give it none. A name that
    cannot be is none."""
    name = given.get("alias", "")
    if _is_alias(name):
        return str(name)
    return ALIAS if given.get("provisioned_concurrency", 0) > 0 else ""


def _aliased(function: Function, good: Mapping[str, Any]) -> Function:
    executions = good.get("provisioned_concurrency", 0)
    name = alias_of(good)
    if name and all(one.name != name for one in function.aliases):
        function = replace(function, aliases=(*function.aliases, Alias(name)))
    if executions:
        others = tuple(one for one in function.provisioned if one.qualifier != name)
        function = replace(function, provisioned=(*others, Provisioned(name, executions)))
    if "max_concurrency" in good:
        function = replace(function, managed=True, max_concurrency=good["max_concurrency"])
    if "cold_starts" in good:
        function = replace(function, cold_starts=tuple(float(figure) for figure in good["cold_starts"]))
    return function


def _logged(function: Function, good: Mapping[str, Any]) -> Function:
    logging = function.logging
    if "log_format" in good:
        logging = replace(logging, format=LogFormat.JSON if good["log_format"].upper() == "JSON" else LogFormat.TEXT)
    if "log_level" in good:
        logging = replace(logging, application_level=good["log_level"].upper())
    if "system_log_level" in good:
        logging = replace(logging, system_level=good["system_log_level"].upper())
    return replace(function, logging=logging)


def _invoked(function: Function, good: Mapping[str, Any]) -> Function:
    names = {"retries": "retries", "max_event_age": "age", "on_success": "on_success", "on_failure": "on_failure"}
    said = {name: good[key] for key, name in names.items() if key in good}
    if not said:
        return function
    qualifiers = (LATEST, *(alias.name for alias in function.aliases))
    known = {one.qualifier: one for one in function.event_invokes}
    changed = {name: replace(known.get(name, EventInvoke(name)), **said) for name in qualifiers}
    return replace(function, event_invokes=tuple((known | changed).values()))


def _is_alias(name: str) -> bool:
    """AWS's pattern: not a number, which would be a version."""
    return re.fullmatch(r"(?![0-9]+\Z)[a-zA-Z0-9_-]{1,128}", name) is not None


def _wrong(given: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Keys whose values cannot be, and what could."""
    return [(key, expects) for key, (fits, expects) in _RULES.items() if key in given and not fits(given[key])]


def _one_of(*allowed: str) -> tuple[Callable[[Any], bool], str]:
    return (lambda value: value.upper() in map(str.upper, allowed)), " or ".join(allowed)


def _in(allowed: range) -> tuple[Callable[[Any], bool], str]:
    return (lambda value: value in allowed), f"{allowed.start} to {allowed.stop - 1}"


def _arn(*services: str) -> tuple[Callable[[Any], bool], str]:
    starts = tuple(f"arn:aws:{service}:" for service in services)
    return (lambda value: value.startswith(starts)), f"the ARN of one of {', '.join(services)}"


_RULES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "alias": (_is_alias, "letters, digits, - and _, and not a number"),
    "retries": _in(RETRIES),
    "max_event_age": _in(EVENT_AGE),
    "provisioned_concurrency": ((lambda value: value >= 0), "0 or more"),
    "max_concurrency": ((lambda value: value > 0), "1 or more"),
    "on_success": _arn("sqs", "sns", "lambda", "events"),
    "on_failure": _arn("sqs", "sns", "lambda", "events", "s3"),
    "dead_letter": _arn("sqs", "sns"),
    "log_format": _one_of("Text", "JSON"),
    "log_level": _one_of(*LEVELS),
    "system_log_level": _one_of(*SYSTEM_LEVELS),
    "recursive_loop": _one_of("Terminate", "Allow"),
    "cold_starts": (
        (lambda value: all(0 <= figure <= LONGEST_START for figure in value)),
        f"milliseconds, 0 to {LONGEST_START}",
    ),
}

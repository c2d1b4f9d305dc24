"""Lines about asynchronous invocations, extensions and telemetry: what a person should know, and nothing that goes as
it should. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from localstack_lite.model.environment_facts import ExtensionTold, LogsDropped
from localstack_lite.model.facts import EventMoved, EventStep
from localstack_lite.observe.palette import Palette

#: States of an extension that went wrong.
FAILED = ("LaunchError", "InitError", "ExitError", "Crash")
_LOST = (EventStep.GIVEN_UP, EventStep.DROPPED)


def lines(
    fact: EventMoved | ExtensionTold | LogsDropped,
    names: Mapping[str, str],
    at: str,
    clock: Callable[[float], str],
    paint: Palette,
) -> list[str]:
    """`names` are the functions' by logical id; `clock` writes epoch seconds as local `HH:MM:SS`, `at` is that of the
    fact."""
    match fact:
        case EventMoved():
            text = _event(fact, names.get(fact.function, fact.function), clock)
            mark = paint("✗", "red") if fact.step in _LOST else paint("↻", "cyan")
            mark = paint("→", "green") if fact.step is EventStep.DELIVERED else mark
            return [f"{paint(at, 'dim')} {mark} {text}"] if text else []
        case ExtensionTold(state=state) if state in FAILED:
            why = f" ({fact.error_type})" if fact.error_type else ""
            what = f"{fact.environment}: the extension {fact.name} failed: {state}{why}"
            return [f"{paint(at, 'dim')} {paint('✗', 'red')} {what}"]
        case LogsDropped():
            records = f"{fact.dropped_records} record{'' if fact.dropped_records == 1 else 's'}"
            what = f"{fact.environment}: telemetry for {fact.name}: {records} dropped: {fact.reason}"
            return [f"{paint(at, 'dim')} {paint('!', 'yellow')} {what}"]
    return []


def _event(fact: EventMoved, name: str, clock: Callable[[float], str]) -> str:
    event = f"{name}: event {fact.request_id[:8]}"
    why = f": {fact.why}" if fact.why else ""
    then = f", next try {clock(fact.next_at)}" if fact.next_at is not None else ""
    match fact.step:
        case EventStep.RETRYING:
            tries = f"after {fact.tries} {'try' if fact.tries == 1 else 'tries'}" if fact.tries else "not run yet"
            return f"{event} waits, {tries}{then}{why}"
        case EventStep.GIVEN_UP:
            return f"{event} given up after {fact.tries} {'try' if fact.tries == 1 else 'tries'}{why}"
        case EventStep.DROPPED:
            return f"{event} dropped{f', for {_target(fact.target)}' if fact.target else ''}{why}"
        case EventStep.DELIVERED:
            return f"{event} → {_target(fact.target)}"
        case EventStep.UNDELIVERED if _worth_saying(fact.tries):
            return f"{event} cannot be sent to {_target(fact.target)}{then}{why}"
    return ""


def _worth_saying(attempts: int) -> bool:
    """The first time, and then less and less often: 1, 4, 16, 64 …"""
    while attempts > 1 and attempts % 4 == 0:
        attempts //= 4
    return attempts <= 1


def _target(arn: str) -> str:
    """`sqs orders-failed`: the service and the name."""
    parts = arn.split(":", 5)
    return f"{parts[2]} {parts[5].rpartition(':')[2]}" if len(parts) > 5 else arn

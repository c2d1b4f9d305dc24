"""Lines about what is no request: answers to a key, schedules whose time has come, what fails on Lambda, what becomes
of events. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from localstack_lite.model.environment_facts import ExtensionTold, LogsDropped
from localstack_lite.model.facts import Advised, EventMoved, Noticed, ScheduleFired
from localstack_lite.observe import event_lines
from localstack_lite.observe.palette import Palette

INDENT = " " * 11

Notice = Noticed | ScheduleFired | Advised | EventMoved | ExtensionTold | LogsDropped


def lines(
    fact: Notice,
    names: Mapping[str, str],
    at: str,
    clock: Callable[[float], str],
    paint: Palette,
) -> list[str]:
    """`names` are the functions' by logical id; `clock` writes epoch seconds as local `HH:MM:SS`, `at` is that of the
    fact."""
    match fact:
        case EventMoved() | ExtensionTold() | LogsDropped():
            return event_lines.lines(fact, names, at, clock, paint)
        case Noticed():
            return list(fact.lines)
        case Advised():
            hint = [f"{INDENT}hint: {fact.hint}"] if fact.hint else []
            return [f"{paint(at, 'dim')} {paint('!', 'yellow')} {fact.environment}: {fact.what}", *hint]
        case ScheduleFired():
            why = "run by hand" if fact.by_hand else fact.expression
            then = f", next {clock(fact.next_at)}" if fact.next_at is not None and not fact.by_hand else ""
            name = names.get(fact.function, fact.function)
            return [f"{paint(at, 'dim')} {paint('⏰', 'cyan')} {fact.name} → {name} ({why}{then})"]

"""How one thing that happened looks as a line of the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

from localstack_lite.model.facts import InvocationRefused, ProjectRejected, Reloaded
from localstack_lite.model.invocation import Report
from localstack_lite.model.project import Problem
from localstack_lite.observe.failure import Excerpt, Failure, aftermath
from localstack_lite.observe.palette import Palette, width

INDENT = " " * 11
TIME = 7
"""Columns of a relative time, so that messages start below each other."""


@dataclass(frozen=True, slots=True)
class Row:
    """A request or a direct invocation, ready for its columns. `status` is an HTTP status, or a word for calls;
    `note` is what has to be said, `bill` the same figures from long to short, of which the first that fits is shown."""

    at: str
    method: str
    path: str
    status: str
    code: int
    took: str
    environment: str
    note: str = ""
    bill: tuple[str, ...] = ()
    cold: bool = False


def duration(ms: float) -> str:
    """`0.6 ms`, `18 ms`, `29.0 s`: right-aligned in the number, so that units stand below each other."""
    if ms < 1:
        return f"{ms:>4.1f} ms"
    if ms < 999.5:
        return f"{ms:>4.0f} ms"
    return f"{ms / 1000:>4.1f} s "


def relative(seconds: float) -> str:
    return f"+{duration(max(seconds, 0) * 1000).strip()}"


def figures(report: Report | None) -> tuple[str, ...]:
    """`billed 19 ms · 94/512 MB`, and shorter."""
    if report is None or not report.measured:
        return ()
    billed = f"billed {report.billed_ms} ms"
    return (f"{billed} · {report.max_memory_mb}/{report.memory_mb} MB", billed)


def note(said: str, report: Report | None, cold: bool) -> str:
    """What stands at the end of a request's line: the cold start, and what the user should know."""
    if not cold:
        return said
    init = "COLD"
    if report is not None and report.restore_ms is not None:
        init = f"COLD restore {report.restore_ms:.0f} ms"
    elif report is not None and report.init_ms is not None:
        init = f"COLD init {report.init_ms:.0f} ms"
    return f"{init} · {said}" if said else init


def row(it: Row, paint: Palette, path_width: int, environment_width: int, columns: int) -> list[str]:
    """One line; the note stands below it when the screen is too narrow for both."""
    room = max(columns - 30 - environment_width, 20)
    path = paint.foreign(it.path if len(it.path) <= room else it.path[: room - 1] + "…")
    head = f"{paint(it.at, 'dim')} {it.method:<4} {path:<{path_width}} "
    head += f"{paint.status(f'{it.status:<3}', it.code)} {it.took}  "
    free = columns - width(head) - max(environment_width, len(it.environment)) - 1
    if it.note and len(it.note) > free:
        below = max(columns - len(INDENT), 20)
        first, *others = textwrap.wrap(it.note, below, break_long_words=False, break_on_hyphens=False) or [""]
        note = _painted(replace(it, note=first), paint)
        return [(head + it.environment).rstrip(), INDENT + note, *(INDENT + other for other in others)]
    between = " · " if it.note else " " * 10
    tails = [it.note + between + bill for bill in it.bill] + ([] if it.note else list(it.bill))
    tail = next((tail for tail in tails if len(tail) <= free), it.note)
    head += f"{it.environment:<{environment_width}} "
    return [(head + _painted(it, paint) + paint(tail[len(it.note) :], "dim")).rstrip()]


def _painted(it: Row, paint: Palette) -> str:
    init, dot, rest = it.note.partition(" · ")
    return paint(init, "cyan") + dot + rest if it.cold else it.note


def logged(when: str, message: str, times: int, paint: Palette) -> list[str]:
    """A log event below its request: its first line beside the time, the others below it."""
    first, *rest = [paint.foreign(part) for part in message.replace("\xa0", " ").rstrip("\r\n").split("\n")]
    if times > 1:
        last = rest or [first]
        last[-1] = f"{last[-1]} {paint(f'(×{times})', 'dim')}"
        first = first if rest else last[-1]
    below = " " * (len(INDENT) + TIME + 1)
    return [
        f"{INDENT}{paint(f'{when:<{TIME}}', 'dim')} {first}".rstrip(),
        *(f"{below}{part}".rstrip() for part in rest),
    ]


def failed(it: Failure, environment: str, excerpt: Excerpt, paint: Palette, hint: str = "") -> list[str]:
    """Cause, place, three lines of the user's code, what to do, and what became of the environment."""
    cause = f"{it.type}: {it.message}" if it.type and it.message else it.type or it.message
    lines = [INDENT + paint(paint.foreign(part), "red") for part in cause.split("\n")]
    if it.frame is not None:
        within = f" in {it.frame.function}" if it.frame.function else ""
        lines.append(f"{INDENT}↳ {it.frame.name}:{it.frame.line}{within}")
        shown = excerpt(it.frame.file, it.frame.line)
        if not shown and it.frame.code:
            shown = ((it.frame.line, it.frame.code),)
        for number, text in shown:
            mark = ">" if number == it.frame.line else " "
            code = f"{mark} {number:>4} │ {paint.foreign(text)}".rstrip()
            lines.append(INDENT + "  " + (code if number == it.frame.line else paint(code, "dim")))
    if hint:
        lines.append(f"{INDENT}hint: {hint}")
    after = aftermath(it, environment)
    if after:
        lines.append(INDENT + paint(after, "dim"))
    return lines


def reloaded(fact: Reloaded, at: str, paint: Palette) -> str:
    """`orders reloaded in 41 ms (app.py)`."""
    took = duration(fact.ms).strip()
    files = _some([file.replace("\\", "/").rpartition("/")[2] for file in fact.files])
    why = f" ({files})" if files else ""
    if fact.reread:
        also = f", {_some(fact.functions)} reloaded" if fact.functions else ""
        return f"{paint(at, 'dim')} {paint('project read again', 'green')}{also} in {took}{why}"
    return f"{paint(at, 'dim')} {paint(f'{_some(fact.functions)} reloaded', 'green')} in {took}{why}"


def rejected(fact: ProjectRejected, at: str, paint: Palette) -> list[str]:
    lines = [f"{paint(at, 'dim')} {paint(f'{fact.where}: {fact.what}', 'red')}"]
    if fact.hint:
        lines.append(f"{INDENT}hint: {fact.hint}")
    return [*lines, f"{INDENT}{paint('the project as it was keeps serving', 'dim')}"]


def problem(it: Problem, paint: Palette) -> list[str]:
    mark = paint("!", "yellow") if it.warning else paint("✗", "red")
    where = f"{it.where}: " if it.where else ""
    details = [f"    {paint.foreign(line)}" for line in it.details]
    return [f"{mark} {where}{it.what}", *details, *([f"  hint: {it.hint}"] if it.hint else [])]


def refusal(fact: InvocationRefused) -> str:
    """In the user's words: the limits that a developer meets, else AWS's word."""
    limit = "" if fact.limit is None else f" {fact.limit}"
    match fact.reason:
        case "ReservedFunctionConcurrentInvocationLimitExceeded":
            return f"throttled: reserved concurrency{limit}"
        case "ConcurrentInvocationLimitExceeded":
            return f"throttled: account concurrency{limit}"
    return f"refused: {fact.reason}{limit}"


def _some(names: Sequence[str]) -> str:
    """At most three, then how many more."""
    unique = list(dict.fromkeys(names))
    if len(unique) <= 3:
        return ", ".join(unique)
    return f"{', '.join(unique[:2])} and {len(unique) - 2} more"

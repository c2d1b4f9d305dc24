"""How a push to a stage reads: the plan, what becomes of each step, the summary. Lines from facts; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from localstack_lite.model.push_facts import (
    CloudLog,
    PlanMade,
    PlannedStep,
    Pushed,
    PushFact,
    StackEvent,
    StageFound,
    StepMoved,
)
from localstack_lite.observe.palette import Palette

#: What a step is called beside its subject.
WORDS = {
    "package": "build",
    "upload_object": "upload",
    "push_image": "image",
    "upload_code": "code",
    "update_config": "configuration",
    "update_concurrency": "concurrency",
    "update_async_config": "async",
    "update_layer": "layer",
    "update_api": "API",
    "update_state_machine": "state machine",
    "publish_version": "version",
    "update_alias": "alias",
    "deploy_stack": "stack",
}
#: New things of a stack that are listed; more of them are counted by their kind, but for a dry run.
_MOST_NEW = 8
_MOST_KINDS = 3
#: SAM names a layer by what its owner calls it and ten digits of its properties' hash.
_HASHED = re.compile(r"\b(\w+?)(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{10}\b")


def word(kind: str) -> str:
    return WORDS.get(kind, kind.replace("_", " "))


def called(text: str) -> str:
    """With the names that people gave: `Shared` for `Shareddffed1ede9`."""
    return _HASHED.sub(r"\1", text)


def size(count: int) -> str:
    """`812 B`, `4.2 KB`, `12.0 MB`: of 1024, as AWS's own limits are."""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count / 1024:.1f} KB"
    return f"{count / 1024 / 1024:.1f} MB"


def seconds(ms: float) -> str:
    return f"{ms / 1000:.1f} s" if ms >= 100 else f"{ms:.0f} ms"


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def stage(fact: StageFound, paint: Palette) -> str:
    """`dev  shop-dev in 123456789012, eu-west-2   UPDATE_COMPLETE · release 7`: which cloud this is."""
    at = f" ({fact.endpoint})" if fact.endpoint else ""
    known = [fact.state or "no stack yet", *([f"release {fact.release}"] if fact.release else [])]
    place = f"{fact.stack} in {fact.account}, {fact.region}{at}"
    return f"{paint(fact.stage, 'bold')}  {place}  {paint(' · '.join(known), 'dim')}"


def plan(fact: PlanMade, paint: Palette) -> list[str]:
    """What will be done and why, a line a step."""
    lines = []
    if fact.steps:
        lines.append(f"{counted(len(fact.steps), 'step')}, {counted(fact.calls, 'write call')}:")
        subjects = max(len(called(step.subject)) for step in fact.steps)
        words = max(len(word(step.kind)) for step in fact.steps)
        whats = min(max(len(step.what) for step in fact.steps), 44)
        for step in fact.steps:
            lines += _planned(step, subjects, words, whats, paint, whole=fact.dry)
    elif fact.dry:
        lines.append(f"nothing to do: {fact.stage} has what is here")
    if fact.dry:
        lines += [paint(f"  drift  {line}", "yellow") for line in fact.drift]
    if fact.dry and fact.steps:
        lines.append(paint("dry run: nothing was changed", "dim"))
    return lines


def _planned(step: PlannedStep, subjects: int, words: int, whats: int, paint: Palette, *, whole: bool) -> list[str]:
    reason = paint(called(step.reason), "dim")
    subject = called(step.subject)
    first = f"  {word(step.kind):<{words}}  {subject:<{subjects}}  {step.what:<{whats}}  {reason}".rstrip()
    details = [called(line) for line in step.details]
    return [first, *(f"      {line}" for line in (details if whole else _short(details)))]


def _short(details: Sequence[str]) -> list[str]:
    """What changes or goes one by one; what is new, when it is much, as `+ 12 new: 3 Lambda::Function, 9 others`."""
    new = [line for line in details if line.startswith("+ ")]
    if len(new) <= _MOST_NEW:
        return list(details)
    kinds = Counter(line.rpartition(" ")[2].removeprefix("AWS::") for line in new)
    most = sorted(kinds.items(), key=lambda each: (each[0] != "Lambda::Function", -each[1]))[:_MOST_KINDS]
    listed = [f"{count} {kind}" for kind, count in most]
    if others := len(new) - sum(count for _, count in most):
        listed.append(f"{others} others")
    return [*(line for line in details if line not in new), f"+ {len(new)} new: {', '.join(listed)}"]


def ended(fact: StepMoved, paint: Palette, bytes: int = 0) -> list[str]:
    """`  ✓ Orders  code  4.2 KB  0.4 s` when a step is over. `bytes`: its size, where it was told before."""
    good = fact.state != "failed"
    mark = paint("✓", "green") if good else paint("✗", "red")
    parts = [f"{mark} {called(fact.subject)}", word(fact.kind)]
    if fact.size or bytes:
        parts.append(size(fact.size or bytes))
    if fact.state not in ("done", "failed"):
        parts.append(fact.state)
    if fact.ms:
        parts.append(paint(seconds(fact.ms), "dim"))
    return [f"  {'  '.join(parts)}", *(f"      {paint.foreign(line)}" for line in fact.details)]


def moving(fact: StepMoved) -> str:
    """What a step is at, for a line that moves."""
    return f"{called(fact.subject)}  {word(fact.kind)}  {fact.state}"


def resource(fact: StackEvent, paint: Palette) -> str:
    status = fact.status
    style = "red" if "FAILED" in status or "ROLLBACK" in status else "green" if "COMPLETE" in status else "dim"
    reason = f"  {paint.foreign(fact.reason)}" if fact.reason and style == "red" else ""
    return f"    {paint(f'{status:<28}', style)} {called(fact.resource)}  {paint(fact.kind, 'dim')}{reason}"


def finished(fact: Pushed, paint: Palette) -> list[str]:
    """`3 functions, 1 layer: 11 calls, 1.4 s`, or what went wrong and what was done before."""
    took = f"{counted(fact.calls, 'call')}, {seconds(fact.ms)}"
    if not fact.ok:
        said = [paint(f"✗ {fact.where}: {fact.what}" if fact.where else f"✗ {fact.what}", "red")]
        if fact.done:
            said.append(f"  done before: {some(fact.done, 6)}")
        return [*said, *([f"  hint: {fact.hint}"] if fact.hint else [])]
    parts = [
        *([counted(len(fact.functions), "function")] if fact.functions else []),
        *([counted(len(fact.layers), "layer")] if fact.layers else []),
        *([counted(len(fact.apis), "API")] if fact.apis else []),
        *(["the stack"] if fact.stack else []),
    ]
    if not parts and not fact.writes:
        return [f"nothing to do: {fact.stage} has what is here ({took})"]
    release = f"  {paint(f'release {fact.release}', 'dim')}" if fact.release else ""
    lines = [f"{paint('✓', 'green')} {', '.join(parts) or 'done'}: {took}{release}"]
    return [*lines, *(f"  ➜ {url}" for url in fact.urls)]


def compact(fact: PushFact, at: str, names: int, paint: Palette) -> list[str]:
    """The same beside a server: one line for a push, and the remote log. `names` is the width of who wrote."""
    match fact:
        case StageFound():
            return []
        case Pushed(ok=True, writes=0) | Pushed(ok=False, what="a newer save"):
            return []  # what was left out is part of the push that is told next
        case Pushed():
            first, *rest = finished(fact, paint)
            what = ", ".join(fact.functions[:3]) if fact.ok and fact.functions else ""
            more = f" and {len(fact.functions) - 3} more" if fact.ok and len(fact.functions) > 3 else ""
            said = f" ({what}{more})" if what else ""
            return [f"{paint(at, 'dim')} {fact.stage} {first}{said}", *(rest if not fact.ok else [])]
        case StepMoved(done=True, state="failed"):
            return ended(fact, paint)
        case CloudLog():
            return logged(fact, at, names, paint)
    return []


def logged(fact: CloudLog, at: str, names: int, paint: Palette) -> list[str]:
    """A remote log event: its first line beside time and source, the others below it."""
    first, *rest = [paint.foreign(part) for part in fact.message.replace("\xa0", " ").rstrip("\r\n").split("\n")]
    platform = first.startswith(("START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START "))
    head = f"{paint(at, 'dim')} {paint(f'{fact.source:<{names}}', 'cyan')} "
    below = " " * (len(at) + names + 2)
    return [head + (paint(first, "dim") if platform else first), *(f"{below}{part}".rstrip() for part in rest)]


def some(names: Sequence[str], most: int) -> str:
    shown = called(", ".join(names[:most]))
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"

"""What `devserve doctor` prints: this machine, each function, the verdict. Pure."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import Any

from localstack_lite.app.doctor import Diagnosis, Present
from localstack_lite.builds.doctor.checkup import Checkup, Weight
from localstack_lite.builds.doctor.finding import Severity, fails
from localstack_lite.builds.sizes import text as size_text
from localstack_lite.cli.complaint import DONE, FUNCTION_FAILED
from localstack_lite.model.package import MOST_DIRECT, MOST_UNPACKED
from localstack_lite.model.project import Problem
from localstack_lite.observe.palette import Palette

_MARKS = {Severity.FAILS: ("✗", "red"), Severity.DIFFERS: ("!", "yellow"), Severity.NOTE: ("·", "dim")}
_NARROWEST = 40
#: Of what is in a package, how many are shown to a person. `--json` has all that are kept.
_LARGEST = 5


def exit_code(diagnosis: Diagnosis) -> int:
    """1 when something would fail on Lambda: a finding, or a function that could not be read or packaged."""
    wrong = any(not problem.warning for problem in diagnosis.problems)
    return FUNCTION_FAILED if wrong or any(fails(one.findings) for one in diagnosis.checkups) else DONE


def lines(diagnosis: Diagnosis, paint: Palette, columns: int) -> list[str]:
    out = [paint("this machine", "bold")]
    room = max((len(one.name) for one in diagnosis.machine), default=0)
    for one in diagnosis.machine:
        out += _wrapped(_present(one, paint), f"{one.name:<{room}}  ", one.state, columns)
    if diagnosis.problems:
        out += ["", paint("the project", "bold")]
        for problem in diagnosis.problems:
            mark = paint("!", "yellow") if problem.warning else paint("✗", "red")
            out += _said(mark, problem.where, problem.what, problem.hint, paint, columns)
    for checkup in diagnosis.checkups:
        out += ["", *_checkup(checkup, paint, columns)]
    return [*out, "", _verdict(diagnosis, paint)]


def record(diagnosis: Diagnosis) -> dict[str, Any]:
    """The object of `--json`. Sizes in bytes."""
    return {
        "ok": exit_code(diagnosis) == DONE,
        "machine": [{"name": one.name, "state": one.state, "ok": not one.missing} for one in diagnosis.machine],
        "problems": [_problem(problem) for problem in diagnosis.problems],
        "functions": [
            {
                "name": one.function.name,
                "runtime": one.function.runtime,
                "architecture": one.function.architecture,
                "ok": not fails(one.findings),
                "size": _weighed(one.weight),
                "findings": [
                    {
                        "severity": finding.severity.value,
                        "topic": finding.topic,
                        "where": finding.where,
                        "what": finding.what,
                        "hint": finding.hint or None,
                    }
                    for finding in one.findings
                ],
            }
            for one in diagnosis.checkups
        ],
    }


def _present(one: Present, paint: Palette) -> str:
    return paint("!", "yellow") if one.missing else paint("✓", "green")


def _checkup(checkup: Checkup, paint: Palette, columns: int) -> list[str]:
    function = checkup.function
    kind = f"{function.runtime}, {function.architecture}" if function.image is None else "image"
    out = [f"{paint(function.name, 'bold')} {paint(f'({kind})', 'dim')} {paint('will it run on Lambda?', 'bold')}"]
    for finding in checkup.findings:
        mark, style = _MARKS[finding.severity]
        out += _said(paint(mark, style), finding.where, finding.what, finding.hint, paint, columns)
    if not checkup.findings:
        out.append(f"  {paint('✓', 'green')} nothing was found that speaks against it")
    if checkup.weight is not None:
        out += _size(checkup.weight, paint, columns)
    return out


def _said(mark: str, where: str, what: str, hint: str, paint: Palette, columns: int) -> list[str]:
    out = _wrapped(mark, "", f"{where}: {what}" if where else what, columns)
    if hint:
        out += [paint(line, "dim") for line in _wrapped(" ", "  ", hint, columns)]
    return out


def _size(weight: Weight, paint: Palette, columns: int) -> list[str]:
    about = "" if weight.measured else "about "
    said = (
        f"{about}{size_text(weight.unpacked)} of {size_text(MOST_UNPACKED)} unpacked, "
        f"{about}{size_text(weight.zipped)} of {size_text(MOST_DIRECT)} zipped"
    )
    good = weight.unpacked <= MOST_UNPACKED
    out = _wrapped(paint("✓", "green") if good else paint("✗", "red"), "", f"size: {said}", columns)
    shown = ", ".join(f"{name} {size_text(size)}" for name, size in weight.largest[:_LARGEST])
    return out + [paint(line, "dim") for line in _wrapped(" ", "  ", shown, columns)]


def _verdict(diagnosis: Diagnosis, paint: Palette) -> str:
    counts = Counter(finding.severity for one in diagnosis.checkups for finding in one.findings)
    if exit_code(diagnosis) != DONE:
        failing = sum(fails(one.findings) for one in diagnosis.checkups)
        whole = len(diagnosis.checkups)
        who = "it" if whole == 1 else f"{failing} of {whole} functions"
        said = _counted(counts)
        return paint(f"{who} will not run on Lambda as it is here{f': {said}' if said else ''}", "red")
    if counts[Severity.DIFFERS]:
        return paint(f"it will run on Lambda, and not all as here: {_counted(counts)}", "yellow")
    return paint("it will run on Lambda, as far as can be seen from here", "green")


def _counted(counts: Counter[Severity]) -> str:
    words = {
        Severity.FAILS: ("fails", "fail"),
        Severity.DIFFERS: ("differs", "differ"),
        Severity.NOTE: ("note", "notes"),
    }
    return ", ".join(f"{counts[each]} {words[each][counts[each] != 1]}" for each in words if counts[each])


def _wrapped(mark: str, label: str, text: str, columns: int) -> list[str]:
    """`  ✓ label  text`, its further lines below the text."""
    indent = 4 + len(label)
    parts = textwrap.wrap(text, max(columns - indent, _NARROWEST), break_long_words=False, break_on_hyphens=False)
    first, *rest = parts or [""]
    return [f"  {mark} {label}{first}".rstrip(), *(f"{' ' * indent}{part}" for part in rest)]


def _weighed(weight: Weight | None) -> dict[str, Any] | None:
    if weight is None:
        return None
    return {
        "unpacked": weight.unpacked,
        "zipped": weight.zipped,
        "measured": weight.measured,
        "largest": [{"name": name, "size": size} for name, size in weight.largest],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "where": problem.where,
        "what": problem.what,
        "hint": problem.hint or None,
        "warning": problem.warning,
    }

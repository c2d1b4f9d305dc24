"""What `devserve validate` says about a project: its problems, one line that sums up, an exit code. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from localstack_lite.cli.complaint import DONE, USER_ERROR
from localstack_lite.model.project import Problem, Project


def exit_code(problems: Sequence[Problem]) -> int:
    """Warnings alone do not fail."""
    return USER_ERROR if any(not problem.warning for problem in problems) else DONE


def text(project: Project) -> str:
    """Problems first, then warnings, then the sum."""
    ordered = sorted(project.problems, key=lambda problem: problem.warning)
    return "\n".join([*(_lines(problem) for problem in ordered), summary(project)])


def summary(project: Project) -> str:
    """`2 functions, 3 routes: 1 problem, 2 warnings`."""
    warnings = sum(problem.warning for problem in project.problems)
    problems = len(project.problems) - warnings
    said = [_count(problems, "problem")] if problems else []
    said += [_count(warnings, "warning")] if warnings else []
    routes = sum(len(api.routes) for api in project.apis)
    counts = f"{_count(len(project.functions), 'function')}, {_count(routes, 'route')}"
    return f"{counts}: {', '.join(said) or 'no problems'}"


def record(problems: Sequence[Problem], functions: Sequence[str] = (), routes: int = 0) -> dict[str, Any]:
    """The object of `--json`."""
    return {
        "ok": exit_code(problems) == DONE,
        "functions": list(functions),
        "routes": routes,
        "problems": [
            {
                "where": problem.where,
                "what": problem.what,
                "hint": problem.hint or None,
                "subject": problem.subject or None,
                "warning": problem.warning,
            }
            for problem in problems
        ],
    }


def _lines(problem: Problem) -> str:
    said = f"{problem.where}: {'warning: ' if problem.warning else ''}{problem.what}"
    return f"{said}\n  hint: {problem.hint}" if problem.hint else said


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

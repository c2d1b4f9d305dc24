"""What `devserve validate` says about a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.cli.findings import exit_code, record, summary, text
from localstack_lite.model.project import Problem, Project

WRONG = Problem("template.yaml:7", "the runtime is unknown", "use python3.13", subject="Broken")
ODD = Problem("template.yaml:9", "has no effect", warning=True)


def project(*problems: Problem) -> Project:
    return Project(Path("/project"), problems=problems)


@pytest.mark.parametrize(("problems", "code"), [((), 0), ((ODD,), 0), ((WRONG,), 2), ((ODD, WRONG), 2)])
def test_warnings_alone_do_not_fail(problems: tuple[Problem, ...], code: int) -> None:
    assert exit_code(problems) == code


@pytest.mark.parametrize(
    ("problems", "said"),
    [
        ((), "no problems"),
        ((WRONG,), "1 problem"),
        ((WRONG, WRONG), "2 problems"),
        ((ODD,), "1 warning"),
        ((ODD, WRONG, ODD), "1 problem, 2 warnings"),
    ],
)
def test_the_sum_counts_problems_and_warnings(problems: tuple[Problem, ...], said: str) -> None:
    assert summary(project(*problems)) == f"0 functions, 0 routes: {said}"


def test_problems_come_before_warnings_each_with_its_hint() -> None:
    assert text(project(ODD, WRONG)).splitlines() == [
        "template.yaml:7: the runtime is unknown",
        "  hint: use python3.13",
        "template.yaml:9: warning: has no effect",
        "0 functions, 0 routes: 1 problem, 1 warning",
    ]


def test_the_json_object_says_whether_it_is_well() -> None:
    assert record((WRONG,), ["hello"], 2) == {
        "ok": False,
        "functions": ["hello"],
        "routes": 2,
        "problems": [
            {
                "where": "template.yaml:7",
                "what": "the runtime is unknown",
                "hint": "use python3.13",
                "subject": "Broken",
                "warning": False,
            }
        ],
    }
    assert record((ODD,))["ok"] is True

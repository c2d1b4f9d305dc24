"""What `devserve doctor` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.app.doctor import Diagnosis, Present
from localstack_lite.builds.doctor.checkup import Checkup, Weight
from localstack_lite.builds.doctor.finding import Finding, Severity
from localstack_lite.cli import doctor_report
from localstack_lite.model.function import Code, Function
from localstack_lite.model.project import Problem
from localstack_lite.observe.palette import Palette

FUNCTION = Function("F", "shop", "python3.12", "app.handler", Code(Path("/p")))
MACHINE = (Present("Docker", "an engine answers"), Present("port 3000", "taken by nc (pid 7)", missing=True))
WEIGHT = Weight(34 * 1024 * 1024, 11 * 1024 * 1024, (("django/", 21 * 1024 * 1024), ("app.py", 100)))
FAILS = Finding(Severity.FAILS, "database", "settings.py:7", "the database is a file", "use a server")
DIFFERS = Finding(Severity.DIFFERS, "runtime", "runtime", "Python 3.11 runs it here")
NOTE = Finding(Severity.NOTE, "files", "a.py:1", "a path")


def diagnosis(*findings: Finding, problems: tuple[Problem, ...] = ()) -> Diagnosis:
    return Diagnosis(MACHINE, (Checkup(FUNCTION, findings, WEIGHT),), problems)


def page(given: Diagnosis, columns: int = 100) -> list[str]:
    return doctor_report.lines(given, Palette(False), columns)


def test_the_page() -> None:
    assert page(diagnosis(FAILS, NOTE)) == [
        "this machine",
        "  ✓ Docker     an engine answers",
        "  ! port 3000  taken by nc (pid 7)",
        "",
        "shop (python3.12, x86_64) will it run on Lambda?",
        "  ✗ settings.py:7: the database is a file",
        "      use a server",
        "  · a.py:1: a path",
        "  ✓ size: about 34 MB of 250 MB unpacked, about 11 MB of 50 MB zipped",
        "      django/ 21 MB, app.py 100 B",
        "",
        "it will not run on Lambda as it is here: 1 fails, 1 note",
    ]


def test_a_narrow_screen_wraps_below_the_text() -> None:
    assert all(len(line) <= 60 for line in page(diagnosis(FAILS, DIFFERS), 60)[:-1])


@pytest.mark.parametrize(
    ("given", "code", "verdict"),
    [
        (diagnosis(), 0, "it will run on Lambda, as far as can be seen from here"),
        (diagnosis(NOTE), 0, "it will run on Lambda, as far as can be seen from here"),
        (diagnosis(DIFFERS, NOTE), 0, "it will run on Lambda, and not all as here: 1 differs, 1 note"),
        (diagnosis(FAILS, FAILS), 1, "it will not run on Lambda as it is here: 2 fail"),
        (diagnosis(problems=(Problem("t.yaml:3", "no such runtime"),)), 1, "it will not run on Lambda as it is here"),
        (diagnosis(problems=(Problem("t.yaml:3", "odd", warning=True),)), 0, "it will run on Lambda, as far"),
    ],
)
def test_the_verdict_and_the_exit_code_agree(given: Diagnosis, code: int, verdict: str) -> None:
    assert doctor_report.exit_code(given) == code
    assert page(given)[-1].startswith(verdict)


def test_of_several_functions_those_that_fail_are_counted() -> None:
    both = Diagnosis((), (Checkup(FUNCTION, (FAILS,)), Checkup(FUNCTION)))
    assert page(both)[-1] == "1 of 2 functions will not run on Lambda as it is here: 1 fails"


def test_problems_of_the_project_stand_before_its_functions() -> None:
    lines = page(diagnosis(problems=(Problem("t.yaml:3", "odd", "look", warning=True),)))
    at = lines.index("the project")
    assert lines[at + 1 : at + 3] == ["  ! t.yaml:3: odd", "      look"]


def test_the_record_has_all_of_it() -> None:
    record = doctor_report.record(diagnosis(FAILS))
    assert record["ok"] is False
    assert record["machine"][1] == {"name": "port 3000", "state": "taken by nc (pid 7)", "ok": False}
    (function,) = record["functions"]
    assert function["size"]["largest"][0] == {"name": "django/", "size": 21 * 1024 * 1024}
    assert function["findings"] == [
        {
            "severity": "fails",
            "topic": "database",
            "where": "settings.py:7",
            "what": "the database is a file",
            "hint": "use a server",
        }
    ]

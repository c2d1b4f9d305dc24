"""Findings: their order, and what they are as warnings."""

from __future__ import annotations

from localstack_lite.builds.doctor.finding import Finding, Severity, fails, ordered
from localstack_lite.model.project import Problem

NOTE = Finding(Severity.NOTE, "files", "a.py:1", "one")
DIFFERS = Finding(Severity.DIFFERS, "files", "a.py:2", "two")
FAILS = Finding(Severity.FAILS, "files", "a.py:3", "three", "do it")


def test_the_worst_come_first_and_each_once() -> None:
    assert ordered([NOTE, DIFFERS, FAILS, NOTE]) == (FAILS, DIFFERS, NOTE)


def test_only_what_fails_fails() -> None:
    assert fails([NOTE, FAILS])
    assert not fails([NOTE, DIFFERS])


def test_as_a_problem_it_is_a_warning_of_its_function() -> None:
    assert FAILS.problem("F") == Problem("a.py:3", "three", "do it", "F", warning=True)

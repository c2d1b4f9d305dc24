"""Facts for a program."""

from __future__ import annotations

import io
import json
from dataclasses import replace

from localstack_lite.model.facts import ProblemFound
from localstack_lite.model.project import Problem
from localstack_lite.observe.json_lines import NdjsonView
from tests.observe.given import T0, answered, ready, started


def types(stream: io.StringIO) -> list[str]:
    return [json.loads(line)["type"] for line in stream.getvalue().splitlines()]


def test_the_first_line_is_ready_and_every_fact_follows_at_once() -> None:
    stream = io.StringIO()
    view = NdjsonView(stream)
    view(ProblemFound(T0, Problem("a", "b")))
    assert types(stream) == []
    view(ready())
    assert types(stream) == ["ready", "problem"]
    view(answered())
    assert types(stream) == ["ready", "problem", "request"]


def test_the_projects_problems_follow_the_first_line() -> None:
    stream = io.StringIO()
    view = NdjsonView(stream)
    fact = ready()
    view(replace(fact, project=replace(fact.project, problems=(Problem("t.yaml:3", "no", "hint"),))))
    assert types(stream) == ["ready", "problem"]
    assert json.loads(stream.getvalue().splitlines()[1])["problem"]["where"] == "t.yaml:3"


def test_facts_of_a_start_that_failed_are_not_lost() -> None:
    stream = io.StringIO()
    view = NdjsonView(stream)
    view(started())
    view.flush()
    assert types(stream) == []
    view.close()
    assert types(stream) == ["start"]


class ClosedPipe(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_reader_that_left_is_no_error() -> None:
    view = NdjsonView(ClosedPipe())
    view(ready())
    view(answered())

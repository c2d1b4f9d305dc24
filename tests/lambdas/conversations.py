"""Conversations with an execution environment: short words for what is sent and what comes back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.lambdas.environments.actions import Answer, CancelTimer, Deliver, SetTimer, Tell
from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.events import DeadlineHit
from localstack_lite.lambdas.environments.phases import Phase
from localstack_lite.model import platform_log
from localstack_lite.model.arn import LATEST
from localstack_lite.model.facts import Fact
from localstack_lite.model.function import Code, Function
from localstack_lite.model.invocation import Invocation
from tests.playbook import Playbook, play

START = 1_000.0
OTEL = "otel"


HELLO = Function("Hello", "hello", "python3.13", "app.handler", Code(Path("/code")))


def environment(timeout: int = 3, memory: int = 128, version: str = LATEST, **kind: Any) -> Environment:
    function = replace(HELLO, memory=memory, timeout=timeout, version=version)
    return Environment(1, "hello#1", function, "2026/11/21/[$LATEST]ab", ("python:3.13.v1", "arn:runtime"), **kind)


def invocation(request_id: str = "r1") -> Invocation:
    return Invocation("Hello", b"{}", request_id)


R1, R2 = invocation("r1"), invocation("r2")


class Like:
    """Equals an action of this type whose attributes (dotted names) have these values."""

    def __init__(self, kind: type, **values: Any) -> None:
        self.kind = kind
        self.values = {name.replace("__", "."): value for name, value in values.items()}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self.kind) and all(_get(other, name) == value for name, value in self.values.items())

    def __hash__(self) -> int:
        return hash(self.kind)

    def __repr__(self) -> str:
        return f"{self.kind.__name__}({', '.join(f'{name}={value!r}' for name, value in self.values.items())})"


def _get(value: Any, name: str) -> Any:
    for part in name.split("."):
        value = getattr(value, part)
    return value


def timer(seconds: float) -> Any:
    return Like(SetTimer, seconds=pytest.approx(seconds))


def answer(to: Invocation, payload: bytes, error: str = "") -> Any:
    return Like(Answer, invocation=to, outcome__payload=payload, outcome__error=error)


def refused(to: Invocation) -> Any:
    return Like(Answer, invocation=to, outcome__status=500)


def deliver(what: Invocation, deadline: float) -> Deliver:
    return Deliver(what, deadline)


def conversation(machine: Environment) -> Any:
    """What is done. Log lines and timers that are given up have tests of their own."""
    return play(machine, DeadlineHit, beside=(Tell, CancelTimer), start=START)


def facts(book: Playbook) -> list[Fact]:
    return [action.fact for action in book.aside if isinstance(action, Tell)]


def log(book: Playbook) -> list[str]:
    """The log events so far, as CloudWatch would have them."""
    return [line for fact in facts(book) for line in platform_log.lines(fact)]


def phase(machine: Environment) -> Phase:
    """Read through a call, so that the type checker does not remember an earlier answer."""
    return machine.phase

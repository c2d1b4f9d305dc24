"""Invocations of one function of a stage, one after the other, for commands that read its log."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from localstack_lite.cli import answer, cloud_commands
from localstack_lite.model.arn import LATEST
from localstack_lite.model.facts import Fact, ProblemFound
from localstack_lite.model.invocation import Answered, Invocation, InvocationType, Outcome, Refused

if TYPE_CHECKING:
    from localstack_lite.model.function import Function
    from localstack_lite.model.options import ReadOptions


class StageCalls:
    """`target` is the function as the project declares it; the stage is that of `reading`."""

    def __init__(self, reading: ReadOptions, target: Function) -> None:
        from localstack_lite.app.cloud import Cloud
        from localstack_lite.observe.plain_log import PlainLog

        view = PlainLog(sys.stderr)

        def tell(fact: Fact) -> None:
            """What the function wrote comes with the outcome, whole."""
            if isinstance(fact, ProblemFound):
                view(fact)

        self._stage = reading.stage
        self._target = target
        self._cloud = Cloud(reading, reading.stage, os.environ, tell)

    def __enter__(self) -> StageCalls:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cloud.close()

    def call(self, event: Mapping[str, Any]) -> Outcome:
        invocation = Invocation(self._target.logical_id, cloud_commands.payload(event), "", qualifier=LATEST, tail=True)
        return self._cloud.invoke(invocation, self._target.name, InvocationType.REQUEST_RESPONSE, None)

    def show(self, outcome: Outcome) -> None:
        """What the command wrote goes to stdout; why it did not run, and that something is missing, to stderr."""
        outcome = answer.whole(outcome)
        if isinstance(outcome, Refused):
            print(answer.refusal(self._target.name, outcome), file=sys.stderr, flush=True)
            return
        if cloud_commands.is_cut(outcome.log):
            hint = f"devserve logs {self._stage} shows all of it"
            print(f"devserve: only the last 4 KB of the output come back; {hint}", file=sys.stderr, flush=True)
        if text := cloud_commands.printed(outcome.log):
            print(text, flush=True)
        elif isinstance(outcome, Answered) and outcome.error:
            print(outcome.payload.decode("utf-8", "replace"), file=sys.stderr, flush=True)

"""`devserve invoke --stage STAGE`: the same invocation, of the function in the cloud.

The answer goes to stdout as it comes, where the function streams it; the tail of its log goes to stderr as AWS hands it
back, with AWS's own request id in it.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TextIO

from localstack_lite.cli import aim, answer
from localstack_lite.model.arn import LATEST
from localstack_lite.model.facts import Fact, ProblemFound
from localstack_lite.model.invocation import Answered, Invocation, InvocationType, Outcome, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from localstack_lite.cli.event_source import Event
    from localstack_lite.model.options import ReadOptions


class Ask(Protocol):
    """`app.cloud.Cloud.invoke`."""

    def __call__(
        self, invocation: Invocation, shown: str, kind: InvocationType, chunk: Callable[[bytes], None] | None
    ) -> Outcome: ...


def run(function: str | None, reading: ReadOptions, event: Event, context: str, chosen: dict[str, Any]) -> int:
    from localstack_lite import config
    from localstack_lite.app.cloud import Cloud
    from localstack_lite.observe.plain_log import PlainLog

    project = config.read(reading)
    target, qualifier, event = aim.aimed(project, function, event, chosen["raw"])
    qualifier = chosen["qualifier"] or qualifier or LATEST
    invocation = Invocation(
        target.logical_id, event.payload, "", qualifier=qualifier, client_context=context, tail=True
    )
    kind = InvocationType.EVENT if chosen["as_event"] else InvocationType.REQUEST_RESPONSE
    view = PlainLog(sys.stderr)

    def tell(fact: Fact) -> None:
        """What the function wrote comes with the outcome, whole."""
        if isinstance(fact, ProblemFound):
            view(fact)

    cloud = Cloud(reading, reading.stage, os.environ, tell)
    try:
        return told(cloud.invoke, invocation, target.name, kind, chosen["as_json"], sys.stdout.buffer, sys.stderr)
    finally:
        cloud.close()


def told(
    ask: Ask, invocation: Invocation, shown: str, kind: InvocationType, as_json: bool, out: BinaryIO, log: TextIO
) -> int:
    """Invoke it, and write what comes: to `out` the function's answer and nothing else, to `log` its log. Returns the
    exit code; raises what `ask` raises."""
    written = 0

    def write(piece: bytes) -> None:
        nonlocal written
        written += len(piece)
        out.write(piece)
        out.flush()

    streamed = not as_json and kind is InvocationType.REQUEST_RESPONSE
    outcome = answer.whole(ask(invocation, shown, kind, write if streamed else None))
    if isinstance(outcome, Refused):
        print(answer.refusal(shown, outcome), file=log)
    else:
        log.write(outcome.log if outcome.log.endswith("\n") or not outcome.log else f"{outcome.log}\n")
    log.flush()
    if as_json:
        lines = [] if isinstance(outcome, Refused) else [f"{line}\n" for line in outcome.log.split("\n") if line]
        write(json.dumps(answer.record(outcome, kind, lines), ensure_ascii=False).encode() + b"\n")
    elif isinstance(outcome, Answered) and streamed:
        whole = answer.printed(outcome, kind)
        # What was streamed is there already: its newline is left, or all of it where nothing came but an error.
        write(whole[len(outcome.payload) :] if written else whole)
    return answer.exit_code(outcome)

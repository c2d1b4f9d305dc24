"""`devserve manage --stage STAGE`: the same command in the cloud, by an invocation of the app's function there."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from localstack_lite.cli import answer, cloud_commands, terminal_options
from localstack_lite.cli.complaint import DONE, FUNCTION_FAILED
from localstack_lite.cli.stage_calls import StageCalls
from localstack_lite.model.invocation import Refused

if TYPE_CHECKING:
    from localstack_lite.model.options import ReadOptions


def run(arguments: tuple[str, ...], reading: ReadOptions, chosen: dict[str, Any]) -> int:
    from localstack_lite import config

    reading = replace(reading, stage=chosen["stage"])
    target = terminal_options.app_of(config.read(reading), chosen["function"])
    event = cloud_commands.manage(arguments, target)
    said = f"manage {shlex.join(arguments)}"
    with StageCalls(reading, target) as calls:
        outcome = calls.call(event)
    if isinstance(outcome, Refused):
        print(answer.refusal(target.name, outcome), file=sys.stderr)
        return answer.exit_code(outcome)
    calls.show(outcome)
    if not cloud_commands.failed(outcome):
        return DONE
    return terminal_options.ended(FUNCTION_FAILED, said)

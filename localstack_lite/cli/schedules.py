"""`devserve schedules [TARGET]`: what would run by itself, and when, without running it."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime
from typing import Any

import click

from localstack_lite.cli import options, schedule_table


@click.command("schedules", cls=options.Command)
@click.argument("target", required=False)
@options.reading
@click.option("--stage", metavar="NAME", callback=options.filled, help="Read the project as this stage has it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with times in UTC.")
def command(target: str | None, as_json: bool, stage: str, **chosen: Any) -> int:
    """Show the schedules of a project and their next three runs, in local time."""
    from localstack_lite import config

    project = config.read(replace(options.read_options(target, chosen), stage=stage))
    found = schedule_table.rows(project, time.time())
    if as_json:
        print(json.dumps({"schedules": [row.record() for row in found]}, ensure_ascii=False, indent=2))
        return 0
    print(schedule_table.table(found, _local) if found else "no schedules")
    if project.problems:
        count = len(project.problems)
        said = "1 problem or warning" if count == 1 else f"{count} problems or warnings"
        print(f"{said}: `devserve validate` shows {'it' if count == 1 else 'them'}")
    return 0


def _local(at: float) -> str:
    return datetime.fromtimestamp(at).strftime("%a %Y-%m-%d %H:%M")

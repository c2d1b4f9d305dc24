"""`devserve status STAGE`: what runs there, since when, and what differs from its template."""

from __future__ import annotations

import json
from typing import Any

import click

from localstack_lite.cli import options, stage_options, stage_status
from localstack_lite.cli.complaint import DONE
from localstack_lite.errors import RemoteError


@click.command("status", cls=options.Command)
@click.argument("stage")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@stage_options.reading
def command(stage: str, **chosen: Any) -> int:
    """Show what a stage runs: stack, functions, versions, the last sync, drift, addresses, the last 24 hours."""
    said = stage_options.Said(as_json=False, quiet=True)
    with stage_options.cloud(stage, chosen, said) as cloud:
        found = cloud.situation()
        if chosen["as_json"]:
            print(json.dumps(stage_status.record(found), ensure_ascii=False))
        else:
            print(stage_status.text(found))
        if not found.status.state:
            what = f"there is no stack {found.status.stack} in {found.status.region}"
            raise RemoteError(stage, what, f"push it first: devserve sync {stage}")
    return DONE

"""`devserve delete STAGE`: shows what will go, asks, and takes the stack down with what was put beside it."""

from __future__ import annotations

import sys
from typing import Any

import click

from localstack_lite.cli import options, stage_options
from localstack_lite.cli.complaint import DONE, INTERRUPTED


@click.command("delete", cls=options.Command)
@click.argument("stage")
@stage_options.yes
@stage_options.told
@stage_options.reading
def command(stage: str, **chosen: Any) -> int:
    """Delete a stage: its stack, its code and its releases. Shows what goes first; buckets with objects stay."""
    said = stage_options.Said(as_json=chosen["as_json"], quiet=chosen["quiet"], yes=chosen["yes"])
    with stage_options.cloud(stage, chosen, said) as cloud:
        done = cloud.delete(yes=chosen["yes"])
    if not done.ok:
        print(f"devserve: {stage}: {done.what}", file=sys.stderr)
    return DONE if done.ok else INTERRUPTED

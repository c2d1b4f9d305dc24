"""`devserve logs STAGE`: what all functions of a stage wrote, and the access logs of its APIs, in one stream."""

from __future__ import annotations

from typing import Any

import click

from localstack_lite.cli import options, stage_options
from localstack_lite.cli.complaint import DONE


@click.command("logs", cls=options.Command)
@click.argument("stage")
@click.argument("functions", nargs=-1)
@click.option("--tail", is_flag=True, help="Go on with what is written from now on, until Ctrl-C.")
@click.option(
    "--since", default="", metavar="TIME", help="For example 10m, 2h, 1d, 14:30, 2026-11-22T14:30.  [default: 10m]"
)
@click.option(
    "--filter", "pattern", default="", metavar="PATTERN", help="CloudWatch's filter pattern, for example ERROR."
)
@click.option("--json", "as_json", is_flag=True, help="Print the events as NDJSON, and nothing else.")
@stage_options.reading
def command(stage: str, functions: tuple[str, ...], **chosen: Any) -> int:
    """Show the logs of a stage: of all its functions, or of those that are named, with its APIs' access logs."""
    said = stage_options.Said(as_json=chosen["as_json"], quiet=True, reads=True)
    with stage_options.cloud(stage, chosen, said) as cloud:
        cloud.logs(functions, chosen["since"], chosen["pattern"], follow=chosen["tail"])
    return DONE

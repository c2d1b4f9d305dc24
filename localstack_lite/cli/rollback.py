"""`devserve rollback STAGE`: the code of an earlier release again, by one call for each function."""

from __future__ import annotations

import sys
from typing import Any

import click

from localstack_lite.cli import options, stage_options
from localstack_lite.cli.complaint import DONE, INTERRUPTED


@click.command("rollback", cls=options.Command)
@click.argument("stage")
@click.option(
    "--to",
    "number",
    callback=options.number(1, 999_999),
    metavar="N",
    help="The release to go back to.  [default: the one before the newest]",
)
@stage_options.yes
@stage_options.told
@stage_options.reading
def command(stage: str, number: int | None, **chosen: Any) -> int:
    """Bring back the code of an earlier release. Releases are numbered: devserve status STAGE lists them."""
    said = stage_options.Said(as_json=chosen["as_json"], quiet=chosen["quiet"], yes=chosen["yes"])
    with stage_options.cloud(stage, chosen, said) as cloud:
        done = cloud.rollback(number, yes=chosen["yes"])
    if not done.ok:
        print(f"devserve: {stage}: {done.what}", file=sys.stderr)
    return DONE if done.ok else INTERRUPTED

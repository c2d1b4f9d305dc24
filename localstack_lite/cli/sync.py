"""`devserve sync STAGE`: what is here goes to a real stage, by few calls, planned before and checked after."""

from __future__ import annotations

import gc
import json
import sys
from typing import Any

import click

from localstack_lite.cli import options, stage_options
from localstack_lite.cli.complaint import DONE, INTERRUPTED


@click.command("sync", cls=options.Command)
@click.argument("stage")
@click.option("--watch", is_flag=True, help="Push again whenever a file is saved, until Ctrl-C.")
@click.option("--tail", is_flag=True, help="With --watch: show the logs of the stage as they are written.")
@click.option("--dry-run", is_flag=True, help="Show the plan and change nothing.")
@click.option("--code-only", is_flag=True, help="Push code and layers; leave configuration and stack as they are.")
@click.option("--print-policy", is_flag=True, help="Print the IAM policy that pushing this stage needs, and stop.")
@stage_options.yes
@stage_options.told
@stage_options.reading
def command(stage: str, **chosen: Any) -> int:
    """Push the project to a stage: the stack the first time, after that only what changed.

    STAGE is one of [tool.devserve.stages], samconfig.toml or zappa_settings.
    """
    quick = chosen["dry_run"] or not chosen["watch"]
    if quick:
        # What a push makes are modules and AWS's models, which stay: looking through them for garbage again and again
        # takes a tenth of the time of a push that finds nothing to do.
        gc.set_threshold(50_000, 20, 100)
    said = stage_options.Said(as_json=chosen["as_json"], quiet=chosen["quiet"], yes=chosen["yes"], planned=quick)
    with stage_options.cloud(stage, chosen, said) as cloud:
        if chosen["print_policy"]:
            policy = cloud.policy()
            print(json.dumps(policy.document, indent=2))
            for remark in policy.remarks:
                print(f"devserve: {remark}", file=sys.stderr)
            return DONE
        if chosen["watch"] and not chosen["dry_run"]:
            return cloud.watch(code_only=chosen["code_only"], tail=chosen["tail"])
        done = cloud.sync(dry_run=chosen["dry_run"], code_only=chosen["code_only"], yes=chosen["yes"])
        if chosen["dry_run"] and not chosen["as_json"] and not chosen["quiet"]:
            print("\n".join(("packages:", *(f"  {line}" for line in cloud.sizes()))))
        if not done.ok:
            # Declined: said by who was asked, and no fault.
            print(f"devserve: {stage}: {done.what}", file=sys.stderr)
            return INTERRUPTED
    return DONE

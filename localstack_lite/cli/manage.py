"""`devserve manage ARGS`: a management command of Django or Flask, inside an environment of the app.

It has the terminal: it may ask, show a prompt, and be interrupted; its output is live and its exit code is ours.
"""

from __future__ import annotations

import shlex
from typing import Any

import click

from localstack_lite.cli import options, terminal_options
from localstack_lite.ports import TerminalTask


@click.command("manage", cls=options.Command, context_settings={"allow_interspersed_args": False})
@click.argument("arguments", metavar="ARGS", nargs=-1, type=click.UNPROCESSED)
@terminal_options.function
@terminal_options.stage("Run it in this stage, in the cloud, where it has no terminal.")
@options.reading
@options.sandbox
def command(arguments: tuple[str, ...], **chosen: Any) -> int:
    """Run a management command of Django or Flask inside an execution environment.

    ARGS are the command and its own options: `devserve manage migrate --noinput`, `devserve manage -- createsuperuser`.
    Options of devserve come before them. The exit code is that of the command.
    """
    reading = options.read_options(None, chosen)
    if chosen["stage"]:
        from localstack_lite.cli import manage_stage

        return manage_stage.run(arguments, reading, chosen)
    from localstack_lite import config

    project = config.read(reading)
    target = terminal_options.app_of(project, chosen["function"])
    task = TerminalTask("manage", arguments)
    return terminal_options.run(project, target, task, f"manage {shlex.join(arguments)}".strip(), chosen)

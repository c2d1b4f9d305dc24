"""`devserve shell`: a Python prompt inside an environment: Django's own, or one with the app imported."""

from __future__ import annotations

from typing import Any

import click

from localstack_lite.cli import options, terminal_options
from localstack_lite.ports import TerminalTask


@click.command("shell", cls=options.Command)
@click.option("-c", "--command", "code", metavar="CODE", help="Run this code and end, instead of asking.")
@terminal_options.function
@terminal_options.stage("Send each line to this stage, in the cloud, and show what it prints.")
@options.reading
@options.sandbox
def command(code: str | None, **chosen: Any) -> int:
    """Open a Python prompt inside an execution environment.

    In a Django project it is Django's shell. Otherwise `app` is imported; for a plain handler there are its module,
    `handler`, `context` and `invoke(event)`. Code that is piped in is run, and its end is the end.
    """
    reading = options.read_options(None, chosen)
    if chosen["stage"]:
        from localstack_lite.cli import shell_stage

        return shell_stage.run(code, reading, chosen)
    from localstack_lite import config

    project = config.read(reading)
    target = terminal_options.code_of(project, chosen["function"])
    return terminal_options.run(project, target, TerminalTask("shell", (), code), "shell", chosen)

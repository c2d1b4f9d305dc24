"""`devserve doctor [TARGET]`: will it run on Lambda, and what this machine has for it."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import click

from localstack_lite.cli import doctor_report, options
from localstack_lite.cli.patience import patience
from localstack_lite.cli.screen import colour, width
from localstack_lite.errors import UserError


@click.command("doctor", cls=options.Command)
@click.argument("target", required=False)
@options.reading
@click.option("--stage", metavar="NAME", callback=options.filled, help="Read the project as this stage has it.")
@click.option("--build", is_flag=True, help="Make the packages and weigh them. Without, their size is estimated.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(target: str | None, build: bool, as_json: bool, stage: str, **chosen: Any) -> int:
    """Say whether a project will run on Lambda. Nothing of it is run or imported.

    Exit code 0 when nothing fails there, 1 when something does.
    """
    from dataclasses import replace

    from localstack_lite import config
    from localstack_lite.app import doctor
    from localstack_lite.observe.palette import Palette

    reading = replace(options.read_options(target, chosen), stage=stage)
    with patience("reading the project", sys.stderr):
        project = config.read(reading)
    if not project.functions and not project.problems:
        raise UserError(target or ".", "there are no functions in it", "devserve validate says what was found")
    told = _progress if build else None
    with patience("looking at the project", sys.stderr):
        diagnosis = doctor.examine(reading, project, os.environ, told)
    if as_json:
        print(json.dumps(doctor_report.record(diagnosis), ensure_ascii=False, indent=2))
    else:
        tty = sys.stdout.isatty()
        columns = os.get_terminal_size(sys.stdout.fileno()).columns if tty else 0
        paint = Palette(colour(os.environ, tty))
        print("\n".join(doctor_report.lines(diagnosis, paint, width(os.environ, columns))))
    return doctor_report.exit_code(diagnosis)


def _progress(said: str) -> None:
    print(said, file=sys.stderr, flush=True)

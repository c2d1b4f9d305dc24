"""`devserve validate [TARGET]`: what is wrong with a project, all of it at once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import click

from localstack_lite.cli import findings, options
from localstack_lite.errors import UserError
from localstack_lite.model.project import Problem


@click.command("validate", cls=options.Command)
@click.argument("target", required=False)
@options.reading
@click.option("--stage", metavar="NAME", callback=options.filled, help="Read the project as this stage has it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(target: str | None, as_json: bool, stage: str, **chosen: Any) -> int:
    """Show what is wrong with a project. Exit code 2 when there are problems; warnings alone are 0."""
    from localstack_lite import config
    from localstack_lite.gateway.templates.problems import template_problems

    reading = replace(options.read_options(target, chosen), stage=stage)
    try:
        project = config.read(reading)
        project = replace(project, problems=(*project.problems, *template_problems(project)))
    except UserError as error:
        if not as_json:
            raise
        problems: tuple[Problem, ...] = (Problem(error.where, error.what, error.hint),)
        _print(findings.record(problems))
        return findings.exit_code(problems)
    if as_json:
        routes = sum(len(api.routes) for api in project.apis)
        _print(findings.record(project.problems, [function.name for function in project.functions], routes))
    else:
        print(findings.text(project))
    return findings.exit_code(project.problems)


def _print(record: dict[str, Any]) -> None:
    print(json.dumps(record, ensure_ascii=False, indent=2))

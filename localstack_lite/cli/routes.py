"""`devserve routes [TARGET]`: what would be served, without serving it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import click

from localstack_lite.cli import options, route_table
from localstack_lite.model.called import made_up_keys


@click.command("routes", cls=options.Command)
@click.argument("target", required=False)
@options.reading
@click.option("--stage", metavar="NAME", callback=options.filled, help="Read the project as this stage has it.")
@click.option(
    "-p",
    "--port",
    callback=options.number(1, 65535),
    default=str(options.DEFAULT_PORT),
    metavar="PORT",
    help="Port of the gateway in the addresses.  [default: 3000]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(target: str | None, port: int, as_json: bool, stage: str, **chosen: Any) -> int:
    """Show the routes and functions of a project, with the addresses that `devserve` would answer at."""
    from localstack_lite import config

    project = config.read(replace(options.read_options(target, chosen), stage=stage))
    found = route_table.rows(project, f"http://127.0.0.1:{port}")
    unrouted = route_table.unrouted(project)
    if as_json:
        record = {
            "routes": [row.record() for row in found],
            "functionsWithoutRoute": unrouted,
            "madeUpApiKeys": made_up_keys(project),
        }
        print(json.dumps(record, ensure_ascii=False, indent=2))
        return 0
    print(route_table.table(found) if found else "no routes")
    if unrouted:
        print(f"without a route: {', '.join(unrouted)}")
    for name, value in made_up_keys(project).items():
        print(f"API key {name} (made up here): {value}")
    if project.problems:
        count = len(project.problems)
        said = "1 problem or warning" if count == 1 else f"{count} problems or warnings"
        print(f"{said}: `devserve validate` shows {'it' if count == 1 else 'them'}")
    return 0

"""`devserve events list` and `devserve events generate NAME`: the sample events."""

from __future__ import annotations

import json

import click

from localstack_lite.cli.event_source import shipped_sample
from localstack_lite.cli.options import Command
from localstack_lite.errors import UserError
from localstack_lite.events import edit, samples


@click.group("events", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Sample events, shaped as AWS sends them: list them (also without a command), or print one."""
    if context.invoked_subcommand is None:
        context.invoke(list_events)


@command.command("list", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_events(as_json: bool) -> None:
    """List the sample events and who sends them."""
    if as_json:
        known = [{"name": sample.name, "what": sample.what} for sample in samples.SAMPLES]
        print(json.dumps(known, ensure_ascii=False, indent=2))
        return
    width = max(len(sample.name) for sample in samples.SAMPLES)
    for sample in samples.SAMPLES:
        print(f"{sample.name:{width}}  {sample.what}")


@command.command("generate", cls=Command)
@click.argument("name")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change a value; the path is names and list indexes joined by dots: Records.0.body=hello.",
)
def generate_event(name: str, assignments: tuple[str, ...]) -> None:
    """Print a sample event. NAME is one that `devserve events list` shows."""
    sample = samples.find(name)
    if sample is None:
        near = samples.near(name)
        hint = f"did you mean {near}?" if near else "`devserve events list` shows them"
        raise UserError(name, "there is no sample event of that name", hint)
    event = json.loads(shipped_sample(sample))
    print(json.dumps(edit.edited(event, assignments), indent=2, ensure_ascii=False))

"""Options that several commands share, with SAM CLI's names where SAM has the option, and the values made of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from localstack_lite.cli import later, overrides
from localstack_lite.cli.complaint import not_yet
from localstack_lite.errors import UserError
from localstack_lite.model.options import ReadOptions

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

DEFAULT_PORT = 3000
SANDBOXES = ("auto", "process")


class Command(click.Command):
    """A command that understands `--parameter-overrides A=1 B=2`, and options of later versions by name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, overrides.spread(args))


def number(lowest: int, highest: int) -> Callable[[click.Context, click.Parameter, str | None], int | None]:
    """Reads an option's value as a whole number within bounds, and says in plain words when it is none."""

    def read(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
        if value is None:
            return None
        if not value.isdecimal() or not lowest <= int(value) <= highest:
            raise click.BadParameter(f"{value!r} is not a number from {lowest} to {highest}", context, parameter)
        return int(value)

    return read


def sandbox_choice(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """`auto` or `process`; a sandbox of a later version is told apart from a typing mistake."""
    word = value.lower()
    if word in later.SANDBOXES:
        raise not_yet(f"--sandbox {word}", later.SANDBOXES[word])
    if word not in SANDBOXES:
        raise click.BadParameter(f"{value!r} is not one of {', '.join(SANDBOXES)}", context, parameter)
    return word


def reading(command: Decorated) -> Decorated:
    """What says which project is meant and how its template is read."""
    for option in reversed(
        (
            click.option(
                "-t",
                "--template",
                "--template-file",
                metavar="FILE",
                help="Template to read instead of the one that is found.",
            ),
            click.option(
                overrides.OPTION,
                "parameter_overrides",
                multiple=True,
                metavar="KEY=VALUE...",
                help="Template parameters, also as ParameterKey=KEY,ParameterValue=VALUE; may be given several times.",
            ),
            click.option(
                "-n",
                "--env-vars",
                metavar="FILE.json",
                help="Environment variables of functions, in SAM's JSON format.",
            ),
            click.option("--env-file", metavar="FILE", help="Environment variables of all functions, KEY=VALUE lines."),
            click.option(
                "--region", metavar="NAME", help="AWS region that functions see.  [default: AWS_REGION, else us-east-1]"
            ),
        )
    ):
        command = option(command)
    return command


def sandbox(command: Decorated) -> Decorated:
    """What says how functions run."""
    command = click.option("--profile", metavar="NAME", help="AWS profile whose credentials functions get.")(command)
    command = click.option(
        "--credentials/--no-credentials",
        default=True,
        help="Whether functions get your AWS credentials; without, they get dummies.  [default: --credentials]",
    )(command)
    return click.option(
        "--sandbox",
        metavar="auto|process",
        default="auto",
        callback=sandbox_choice,
        help="Where functions run. auto takes process in this version.  [default: auto]",
    )(command)


def read_options(target: str | None, chosen: dict[str, Any]) -> ReadOptions:
    """The values of `reading` as the readers of projects want them. Named files of variables have to be there."""
    template = chosen["template"]
    if template and target is None and Path(template).expanduser().is_dir():
        target, template = template, None  # `-t folder` is plain enough
    return ReadOptions(
        folder=Path.cwd(),
        target=target or ".",
        template=Path(template).expanduser() if template else None,
        parameter_overrides=overrides.parsed(chosen["parameter_overrides"]),
        env_vars=existing("--env-vars", chosen["env_vars"]),
        env_file=existing("--env-file", chosen["env_file"]),
        region=chosen["region"] or "",
    )


def existing(option: str, name: str | None) -> Path | None:
    """The file an option names, absolute. Raises UserError when it is not there."""
    if not name:
        return None
    path = Path(name).expanduser().absolute()
    if path.is_dir():
        raise UserError(f"{option} {name}", "is a folder, not a file", "name the file in it")
    if not path.exists():
        raise UserError(f"{option} {name}", "there is no such file", f"looked for {path}")
    return path

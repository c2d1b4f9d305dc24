"""Options that several commands share, with SAM CLI's names where SAM has the option, and the values made of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from localstack_lite.cli import overrides
from localstack_lite.errors import UserError
from localstack_lite.model.exposure import KINDS
from localstack_lite.model.options import ReadOptions, ServeOptions

if TYPE_CHECKING:
    from localstack_lite.model.project import Project

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

DEFAULT_PORT = 3000
SANDBOXES = ("auto", "process", "docker")


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


def figure(lowest: float, highest: float) -> Callable[[click.Context, click.Parameter, str | None], float | None]:
    """As `number`, and fractions are numbers, too."""

    def read(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
        if value is None:
            return None
        try:
            found = float(value)
        except ValueError:
            found = math.nan
        if not lowest <= found <= highest:
            raise click.BadParameter(f"{value!r} is not a number from {lowest:g} to {highest:g}", context, parameter)
        return found

    return read


def sandbox_choice(context: click.Context, parameter: click.Parameter, value: str) -> str:
    word = value.lower()
    if word not in SANDBOXES:
        raise click.BadParameter(f"{value!r} is not one of {', '.join(SANDBOXES)}", context, parameter)
    return word


def images(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`IMAGE` or `FUNCTION=IMAGE`, any number of them → image by function; `""` stands for all. The last one wins."""
    found: dict[str, str] = {}
    for value in values:
        function, given, image = value.rpartition("=")
        if not image or (given and not function) or any(c.isspace() for c in value):
            raise click.BadParameter(f"{value!r} is neither IMAGE nor FUNCTION=IMAGE", context, parameter)
        found[function] = image
    return found


def pairs(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`NAME=VALUE` of each; the last one of a name counts."""
    found = {}
    for value in values:
        name, equals, given = value.partition("=")
        if not equals or not name.strip():
            raise click.BadParameter(f"{value!r} is not of the form NAME=VALUE", context, parameter)
        found[name.strip()] = given
    return found


def event_kind(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    if value is None:
        return ""
    word = value.lower()
    if word not in KINDS:
        raise click.BadParameter(f"{value!r} is not one of {', '.join(KINDS)}", context, parameter)
    return word


def filled(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """A name; given as nothing it is a mistake, such as an unset variable in a script."""
    if value is not None and not value.strip():
        raise click.BadParameter("is empty", context, parameter)
    return value or ""


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
                "--param",
                "params",
                multiple=True,
                callback=pairs,
                metavar="NAME=VALUE",
                help="A parameter of a Serverless Framework project; may be given several times.",
            ),
            click.option(
                "--region", metavar="NAME", help="AWS region that functions see.  [default: AWS_REGION, else us-east-1]"
            ),
            click.option(
                "--as",
                "event_kind",
                callback=event_kind,
                metavar="|".join(KINDS),
                help="What an app or a handler that declares no API stands behind.  [default: http, or as it says]",
            ),
            click.option(
                "--stage-prefix/--no-stage-prefix",
                default=None,
                help="Whether the stage stands in front of every path, and events have AWS's own address.",
            ),
        )
    ):
        command = option(command)
    return command


def sandbox(command: Decorated) -> Decorated:
    """What says how functions run."""
    for option in reversed(
        (
            click.option(
                "--sandbox",
                metavar="|".join(SANDBOXES),
                default="auto",
                callback=sandbox_choice,
                help="Where functions run; auto takes docker when an engine answers.  [default: auto]",
            ),
            click.option(
                "-d",
                "--debug-port",
                callback=number(1, 65535),
                metavar="PORT",
                help="Start functions under a debugger; an editor attaches at this port, at the next for the next one.",
            ),
            click.option(
                "--docker-network",
                metavar="NAME",
                callback=filled,
                help="Docker network that the functions' containers join, by name or id.",
            ),
            click.option(
                "--container-host",
                metavar="NAME",
                callback=filled,
                help="Name or address at which containers reach this machine.  [default: found out]",
            ),
            click.option(
                "--invoke-image",
                "invoke_images",
                multiple=True,
                metavar="[FUNCTION=]IMAGE",
                callback=images,
                help="Image to run a function in, or all of them; may be given several times.",
            ),
            click.option(
                "--credentials/--no-credentials",
                default=True,
                help="Whether functions get your AWS credentials; without, they get dummies.  [default: --credentials]",
            ),
            click.option("--profile", metavar="NAME", help="AWS profile whose credentials functions get."),
            click.option(
                "--strict-fs",
                is_flag=True,
                help="Refuse writes outside /tmp, which is each environment's own, as Lambda does.",
            ),
            click.option(
                "--extensions",
                metavar="DIR",
                callback=filled,
                help="Folder of external extensions that every environment starts, beside those of its layers.",
            ),
            click.option(
                "--cold-start-delay",
                metavar="SECONDS",
                callback=figure(0, 60),
                help="Make every cold start this much longer, to see what it does to whoever waits.  [default: 0]",
            ),
        )
    ):
        command = option(command)
    return command


def sandbox_options(chosen: dict[str, Any]) -> ServeOptions:
    """The values of `sandbox`, with everything else as nobody asked for it."""
    return ServeOptions(
        sandbox=chosen["sandbox"],
        profile=chosen["profile"] or "",
        credentials=chosen["credentials"],
        docker_network=chosen["docker_network"],
        container_host=chosen["container_host"],
        invoke_images=chosen["invoke_images"],
        debug_port=chosen["debug_port"] or 0,
        strict_fs=chosen.get("strict_fs", False),
        extensions=extensions_folder(chosen.get("extensions")),
        cold_start_delay=chosen.get("cold_start_delay") or 0.0,
    )


def known(options: ServeOptions, project: Project) -> ServeOptions:
    """The options with the functions they name by logical id. Raises UserError for one that is not in the project."""
    if not options.invoke_images:
        return options
    from localstack_lite.cli import choice

    named = {
        choice.named(project, name)[0].logical_id if name else "": image
        for name, image in options.invoke_images.items()
    }
    return replace(options, invoke_images=named)


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
        profile=chosen.get("profile") or "",
        event_kind=chosen.get("event_kind") or "",
        stage_prefix=chosen.get("stage_prefix"),
        variables=chosen.get("params") or {},
    )


def existing_folder(option: str, name: str | None) -> Path | None:
    """The folder an option names, absolute. Raises UserError when it is not there."""
    if not name:
        return None
    path = Path(name).expanduser().absolute()
    if not path.is_dir():
        what = "is a file, not a folder" if path.exists() else "there is no such folder"
        raise UserError(f"{option} {name}", what, f"looked for {path}")
    return path


def extensions_folder(name: str | None) -> Path | None:
    """The folder of `--extensions`, absolute. Raises UserError when it is not there, or has no extension in it."""
    folder = existing_folder("--extensions", name)
    if folder is None or any(not one.name.startswith(".") and one.is_file() for one in folder.iterdir()):
        return folder
    inner = folder / "extensions"
    hint = f"did you mean {name}/extensions?" if inner.is_dir() else "an extension is a file in it that can be run"
    raise UserError(f"--extensions {name}", "there is no extension in this folder", hint)


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

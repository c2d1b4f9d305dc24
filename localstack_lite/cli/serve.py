"""`devserve [OPTIONS] [TARGET]`: read the project, serve it until Ctrl-C.

Only gathers what the user asked for and picks the views; the application does the rest.
"""

from __future__ import annotations

import difflib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from localstack_lite.cli import options
from localstack_lite.cli.patience import patience
from localstack_lite.cli.screen import colour, width
from localstack_lite.errors import UserError
from localstack_lite.model.options import ServeOptions

if TYPE_CHECKING:
    from localstack_lite.model.project import Project
    from localstack_lite.ports import Publish

LOOPBACK = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::")


@click.command("serve", cls=options.Command)
@click.argument("target", required=False)
@options.reading
@click.option(
    "-p",
    "--port",
    callback=options.number(0, 65535),
    metavar="PORT",
    help="Port of the gateway; 0 takes any free one.  [default: 3000, or the next that is free]",
)
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", help="Address to listen on.  [default: 127.0.0.1]")
@click.option(
    "--lambda-port",
    callback=options.number(0, 65535),
    metavar="PORT",
    help="Port of the Lambda API and the console.  [default: 3001, or the next that is free]",
)
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="A host name that requests may be addressed to, beside localhost; may be given several times.",
)
@options.sandbox
@click.option(
    "--warm-containers",
    type=click.Choice(["EAGER", "LAZY"], case_sensitive=False),
    metavar="EAGER|LAZY",
    default="LAZY",
    help="EAGER starts one environment for each function now, LAZY at its first request.  [default: LAZY]",
)
@click.option(
    "--max-environments",
    callback=options.number(1, 10_000),
    metavar="N",
    help="The most environments that run at once on this machine.  [default: from the machine's size]",
)
@click.option(
    "--time-scale",
    metavar="N",
    envvar="DEVSERVE_TIME_SCALE",
    callback=options.figure(0.01, 100_000),
    help="AWS's minutes pass N times faster: retries, ages of events, idle times; timeouts do not.  [default: 1]",
)
@click.option(
    "--idle-timeout",
    metavar="SECONDS",
    callback=options.figure(1, 86_400),
    help="End environments that nobody used for so long; the next call is cold.  [default: 600]",
)
@click.option(
    "-s",
    "--static-dir",
    metavar="DIR",
    callback=options.filled,
    help="Folder of files to serve at / where no route of the API answers.",
)
@click.option("--stage", metavar="NAME", callback=options.filled, help="Read the project as this stage has it.")
@click.option("--sync", metavar="STAGE", callback=options.filled, help="Push to this stage on every save, too.")
@click.option("--tail", is_flag=True, help="With --sync: show the logs of the stage among the local ones.")
@click.option(
    "--cloud",
    multiple=True,
    metavar="FUNCTION",
    help="Run this function in the stage, not here; may be given several times.",
)
@click.option(
    "--disable-authorizer", is_flag=True, help="Leave routes open that an authorizer or an API key protects on AWS."
)
@click.option(
    "--strict-auth",
    is_flag=True,
    help="Refuse requests signed with credentials that are not known here, instead of taking them unverified.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Answer 500, and exit with 1, where AWS would have done otherwise than the code may think.",
)
@click.option("--tls", is_flag=True, help="The gateway speaks https; its certificate is made once and kept.")
@click.option("--cert", metavar="FILE", callback=options.filled, help="Certificate for --tls, as PEM with its chain.")
@click.option("--key", metavar="FILE", callback=options.filled, help="The key of --cert, as PEM without a password.")
@click.option(
    "--plain-cookies",
    is_flag=True,
    help="Take Secure off the cookies that functions set: not every client sends such a one back over http.",
)
@click.option(
    "--schedules/--no-schedules", default=True, help="Run schedules when their time comes.  [default: --schedules]"
)
@click.option("--reload/--no-reload", default=True, help="Take over saved files.  [default: --reload]")
@click.option("--json", "as_json", is_flag=True, help="Print what happens as NDJSON on stdout, and nothing else there.")
@click.option("--quiet", is_flag=True, help="Print only warnings and errors.")
def command(target: str | None, **chosen: Any) -> int:
    """Serve a project: gateway and Lambda endpoint with hot reload, until Ctrl-C.

    TARGET is a folder (default: this one), a template or settings file, or module.handler.
    """
    refuse_mistyped(target)
    reading = replace(options.read_options(target, chosen), stage=_one_stage(chosen))
    serving = serve_options(chosen)

    from localstack_lite import app, config
    from localstack_lite.cli import choice
    from localstack_lite.gateway.guards.unguarded import unguarded

    def read() -> Project:
        found = config.read(reading)
        away = {choice.named(found, name)[0].logical_id for name in chosen["cloud"]}
        if away:
            functions = tuple(replace(one, in_stage=True) if one.logical_id in away else one for one in found.functions)
            found = replace(found, functions=functions)
        return unguarded(found) if serving.disable_authorizer else found

    with patience("reading the project", sys.stderr):
        project = read()
    serving = options.known(serving, project)
    cloud = None
    if chosen["sync"] or any(function.in_stage for function in project.functions):
        from localstack_lite.app.beside import Beside

        cloud = Beside(reading, os.environ, pushes=bool(chosen["sync"]), tail=chosen["tail"])
    view = _view(chosen["as_json"], chosen["quiet"], project)
    return app.serve(project, read, serving, [view], cloud, keys=not (chosen["as_json"] or chosen["quiet"]))


def _one_stage(chosen: dict[str, Any]) -> str:
    """The stage that `--stage` and `--sync` speak of."""
    if chosen["sync"] and chosen["stage"] and chosen["sync"] != chosen["stage"]:
        what = f"--stage is {chosen['stage']} and --sync is {chosen['sync']}"
        raise UserError("--sync", what, "serve and push one stage: leave --stage out")
    if chosen["tail"] and not chosen["sync"]:
        raise UserError("--tail", "shows the logs of a stage, and none is named", "give --sync STAGE with it")
    stage: str = chosen["sync"] or chosen["stage"]
    return stage


def tls_files(chosen: dict[str, Any]) -> tuple[Path | None, Path | None]:
    """The user's own certificate and key: both or none."""
    for given, missing in (("cert", "key"), ("key", "cert")):
        if chosen[given] and not chosen[missing]:
            raise UserError(f"--{given}", f"is given without --{missing}", "a certificate and its key belong together")
    return options.existing("--cert", chosen["cert"]), options.existing("--key", chosen["key"])


def serve_options(chosen: dict[str, Any]) -> ServeOptions:
    """The values of the options above as the application wants them."""
    host = chosen["host"]
    cert, key = tls_files(chosen)
    named = () if host in LOOPBACK else (host,)
    return replace(
        options.sandbox_options(chosen),
        host=host,
        port=chosen["port"],
        lambda_port=chosen["lambda_port"],
        eager=chosen["warm_containers"].upper() == "EAGER",
        max_environments=chosen["max_environments"] or 0,
        reload=chosen["reload"],
        schedules=chosen["schedules"],
        allowed_hosts=(*named, *chosen["allow_host"]),
        static_dir=options.existing_folder("--static-dir", chosen["static_dir"]),
        disable_authorizer=chosen["disable_authorizer"],
        strict_auth=chosen["strict_auth"],
        strict=chosen["strict"],
        tls=chosen["tls"] or cert is not None,
        cert=cert,
        key=key,
        plain_cookies=chosen["plain_cookies"],
        time_scale=chosen["time_scale"] or 1.0,
        idle_timeout=chosen["idle_timeout"],
    )


def refuse_mistyped(target: str | None) -> None:
    """A word that is nothing here but nearly a command was meant as that command."""
    from localstack_lite.cli.program import COMMANDS

    if not target or any(c in target for c in "./\\:") or Path(target).exists():
        return
    if close := difflib.get_close_matches(target, COMMANDS, n=1, cutoff=0.7):
        raise UserError(target, "there is no such command, folder or file", f"did you mean `devserve {close[0]}`?")


def _view(as_json: bool, quiet: bool, project: Project) -> Publish:
    from localstack_lite import observe
    from localstack_lite.app import missing

    if as_json:
        return observe.NdjsonView(sys.stdout)
    tty = sys.stdout.isatty()
    columns = os.get_terminal_size(sys.stdout.fileno()).columns if tty else 0
    return observe.Terminal(
        sys.stdout,
        color=colour(os.environ, tty),
        width=width(os.environ, columns),
        quiet=quiet,
        live=tty,
        advise=missing.advice(project),
    )

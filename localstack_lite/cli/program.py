"""The program `devserve`: finds the command in the arguments, runs it, and turns what went wrong into words.

The first argument decides: when it names a command it is that command, else all of it belongs to `serve`. A folder
that is called like a command is served as `devserve ./events` or `devserve serve events`.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click

from localstack_lite import __version__
from localstack_lite.cli import later
from localstack_lite.cli.complaint import DONE, INTERRUPTED, Complaint, complaint, internal
from localstack_lite.errors import UserError

NAME = "devserve"
DEFAULT = "serve"


class Entry(NamedTuple):
    """Where a command is and what it does, so that nothing has to be imported to list it."""

    module: str
    summary: str


COMMANDS: dict[str, Entry] = {
    "serve": Entry("serve", "Run the gateway and the Lambda endpoint (the default)."),
    "invoke": Entry("invoke", "Run a function once, with an event."),
    "manage": Entry("manage", "Run a management command of Django or Flask inside an environment."),
    "shell": Entry("shell", "Open a Python prompt inside an environment."),
    "sync": Entry("sync", "Push the project to a stage: the stack first, then only what changed."),
    "status": Entry("status", "Show what a stage runs."),
    "logs": Entry("logs", "Show what the functions of a stage wrote."),
    "rollback": Entry("rollback", "Bring back the code of an earlier release of a stage."),
    "delete": Entry("delete", "Delete a stage, after showing what will go."),
    "routes": Entry("routes", "Show the routes and functions of the project."),
    "schedules": Entry("schedules", "Show the schedules of the project and their next runs."),
    "validate": Entry("validate", "Show what is wrong with the project."),
    "doctor": Entry("doctor", "Say whether the project will run on Lambda, and what this machine has for it."),
    "events": Entry("events", "List sample events, or print one."),
}


class Program(click.Group):
    """The group of all commands. Its help is that of `serve` with the list of commands below."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  (the same)
        if cmd_name in later.COMMANDS:
            what = f"not in this version yet ({later.COMMANDS[cmd_name]})"
            raise UserError(cmd_name, what, f"this version has {', '.join(COMMANDS)}")
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"localstack_lite.cli.{COMMANDS[cmd_name].module}")
        command: click.Command = module.command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in (*COMMANDS, *later.COMMANDS, "-h", "--help", "--version"):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (the same)
        formatter.write_usage(NAME, "[OPTIONS] [TARGET]")
        formatter.write_usage(NAME, "COMMAND [OPTIONS] ...", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        serve = self.get_command(ctx, DEFAULT)
        parameters = [*(serve.params if serve else []), *self.get_params(ctx)]
        records = (one.get_help_record(ctx) for one in parameters if isinstance(one, click.Option))
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record])
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(
    NAME,
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="TARGET is a folder (default: this one), a template or settings file, or module.handler.",
)
@click.version_option(
    __version__, "--version", prog_name=NAME, message="%(prog)s %(version)s", help="Show the version."
)
def program() -> None:
    """Serve AWS Lambda functions behind API Gateway on this machine, as AWS would."""


def run(arguments: Sequence[str]) -> int:
    """Run devserve with these arguments (without the program's name). Returns the exit code; never raises."""
    _open_streams()
    try:
        code = program.main(args=list(arguments), prog_name=NAME, standalone_mode=False)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has closed it (`devserve events list | head -1`): nothing left to say, nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return DONE
    except Exception as error:
        said = complaint(error)
        return _complain(said if said else internal(error, _written(error, arguments)))
    return code if isinstance(code, int) else DONE


def _open_streams() -> None:
    """Those that were closed (`>&-`) are None to Python: what is written there goes nowhere, and nothing is read."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  (for the rest of the process)


def _complain(said: Complaint) -> int:
    with contextlib.suppress(OSError):  # when stderr is gone as well, the exit code still says it
        print(said, file=sys.stderr, flush=True)
    return said.code


def _written(error: BaseException, arguments: Sequence[str]) -> str:
    """Writes the traceback of a fault of ours to a file and returns its name: `.devserve/crash.log` of the project
    when there is such a folder already, else a new file among the temporary ones."""
    import tempfile
    import traceback

    text = f"devserve {__version__}, Python {sys.version}\n{''.join(traceback.format_exception(error))}"
    for place in (Path.cwd(), *(Path(word) for word in arguments), *(Path(word).parent for word in arguments)):
        folder = place / ".devserve"
        try:
            if folder.is_dir():
                (folder / "crash.log").write_text(text, encoding="utf-8")
                return str(folder / "crash.log")
        except OSError:
            break
    try:
        with tempfile.NamedTemporaryFile("w", prefix="devserve-crash-", suffix=".log", delete=False) as file:
            file.write(text)
            return file.name
    except OSError as refused:
        return f"no file ({refused.strerror})"

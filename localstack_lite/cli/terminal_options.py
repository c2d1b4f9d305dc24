"""What `devserve manage` and `devserve shell` share: their options, the function that is meant, and how it is run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from localstack_lite.cli import choice, options
from localstack_lite.cli.complaint import DONE, INTERRUPTED, USER_ERROR, Complaint
from localstack_lite.errors import UserError
from localstack_lite.ports import TerminalTask
from localstack_lite.sandbox.terminal_plan import NOT_BEGUN

if TYPE_CHECKING:
    from localstack_lite.model.function import Function
    from localstack_lite.model.project import Project

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

#: Django's settings module, where a function says it itself.
_SETTINGS = "DJANGO_SETTINGS_MODULE"

function = click.option(
    "--function",
    metavar="NAME",
    callback=options.filled,
    help="The function whose environment it is, when the project has several.",
)


def stage(help: str) -> Callable[[Decorated], Decorated]:
    return click.option("--stage", metavar="STAGE", callback=options.filled, help=help)


def app_of(project: Project, called: str) -> Function:
    """The function that is the project's app: the one that was named, else the only one that can be meant. Raises
    UserError that lists them."""
    if called:
        return choice.named(project, called)[0]
    apps = [one for one in project.functions if one.adapter is not None]
    return _only(apps or [one for one in project.functions if _SETTINGS in one.environment], project, "manage")


def code_of(project: Project, called: str) -> Function:
    """The function whose code a prompt is for: an app, else the only one in Python."""
    if called:
        return choice.named(project, called)[0]
    apps = [one for one in project.functions if one.adapter is not None]
    return _only(apps or [one for one in project.functions if one.language == "python"], project, "shell")


def _only(found: list[Function], project: Project, verb: str) -> Function:
    if len(found) == 1:
        return found[0]
    if found:
        named = ", ".join(one.logical_id for one in found)
        raise UserError(verb, "the project has several functions that may be meant", f"--function NAME, one of {named}")
    where = str(project.source or project.root)
    if not project.functions:
        raise UserError(where, "there is no function to run it in", "`devserve validate` says why")
    if verb == "manage":
        hint = "devserve shell has a prompt; --function NAME says which function the app is in"
        raise UserError(where, "there is no Django or Flask app in this project", hint)
    raise UserError(where, "no function of the project is in Python", "a prompt is there for Python only")


def run(project: Project, target: Function, task: TerminalTask, said: str, chosen: dict[str, Any]) -> int:
    """Run it here and return its exit code. `said` is the command as it was typed, for the line about how it ended."""
    from localstack_lite.app.terminal import run_in_terminal
    from localstack_lite.observe.plain_log import PlainLog

    if target.in_stage:
        raise UserError(target.name, "runs in the stage, not here", "--stage NAME sends the command there")
    settings = options.known(options.sandbox_options(chosen), project)
    code = run_in_terminal(project, replace(settings, reload=False), target.logical_id, task, PlainLog(sys.stderr))
    return ended(code, said)


def ended(code: int, said: str) -> int:
    """The exit code, and on stderr the line that says it when the command failed."""
    if code == NOT_BEGUN:
        return USER_ERROR  # it has said why itself
    if code not in (DONE, INTERRUPTED):
        print(Complaint(said, f"exit code {code}"), file=sys.stderr, flush=True)
    return code

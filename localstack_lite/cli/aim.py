"""What an invocation on the command line is aimed at: a function of the project, or Python in an app of it. Pure."""

from __future__ import annotations

from typing import NamedTuple

from localstack_lite.cli import choice, cloud_commands
from localstack_lite.cli.event_source import Event
from localstack_lite.errors import UserError
from localstack_lite.model.function import Function
from localstack_lite.model.project import Project


class Aim(NamedTuple):
    target: Function
    qualifier: str
    event: Event


def aimed(project: Project, called: str | None, event: Event, raw: str | None) -> Aim:
    """`called` is what was named, `raw` code to run in the app instead. A dotted name that no function of the project
    has is a Python function of the app. Raises UserError."""
    if raw is not None:
        target, qualifier = choice.named(project, called) if called else (_app(project, "--raw"), "")
        if not cloud_commands.understands(target):
            raise UserError(
                "--raw",
                f"{target.name} is a handler of its own and takes no code",
                "devserve shell -c CODE runs it here",
            )
        return Aim(target, qualifier, _event(cloud_commands.code(raw, event.value)))
    if not called:
        return Aim(choice.pointed_to(project, event.value), "", event)
    known = any(called in (one.name, one.logical_id) for one in project.functions)
    apps = any(cloud_commands.understands(one) for one in project.functions)
    if not known and apps and cloud_commands.is_dotted(called):
        return Aim(_app(project, called), "", _event(cloud_commands.call(called, event.value)))
    return Aim(*choice.named(project, called), event)


def _app(project: Project, where: str) -> Function:
    apps = [one for one in project.functions if cloud_commands.understands(one)]
    if len(apps) == 1:
        return apps[0]
    if not apps:
        raise UserError(
            where, "no function of this project is an app that runs code", "devserve shell -c CODE runs it here"
        )
    named = ", ".join(one.logical_id for one in apps)
    hint = f'devserve invoke FUNCTION --payload \'{{"command": "module.function"}}\', one of {named}'
    raise UserError(where, "the project has several apps", hint)


def _event(value: dict[str, object]) -> Event:
    return Event(cloud_commands.payload(value), value)

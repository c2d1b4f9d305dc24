"""Where the user wrote what SAM made: an event of a function became a resource of its own, which has no line in the
template. Pure.
"""

from __future__ import annotations

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.model.project import Problem

#: What SAM calls the properties of its events otherwise than CloudFormation does.
_CALLED = {"ScheduleExpression": "Schedule", "EventPattern": "Pattern", "EventSourceArn": "Queue", "State": "Enabled"}


def place(resource: Resource, *path: str) -> str:
    """`file:line` of a property, or of what comes nearest."""
    event = _event(resource)
    if event is None:
        return resource.where(*path)
    lines = resource.stack.source.lines
    if not path:
        return resource.stack.where(*event)
    called = (*event, "Properties", *path)
    if called not in lines and path[0] in _CALLED:
        called = (*event, "Properties", _CALLED[path[0]], *path[1:])
    return resource.stack.where(*called)


def shown(resource: Resource) -> str:
    """What the user knows it as."""
    event = _event(resource)
    return resource.id if event is None else f"event {event[4]} of {resource.stack.path}{event[1]}"


def leave_out(resource: Resource, refusal: Refusal) -> None:
    """Tells that it is not in the project."""
    resource.stack.found.append(_problem(resource, refusal, warning=False))


def warn(resource: Resource, refusal: Refusal) -> None:
    resource.stack.found.append(_problem(resource, refusal, warning=True))


def _problem(resource: Resource, refusal: Refusal, *, warning: bool) -> Problem:
    about = ".".join(refusal.path)
    what = f"{shown(resource)}: {about + ': ' if about else ''}{refusal.what}"
    return Problem(place(resource, *refusal.path), what, refusal.hint, resource.id, warning)


def _event(resource: Resource) -> tuple[str, ...] | None:
    """The path of the event that it was made of. SAM joins the two names."""
    lines = resource.stack.source.lines
    if ("Resources", resource.logical_id) in lines:
        return None
    for path in lines:
        if len(path) == 5 and path[2:4] == ("Properties", "Events") and path[1] + path[4] == resource.logical_id:
            return path
    return None

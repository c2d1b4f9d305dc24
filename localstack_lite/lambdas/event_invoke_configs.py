"""How asynchronous invocations are treated: what the project declares, and what the Lambda API changed since.

What PutFunctionEventInvokeConfig sets stays in force when the project is read again, as it would in the cloud until the
next deployment; a new run begins with what the project declares.
"""

from __future__ import annotations

from dataclasses import dataclass

from localstack_lite.model.alias import EventInvoke
from localstack_lite.model.function import Function


@dataclass(frozen=True, slots=True)
class Standing:
    """A configuration that is in force; `modified` is epoch seconds."""

    config: EventInvoke
    modified: float


class EventInvokeConfigs:
    def __init__(self, started: float) -> None:
        """`started` is when the declared ones came into force, in epoch seconds."""
        self._started = started
        self._changed: dict[str, dict[str, Standing | None]] = {}

    def get(self, function: Function, qualifier: str) -> Standing | None:
        """Of exactly that qualifier (`$LATEST`, a version, an alias): AWS looks no further. None: it has none."""
        changed = self._changed.get(function.logical_id)
        if changed is not None and qualifier in changed:
            return changed[qualifier]
        declared = next((one for one in function.event_invokes if one.qualifier == qualifier), None)
        return None if declared is None else Standing(declared, self._started)

    def all(self, function: Function) -> tuple[Standing, ...]:
        """By qualifier."""
        qualifiers = {one.qualifier for one in function.event_invokes} | self._changed.get(
            function.logical_id, {}
        ).keys()
        found = (self.get(function, qualifier) for qualifier in sorted(qualifiers))
        return tuple(one for one in found if one is not None)

    def put(self, function: Function, config: EventInvoke, now: float) -> Standing:
        standing = Standing(config, now)
        self._changed.setdefault(function.logical_id, {})[config.qualifier] = standing
        return standing

    def delete(self, function: Function, qualifier: str) -> None:
        self._changed.setdefault(function.logical_id, {})[qualifier] = None

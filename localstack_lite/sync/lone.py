"""A stage that is one function outside of any stack, seen as if it were a stack with nothing else in it. I/O: asks AWS.

Its template is what the function really has, of the settings that are ours to set: so a plan finds direct calls only,
and there is never a stack to deploy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from localstack_lite.errors import RemoteError
from localstack_lite.model.stage import Stage, lone_id
from localstack_lite.sync.doors import RemoteReader
from localstack_lite.sync.function_needs import FUNCTION
from localstack_lite.sync.release import Release
from localstack_lite.sync.remote import RemoteFunction, RemoteResource, RemoteStack

#: What the function is in place of a stack's state.
STATE = "DEPLOYED_BY_ZAPPA"
#: Of a function's configuration, what its project always states.
_STATED = ("Runtime", "Handler", "MemorySize", "Timeout", "Architectures")


class LoneReader:
    """A `RemoteReader` of such a stage; what is no matter of stacks is asked of `reader`."""

    def __init__(self, reader: RemoteReader, stage: Stage) -> None:
        self._reader = reader
        self._stage = stage
        self._id = lone_id(stage.function)
        self._function: RemoteFunction | None = None

    @property
    def calls(self) -> int:
        return self._reader.calls

    def account(self) -> str:
        return self._reader.account()

    def stack(self, name: str) -> RemoteStack | None:
        """What stands for the stack. A RemoteError when Zappa did not deploy the function yet."""
        del name  # the stage's function stands for whatever stack it names
        found = self._reader.function(self._id, self._stage.function)
        if found is None:
            what = f"there is no function {self._stage.function}: Zappa has not deployed this stage"
            raise RemoteError(self._stage.name, what, f"`zappa deploy {self._stage.name}` once; after that, push here")
        self._function = found
        # The ARN has its region and account in the places that a stack's has.
        return RemoteStack(
            found.arn, self._stage.stack_name, STATE, "", found.revision or found.modified, tags=dict(self._stage.tags)
        )

    def resources(self, stack: RemoteStack) -> tuple[RemoteResource, ...]:
        del stack
        return (RemoteResource(self._id, FUNCTION, self._stage.function),)

    def templates(self, stack: RemoteStack, resources: Sequence[RemoteResource]) -> Mapping[str, Mapping[str, Any]]:
        del stack, resources
        has: Mapping[str, Any] = self._function.configuration if self._function is not None else {}
        properties = {name: has[name] for name in _STATED if name in has}
        made = {"FunctionName": self._stage.function, "Code": {}, **properties}
        return {"": {"Resources": {self._id: {"Type": FUNCTION, "Properties": made}}}}

    def functions(self, names: Mapping[str, str]) -> Mapping[str, RemoteFunction]:
        return self._reader.functions(names)

    def function(self, id: str, name: str) -> RemoteFunction | None:
        return self._reader.function(id, name)

    def releases(self, bucket: str, prefix: str, after: int = 0) -> Sequence[Release]:
        return self._reader.releases(bucket, prefix, after)

    def release(self, bucket: str, prefix: str, number: int) -> Release | None:
        return self._reader.release(bucket, prefix, number)

    def objects(self, bucket: str, prefix: str = "", most: int = 0) -> Sequence[str]:
        return self._reader.objects(bucket, prefix, most)


def seen(reader: RemoteReader, stage: Stage) -> RemoteReader:
    """The reader for a stage, whatever it is."""
    return LoneReader(reader, stage) if stage.function else reader


def refuse_lone(stage: Stage) -> None:
    """A RemoteError for what only the tool that deployed it can do."""
    if stage.function:
        what = f"the function {stage.function} was deployed by Zappa, with all that calls it"
        raise RemoteError(stage.name, what, f"`zappa undeploy {stage.name}` removes it")

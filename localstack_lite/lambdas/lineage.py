"""Functions that call each other in a circle: how Lambda notices, by the `Lineage` part of the trace header. Pure.

The SDKs of AWS send the trace header of the invocation they run in, so a chain of calls carries it from function to
function. Its form is `DEPTH:HASH:COUNT` (recorded for a first call: `Lineage=1:6e5eb7d9:0`): how many functions the
chain has seen, which of them is watched, how often that one came again. What AWS computes there is not published. Here
the watched function moves on to the current one at depths 2, 4, 8, 16 … for as long as it has not come again, which
finds any circle, however long the way into it. After 16 runs the next is refused (AWS docs, "Use Lambda recursive loop
detection to prevent infinite loops": approximately 16).
"""

from __future__ import annotations

import re
import zlib
from typing import Final

from localstack_lite.lambdas.api.api_error import ApiError
from localstack_lite.model.record import record

#: Runs of one function in a circle.
RUNS: Final = 16

_PART: Final = re.compile(r"(?:^|;)\s*lineage=(\d{1,5}):([0-9a-f]{8}):(\d{1,3})(?=;|$)", re.IGNORECASE)
_ANY: Final = re.compile(r"(^|;)\s*lineage=[^;]*", re.IGNORECASE)
_DEEPEST: Final = 32_767
_MOST: Final = 255


@record
class Lineage:
    depth: int
    hash: str
    count: int

    def onward(self, function: str) -> Lineage:
        """The chain, one function further."""
        own = f"{zlib.crc32(function.encode()):08x}"
        depth = min(self.depth + 1, _DEEPEST)
        if own == self.hash:
            return Lineage(depth, own, min(self.count + 1, _MOST))
        if self.count == 0 and depth & (depth - 1) == 0:
            return Lineage(depth, own, 0)
        return Lineage(depth, self.hash, self.count)

    @property
    def circles(self) -> bool:
        """Whether the watched function has run as often as it may."""
        return self.count >= RUNS - 1

    def __str__(self) -> str:
        return f"Lineage={self.depth}:{self.hash}:{self.count}"


def read(trace: str) -> Lineage | None:
    """The lineage in a trace header, None when there is none that could be read."""
    found = _PART.search(trace)
    return None if found is None else Lineage(int(found[1]), found[2].lower(), int(found[3]))


def extended(trace: str, function: str, *, loops: bool = False) -> str | ApiError:
    """The trace header that the invocation of `function` (anything that is its own) gets for the one that its caller
    sent. An error when the chain goes round in a circle, unless that is allowed (`loops`: `RecursiveLoop: Allow`)."""
    before = read(trace)
    if before is None:
        return trace
    now = before.onward(function)
    if now.circles and not loops and now.hash == f"{zlib.crc32(function.encode()):08x}":
        return RECURSIVE
    return _ANY.sub(rf"\g<1>{now}", trace, count=1)


RECURSIVE: Final = ApiError(
    400,
    "RecursiveInvocationException",
    "Lambda has detected your function being invoked in a recursive loop with other AWS resources and stopped your "
    "function's invocation.",
)

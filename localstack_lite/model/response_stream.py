"""A function's answer while it is being written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from localstack_lite.model.invocation import Answered


class ResponseStream(Protocol):
    """The bytes as the function writes them. There is one reader, who slows the function down when it is slow."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Pieces of any size, none of them empty, until the invocation is over, however it ended."""
        ...

    @property
    def ended(self) -> Answered | None:
        """What came of the invocation, once the last piece was read. Its payload is the error object when it failed,
        else empty: the answer was read already."""
        ...

    def close(self) -> None:
        """The reader has gone. The function runs on, and what it writes from now on is dropped."""
        ...

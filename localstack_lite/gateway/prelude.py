"""The beginning of a streamed answer, while it comes: where the prelude ends and the body begins. Pure.

AWS docs: a stream of HTTP begins with a prelude, a JSON object of `statusCode`, `headers`, `multiValueHeaders` and
`cookies`; eight NULs; then the body, bytes as they are. The eight have to come within the first 16 KB.
"""

from __future__ import annotations

from localstack_lite.model.record import record

#: Between the prelude and the body.
DELIMITER = b"\0" * 8
#: Bytes within which the delimiter has to come (AWS docs, for REST APIs).
LONGEST = 16 * 1024


@record
class Opening:
    """How a stream begins. `prelude` is None when it has none; `body` is what came of the body so far."""

    prelude: bytes | None
    body: bytes


def split(data: bytes) -> Opening:
    """The opening of all that there is."""
    found = data.find(DELIMITER, 0, LONGEST + len(DELIMITER))
    return Opening(None, data) if found < 0 else Opening(data[:found], data[found + len(DELIMITER) :])


class PreludeReader:
    """Takes the pieces of a stream until it is known how it begins. `expected`: a prelude has to come; without one the
    first piece is the beginning of the body."""

    __slots__ = ("_expected", "_searched", "came")

    def __init__(self, expected: bool) -> None:
        self._expected = expected
        self._searched = 0
        self.came = bytearray()
        """All that was taken."""

    def took(self, piece: bytes) -> Opening | None:
        """None while more is needed."""
        self.came += piece
        if not self._expected:
            return Opening(None, bytes(self.came))
        # The delimiter may lie across two pieces.
        start = max(0, self._searched - len(DELIMITER) + 1)
        if self.came.find(DELIMITER, start, LONGEST + len(DELIMITER)) < 0 and len(self.came) < LONGEST + len(DELIMITER):
            self._searched = len(self.came)
            return None
        return split(bytes(self.came))

"""HTTP messages as values: what came in, what goes out. Names keep their case, values their order."""

from __future__ import annotations

from collections.abc import Iterator

from localstack_lite.model.record import record
from localstack_lite.model.response_stream import ResponseStream


class Headers:
    """An immutable list of header lines. Names compare case-insensitively and are kept as they were sent."""

    __slots__ = ("_first", "_lines")

    def __init__(self, lines: tuple[tuple[str, str], ...] = ()) -> None:
        self._lines = lines
        self._first: dict[str, str] | None = None  # by lower-case name, made when first asked for

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        return self._lines

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def get(self, name: str, default: str | None = None) -> str | None:
        """The first line of that name."""
        first = self._first
        if first is None:
            first = self._first = {key.lower(): value for key, value in reversed(self._lines)}
        return first.get(name.lower(), default)

    def get_all(self, name: str) -> tuple[str, ...]:
        wanted = name.lower()
        return tuple(value for key, value in self._lines if key.lower() == wanted)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and other._lines == self._lines

    def __hash__(self) -> int:
        return hash(self._lines)

    def __repr__(self) -> str:
        return f"Headers({self._lines!r})"


NO_HEADERS = Headers()


@record
class Request:
    """`path` and `query` are the two halves of the target exactly as sent, still percent-encoded, without the `?`.

    Header text is latin-1 as on the wire. `client` is the peer's address.
    """

    method: str
    path: str
    query: str = ""
    headers: Headers = NO_HEADERS
    body: bytes = b""
    client: str = "127.0.0.1"
    protocol: str = "HTTP/1.1"
    scheme: str = "http"


@record
class Response:
    """`headers` go out in this order; Content-Length and Date are the listener's business and not listed here."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    stream: ResponseStream | None = None
    """The body while it is still being written, instead of `body`: the first byte leaves when it is there."""

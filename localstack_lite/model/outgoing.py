"""Requests that devserve itself sends for a gateway, and what comes of them. Values."""

from __future__ import annotations

from localstack_lite.model.record import record


@record
class Outgoing:
    """`url` is `http`, `https`, or `file` (then only its content is wanted). After `timeout` seconds nobody waits any
    more. `insecure`: whoever answers, its certificate is not looked at."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    timeout: float = 29.0
    insecure: bool = False


@record
class ServiceRequest:
    """A request to an AWS service, to be signed and sent to where such calls go. `service` is its name in host names,
    `path` begins with a slash and `query` is encoded as signatures want it; `action` is the API's operation where that
    is known by name (the request says it in its own way, too)."""

    service: str
    region: str
    method: str = "POST"
    path: str = "/"
    action: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    query: str = ""
    body: bytes = b""
    timeout: float = 29.0


@record
class Returned:
    """A reply as it came, whatever its status. Names keep their case."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@record
class Unreached:
    """Nothing came. `why` is for the user; `timed_out`: the other side took too long."""

    why: str
    timed_out: bool = False

"""One request on one route, and everything about it that is not in the request itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.faces import Mask
from localstack_lite.gateway.sockets.moment import Moment
from localstack_lite.gateway.steps import Call, Telling
from localstack_lite.gateway.trace import Trace
from localstack_lite.model.api import Route
from localstack_lite.model.difference import Difference
from localstack_lite.model.invocation import Answered
from localstack_lite.model.record import record
from localstack_lite.wire.messages import Request, Response


@record
class Stamp:
    """What is new for every request: time and ids, passed in so that the rules stay pure.

    `now` is epoch seconds. `request_id` (UUID) is REST's request id, `extended_id` (15 characters and `=`) its
    extended one and the request id of HTTP APIs, `lambda_request_id` (UUID) the invocation's. `trace_root` is
    `1-8 hex-24 hex`, `trace_parent` 16 and `trace_lineage` 8 hex digits.
    """

    now: float
    request_id: str
    extended_id: str
    lambda_request_id: str
    trace_root: str
    trace_parent: str
    trace_lineage: str


@record
class Visit:
    """`path` is the path after the stage as sent: slashes directly after the stage kept, empty when the target ended
    there. `params` are the path parameters, still percent-encoded. `mask` is what the request was rewritten by,
    `caller` who the route's authorizer says that it is. `differences` is where rules write down what AWS does otherwise
    than somebody may think. `moment` is there on WebSocket APIs."""

    request: Request
    stamp: Stamp
    path: str
    params: Mapping[str, str]
    trace: Trace
    mask: Mask | None = None
    caller: Caller | None = None
    differences: list[Difference] = field(default_factory=list)
    path_override: str | None = None
    """The path that a parameter mapping of an HTTP API makes of it, percent-encoded, with the stage if it says so."""
    moment: Moment | None = None


@record
class Integrated:
    """What an integration that is no Lambda proxy answered. `call` and `ran` are there when a function was asked;
    `note` is what the user should know."""

    response: Response
    note: str = ""
    call: Call | None = None
    ran: Answered | None = None


Door = Callable[[Visit], Telling[Visit | Denial]]
"""What stands before a route: lets the visit through, perhaps with a caller, or says why not."""

Integrate = Callable[[Visit], Telling[Integrated | Denial]]
"""Runs an integration that is no Lambda proxy."""


class Changes(Protocol):
    """Parameter mapping of an HTTP API's Lambda proxy."""

    def request(self, visit: Visit) -> Visit: ...

    def response(self, visit: Visit, response: Response) -> Response: ...


class Dialect(Protocol):
    """How one payload format writes a request down and reads the answer. One object per route, made when the project
    is taken over."""

    def event(self, visit: Visit) -> bytes:
        """The event, as JSON."""
        ...

    def reply(self, visit: Visit, payload: bytes) -> Response:
        """What the client gets for the function's result. Raises `Malformed` when AWS would not accept it."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ServedRoute:
    """A route with what was computed for it once. `api` is its API's logical id, `key` the route key, `arn` the
    function's, empty without one; `tenant` reads out of a visit whose invocation it is, where the route maps that.
    `doors` are passed in this order before anything is called; `integrate` runs what is no Lambda proxy."""

    route: Route
    dialect: Dialect
    api: str
    key: str
    arn: str = ""
    tenant: Callable[[Visit], str] | None = None
    doors: tuple[Door, ...] = ()
    integrate: Integrate | None = None
    changes: Changes | None = None

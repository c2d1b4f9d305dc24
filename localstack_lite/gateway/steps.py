"""What the story of a request asks for while it is told, and what it is sent back. Values."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from localstack_lite.gateway.patience import Patience
from localstack_lite.gateway.prelude import Opening
from localstack_lite.model.invocation import Answered, Invocation, Refused, Streaming
from localstack_lite.model.outgoing import Outgoing, Returned, ServiceRequest, Unreached
from localstack_lite.model.record import record
from localstack_lite.model.response_stream import ResponseStream

T = TypeVar("T")


@record
class Call:
    """An invocation that is needed: comes back as an `Outcome` or `TimedOut`. After `timeout` seconds the gateway gives
    up; the function runs on."""

    invocation: Invocation
    timeout: float


@record
class TimedOut:
    """Sent back in place of an outcome when the time was up."""


@record
class Begin:
    """The beginning of a streamed answer is needed: its prelude where it has one, else its first bytes. Comes back as
    `Begun`, `Answered` or `TimedOut`. The gateway gives up when that is not there `timeout` seconds after the request;
    `patience` holds from then on."""

    streaming: Streaming
    prelude: bool
    timeout: float
    patience: Patience | None


@record
class Begun:
    """The beginning; `rest` is the whole body, what `opening` has of it included."""

    streaming: Streaming
    opening: Opening
    rest: ResponseStream


@record
class Post:
    """An invocation that nobody waits for (`X-Amz-Invocation-Type: Event`): comes back as `Returned` when it is queued,
    as `Unreached` when it cannot be."""

    invocation: Invocation


#: An `Outgoing` or a `ServiceRequest` comes back as `Returned` or `Unreached`.
Step = Call | Begin | Post | Outgoing | ServiceRequest
Came = Answered | Refused | Streaming | Begun | TimedOut | Returned | Unreached
Telling = Generator[Step, Came, T]
"""A part of the story, which returns a `T`."""

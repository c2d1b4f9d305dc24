"""Sends what a gateway sends itself: to other servers, to AWS services, and files that stand for either. I/O: threads.

A request has a thread of its own while it is under way, of which there are not many: who comes when all are busy waits,
and nobody longer than his own time. So an integration that calls devserve itself comes to an end, however often it goes
round. Nothing of urllib3 or botocore is loaded before the first request.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from localstack_lite.model.outgoing import Outgoing, Returned, ServiceRequest, Unreached

if TYPE_CHECKING:
    from localstack_lite.gateway.integrations.aws_address import AwsAddress
    from localstack_lite.gateway.integrations.network import Flight, Network

#: Requests under way at once.
AT_ONCE = 64
#: Seconds that threads are waited for at the end; what they wait for was cut before.
_LAST = 2.0
#: Seconds for finding credentials and addresses, beside the request's own.
_LOOKING = 10.0

T = TypeVar("T")
_Result = Returned | Unreached
_ENDING = Unreached("devserve is stopping")


class Outside:
    """`ports.Outside`. `profile` and `endpoint_url` are the project's own; empty: what the environment says."""

    def __init__(self, profile: str = "", endpoint_url: str = "") -> None:
        self._profile = profile
        self._endpoint_url = endpoint_url
        self._crew = _Crew(AT_ONCE)
        self._tools: _Tools | None = None
        self._flights: set[Flight] = set()

    async def fetch(self, request: Outgoing) -> _Result:
        tools = await self._ready()
        return await self._under_way(tools, request) if tools is not None else _ENDING

    async def service(self, request: ServiceRequest) -> _Result:
        tools = await self._ready()
        if tools is None:
            return _ENDING
        try:
            # Who the user is and where the service is takes a while when it is asked first, which is not the service's.
            async with asyncio.timeout(_LOOKING + request.timeout):
                signed = await self._crew.run(lambda: _safely(lambda: tools.address.signed(request)))
        except TimeoutError:
            return Unreached("AWS credentials could not be had in time", timed_out=True)
        if not isinstance(signed, Outgoing):
            return signed if signed is not None else _ENDING
        came = await self._under_way(tools, signed)
        return tools.as_asked(request, came) if isinstance(came, Returned) else came

    async def close(self) -> None:
        """What is under way is cut off."""
        for flight in tuple(self._flights):
            flight.abort()
        await self._crew.close(_LAST)
        if self._tools is not None:
            self._tools.network.close()

    async def _ready(self) -> _Tools | None:
        """None: all ends."""
        if self._tools is None:
            tools = await self._crew.run(lambda: _Tools(self._profile, self._endpoint_url))
            self._tools = self._tools or tools
        return self._tools

    async def _under_way(self, tools: _Tools, request: Outgoing) -> _Result:
        flight = tools.flight()
        self._flights.add(flight)
        try:
            async with asyncio.timeout(request.timeout):
                came = await self._crew.run(lambda: _safely(lambda: tools.network.send(request, flight)))
            return came if came is not None else _ENDING
        except TimeoutError:
            return Unreached(f"nothing came within {request.timeout:g} s", timed_out=True)
        finally:
            # Whoever nobody waits for any more gives its thread back.
            flight.abort()
            self._flights.discard(flight)


class _Tools:
    """What requests are sent with, loaded with the first one."""

    def __init__(self, profile: str, endpoint_url: str) -> None:
        from localstack_lite.gateway.integrations.aws_address import AwsAddress
        from localstack_lite.gateway.integrations.network import Flight, Network
        from localstack_lite.gateway.integrations.query_reply import as_asked

        self.network: Network = Network()
        self.address: AwsAddress = AwsAddress(profile, endpoint_url)
        self.flight: type[Flight] = Flight
        self.as_asked = as_asked


def _safely(work: Callable[[], T]) -> T | Unreached:
    try:
        return work()
    except Exception as error:  # of a library, or of what the user configured
        return Unreached(f"{type(error).__name__}: {' '.join(str(error).split())}")


class _Crew:
    """Threads that are started when there is work for them and stay until the end. None keeps the process."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._idle = threading.Semaphore(0)
        self._closed = False

    async def run(self, work: Callable[[], T]) -> T | None:
        """What it came to, or what it raised; None when all ends."""
        if self._closed:
            return None
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T | None] = loop.create_future()

        def finish(result: T | None, error: Exception | None) -> None:
            if done.done():
                return
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(result)

        def step() -> None:
            result: T | None = None
            raised: Exception | None = None
            try:
                result = work()
            except Exception as error:
                raised = error
            # The loop may be closed by now: then nobody waits.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(finish, result, raised)

        self._work.put(step)
        if not self._idle.acquire(blocking=False) and len(self._threads) < self._size:
            thread = threading.Thread(target=self._stand, name="outside", daemon=True)
            self._threads.append(thread)
            thread.start()
        return await done

    async def close(self, patience: float) -> None:
        self._closed = True
        for _ in self._threads:
            self._work.put(None)
        if self._threads:
            await asyncio.to_thread(self._wait, patience)

    def _wait(self, patience: float) -> None:
        end = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0.0))

    def _stand(self) -> None:
        while (step := self._work.get()) is not None:
            step()
            self._idle.release()

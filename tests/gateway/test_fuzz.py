"""Whatever a client sends and whatever a function, an authorizer or a server behind it answers: a gateway never raises,
and what it says is HTTP. Seeded: a case that fails is told by its number, and is the same again."""

from __future__ import annotations

import asyncio
import traceback
from collections import Counter
from collections.abc import Iterator

import httptools
import pytest

from localstack_lite.gateway.serve import Gateway
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.static import StaticFile
from localstack_lite.model.facts import Fact
from localstack_lite.model.invocation import Answered, Invocation, Outcome, Refused, Streaming
from localstack_lite.model.outgoing import Outgoing, Returned, ServiceRequest, Unreached
from localstack_lite.model.socket import Accepted
from localstack_lite.wire.messages import Request, Response
from localstack_lite.wire.reply_bytes import BARE, reply_bytes
from tests.fakes import CountingIds, ManualClock
from tests.gateway.fuzzed import NAMES, TEXTS, Fuzz, everything
from tests.gateway.sockets.shared import WrittenLine
from tests.gateway.tale import REPORT
from tests.streams import WrittenStream, over

REQUESTS = 10_000
PRELUDE = "application/vnd.awslambda.http-integration-response"
#: In how many tests they are, so that several processes share them.
PARTS = 4


class Surroundings:
    """Everything around the gateway, answering as the case's seed says."""

    def __init__(self, settings: Settings) -> None:
        self.fuzz = Fuzz(0)
        self.clock = ManualClock(1722641683.0)
        self.facts: list[Fact] = []
        self.gateway = Gateway(
            everything(),
            self.invoke,
            self.facts.append,
            self.clock,
            CountingIds(),
            files=self,
            settings=settings,
            outside=self,
            accept=self.accept,
        )

    async def read(self, name: str) -> StaticFile | None:
        return StaticFile(b"<html>", 1) if self.fuzz.random.random() < 0.1 else None

    def accept(self, invocation: Invocation) -> None:
        if self.fuzz.random.random() < 0.2:
            raise OSError("the disk is full")

    async def invoke(self, invocation: Invocation) -> Outcome:
        roll = self.fuzz.random.random()
        if roll < 0.02:
            asyncio.get_running_loop().call_soon(self.clock.advance, 1000.0)
            await asyncio.Event().wait()
        if roll < 0.06:
            status, code = self.fuzz.random.choice(
                ((429, "TooManyRequestsException"), (500, "x"), (503, "y"), (404, "z"))
            )
            return Refused(invocation.request_id, status, code, b'{"Message":"no"}', "reason")
        if roll < 0.1:
            payload = self.fuzz.random.choice(
                (b'{"errorMessage":"bad","errorType":"E"}', b"null", b"\xff", b"{", b"[]")
            )
            return Answered(invocation.request_id, payload, REPORT, error="Unhandled")
        payload = self.fuzz.permission() if invocation.function == "Auth" else self.fuzz.result()
        if invocation.streamed and roll < 0.8:
            payload = self.fuzz.prelude() if roll < 0.6 else payload
            cut = self.fuzz.random.randrange(len(payload) + 1)
            pieces = [payload[:cut], payload[cut:]]
            ended = over("Runtime.Broken") if roll < 0.2 else over()
            kind = self.fuzz.random.choice((PRELUDE, PRELUDE, PRELUDE, *TEXTS[:20]))
            return Streaming(invocation.request_id, WrittenStream([piece for piece in pieces if piece], ended), kind)
        return Answered(invocation.request_id, payload, REPORT)

    async def fetch(self, asked: Outgoing) -> Returned | Unreached:
        return self._came()

    async def service(self, asked: ServiceRequest) -> Returned | Unreached:
        return self._came()

    def _came(self) -> Returned | Unreached:
        fuzz = self.fuzz
        if fuzz.random.random() < 0.1:
            return Unreached("nobody there", timed_out=fuzz.random.random() < 0.5)
        lines = tuple((fuzz.random.choice(NAMES), fuzz.random.choice(TEXTS)) for _ in range(4))
        return Returned(fuzz.random.choice((200, 200, 204, 302, 404, 500, 999, 101)), lines, fuzz.result())

    async def case(self, seed: int) -> tuple[int, str]:
        """The status of the answer, and what is wrong with it (empty: nothing)."""
        self.fuzz = Fuzz(seed)
        request = self.fuzz.request()
        try:
            if "websocket" in (request.headers.get("upgrade") or "").lower():
                answer = await self.gateway.upgrade(request)
                if isinstance(answer, Accepted):
                    await self.chat(answer)
                    return 101, ""
            else:
                answer = await self.gateway(request)
            return answer.status, await wrong(request, answer)
        except Exception:
            return 0, f"{request}\n{traceback.format_exc()}"

    async def chat(self, accepted: Accepted) -> None:
        listener, line = accepted.listener, WrittenLine()
        listener.opened(line)
        for body in self.fuzz.some((b'{"action": "echo"}', b"{", b'{"action": [1]}', b"\xff", b""), 3):
            listener.text(body.decode("utf-8", "replace"))
        await asyncio.sleep(0)
        listener.left(1000, "bye")
        listener.vanished()


async def wrong(request: Request, response: Response) -> str:
    """What is wrong with the answer as a client reads it off the wire."""
    if not 200 <= response.status <= 599:
        return f"{request}\nstatus {response.status}"
    head = request.method == "HEAD"
    try:
        raw = reply_bytes(response, (), is_head=head, keep_alive=True, chunked=True)
    except (ValueError, KeyError) as error:
        return f"{request}\n{response}\n{error!r}"
    whole = response.stream is None
    if response.stream is not None and not head and response.status not in BARE:
        async for piece in response.stream:
            raw += b"%x\r\n%b\r\n" % (len(piece), piece)
        whole = (ended := response.stream.ended) is not None and not ended.error
        raw += b"0\r\n\r\n" if whole else b""
    if head:
        return "" if raw.endswith(b"\r\n\r\n") else f"{request}\nHEAD with a body: {raw!r}"
    seen = Seen()
    try:
        httptools.HttpResponseParser(seen).feed_data(raw)
    except httptools.HttpParserError as error:
        return f"{request}\n{raw[:2000]!r}\n{error!r}"
    if whole and not seen.complete:
        return f"{request}\n{raw[:2000]!r}\nis not complete"
    if response.stream is None and response.status not in BARE and bytes(seen.body) != response.body:
        return f"{request}\n{raw[:2000]!r}\nhas another body"
    return ""


class Seen:
    """What a client made of it."""

    def __init__(self) -> None:
        self.complete = False
        self.body = bytearray()

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.complete = True


def cases(part: int) -> Iterator[int]:
    return iter(range(part, REQUESTS, PARTS))


async def told(part: int) -> tuple[Counter[int], dict[int, str]]:
    around = Surroundings(Settings(strict=part == 1, plain_cookies=part == 2, open=part == 3, strict_auth=part == 2))
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    statuses: Counter[int] = Counter()
    failures: dict[int, str] = {}
    for seed in cases(part):
        status, why = await around.case(seed)
        statuses[status] += 1
        if why:
            failures[seed] = why
        around.facts.clear()
    await around.gateway.close()
    assert faults == []
    return statuses, failures


@pytest.mark.parametrize("part", range(PARTS))
def test_every_request_gets_an_answer_that_is_http(part: int) -> None:
    statuses, failures = asyncio.run(told(part))
    first = next(iter(failures.items()), None)
    assert not failures, (
        f"{len(failures)} of {sum(statuses.values())}; the first is {first[0] if first else ''}:\n{first}"
    )
    assert sum(statuses.values()) == REQUESTS // PARTS
    assert statuses[200] > REQUESTS // PARTS // 20, "too few get through for this to mean much"
    assert len(statuses) > 12, statuses

"""The shell: stamps, waits, publishes. A fake `Invoke` and a clock that is turned by hand; nobody sleeps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from localstack_lite.gateway.serve import NO_SOCKETS, Gateway
from localstack_lite.gateway.settings import Settings
from localstack_lite.gateway.static import StaticFile
from localstack_lite.model.api import Face, LambdaProxy
from localstack_lite.model.facts import Fact, RequestAnswered
from localstack_lite.model.invocation import Answered, Invocation, Outcome, Streaming
from localstack_lite.model.project import Project
from localstack_lite.model.unread_request import UnreadRequest
from localstack_lite.model.usage import RateLimit
from localstack_lite.wire.messages import Response
from tests.fakes import CountingIds, ManualClock
from tests.gateway.guarded import ALLOW, TOKENS, guarded
from tests.gateway.guarded import served as authorized
from tests.gateway.tale import REPORT, header, http, project, request, rest, url
from tests.gateway.templates.shared import integration
from tests.streams import REPORT as STREAM_REPORT
from tests.streams import WrittenStream, over

HELLO = Answered("id", b'{"statusCode":200,"body":"hello"}', REPORT)


class Stage:
    """A gateway with its surroundings."""

    def __init__(
        self,
        served: Project,
        invoke: Callable[[Invocation], Awaitable[Outcome]] | None = None,
        *,
        files: Files | None = None,
        patient: bool = False,
        plain_cookies: bool = False,
        accept: Callable[[Invocation], None] | None = None,
    ) -> None:
        self.clock = ManualClock(1722641683.0)
        self.facts: list[Fact] = []
        self.invocations: list[Invocation] = []
        self.gateway = Gateway(
            served,
            invoke or self.hello,
            self.facts.append,
            self.clock,
            CountingIds(),
            files=files,
            patient=patient,
            settings=Settings(plain_cookies=plain_cookies),
            accept=accept,
        )

    async def hello(self, invocation: Invocation) -> Outcome:
        self.invocations.append(invocation)
        self.clock.advance(0.25)
        return HELLO

    def fact(self) -> RequestAnswered:
        (fact,) = self.facts
        assert isinstance(fact, RequestAnswered)
        return fact


def test_request_is_answered_and_told() -> None:
    stage = Stage(project(http({"GET /x": "Fn"})))
    reply = asyncio.run(stage.gateway(request(target="/x?a=1")))
    assert (reply.status, reply.body) == (200, b"hello")
    fact = stage.fact()
    assert (fact.method, fact.path, fact.status, fact.duration_ms) == ("GET", "/x?a=1", 200, 250)
    assert (fact.api, fact.route, fact.function, fact.report, fact.at) == (
        "Http",
        "GET /x",
        "Fn",
        REPORT,
        1722641683.25,
    )


def test_ids_are_new_for_every_request_and_have_their_forms() -> None:
    stage = Stage(project(rest({"GET /x": "Fn"})))

    async def twice() -> list[Response]:
        return [await stage.gateway(request(target="/x")) for _ in range(2)]

    replies = asyncio.run(twice())
    for name in ("x-amzn-RequestId", "x-amz-apigw-id", "X-Amzn-Trace-Id"):
        assert header(replies[0], name) != header(replies[1], name)
    first, second = stage.invocations
    assert first.request_id != second.request_id
    root, parent, sampled, lineage = first.trace_id.split(";")
    assert [len(part) for part in root.removeprefix("Root=").split("-")] == [1, 8, 24]
    assert root.split("-")[1] == f"{1722641683:x}"
    assert (len(parent.removeprefix("Parent=")), sampled, len(lineage.split(":")[1])) == (16, "Sampled=0", 8)


def test_gateway_gives_up_and_leaves_the_function_alone() -> None:
    ended = []

    async def story() -> tuple[Response, list[str]]:
        called, running = asyncio.Event(), asyncio.Event()
        function: asyncio.Task[None] | None = None

        async def work() -> None:
            await running.wait()
            ended.append("function")

        async def invoke(invocation: Invocation) -> Outcome:
            nonlocal function
            function = asyncio.ensure_future(work())
            called.set()
            await asyncio.shield(function)
            raise AssertionError("nobody waits any more")

        stage = Stage(project(http({"GET /x": LambdaProxy("Fn", timeout=29)})), invoke)
        answer = asyncio.ensure_future(stage.gateway(request(target="/x")))
        await called.wait()
        stage.clock.advance(29)
        reply = await answer
        assert "gave up" in stage.fact().note
        before = list(ended)
        running.set()
        assert function is not None
        await function
        return reply, before

    reply, before = asyncio.run(story())
    assert (reply.status, before, ended) == (503, [], ["function"])


def test_timeout_inside_invoke_is_not_taken_for_the_gateways() -> None:
    async def invoke(invocation: Invocation) -> Outcome:
        raise TimeoutError("somebody else's")

    stage = Stage(project(http({"GET /x": "Fn"})), invoke)
    with pytest.raises(TimeoutError, match="somebody else's"):
        asyncio.run(stage.gateway(request(target="/x")))


def test_swap_serves_the_new_project_from_the_next_request_on() -> None:
    stage = Stage(project(rest({"GET /x": "Fn", "POST /m": "Fn"})))

    async def story() -> list[int]:
        found = [(await stage.gateway(request("POST", "/m"))).status]
        stage.gateway.swap(project(rest({"GET /x": "Fn", "PUT /m": "Fn"})))
        return [*found, *[(await stage.gateway(request(m, "/m"))).status for m in ("POST", "PUT")]]

    assert asyncio.run(story()) == [200, 403, 200]


def test_a_swap_gives_no_new_tokens() -> None:
    limited = {"limits": {"*": RateLimit(1, 1)}}
    stage = Stage(project(rest({"GET /x": "Fn"}, **limited)))

    async def story() -> list[int]:
        found = [(await stage.gateway(request(target="/x"))).status]
        stage.gateway.swap(project(rest({"GET /x": "Fn", "GET /y": "Fn"}, **limited)))
        return [*found, *[(await stage.gateway(request(target=path))).status for path in ("/x", "/y")]]

    assert asyncio.run(story()) == [200, 429, 200]


def test_request_in_flight_ends_on_the_project_it_began_with() -> None:
    old, new = project(http({"GET /x": LambdaProxy("Fn", payload="1.0")})), project(url())
    stage: Stage

    async def invoke(invocation: Invocation) -> Outcome:
        stage.gateway.swap(new)
        assert json.loads(invocation.payload)["version"] == "1.0"
        return HELLO

    stage = Stage(old, invoke)
    assert header(asyncio.run(stage.gateway(request(target="/x"))), "apigw-requestid") is not None


def test_refused_host_is_told_and_calls_nothing() -> None:
    stage = Stage(project(http({"GET /x": "Fn"})))
    assert asyncio.run(stage.gateway(request(target="/x", host="evil.example"))).status == 403
    assert stage.invocations == []
    assert "evil.example" in stage.fact().note


class Files:
    """A `StaticFiles` of one file."""

    async def read(self, name: str) -> StaticFile | None:
        return StaticFile(b"a{}", 1) if name == "a.css" else None


def test_a_static_file_answers_before_a_catch_all_and_is_told() -> None:
    stage = Stage(project(http({"$default": "Fn"})), files=Files())
    reply = asyncio.run(stage.gateway(request(target="/a.css")))
    assert (reply.status, reply.body, header(reply, "Content-Type")) == (200, b"a{}", "text/css; charset=utf-8")
    fact = stage.fact()
    assert (fact.path, fact.status, fact.function, fact.note) == ("/a.css", 200, "", "static file")
    assert asyncio.run(stage.gateway(request(target="/b.css"))).body == b"hello"


SECURE = Answered("id", b'{"statusCode":200,"headers":{"Set-Cookie":"a=1; Secure"}}', REPORT)
STAGED = rest({"GET /x": "Fn"}, stage="dev", face=Face.AWS)


async def secure(invocation: Invocation) -> Outcome:
    return SECURE


def test_a_secure_cookie_over_http_is_noted_once() -> None:
    stage = Stage(project(STAGED), secure)

    async def story() -> None:
        for _ in range(2):
            await stage.gateway(request(target="/dev/x"))
        stage.gateway.swap(project(STAGED))
        await stage.gateway(request(target="/dev/x"))

    asyncio.run(story())
    notes = [fact.note for fact in stage.facts if isinstance(fact, RequestAnswered)]
    assert notes[0].startswith("cookie a is Secure")
    assert notes[1:] == ["", ""]


def test_plain_cookies_are_made_so_for_every_api_and_after_a_swap() -> None:
    stage = Stage(project(http({"GET /x": "Fn"})), secure, plain_cookies=True)

    async def story() -> list[str | None]:
        first = await stage.gateway(request(target="/x"))
        stage.gateway.swap(project(STAGED))
        second = await stage.gateway(request(target="/dev/x"))
        return [header(reply, "set-cookie") for reply in (first, second)]

    assert asyncio.run(story()) == ["a=1", "a=1"]
    assert [fact.note for fact in stage.facts if isinstance(fact, RequestAnswered)] == ["", ""]


def test_a_patient_gateway_waits_for_a_function_under_a_debugger() -> None:
    async def story() -> tuple[Response, bool]:
        held = asyncio.Event()

        async def invoke(invocation: Invocation) -> Outcome:
            await held.wait()
            return HELLO

        stage = Stage(project(http({"GET /x": "Fn"})), invoke, patient=True)
        asking = asyncio.ensure_future(stage.gateway(request(target="/x")))
        await asyncio.sleep(0)
        stage.clock.advance(3600)
        await asyncio.sleep(0)
        waits = not asking.done()
        held.set()
        return await asking, waits

    reply, waits = asyncio.run(story())
    assert (reply.status, waits) == (200, True)


def test_a_websocket_that_no_api_carries_is_told() -> None:
    stage = Stage(project(http({"$default": "Fn"})))
    asked = request(target="/ws", headers=[("Upgrade", "WebSocket"), ("Connection", "Upgrade")])
    assert asyncio.run(stage.gateway(asked)).status == 200
    assert stage.fact().note == NO_SOCKETS


HTTP_STREAM = "application/vnd.awslambda.http-integration-response"
PRELUDE = b'{"statusCode":201}' + b"\0" * 8
STREAMS = rest({"GET /x": LambdaProxy("Fn", timeout=29, streamed=True)})


class Streamer:
    """A stage whose function streams; the test writes."""

    def __init__(
        self, served: Project | None = None, content_type: str = HTTP_STREAM, *, patient: bool = False
    ) -> None:
        self.body = WrittenStream()
        self._type = content_type
        self.stage = Stage(served or project(STREAMS), self.invoke, patient=patient)
        self.asking: asyncio.Future[Response]

    async def invoke(self, invocation: Invocation) -> Outcome:
        assert invocation.streamed
        return Streaming(invocation.request_id, self.body, self._type, environment="fn#1")

    async def ask(self, target: str = "/x") -> None:
        self.asking = asyncio.ensure_future(self.stage.gateway(request(target=target)))
        await settled()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_streamed_answer_begins_when_its_head_is_known_and_is_told_at_its_end() -> None:
    async def story() -> None:
        one = Streamer()
        await one.ask()
        one.body.write(PRELUDE[:5])
        await settled()
        assert not one.asking.done()
        one.body.write(PRELUDE[5:] + b"first")
        reply = await one.asking
        assert (reply.status, one.stage.facts) == (201, [])
        assert reply.stream is not None
        one.stage.clock.advance(60)
        one.body.write(b"second")
        one.body.finish()
        assert [piece async for piece in reply.stream] == [b"first", b"second"]
        fact = one.stage.fact()
        assert (fact.status, fact.duration_ms, fact.report, fact.note) == (201, 60_000, STREAM_REPORT, "")
        assert (fact.environment, fact.function) == ("fn#1", "Fn")

    asyncio.run(story())


def test_a_short_stream_that_is_over_before_it_is_clear_how_it_begins_is_read_as_a_whole() -> None:
    async def story() -> None:
        one = Streamer()
        one.body.write(b"no prelude")
        one.body.finish()
        await one.ask()
        assert (await one.asking).status == 502
        assert "prelude" in one.stage.fact().note

    asyncio.run(story())


def test_an_error_before_the_head_is_as_any_error_of_the_function() -> None:
    async def story() -> None:
        one = Streamer()
        one.body.finish(over("ValueError", b'{"errorType":"ValueError"}'))
        await one.ask()
        reply = await one.asking
        assert (reply.status, reply.stream, one.stage.fact().note) == (502, None, "ValueError")

    asyncio.run(story())


def test_an_error_in_the_middle_is_told_with_the_report() -> None:
    async def story() -> None:
        one = Streamer()
        one.body.write(PRELUDE)
        await one.ask()
        reply = await one.asking
        one.body.finish(over("Runtime.TruncatedResponse", b'{"errorType":"Runtime.TruncatedResponse"}'))
        assert reply.stream is not None
        assert [piece async for piece in reply.stream] == []
        assert reply.stream.ended is not None
        assert reply.stream.ended.error
        fact = one.stage.fact()
        assert (fact.note, fact.report) == ("the stream broke off: Runtime.TruncatedResponse", STREAM_REPORT)

    asyncio.run(story())


def test_the_gateway_gives_up_on_a_stream_that_does_not_begin() -> None:
    async def story() -> None:
        one = Streamer()
        await one.ask()
        one.stage.clock.advance(29)
        assert (await one.asking).status == 504
        assert one.body.closed
        assert "gave up at 29 s" in one.stage.fact().note

    asyncio.run(story())


def test_once_it_has_begun_the_gateways_timeout_is_over() -> None:
    async def story() -> None:
        one = Streamer()
        one.body.write(PRELUDE)
        await one.ask()
        reply = await one.asking
        one.stage.clock.advance(200)
        assert (reply.status, one.body.closed) == (201, False)

    asyncio.run(story())


def test_a_head_that_aws_would_not_take_closes_the_stream() -> None:
    async def story() -> None:
        one = Streamer()
        one.body.write(b"{}x" + b"\0" * 8)
        await one.ask()
        reply = await one.asking
        assert (reply.status, reply.stream, one.body.closed) == (502, None, True)
        assert one.stage.fact().note.startswith("malformed result")

    asyncio.run(story())


def test_a_function_url_hands_on_the_first_byte() -> None:
    async def story() -> None:
        route = replace(url().routes[0], integration=LambdaProxy("Fn", streamed=True))
        served = project(replace(url(), routes=(route,)))
        one = Streamer(served, "application/octet-stream")
        await one.ask("/")
        one.body.write(b"H")
        reply = await one.asking
        assert reply.stream is not None
        assert await anext(aiter(reply.stream)) == b"H"
        reply.stream.close()
        assert "the client left" in one.stage.fact().note

    asyncio.run(story())


def test_a_patient_gateway_waits_for_a_stream_under_a_debugger() -> None:
    async def story() -> None:
        one = Streamer(patient=True)
        await one.ask()
        one.stage.clock.advance(3600)
        one.body.write(PRELUDE)
        reply = await one.asking
        one.stage.clock.advance(3600)
        assert (reply.status, one.body.closed) == (201, False)

    asyncio.run(story())


def test_what_an_authorizer_said_is_forgotten_when_its_code_is_reloaded_and_when_the_project_is_read_again() -> None:
    served = authorized(guarded(rest({"GET /x": "Fn"}), TOKENS))
    stage = Stage(served)

    async def invoke(invocation: Invocation) -> Outcome:
        stage.invocations.append(invocation)
        return ALLOW if invocation.function == "Auth" else HELLO

    stage.gateway = Gateway(served, invoke, stage.facts.append, stage.clock, CountingIds())
    sent = request(target="/x", headers=[("Authorization", "a")])

    def called() -> list[str]:
        stage.invocations.clear()
        assert asyncio.run(stage.gateway(sent)).status == 200
        return [one.function for one in stage.invocations]

    assert called() == ["Auth", "Fn"]
    assert called() == ["Fn"]
    stage.gateway.forget(["Fn"])
    assert called() == ["Fn"]
    stage.gateway.forget(["Auth"])
    assert called() == ["Auth", "Fn"]
    stage.gateway.swap(served)
    assert called() == ["Auth", "Fn"]


def event_route() -> Project:
    parameters = {"integration.request.header.X-Amz-Invocation-Type": "'Event'"}
    return project(rest({"POST /x": integration("AWS", function="Fn", parameters=parameters)}))


def test_an_asynchronous_invocation_is_queued_and_nobody_waits() -> None:
    queued: list[Invocation] = []
    stage = Stage(event_route(), accept=queued.append)
    reply = asyncio.run(stage.gateway(request("POST", "/x", body=b'{"a":1}')))
    assert (reply.status, reply.body) == (200, b"")
    assert [(each.function, each.payload) for each in queued] == [("Fn", b'{"a":1}')]
    assert stage.invocations == []


def test_an_event_that_cannot_be_kept_is_a_failed_integration() -> None:
    def full(_: Invocation) -> None:
        raise OSError("no space left")

    for accept in (full, None):
        reply = asyncio.run(Stage(event_route(), accept=accept).gateway(request("POST", "/x")))
        assert reply.status == 504


def test_a_request_that_the_listener_refused_is_told_as_any_other() -> None:
    stage = Stage(project(http({"GET /x": "Fn"})))
    stage.gateway.refused(UnreadRequest("PUT", "/x?y", 417, "why"))
    stage.gateway.refused(UnreadRequest("", "", 400, "it is not HTTP"))
    told = [
        (fact.method, fact.path, fact.status, fact.note) for fact in stage.facts if isinstance(fact, RequestAnswered)
    ]
    assert told == [("PUT", "/x?y", 417, "why"), ("?", "?", 400, "it is not HTTP")]

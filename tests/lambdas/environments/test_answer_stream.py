"""An answer on its way from the runtime to the caller: order, back-pressure, limits, and every way to end."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.lambdas.environments.answer_stream import HIGH, LOW, AnswerStream
from localstack_lite.lambdas.environments.bandwidth import Bandwidth
from localstack_lite.lambdas.environments.failures import MAX_RESPONSE
from localstack_lite.lambdas.environments.truncation import CUT, MAX_STREAM
from localstack_lite.model.invocation import Invocation
from localstack_lite.ports import BodyFollower
from tests.streams import over

CALL = Invocation("Fn", b"{}", "r", streamed=True)
PLAIN = Invocation("Fn", b"{}", "r")


class Runtime:
    """A streaming request of a runtime, and what came of it."""

    method, path, body, streaming = "POST", "/p", b"", True
    headers: Mapping[str, str] = {}
    follower: BodyFollower

    def __init__(self) -> None:
        self.paused = False
        self.ended: list[tuple[str, bytes, int]] = []

    def follow(self, follower: BodyFollower) -> None:
        self.follower = follower

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def reply(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bool:
        return True

    def answers(self, invocation: Invocation = CALL, bandwidth: Bandwidth | None = None) -> AnswerStream:
        def ended(kind: str, error: bytes, size: int) -> None:
            self.ended.append((kind, error, size))

        more = (bandwidth,) if bandwidth else ()
        return AnswerStream(invocation, self, ended, *more)

    def write(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.follower.piece(piece)


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def inside() -> None:
        await asyncio.wait_for(story(), 10)

    asyncio.run(inside())


async def rest(stream: AnswerStream) -> list[bytes]:
    return [piece async for piece in stream]


def test_pieces_are_read_as_they_come_until_the_invocation_is_over() -> None:
    async def story() -> None:
        runtime = Runtime()
        stream = runtime.answers()
        first = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        assert not first.done()
        runtime.write(b"a")
        assert await first == b"a"
        runtime.write(b"b", b"", b"c")
        runtime.follower.ended({})
        assert (stream.ended, runtime.ended) == (None, [("", b"", 3)])
        stream.finish(answered := over())
        assert stream.ended is None, "something is left to read"
        assert (await rest(stream), stream.ended) == ([b"b", b"c"], answered)

    run(story)


def test_the_end_waits_for_the_invocation_not_for_the_body() -> None:
    async def story() -> None:
        runtime = Runtime()
        stream = runtime.answers()
        runtime.follower.ended({})
        reading = asyncio.ensure_future(rest(stream))
        await asyncio.sleep(0)
        assert not reading.done()
        stream.finish(over())
        assert await reading == []

    run(story)


def test_an_error_in_the_trailers_is_told() -> None:
    runtime = Runtime()
    runtime.answers()
    error = base64.b64encode(b'{"errorType":"Error"}').decode()
    runtime.write(b"abc")
    trailers = {"lambda-runtime-function-error-type": "Function.Bad", "lambda-runtime-function-error-body": error}
    runtime.follower.ended(trailers)
    assert runtime.ended == [("Function.Bad", b'{"errorType":"Error"}', 3)]


def test_a_runtime_that_goes_away_is_told_once() -> None:
    runtime = Runtime()
    runtime.answers()
    runtime.write(b"abc")
    runtime.follower.cut()
    runtime.follower.cut()
    assert runtime.ended == [(*CUT, 3)]


def test_what_comes_after_a_timeout_is_dropped_and_what_came_before_is_read() -> None:
    async def story() -> None:
        runtime = Runtime()
        stream = runtime.answers()
        runtime.write(b"before")
        stream.finish(over("Sandbox.Timedout", b"{}"))
        runtime.write(b"after")
        runtime.follower.cut()
        assert (await rest(stream), runtime.ended) == ([b"before"], [])

    run(story)


def test_a_runtime_that_crashed_has_cut_its_answer_off_and_one_that_had_ended_it_has_not() -> None:
    for ends, error in ((False, CUT[0]), (True, "Runtime.ExitError")):
        runtime = Runtime()
        stream = runtime.answers()
        if ends:
            runtime.follower.ended({})
        stream.finish(over("Runtime.ExitError", b"{}"))
        assert stream.ended is not None
        assert stream.ended.error == error


def test_a_caller_who_is_slow_holds_the_runtime_up_until_it_has_caught_up() -> None:
    async def story() -> None:
        runtime = Runtime()
        stream = runtime.answers()
        piece = bytes(LOW // 2)
        count = HIGH // len(piece)
        runtime.write(*[piece] * count)
        assert not runtime.paused
        runtime.write(piece)
        assert runtime.paused
        for _ in range(count - 2):
            await anext(stream)
        assert runtime.paused
        await anext(stream)
        assert not runtime.paused

    run(story)


def test_a_caller_who_left_holds_nobody_up() -> None:
    async def story() -> None:
        runtime = Runtime()
        stream = runtime.answers()
        runtime.write(bytes(HIGH + 1))
        reading = asyncio.ensure_future(rest(stream))
        stream.close()
        assert not runtime.paused
        runtime.write(bytes(HIGH + 1))
        runtime.follower.ended({})
        assert (runtime.paused, runtime.ended) == (False, [("", b"", 2 * HIGH + 2)])
        assert await reading == []

    run(story)


def test_a_reader_who_waits_is_freed_when_the_stream_is_closed() -> None:
    async def story() -> None:
        stream = Runtime().answers()
        reading = asyncio.ensure_future(rest(stream))
        await asyncio.sleep(0)
        stream.close()
        assert (await reading, stream.ended) == ([], None)

    run(story)


def test_an_endless_answer_ends_at_the_limit_and_the_runtime_is_let_go_on() -> None:
    runtime = Runtime()
    stream = runtime.answers()
    runtime.write(bytes(HIGH + 1))
    stream.close()
    block = bytes(1 << 20)
    runtime.write(*[block] * (MAX_STREAM // len(block) + 2))
    ((kind, _, size),) = runtime.ended
    assert (kind, runtime.paused) == ("Function.ResponseSizeTooLarge", False)
    assert MAX_STREAM < size <= MAX_STREAM + 2 * len(block)


def test_an_answer_that_nobody_reads_piece_by_piece_is_collected() -> None:
    runtime = Runtime()
    stream = runtime.answers(PLAIN)
    runtime.write(bytes(HIGH), b"end")
    runtime.follower.ended({})
    assert (runtime.paused, stream.whole()) == (False, bytes(HIGH) + b"end")


def test_a_collected_answer_is_limited_as_any_result() -> None:
    runtime = Runtime()
    runtime.answers(PLAIN)
    runtime.write(bytes(MAX_RESPONSE))
    assert runtime.ended == []
    runtime.write(b"x")
    assert [kind for kind, _, _ in runtime.ended] == ["Function.ResponseSizeTooLarge"]


def test_what_is_over_the_free_part_takes_its_time() -> None:
    async def story() -> None:
        runtime = Runtime()
        stream = runtime.answers(bandwidth=Bandwidth(free=10, rate=1000))
        runtime.write(bytes(10), bytes(50))
        loop = asyncio.get_running_loop()
        before = loop.time()
        await anext(stream)
        at_once = loop.time() - before
        await anext(stream)
        assert at_once < 0.05 <= loop.time() - before

    run(story)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from([1, 1000, LOW, HIGH + 1])),
        st.tuples(st.sampled_from(["read", "close", "end", "cut", "fail"]), st.just(0)),
    ),
    max_size=30,
)


@given(STEPS)
@settings(deadline=None)
def test_no_storm_loses_a_byte_or_leaves_anybody_waiting(steps: list[tuple[str, int]]) -> None:
    async def story() -> None:
        runtime, written, got = Runtime(), bytearray(), bytearray()
        stream = runtime.answers()
        over_at: int | None = None  # what was written when no more was taken
        closed = False
        for number, (step, size) in enumerate(steps):
            match step:
                case "write":
                    runtime.write(bytes([number % 256]) * size)
                    written += bytes([number % 256]) * size
                case "read" if len(got) < (len(written) if over_at is None else over_at) and not closed:
                    got += await anext(stream)
                case "close":
                    stream.close()
                    closed = True
                case "end" | "cut" | "fail":
                    over_at = len(written) if over_at is None else over_at
                    if step == "fail":
                        stream.finish(over("Sandbox.Timedout"))
                    elif step == "cut":
                        runtime.follower.cut()
                    else:
                        runtime.follower.ended({})
            assert len(runtime.ended) <= 1
            unread = (len(written) if over_at is None else over_at) - len(got)
            assert runtime.paused is False or (unread > LOW and not closed and over_at is None)
            assert closed or over_at is not None or unread <= HIGH or runtime.paused
        runtime.follower.ended({})
        stream.finish(over())
        whole = bytes(written if over_at is None else written[:over_at])
        got += b"".join(await rest(stream))
        assert whole.startswith(got) if closed else whole == got
        assert not runtime.paused

    run(story)

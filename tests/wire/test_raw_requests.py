"""Raw bytes on a real socket against the listener with the real gateway behind it, in one process: hostile, broken,
odd and slow clients. What they get, that the server goes on, and that nothing of them stays."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

import pytest

from localstack_lite.gateway.serve import Gateway
from localstack_lite.gateway.static import StaticFile
from localstack_lite.model.facts import Fact, RequestAnswered
from localstack_lite.model.invocation import Answered, Invocation, Outcome
from localstack_lite.system import RandomIds, SystemClock
from localstack_lite.wire import people
from localstack_lite.wire.people_protocol import Patience
from tests.gateway.tale import REPORT, alb, http, project, rest, url

HTTP, REST, URL, ALB = b"http.localhost", b"rest.localhost", b"fn.lambda-url.localhost", b"lb.localhost"
APIS = project(
    http({"ANY /{proxy+}": "Fn", "GET /slow": "Slow"}),
    rest({"ANY /": "Fn", "ANY /{proxy+}": "Fn"}, stage="dev"),
    url(),
    alb(),
)
MB = 1024 * 1024


class Served:
    """The listener with all that it needs. The function answers with what it sees of the request; `/slow` when told."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.faults: list[BaseException] = []
        self.calls: list[str] = []
        self.gate = asyncio.Event()
        self.asked = asyncio.Event()
        self.gateway = Gateway(APIS, self.invoke, self.facts.append, SystemClock(), RandomIds(), files=self)
        self.running: people.People
        self.looked_for: list[str] = []

    async def read(self, name: str) -> StaticFile | None:
        """No file is there; whoever asks for one is noted."""
        self.looked_for.append(name)
        return None

    async def invoke(self, invocation: Invocation) -> Outcome:
        event = json.loads(invocation.payload)
        seen = {"path": event.get("rawPath", event.get("path")), "body": len(event.get("body") or "")}
        self.calls.append(seen["path"])
        if invocation.function == "Slow":
            self.asked.set()
            await self.gate.wait()
        return Answered(
            invocation.request_id, json.dumps({"statusCode": 200, "body": json.dumps(seen)}).encode(), REPORT
        )

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.running.port, limit=1 << 24)

    async def sent(self, pieces: Iterable[bytes], *, shut: bool = False) -> bytes:
        """All that comes back until the server closes."""
        reader, writer = await self.connect()
        for piece in pieces:
            writer.write(piece)
        if shut:
            writer.write_eof()
        got = await reader.read()
        writer.close()
        return got

    async def fine(self) -> bool:
        """Whether an ordinary request is answered."""
        return (await self.sent([get(b"/fine", close=True)])).endswith(b'{"path": "/fine", "body": 0}')


Story = Callable[[Served], Awaitable[None]]


def served(story: Story, patience: Patience | None = None) -> Served:
    """Run the story; afterwards the server still answers, and no task, connection or file of its clients is left."""

    async def told() -> Served:
        on = Served()
        on.running = await people.serve(
            on.gateway,
            people.bind("127.0.0.1", 0, 3000, "test"),
            on.faults.append,
            sockets=on.gateway.upgrade,
            refused=on.gateway.refused,
            patience=patience or Patience(),
        )
        assert await on.fine()
        await asyncio.sleep(0.01)
        tasks, files = len(asyncio.all_tasks()), len(os.listdir("/proc/self/fd"))
        await story(on)
        assert await on.fine()
        for _ in range(200):
            if (len(asyncio.all_tasks()), len(os.listdir("/proc/self/fd"))) <= (tasks, files):
                break
            await asyncio.sleep(0.01)
        assert (len(asyncio.all_tasks()), len(os.listdir("/proc/self/fd"))) <= (tasks, files)
        await on.running.close()
        assert on.faults == []
        return on

    return asyncio.run(asyncio.wait_for(told(), 30))


def get(target: bytes = b"/x", *lines: bytes, host: bytes = HTTP, method: bytes = b"GET", close: bool = False) -> bytes:
    more = (*lines, b"Connection: close") if close else lines
    return b"\r\n".join([method + b" " + target + b" HTTP/1.1", b"Host: " + host, *more, b"", b""])


def post(body: bytes, *lines: bytes, host: bytes = HTTP) -> bytes:
    length = b"Content-Length: %d" % len(body)
    return get(b"/x", length, b"Content-Type: text/plain", *lines, host=host, method=b"POST", close=True) + body


def chunked(raw: bytes, *lines: bytes, coding: bytes = b"Transfer-Encoding: chunked") -> bytes:
    return get(b"/x", coding, *lines, method=b"POST", close=True) + raw


def status(raw: bytes) -> int:
    return int(raw[9:12])


async def message(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
    return status(head), await reader.readexactly(length)


OK = b"2\r\nok\r\n0\r\n\r\n"

REFUSED: dict[str, tuple[int, bytes]] = {
    "lower-case method": (400, get(method=b"get")),
    "method that nobody knows": (400, get(method=b"FROBNICATE")),
    "method of garbage": (400, get(method=b"G\x00T")),
    "very long method": (400, get(method=b"G" * 5000)),
    "CONNECT": (400, get(b"localhost:80", method=b"CONNECT")),
    "CONNECT of a path": (400, get(b"/x", method=b"CONNECT")),
    "asterisk": (400, get(b"*", method=b"OPTIONS")),
    "asterisk of another method": (400, get(b"*")),
    "relative target": (400, get(b"x")),
    "absolute target without a host": (400, get(b"http:///x")),
    "absolute target with a user": (400, get(b"http://me@localhost/x")),
    "absolute target of another scheme": (400, get(b"gopher://localhost/x")),
    "absolute target with a broken address": (400, get(b"http://[::1/x")),
    "absolute target of another host": (403, get(b"http://evil.example/x", host=b"localhost", close=True)),
    "NUL in the path": (400, get(b"/a\0b")),
    "control character in the path": (400, get(b"/a\x01b")),
    "DEL in the path": (400, get(b"/a\x7fb")),
    "blank in the path": (400, get(b"/a b")),
    "tab in the path": (400, get(b"/a\tb")),
    "raw bytes in the path": (400, get(b"/\xff\xfe")),
    "UTF-8 in the path": (400, get("/ü".encode())),
    "raw bytes in the query": (400, get(b"/x?\xc0\xaf")),
    "HTTP/0.9": (400, b"GET /x\r\n\r\n"),
    "HTTP/1.2": (505, b"GET /x HTTP/1.2\r\nHost: x\r\n\r\n"),
    "HTTP/2.0 in words": (505, b"GET /x HTTP/2.0\r\nHost: x\r\n\r\n"),
    "HTTP/2's preface": (505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"),
    "another protocol": (400, b"SSH-2.0-OpenSSH_9.6\r\n"),
    "TLS": (400, bytes.fromhex("1603010200010001fc0303") + bytes(500)),
    "noise": (400, bytes(range(256)) * 40),
    "only NULs": (400, bytes(1000)),
    "no Host": (400, b"GET /x HTTP/1.1\r\n\r\n"),
    "two Hosts": (400, get(b"/x", b"Host: localhost")),
    "the same Host twice": (400, get(b"/x", b"hOST: " + HTTP)),
    "Host with a blank": (400, get(host=b"a b")),
    "Host with a path": (400, get(host=b"localhost/x")),
    "Host with a user": (400, get(host=b"me@localhost")),
    "Host of raw bytes": (400, get(host=b"\xff\xfe\xfd")),
    "Host with another port": (400, get(host=b"localhost:http")),
    "Host of somebody else": (403, get(host=b"evil.example", close=True)),
    "two lengths": (400, get(b"/x", b"Content-Length: 2", b"Content-Length: 3", method=b"POST") + b"ok!"),
    "the same length twice": (400, get(b"/x", b"Content-Length: 2", b"Content-Length: 2", method=b"POST") + b"ok"),
    "lengths in a list": (400, get(b"/x", b"Content-Length: 2, 2", method=b"POST") + b"ok"),
    "negative length": (400, get(b"/x", b"Content-Length: -2", method=b"POST") + b"ok"),
    "length with a plus": (400, get(b"/x", b"Content-Length: +2", method=b"POST") + b"ok"),
    "length in hex": (400, get(b"/x", b"Content-Length: 0x2", method=b"POST") + b"ok"),
    "length in other digits": (400, get(b"/x", "Content-Length: ٢".encode(), method=b"POST") + b"ok"),
    "length beyond numbers": (400, get(b"/x", b"Content-Length: " + b"9" * 40, method=b"POST") + b"ok"),
    "empty length": (400, get(b"/x", b"Content-Length:", method=b"POST") + b"ok"),
    "length and chunks": (400, chunked(OK, b"Content-Length: 4")),
    "chunks and length": (400, get(b"/x", b"Content-Length: 4", b"Transfer-Encoding: chunked", method=b"POST") + OK),
    "xchunked": (501, chunked(OK, coding=b"Transfer-Encoding: xchunked")),
    "gzip": (501, chunked(OK, coding=b"Transfer-Encoding: gzip")),
    "gzip, chunked": (501, chunked(OK, coding=b"Transfer-Encoding: gzip, chunked")),
    "chunked, gzip": (400, chunked(OK, coding=b"Transfer-Encoding: chunked, gzip")),
    "quoted chunked": (501, chunked(OK, coding=b'Transfer-Encoding: "chunked"')),
    "chunked twice": (400, chunked(OK, b"Transfer-Encoding: chunked")),
    "chunked behind a vertical tab": (400, chunked(OK, coding=b"Transfer-Encoding: \x0bchunked")),
    "folded chunked": (400, chunked(OK, coding=b"Transfer-Encoding:\r\n chunked")),
    "chunked with a blank before the colon": (400, chunked(OK, coding=b"Transfer-Encoding : chunked")),
    "chunks of HTTP/1.0": (400, b"POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + OK),
    "chunk size that is none": (400, chunked(b"zz\r\nok\r\n0\r\n\r\n")),
    "negative chunk": (400, chunked(b"-1\r\nok\r\n0\r\n\r\n")),
    "chunk with 0x": (400, chunked(b"0x2\r\nok\r\n0\r\n\r\n")),
    "empty chunk size": (400, chunked(b"\r\nok\r\n0\r\n\r\n")),
    "chunk beyond numbers": (400, chunked(b"f" * 18 + b"\r\nok\r\n0\r\n\r\n")),
    "chunk longer than it says": (400, chunked(b"2\r\nokay\r\n0\r\n\r\n")),
    "chunks with bare line ends": (400, chunked(b"2\nok\n0\n\n")),
    "folded header": (400, get(b"/x", b"X-A: 1", b" 2")),
    "blank before the colon": (400, get(b"/x", b"X-A : 1")),
    "blank before the first header": (400, b"GET /x HTTP/1.1\r\n Host: x\r\n\r\n"),
    "no colon": (400, get(b"/x", b"X-A")),
    "no name": (400, get(b"/x", b": 1")),
    "name of raw bytes": (400, get(b"/x", b"X-\xff: 1")),
    "NUL in a header": (400, get(b"/x", b"X-A: \0")),
    "control character in a header": (400, get(b"/x", b"X-A: \x01")),
    "bare CR in a header": (400, get(b"/x", b"X-A: 1\rX-B: 2")),
    "bare LF in a header": (400, get(b"/x", b"X-A: 1\nX-B: 2")),
    "bare line ends": (400, b"GET /x HTTP/1.1\nHost: localhost\n\n"),
    "another expectation": (417, get(b"/x", b"Expect: 200-maybe", b"Content-Length: 2", method=b"POST") + b"ok"),
    "100,000 headers": (431, get(b"/x", *[b"X-%d: 1" % number for number in range(100_000)])),
    "3,000 headers": (431, get(b"/x", *[b"X-%d: 1" % number for number in range(3000)], close=True)),
    "header of 3 MB": (431, get(b"/x", b"X-A: " + b"a" * 3 * MB)),
    "path of 200 KB": (431, get(b"/" + b"a" * 200_000)),
    "header that never ends": (431, get(b"/x")[:-2] + b"X-A: " + b"a" * MB),
    "headers that never end": (431, get(b"/x")[:-2] + b"X-A: 1\r\n" * 100_000),
    "trailer that never ends": (431, chunked(b"2\r\nok\r\n0\r\nX-T: " + b"a" * MB)),
    "body of 33 MB": (413, post(bytes(33 * MB))),
}


def test_what_is_refused_ends_the_connection_with_one_answer() -> None:
    wrong: dict[str, object] = {}

    async def story(on: Served) -> None:
        for name, (wanted, raw) in REFUSED.items():
            on.facts.clear()
            for shut in (False, True):
                got = await on.sent([raw], shut=shut)
                head, _, body = got.partition(b"\r\n\r\n")
                if (status(got), got.count(b"HTTP/1.1 "), b"connection: close" in head) != (wanted, 1, True):
                    wrong[name] = got
                assert list(json.loads(body)) == ["message"], name
            told = [(fact.status, bool(fact.note)) for fact in on.facts if isinstance(fact, RequestAnswered)]
            if told != [(wanted, True)] * 2:
                wrong[name] = on.facts

    assert served(story).calls == ["/fine", "/fine"]
    assert wrong == {}


ANSWERED: dict[str, tuple[int, bytes, str | None]] = {
    "bad percent-encoding": (200, get(b"/%zz%%%2", close=True), "/%zz%%%2"),
    "percent-encoding that is no UTF-8": (200, get(b"/%ff%fe", close=True), "/��"),
    "percent-encoded NUL": (200, get(b"/a%00b", close=True), "/a\0b"),
    "dots": (200, get(b"/a/../../etc/./passwd", close=True), "/a/../../etc/./passwd"),
    "encoded dots": (200, get(b"/%2e%2e/%2e%2e%2fetc/passwd", close=True), "/../../etc/passwd"),
    "dots that lead out": (200, get(b"/../../../../etc/passwd", close=True), "/../../../../etc/passwd"),
    "dots of a REST API": (200, get(b"/a/../b%2F", host=REST, close=True), "/a/../b%2F"),
    "bad percent-encoding of a REST API": (200, get(b"/%zz", host=REST, close=True), "/%zz"),
    "absolute target": (200, get(b"http://http.localhost:3000/abs?x=1", host=b"evil.example", close=True), "/abs"),
    "absolute target of nothing but a host": (200, get(b"http://rest.localhost", close=True), "/"),
    "empty Host": (200, get(b"/x", host=b"", close=True), "/x"),
    "Host with blanks around": (200, get(b"/x", host=b"  " + HTTP + b" \t", close=True), "/x"),
    "raw bytes in a header": (200, get(b"/x", b"X-A: \xff\xfe\x80", close=True), "/x"),
    "raw bytes in a cookie": (200, get(b"/x", b"Cookie: a=\xc3\x28; \xff", close=True), "/x"),
    "raw bytes in the body": (200, post(b"\xff\xfe\x80", host=REST), "/x"),
    "line ends before the request": (200, b"\r\n\r\n" + get(close=True), "/x"),
    "chunks behind a tab": (200, chunked(OK, coding=b"Transfer-Encoding:\tChunked"), "/x"),
    "chunks with extensions and trailers": (200, chunked(b'2;a="b"\r\nok\r\n0\r\nHost: evil\r\n\r\n'), "/x"),
    "HTTP/1.0": (200, b"GET /x HTTP/1.0\r\nHost: http.localhost\r\n\r\n", "/x"),
    "HTTP/1.0 without a Host": (200, b"GET /x HTTP/1.0\r\n\r\n", "/x"),
    "HTTP/1.0 that expects": (
        200,
        b"POST /x HTTP/1.0\r\nHost: http.localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
        "/x",
    ),
    "upgrade to HTTP/2": (200, get(b"/x", b"Connection: Upgrade", b"Upgrade: h2c", close=True), "/x"),
    "bytes behind the last request": (200, post(b"ok") + b"and more", "/x"),
    "11 MB for an HTTP API": (413, post(bytes(11 * MB)), None),
    "11 MB for a REST API": (413, post(bytes(11 * MB), host=REST), None),
    "11 MB for a function URL": (413, post(bytes(11 * MB), host=URL), None),
    "2 MB for a load balancer": (413, post(bytes(2 * MB), host=ALB), None),
    "11 KB of headers for an HTTP API": (431, get(b"/x", b"X-A: " + b"a" * 11_000, close=True), None),
    "11 KB of headers for a REST API": (431, get(b"/x", b"X-A: " + b"a" * 11_000, host=REST, close=True), None),
    "70 KB of headers for a load balancer": (
        400,
        get(b"/x", *[b"X-A: " + b"a" * 14_000] * 5, host=ALB, close=True),
        None,
    ),
    "10 KB of path for a REST API": (200, get(b"/" + b"a" * 10_239, host=REST, close=True), "/" + "a" * 10_239),
    "11 KB of path for a REST API": (414, get(b"/" + b"a" * 10_240, host=REST, close=True), None),
    "11 KB of path for an HTTP API": (431, get(b"/" + b"a" * 10_240, close=True), None),
    "17 KB of path for a load balancer": (414, get(b"/" + b"a" * 17_000, host=ALB, close=True), None),
}


def test_what_is_odd_is_answered_by_the_gateway() -> None:
    wrong: dict[str, object] = {}

    async def story(on: Served) -> None:
        for name, (wanted, raw, path) in ANSWERED.items():
            on.calls.clear()
            for shut in (False, True):
                got = await on.sent([raw], shut=shut)
                body = got.partition(b"\r\n\r\n")[2]
                if (status(got), got.count(b"HTTP/1.1 ")) != (wanted, 1):
                    wrong[name] = got[:300]
                elif path is not None and json.loads(body)["path"] != path:
                    wrong[name] = body
            if on.calls != ([] if path is None else [path] * 2):
                wrong[name] = on.calls

    served(story)
    assert wrong == {}


SIZES = {
    "11 MB for an HTTP API": b'{"message":"Request Entity Too Large"}',
    "11 MB for a REST API": b'{"message": "Request Too Long"}',
    "11 MB for a function URL": (
        b'{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}'
    ),
    "2 MB for a load balancer": b"<center><h1>413 Request Entity Too Large</h1></center>",
}


def test_a_body_that_is_too_large_is_refused_in_the_words_of_its_api() -> None:
    async def story(on: Served) -> None:
        for name, words in SIZES.items():
            assert words in await on.sent([ANSWERED[name][1]])

    served(story)


@pytest.mark.parametrize(
    "path",
    [b"/..", b"/../x", b"/a/../../x", b"/%2e%2e/x", b"/..%2fx", b"/%2e%2e%5cx", b"/a%00", b"//x", b"/.env", b"/c:x"],
)
def test_no_path_leads_out_of_the_static_folder(path: bytes) -> None:
    async def story(on: Served) -> None:
        assert status(await on.sent([get(path, host=b"localhost", close=True)])) == 200

    assert served(story).looked_for == []


def test_a_request_for_another_host_in_its_target_gets_nothing() -> None:
    """A page that was rebound to this machine sends its own name; neither place of it may be this machine's."""

    async def story(on: Served) -> None:
        for raw in (get(b"http://evil.example/x", close=True), get(b"/x", host=b"evil.example", close=True)):
            assert b"Forbidden" in await on.sent([raw])

    assert served(story).calls == ["/fine", "/fine"]


# -- keep-alive and pipelining


def test_a_thousand_requests_on_one_connection() -> None:
    async def story(on: Served) -> None:
        reader, writer = await on.connect()
        for number in range(1000):
            writer.write(get(b"/%d" % number))
            assert await message(reader) == (200, b'{"path": "/%d", "body": 0}' % number)
        writer.close()

    served(story)


def test_two_thousand_requests_in_one_go_are_answered_in_their_order() -> None:
    async def story(on: Served) -> None:
        reader, writer = await on.connect()
        writer.write(b"".join(get(b"/%d" % number) for number in range(2000)))
        for number in range(2000):
            assert await message(reader) == (200, b'{"path": "/%d", "body": 0}' % number)
        writer.close()

    served(story)


def test_a_slow_first_one_holds_up_the_others_and_none_of_them_begins() -> None:
    async def story(on: Served) -> None:
        reader, writer = await on.connect()
        writer.write(get(b"/slow") + post(b"abc").replace(b"Connection: close\r\n", b"") + get(b"/3"))
        await on.asked.wait()
        await asyncio.sleep(0.02)
        assert on.calls == ["/fine", "/slow"]
        on.gate.set()
        got = [await message(reader) for _ in range(3)]
        assert [json.loads(body)["path"] for _, body in got] == ["/slow", "/x", "/3"]
        writer.close()

    served(story)


def test_nothing_behind_a_request_that_closes_is_looked_at() -> None:
    async def story(on: Served) -> None:
        got = await on.sent([get(b"/1") + get(b"/2", close=True) + get(b"/3") + b"\0garbage"])
        assert got.count(b"HTTP/1.1 200") == 2
        assert got.endswith(b'{"path": "/2", "body": 0}')

    assert served(story).calls == ["/fine", "/1", "/2", "/fine"]


@pytest.mark.parametrize("bad", [b"\0\0\0\r\n\r\n", b"GET x HTTP/1.1\r\n\r\n", b"NOT HTTP\r\n\r\n"])
def test_requests_before_a_broken_one_are_answered_first(bad: bytes) -> None:
    async def story(on: Served) -> None:
        reader, writer = await on.connect()
        writer.write(get(b"/slow") + get(b"/2") + bad)
        await on.asked.wait()
        on.gate.set()
        assert [(await message(reader))[0] for _ in range(3)] == [200, 200, 400]
        assert await reader.read() == b""
        writer.close()

    served(story)


def test_more_than_was_declared_is_the_next_request_and_a_bad_one() -> None:
    async def story(on: Served) -> None:
        raw = get(b"/1", b"Content-Length: 2", method=b"POST") + b"okMORE"
        got = await on.sent([raw])
        assert (got.count(b"HTTP/1.1 200"), got.count(b"HTTP/1.1 400")) == (1, 1)

    served(story)


def test_a_body_can_be_refused_before_it_is_sent() -> None:
    async def story(on: Served) -> None:
        reader, writer = await on.connect()
        writer.write(get(b"/x", b"Content-Length: %d" % (40 * MB), b"Expect: 100-continue", method=b"POST"))
        got = await reader.read()
        assert (status(got), b"100 Continue" in got) == (413, False)
        writer.close()

    served(story)


def test_a_large_body_that_was_asked_for_is_refused_by_the_api() -> None:
    async def story(on: Served) -> None:
        reader, writer = await on.connect()
        size = b"Content-Length: %d" % (11 * MB)
        writer.write(get(b"/x", size, b"Expect: 100-continue", method=b"POST", close=True))
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(bytes(11 * MB))
        assert await message(reader) == (413, b'{"message":"Request Entity Too Large"}')
        writer.close()

    served(story)


def test_head_gets_the_length_of_the_body_and_none_of_it() -> None:
    async def story(on: Served) -> None:
        for host in (HTTP, REST, URL, ALB):
            reader, writer = await on.connect()
            writer.write(get(b"/four", method=b"HEAD", host=host) + get(b"/next", host=host, close=True))
            head = await reader.readuntil(b"\r\n\r\n")
            assert b"content-length: %d\r\n" % len(b'{"path": "/four", "body": 0}') in head
            assert (await message(reader))[1] == b'{"path": "/next", "body": 0}'
            writer.close()

    served(story)


# -- clients that are slow, or gone


QUICK = Patience(silence=0.1, whole=0.3, idle=0.1, linger=0.1)


@pytest.mark.parametrize(
    "begun",
    [
        b"G",
        b"GET /x",
        get()[:-2],
        get()[:-1],
        post(b"abc")[:-1],
        chunked(b""),
        chunked(b"2\r\no"),
        chunked(b"0\r\nX: "),
    ],
)
def test_a_request_that_never_ends_is_given_up(begun: bytes) -> None:
    async def story(on: Served) -> None:
        assert status(await on.sent([begun])) == 408

    served(story, QUICK)


@pytest.mark.parametrize("begun", [b"", b"\r\n\r\n"])
def test_a_connection_that_sends_no_request_is_closed(begun: bytes) -> None:
    async def story(on: Served) -> None:
        assert await on.sent([begun]) == b""

    served(story, QUICK)


def test_a_connection_that_is_idle_after_its_answer_is_closed() -> None:
    async def story(on: Served) -> None:
        assert (await on.sent([get()])).count(b"HTTP/1.1 200") == 1

    served(story, QUICK)


@pytest.mark.parametrize("begun", [get()[:-2], chunked(b"")])
def test_a_request_that_comes_byte_by_byte_is_given_up(begun: bytes) -> None:
    async def story(on: Served) -> None:
        reader, writer = await on.connect()
        writer.write(begun)
        answer = asyncio.ensure_future(reader.read())
        while not answer.done():
            writer.write(b"1\r\na\r\n" if b"chunked" in begun else b"X: 1\r\n")
            await asyncio.wait([answer], timeout=0.02)
        assert status(answer.result()) == 408
        writer.close()

    served(story, QUICK)


def test_a_body_that_gets_on_is_waited_for() -> None:
    async def story(on: Served) -> None:
        reader, writer = await on.connect()
        writer.write(chunked(b""))
        for _ in range(8):
            writer.write(b"1\r\na\r\n")
            await asyncio.sleep(0.05)
        writer.write(b"0\r\n\r\n")
        assert status(await reader.read()) == 200
        writer.close()

    served(story, replace(QUICK, silence=0.2, whole=20))


def test_who_waits_for_a_slow_function_is_not_given_up() -> None:
    async def story(on: Served) -> None:
        reader, writer = await on.connect()
        writer.write(get(b"/slow") + get(b"/2")[:-1])
        await on.asked.wait()
        await asyncio.sleep(0.5)
        on.gate.set()
        assert (await message(reader))[0] == 200
        writer.write(b"\n")
        assert (await message(reader))[0] == 200
        writer.close()

    served(story, QUICK)


def test_three_hundred_slow_clients_do_not_stop_the_next() -> None:
    async def story(on: Served) -> None:
        slow = [await on.connect() for _ in range(300)]
        for number, (_, writer) in enumerate(slow):
            writer.write(get(b"/%d" % number)[: 5 + number % 30])
        for _ in range(5):
            assert await on.fine()
        for _, writer in slow:
            writer.close()

    served(story)


async def chatter(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(bytes(1000))
        await writer.drain()
        await asyncio.sleep(0.01)


def test_a_client_that_goes_on_sending_after_its_refusal_is_cut_in_the_end() -> None:
    async def story(on: Served) -> None:
        reader, writer = await on.connect()
        writer.write(b"NOT HTTP\r\n\r\n")
        assert status(await reader.read()) == 400
        with pytest.raises(ConnectionError):
            await chatter(writer)
        writer.close()

    served(story, QUICK)


def test_a_client_that_shut_its_side_gets_all_its_answers() -> None:
    async def story(on: Served) -> None:
        reader, writer = await on.connect()
        writer.write(get(b"/slow") + get(b"/2") + get(b"/3")[:-5])
        writer.write_eof()
        await on.asked.wait()
        on.gate.set()
        got = await reader.read()
        assert got.count(b"HTTP/1.1 200") == 2
        writer.close()

    served(story)


def test_a_client_that_shut_its_side_hears_that_its_answer_is_the_last() -> None:
    async def story(on: Served) -> None:
        reader, writer = await on.connect()
        writer.write(get(b"/slow"))
        writer.write_eof()
        await on.asked.wait()
        await asyncio.sleep(0.02)
        on.gate.set()
        assert b"connection: close" in await reader.read()
        writer.close()

    served(story)


@pytest.mark.parametrize("begun", [b"", b"GET /x", get()[:-1], post(b"abc")[:-1], chunked(b"2\r\no")])
def test_a_client_that_shut_its_side_in_the_middle_is_left(begun: bytes) -> None:
    async def story(on: Served) -> None:
        assert await on.sent([begun], shut=True) == b""

    served(story)


def test_clients_that_leave_at_any_point_leave_nothing() -> None:
    whole = get(b"/1") + post(b"abc") + chunked(OK)

    async def story(on: Served) -> None:
        for cut in range(0, len(whole), 7):
            _, writer = await on.connect()
            writer.write(whole[:cut])
            await asyncio.sleep(0)
            writer.transport.abort()
        slow = [await on.connect() for _ in range(20)]
        for _, writer in slow:
            writer.write(get(b"/slow"))
        await on.asked.wait()
        for _, writer in slow:
            writer.transport.abort()
        on.gate.set()

    served(story)

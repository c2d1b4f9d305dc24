"""What a connection sends, as requests: httptools' parser with the rules that keep it within bounds. Pure.

A request is taken whole and exactly as sent. Bytes that are of no body (a request line with its headers, trailers, what
stands between two chunks) are counted, and too many of them end it. Trailers are read and dropped: they say nothing
about a request (RFC 9110, 6.5.1). Of a target in the absolute form (`GET http://host/x`) the host counts instead of the
Host header, which it replaces (RFC 9112, 3.2.2): a page that reaches this machine under a name of its own gets no
further that way either.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import httptools

from localstack_lite.model.unread_request import UnreadRequest
from localstack_lite.wire import unread
from localstack_lite.wire.messages import Headers, Request
from localstack_lite.wire.unread import Unread

#: What is read of a body at most; gateways refuse earlier, by their own rules.
MAX_BODY = 32 * 1024 * 1024
#: Bytes in a row that are of no body. Gateways take less: 10 KB for a head, a load balancer 80.
MAX_HEAD = 96 * 1024
#: Pieces of a body that are kept apart; each costs more memory than its own bytes.
_PIECES = 1024


class Refusal(Exception):
    """The connection has sent what nobody reads on from; `request` is what is known of it."""

    def __init__(self, wrong: Unread, request: UnreadRequest) -> None:
        super().__init__(wrong.why)
        self.wrong = wrong
        self.request = request


class _Stop(Exception):
    """Ends the parser from one of its callbacks."""

    def __init__(self, wrong: Unread) -> None:
        super().__init__(wrong.why)
        self.wrong = wrong


class Taken(Protocol):
    def __call__(self, request: Request, keep_alive: bool, upgrade: bool) -> None:
        """A request is all there. `upgrade`: it asks for a WebSocket and what follows is not read any more."""
        ...


class RequestReader:
    """`sockets`: requests for a WebSocket are told apart. `coming`: one has begun and is not all there, `in_body`: its
    head is. `holds`: the client holds the body back until it is asked for it."""

    __slots__ = (
        "_body",
        "_bulk",
        "_coding",
        "_expect",
        "_fault",
        "_host",
        "_hosts",
        "_known_host",
        "_lines",
        "_parser",
        "_peer",
        "_quiet",
        "_scheme",
        "_size",
        "_sockets",
        "_special",
        "_taken",
        "_upgraded",
        "_url",
        "_version",
        "coming",
        "holds",
        "in_body",
    )

    def __init__(
        self,
        taken: Taken,
        peer: str = "127.0.0.1",
        scheme: str = "http",
        *,
        sockets: bool = False,
        fault: Callable[[BaseException], None] | None = None,
    ) -> None:
        self._taken = taken
        self._peer = peer
        self._scheme = scheme
        self._sockets = sockets
        self._fault = fault
        self._lines: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._bulk: bytearray | None = None  # of the body, before that
        self._host = b""
        self._special = False  # it has one of these
        self._expect: bytes | None = None
        self._coding: bytes | None = None
        self._parser = httptools.HttpRequestParser(self)
        # What comes after a request that is to be the last is not looked at, so it may be anything.
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._upgraded = False
        self._quiet = 0  # bytes since the last one of a body or the end of a head
        self._known_host = b""  # one that was looked at
        self._version = "1.1"
        self.on_message_begin()
        self.coming = False

    def feed(self, data: bytes) -> bytes | None:
        """Take what came. Returns what follows a request for a WebSocket, else None. Raises `Refusal`."""
        self._quiet += len(data)
        while True:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]
                if self._upgraded:
                    return data
                if data:
                    continue
            except httptools.HttpParserError as error:
                raise self._refusal(self._said(data, error)) from None
            break
        if self._quiet > MAX_HEAD:
            raise self._refusal(unread.head_too_long(MAX_HEAD))
        return b"" if self._upgraded else None

    def overdue(self, seconds: float) -> Refusal:
        """The refusal of a request that does not get on."""
        return self._refusal(unread.too_slow(seconds))

    def forget(self) -> None:
        """Nothing more is read: let go of what there is of a request."""
        self.coming = self.holds = False
        self._lines = []
        self._body = []
        self._bulk = None

    # -- the parser's callbacks

    def on_message_begin(self) -> None:
        self._url = b""
        self._lines = []
        self._body = []
        self._size = 0
        self._hosts = 0
        self._special = False
        self.holds = self.in_body = False
        self.coming = True

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.in_body:
            return
        size = len(name)
        if size == 4 and name.lower() == b"host":
            self._hosts += 1
            self._host = value
        elif size == 6 and name.lower() == b"expect":
            self._note()
            self._expect = value
        elif size == 17 and name.lower() == b"transfer-encoding":
            self._note()
            self._coding = value
        self._lines.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        if self._quiet > MAX_HEAD and self._head_size() > MAX_HEAD:
            raise _Stop(unread.head_too_long(MAX_HEAD))
        self._quiet = 0
        self.in_body = True
        parser = self._parser
        self._version = version = parser.get_http_version()
        if self._hosts != 1 or self._host != self._known_host or version != "1.1":
            if wrong := unread.wrong_head(version, self._hosts, self._host if self._hosts else b""):
                raise _Stop(wrong)
            self._known_host = self._host
        if self._url[:1] != b"/":
            self._take_authority()
        if self._special:
            self._look(version)

    def on_body(self, body: bytes) -> None:
        self.holds = False
        self._quiet = 0
        self._size += len(body)
        if self._size > MAX_BODY:
            raise _Stop(unread.too_long(MAX_BODY))
        self._body.append(body)
        if len(self._body) == _PIECES:
            if self._bulk is None:
                self._bulk = bytearray()
            self._bulk += b"".join(self._body)
            self._body = []

    def on_message_complete(self) -> None:
        self.coming = self.holds = False
        self._quiet = 0
        parser = self._parser
        url = self._url.decode("latin-1")
        path, _, query = url.partition("?")
        body = b"".join(self._body)
        if self._bulk is not None:
            body = bytes(self._bulk + body)
            self._bulk = None
        method = parser.get_method().decode("ascii")
        if method == "CONNECT":
            raise _Stop(unread.bad("CONNECT asks for a proxy, and this is none"))
        newest = self._version == "1.1"
        request = Request(
            method,
            path,
            query,
            Headers(tuple(self._lines)),
            body,
            self._peer,
            "HTTP/1.1" if newest else "HTTP/1.0",
            self._scheme,
        )
        upgrade = self._sockets and parser.should_upgrade() and _wants_socket(request)
        if upgrade:
            self._upgraded = True
        self._taken(request, newest and parser.should_keep_alive(), upgrade)

    # -- inside

    def _note(self) -> None:
        """The request has a header that is looked at."""
        if not self._special:
            self._special = True
            self._expect = self._coding = None

    def _look(self, version: str) -> None:
        if self._coding is not None and (wrong := unread.wrong_coding(version, self._coding)):
            raise _Stop(wrong)
        if self._expect is not None and version == "1.1":
            self._take_expectation(self._expect)

    def _head_size(self) -> int:
        return len(self._url) + sum(len(name) + len(value) for name, value in self._lines)

    def _take_authority(self) -> None:
        found = unread.absolute(self._url.decode("latin-1"))
        if found is None:
            raise _Stop(unread.bad("its target is neither a path nor an http address"))
        authority, target = found
        self._url = target.encode("latin-1")
        self._lines = [("Host", authority), *(line for line in self._lines if line[0].lower() != "host")]

    def _take_expectation(self, value: bytes) -> None:
        if value.strip().lower() != b"100-continue":
            raise _Stop(unread.not_expected(value.decode("latin-1")))
        size = unread.announced(self._lines)
        if size is not None and size > MAX_BODY:
            raise _Stop(unread.too_long(MAX_BODY))
        self.holds = size != 0

    def _said(self, data: bytes, error: httptools.HttpParserError) -> Unread:
        """What is wrong with what came: a rule of ours, or of the parser's."""
        cause = error.__context__
        if isinstance(cause, _Stop):
            return cause.wrong
        if isinstance(error, httptools.HttpParserCallbackError) and self._fault is not None:
            self._fault(cause or error)
        coding = self._coding if self._special else None
        return unread.unparsed(data, str(error), self._parser.get_http_version(), coding)

    def _refusal(self, wrong: Unread) -> Refusal:
        known = self.coming and self._url
        method = self._parser.get_method().decode("ascii") if known else ""
        target = self._url.decode("latin-1") if known else ""
        return Refusal(wrong, UnreadRequest(method, target, wrong.reply.status, wrong.why))


def _wants_socket(request: Request) -> bool:
    return "websocket" in (request.headers.get("upgrade") or "").lower()

"""Requests that go no further than the listener: what was wrong, and what the client is told. Pure.

Where a source gives the status it is AWS's: 400 for what is not HTTP and for CONNECT, 408 for a request that never
ends, 413, 501 for a `Transfer-Encoding` that nobody knows, 505 for another version of HTTP (AWS docs, "Troubleshoot
your Application Load Balancers" and "Troubleshoot a Classic Load Balancer"). 431 for headers that are too long and 417
for another `Expect` than `100-continue` are HTTP's own (RFC 6585, RFC 9110). The texts are chosen, in the style of an
HTTP API's; nobody knows yet which API such a request is for.
"""

from __future__ import annotations

import re

from localstack_lite.model.record import record
from localstack_lite.wire.messages import Response

_CODINGS = frozenset((b"chunked", b"identity"))
_HOST = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.%A-Za-z]+\])(?::[0-9]{0,5})?")
_ABSOLUTE = re.compile(r"(?i:https?)://([^/?#@]+)([/?#].*)?")


@record
class Unread:
    """`reply` is what the client gets, with `connection: close`; `why` is for the user."""

    reply: Response
    why: str


def _reply(status: int, message: str) -> Response:
    return Response(status, (("Content-Type", "application/json"),), f'{{"message":"{message}"}}'.encode())


def bad(why: str) -> Unread:
    return Unread(_reply(400, "Bad Request"), why)


def too_long(limit: int) -> Unread:
    return Unread(_reply(413, "Request Too Long"), f"the body has more than {limit} bytes")


def head_too_long(limit: int) -> Unread:
    why = f"request line and headers have more than {limit} bytes"
    return Unread(_reply(431, "Request Header Fields Too Large"), why)


def too_slow(seconds: float) -> Unread:
    return Unread(_reply(408, "Request Timeout"), f"the request was not all there after {seconds:g} s")


def not_expected(value: str) -> Unread:
    return Unread(_reply(417, "Expectation Failed"), f"Expect: {value[:80]!r}; only 100-continue is known")


def _version(version: str) -> Unread:
    return Unread(_reply(505, "HTTP Version Not Supported"), f"HTTP/{version}; this is HTTP/1.1")


def wrong_coding(version: str, coding: bytes) -> Unread | None:
    """What is wrong with a Transfer-Encoding; an older client that sends one means something else by it (RFC 9112)."""
    if coding.strip(b" \t").lower() not in _CODINGS:
        said = coding[:80].decode("latin-1")
        return Unread(_reply(501, "Not Implemented"), f"Transfer-Encoding: {said!r}; only chunked is known")
    return None if version == "1.1" else bad(f"HTTP/{version} has no Transfer-Encoding")


def unparsed(data: bytes, said: str, version: str, coding: bytes | None) -> Unread:
    """What is wrong with `data`, at which the parser stopped and `said` so; `coding` is the Transfer-Encoding that came
    before that."""
    if data[:2] == b"\x16\x03":
        return bad("it speaks TLS and this port does not: use http://, or start with --tls")
    if data.startswith(b"PRI * HTTP/2"):
        return _version("2.0")
    if said == "Invalid HTTP version":
        return _version(version)
    if coding is not None and (wrong := wrong_coding("1.1", coding)):
        return wrong
    return bad(f"it is not HTTP: {said}" if said else "it is not HTTP")


def wrong_head(version: str, hosts: int, host: bytes) -> Unread | None:
    """What is wrong with a head that could be parsed; `host` is the last of its `hosts` Host lines."""
    if version not in ("1.1", "1.0"):
        return bad("HTTP/0.9 is not served") if version == "0.9" else _version(version)
    if hosts > 1:
        return bad("it has two Host headers")
    if not hosts and version == "1.1":
        return bad("it has no Host header")
    return bad("its Host header is no host") if _HOST.fullmatch(host.strip(b" \t")) is None else None


def absolute(target: str) -> tuple[str, str] | None:
    """Authority and the rest (path with query) of a target in its absolute form; None when it is none that counts."""
    found = _ABSOLUTE.fullmatch(target)
    if found is None or _HOST.fullmatch(found[1].encode("latin-1")) is None:
        return None
    rest = found[2] or "/"
    return found[1], rest if rest.startswith("/") else f"/{rest}"


def announced(lines: list[tuple[str, str]]) -> int | None:
    """The length of the body that a head announces; None: it is not known."""
    for name, value in lines:
        match name.lower():
            case "content-length" if value.strip().isdecimal():
                return int(value)
            case "transfer-encoding":
                return None
    return 0

"""What goes out for a reply."""

from __future__ import annotations

import pytest

from localstack_lite.wire.messages import Response
from localstack_lite.wire.reply_bytes import STATUS_LINE, reply_bytes
from tests.streams import WrittenStream

DATE = ((b"date", b"now"),)


def sent(response: Response, *, is_head: bool = False, keep_alive: bool = True, chunked: bool = True) -> bytes:
    return reply_bytes(response, DATE, is_head=is_head, keep_alive=keep_alive, chunked=chunked)


def test_status_headers_length_and_body_in_this_order() -> None:
    response = Response(201, (("X-A", "1"), ("x-a", "ü")), b"body")
    head = b"HTTP/1.1 201 Created\r\ndate: now\r\nX-A: 1\r\nx-a: \xfc\r\ncontent-length: 4\r\n"
    assert sent(response) == head + b"\r\nbody"
    assert sent(response, keep_alive=False) == head + b"connection: close\r\n\r\nbody"
    assert sent(response, is_head=True) == head + b"\r\n"


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_no_length(status: int) -> None:
    assert sent(Response(status, (), b"dropped")).partition(b"\r\n")[2] == b"date: now\r\n\r\n"


def test_a_stream_goes_in_chunks_or_until_the_end() -> None:
    response = Response(200, stream=WrittenStream())
    assert sent(response).endswith(b"transfer-encoding: chunked\r\n\r\n")
    assert b"transfer-encoding" not in sent(response, chunked=False)


def test_a_status_that_nobody_named_has_no_phrase() -> None:
    assert STATUS_LINE[299] == b"HTTP/1.1 299 \r\n"


@pytest.mark.parametrize("line", [("X-A", "a\r\nb: c"), ("X-A", "a\nb"), ("X\r\nb", "a"), ("X-A", "a\0")])
def test_no_header_can_be_smuggled(line: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="line break"):
        sent(Response(200, (line,)))


@pytest.mark.parametrize("status", [0, 99, 600])
def test_a_status_that_is_none_is_not_sent(status: int) -> None:
    with pytest.raises(KeyError):
        sent(Response(status))

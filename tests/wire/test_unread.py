"""What is wrong with requests that nobody reads, and what their clients are told."""

from __future__ import annotations

import json

import pytest

from localstack_lite.wire import unread
from localstack_lite.wire.unread import Unread


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        (unread.bad("why"), 400, "why"),
        (unread.too_long(7), 413, "7 bytes"),
        (unread.head_too_long(7), 431, "7 bytes"),
        (unread.too_slow(61.5), 408, "61.5 s"),
        (unread.not_expected("x" * 200), 417, "'xxx"),
        (unread.wrong_coding("1.1", b"gzip"), 501, "'gzip'"),
        (unread.wrong_coding("1.0", b"chunked"), 400, "HTTP/1.0"),
    ],
)
def test_a_reply_is_json_with_its_status_and_the_user_hears_why(wrong: Unread, status: int, said: str) -> None:
    assert wrong.reply.status == status
    assert list(json.loads(wrong.reply.body)) == ["message"]
    assert said in wrong.why
    assert len(wrong.why) < 200


@pytest.mark.parametrize("coding", [b"chunked", b" Chunked\t", b"identity"])
def test_a_coding_that_is_known_is_taken(coding: bytes) -> None:
    assert unread.wrong_coding("1.1", coding) is None


@pytest.mark.parametrize(
    ("data", "said", "version", "coding", "status", "why"),
    [
        (b"\x16\x03\x01\x02\x00", "Invalid method encountered", "0.0", None, 400, "--tls"),
        (b"PRI * HTTP/2.0\r\n\r\n", "Pause on PRI/Upgrade", "2.0", None, 505, "HTTP/2.0"),
        (b"GET / HTTP/1.2\r\n", "Invalid HTTP version", "1.2", None, 505, "HTTP/1.2"),
        (b"POST / HTTP/1.1\r\n", "Request has invalid `Transfer-Encoding`", "1.1", b"x", 501, "'x'"),
        (b"POST / HTTP/1.1\r\n", "Invalid character in Content-Length", "1.1", b"chunked", 400, "Content-Length"),
        (b"anything", "", "0.0", None, 400, "not HTTP"),
    ],
)
def test_what_the_parser_does_not_take_is_told_apart(
    data: bytes, said: str, version: str, coding: bytes | None, status: int, why: str
) -> None:
    wrong = unread.unparsed(data, said, version, coding)
    assert (wrong.reply.status, why in wrong.why) == (status, True)


@pytest.mark.parametrize(
    ("version", "hosts", "host", "status"),
    [
        ("1.1", 1, b"localhost:3000", None),
        ("1.1", 1, b"[::1]:3000", None),
        ("1.1", 1, b"", None),
        ("1.1", 1, b" my_app.localhost\t", None),
        ("1.0", 0, b"", None),
        ("1.1", 0, b"", 400),
        ("1.1", 2, b"localhost", 400),
        ("1.1", 1, b"a b", 400),
        ("1.1", 1, b"user@localhost", 400),
        ("1.1", 1, b"localhost/", 400),
        ("1.1", 1, b"localhost:30x", 400),
        ("1.1", 1, b"\xff\xfe", 400),
        ("0.9", 0, b"", 400),
        ("2.0", 1, b"localhost", 505),
    ],
)
def test_a_head_needs_a_version_and_one_host(version: str, hosts: int, host: bytes, status: int | None) -> None:
    wrong = unread.wrong_head(version, hosts, host)
    assert (None if wrong is None else wrong.reply.status) == status


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("http://host:80/x?y", ("host:80", "/x?y")),
        ("HTTPS://[::1]/x", ("[::1]", "/x")),
        ("http://host", ("host", "/")),
        ("http://host?a=b", ("host", "/?a=b")),
        ("http://user@host/", None),
        ("http:///x", None),
        ("http://a b/x", None),
        ("ftp://host/x", None),
        ("host:80", None),
        ("*", None),
        ("x", None),
    ],
)
def test_an_absolute_target_has_a_host_and_a_path(target: str, found: tuple[str, str] | None) -> None:
    assert unread.absolute(target) == found


@pytest.mark.parametrize(
    ("lines", "size"),
    [
        ([], 0),
        ([("Host", "x")], 0),
        ([("Content-LENGTH", " 12 ")], 12),
        ([("content-length", "-1")], 0),
        ([("Transfer-Encoding", "chunked")], None),
    ],
)
def test_a_head_announces_its_body(lines: list[tuple[str, str]], size: int | None) -> None:
    assert unread.announced(lines) == size

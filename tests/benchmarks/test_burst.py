"""What is read of an answer."""

from __future__ import annotations

from tests.benchmarks.burst import parse


def test_status_failure_and_body_are_read() -> None:
    assert parse(b'HTTP/1.1 200 OK\r\nA: b\r\n\r\n{"pid": 1}') == (200, False, b'{"pid": 1}')
    failed = b"HTTP/1.1 200 OK\r\nX-Amz-Function-Error: Unhandled\r\n\r\n{}"
    assert parse(failed) == (200, True, b"{}")
    assert parse(b"HTTP/1.1 429 Too Many Requests\r\n\r\n") == (429, False, b"")

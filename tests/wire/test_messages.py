"""Headers keep what was sent and are found whatever their case."""

from __future__ import annotations

from localstack_lite.wire.messages import Headers, Request

HEADERS = Headers((("Accept", "a"), ("tEsT", "1"), ("accept", "b")))


def test_a_header_is_found_whatever_its_case() -> None:
    assert HEADERS.get("ACCEPT") == "a"
    assert "TEST" in HEADERS
    assert HEADERS.get("missing") is None
    assert HEADERS.get("missing", "x") == "x"


def test_all_lines_of_a_name_come_in_order() -> None:
    assert HEADERS.get_all("accept") == ("a", "b")


def test_lines_keep_their_spelling_and_order() -> None:
    assert [name for name, _ in HEADERS] == ["Accept", "tEsT", "accept"]
    assert len(HEADERS) == 3


def test_equal_lines_are_equal_headers() -> None:
    assert Headers(HEADERS.lines) == HEADERS
    assert hash(Headers(HEADERS.lines)) == hash(HEADERS)
    assert Headers() != HEADERS
    assert "tEsT" in repr(HEADERS)


def test_a_request_has_no_headers_by_default() -> None:
    assert len(Request("GET", "/").headers) == 0

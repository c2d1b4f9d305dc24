"""Where the prelude of a stream ends and its body begins, however it is cut into pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.prelude import DELIMITER, LONGEST, Opening, PreludeReader, split


def read(expected: bool, *pieces: bytes) -> Opening | None:
    """What is known after the last piece; none of the earlier ones was enough."""
    reader = PreludeReader(expected)
    *early, last = pieces
    assert [reader.took(piece) for piece in early] == [None] * len(early)
    return reader.took(last)


def test_the_body_begins_behind_eight_nuls() -> None:
    assert read(True, b'{"statusCode":200}' + DELIMITER + b"body") == Opening(b'{"statusCode":200}', b"body")


@given(st.binary(max_size=40).filter(lambda data: b"\0" not in data), st.data())
def test_it_may_come_in_any_pieces(prelude: bytes, data: st.DataObject) -> None:
    whole = prelude + DELIMITER
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=6)))
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert read(True, *pieces) == Opening(prelude, b"")


def test_where_none_is_expected_the_first_piece_is_the_body() -> None:
    assert read(False, b"{}" + DELIMITER + b"x") == Opening(None, b"{}" + DELIMITER + b"x")


def test_the_delimiter_has_to_come_within_16_kb() -> None:
    late = b"x" * (LONGEST + 1)
    assert read(True, b"x" * LONGEST, DELIMITER) == Opening(b"x" * LONGEST, b"")
    assert read(True, late + DELIMITER) == Opening(None, late + DELIMITER)
    assert split(late + DELIMITER) == Opening(None, late + DELIMITER)


def test_what_came_is_kept_for_a_stream_that_ends_before() -> None:
    reader = PreludeReader(True)
    reader.took(b"ab")
    reader.took(b"cd")
    assert bytes(reader.came) == b"abcd"

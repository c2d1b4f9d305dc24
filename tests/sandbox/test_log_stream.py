"""Bytes become log events: lines, frames, and whatever a process may write instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.sandbox.log_stream import MAX_EVENT, LogStream

TIME = 1_760_000_000_000_000


def frame(text: str | bytes, kind: int = 0x03, time: int = TIME) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return bytes((0xA5, 0x5A, 0x00, kind)) + len(data).to_bytes(4, "big") + time.to_bytes(8, "big") + data


def events(*pieces: bytes) -> list[str]:
    stream = LogStream()
    return [event for piece in pieces for event in stream.feed(piece)] + stream.end()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"", []),
        (b"\n\n", []),
        (b"one\n", ["one\n"]),
        (b"one\ntwo", ["one\n", "two"]),
        (b"\nmulti\nline\nstring\nanother\rline\n\n", ["multi\n", "line\n", "string\n", "another\rline\n"]),
        (b" \n", [" \n"]),
        (b"a\r\nb\n", ["a\r\n", "b\n"]),
        (b"\xff\xfe bad\n", ["�� bad\n"]),
        ("é ¥Z 😀 ¥".encode(), ["é ¥Z 😀 ¥"]),
        (b"a\x00b\n", ["a\x00b\n"]),
    ],
)
def test_plain_output_is_one_event_per_line_without_blank_ones(written: bytes, expected: list[str]) -> None:
    assert events(written) == expected


def test_a_frame_is_one_event_however_many_lines_it_has() -> None:
    text = "[ERROR] E: x\nTraceback\n\n  more\n"
    assert events(b"before\n" + frame(text) + b"after\n") == ["before\n", text, "after\n"]


@pytest.mark.parametrize("kind", [0x02, 0x03, 0x06, 0x07, 0x0A, 0x0B, 0x0E, 0x0F, 0x12, 0x13, 0x16, 0x17, 0x1A, 0x1B])
def test_frames_of_all_levels_are_understood(kind: int) -> None:
    assert events(frame("x\ny", kind)) == ["x\ny"]


def test_an_unfinished_line_comes_before_the_frame_that_follows_it() -> None:
    assert events(b"partial" + frame("record\n") + b" rest\n") == ["partial", "record\n", " rest\n"]


def test_an_empty_frame_is_no_event() -> None:
    assert events(frame("") + b"x\n") == ["x\n"]


@pytest.mark.parametrize("impostor", [frame("x", 0x77), frame("x", time=5), b"\xa5\x5a\x00\x03", b"\xa5"])
def test_what_only_looks_like_a_frame_is_text(impostor: bytes) -> None:
    written = impostor + b"\nnext\n"
    assert "".join(events(written)) == written.decode("utf-8", "replace")


def test_the_middle_of_a_line_can_be_flushed_but_not_the_middle_of_a_frame() -> None:
    stream = LogStream()
    assert stream.feed(b"par") == []
    assert stream.flush() == ["par"]
    assert stream.flush() == []
    assert stream.feed(b"tial\n") == ["tial\n"]
    whole = frame("a\nb")
    for cut in range(1, len(whole)):
        assert stream.feed(whole[:cut]) == []
        assert stream.flush() == [], cut
        assert stream.feed(whole[cut:]) == ["a\nb"]


def test_text_in_front_of_half_a_frame_can_be_flushed() -> None:
    stream = LogStream()
    whole = frame("record")
    assert stream.feed(b"line" + whole[:9]) == []
    assert stream.flush() == ["line"]
    assert stream.feed(whole[9:]) == ["record"]


@pytest.mark.parametrize("text", ["¥", "¥Z", "ゥZ", "costs 5¥", "🥥"])
def test_a_character_that_ends_like_a_frame_begins_is_flushed_with_its_line(text: str) -> None:
    stream = LogStream()
    assert stream.feed(text.encode()) + stream.flush() == [text]


def test_half_a_frame_at_the_end_is_not_lost() -> None:
    assert events(frame("0123456789")[:20]) == ["0123"]


@pytest.mark.parametrize("size", [MAX_EVENT - 1, MAX_EVENT, MAX_EVENT + 1, 3 * MAX_EVENT + 7])
@pytest.mark.parametrize("framed", [False, True])
def test_a_line_that_is_longer_than_an_event_may_be_is_split(size: int, framed: bool) -> None:
    written = frame(b"x" * size) if framed else b"x" * size + b"\n"
    got = events(*(written[i : i + 65536] for i in range(0, len(written), 65536)))
    assert "".join(got) == "x" * size + ("" if framed else "\n")
    assert all(len(event) <= MAX_EVENT + 1 for event in got)
    assert len(got) == -(-size // MAX_EVENT)


@pytest.mark.parametrize("framed", [False, True])
def test_a_split_does_not_cut_characters(framed: bool) -> None:
    text = "a" + "😀" * MAX_EVENT
    written = frame(text) if framed else text.encode() + b"\n"
    got = events(written)
    assert "".join(got).rstrip("\n") == text
    assert not any("�" in event for event in got)


def test_no_more_than_an_event_is_ever_held_back() -> None:
    stream = LogStream()
    length = len(b"".join(event.encode() for _ in range(64) for event in stream.feed(b"x" * 65536)))
    assert 64 * 65536 - length <= MAX_EVENT


CHUNKS = st.lists(
    st.one_of(
        st.text(max_size=12).map(str.encode),
        st.binary(max_size=8),
        st.sampled_from([frame("a\nb\n"), frame("é" * 9, 0x17), b"\n", b"\xa5\x5a\x00", b"\xc2\xa5"]),
    ),
    max_size=12,
)


@given(CHUNKS, st.integers(1, 9))
def test_how_the_bytes_are_cut_into_pieces_changes_nothing(chunks: list[bytes], size: int) -> None:
    written = b"".join(chunks)
    pieces = [written[i : i + size] for i in range(0, len(written), size)]
    assert events(*pieces) == events(written)


@given(st.text(), st.text(min_size=1))
def test_text_and_records_come_out_as_they_went_in(text: str, record: str) -> None:
    line = text.replace("\n", "").encode("utf-8", "replace").decode()
    kept = record.encode("utf-8", "replace").decode()
    got = events(line.encode() + b"\n" + frame(kept) + b"end\n")
    assert got == [*([line + "\n"] if line else []), kept, "end\n"]

"""The frames of an attach connection."""

from __future__ import annotations

import pytest

from localstack_lite.sandbox.attach_stream import ERROR, OUTPUT, AttachStream


def frame(stream: int, data: bytes) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


def test_frames_are_told_apart() -> None:
    assert AttachStream().feed(frame(1, b"ready\n") + frame(2, b"oh") + frame(1, b"")) == [
        (OUTPUT, b"ready\n"),
        (ERROR, b"oh"),
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 11])
def test_it_does_not_matter_in_which_pieces_they_come(size: int) -> None:
    text = frame(1, b"abcdefghij") + frame(1, b"") + frame(2, b"xyz") + frame(1, b"k")
    stream = AttachStream()
    found = [each for at in range(0, len(text), size) for each in stream.feed(text[at : at + size])]
    assert b"".join(data for kind, data in found if kind == OUTPUT) == b"abcdefghijk"
    assert b"".join(data for kind, data in found if kind == ERROR) == b"xyz"


def test_a_long_frame_is_handed_on_as_it_comes() -> None:
    stream = AttachStream()
    text = frame(1, b"x" * 100)
    assert stream.feed(text[:50]) == [(OUTPUT, b"x" * 42)]
    assert stream.feed(text[50:]) == [(OUTPUT, b"x" * 58)]

"""The event stream encoding, read back by botocore's decoder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.lambdas.api import event_stream


def decoded(data: bytes) -> list[tuple[dict[str, object], bytes]]:
    from botocore.eventstream import EventStreamBuffer

    buffer = EventStreamBuffer()
    buffer.add_data(data)
    return [(message.headers, message.payload) for message in buffer]


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_every_payload_comes_back(payloads: list[bytes]) -> None:
    data = b"".join(event_stream.event("PayloadChunk", "application/octet-stream", each) for each in payloads)
    assert [payload for _, payload in decoded(data)] == payloads


def test_an_event_says_what_it_is() -> None:
    ((headers, payload),) = decoded(event_stream.event("InvokeComplete", "application/json", b"{}"))
    assert (headers, payload) == (
        {":event-type": "InvokeComplete", ":content-type": "application/json", ":message-type": "event"},
        b"{}",
    )


@pytest.mark.parametrize("at", [0, 9, 20, -1])
def test_a_byte_that_changed_is_noticed(at: int) -> None:
    from botocore.eventstream import ParserError

    data = bytearray(event_stream.event("PayloadChunk", "text/plain", b"hello"))
    data[at] ^= 1
    with pytest.raises(ParserError):
        decoded(bytes(data) + bytes(2**16))

"""AWS's event stream encoding: messages of bytes, as InvokeWithResponseStream answers in it (AWS docs, "Amazon event
stream format"). Pure.

A message is the length of all of it, the length of its headers, the CRC of these two, the headers, the payload, the
CRC of everything before. A header is its name with a length of one byte, its type, and its value.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

CONTENT_TYPE = "application/vnd.amazon.eventstream"

#: The header type of a text with a length of two bytes.
_TEXT = 7
_LENGTHS = struct.Struct(">II")
_CRC = struct.Struct(">I")
_VALUE = struct.Struct(">BH")
#: Bytes around headers and payload.
_FRAME = 16


def event(kind: str, content_type: str, payload: bytes) -> bytes:
    """A message of `:message-type` event."""
    return message(((":event-type", kind), (":content-type", content_type), (":message-type", "event")), payload)


def message(headers: Iterable[tuple[str, str]], payload: bytes) -> bytes:
    """One message. Header values are text."""
    block = b"".join([_header(name.encode(), value.encode()) for name, value in headers])
    lengths = _LENGTHS.pack(_FRAME + len(block) + len(payload), len(block))
    head = lengths + _CRC.pack(zlib.crc32(lengths)) + block
    return b"".join((head, payload, _CRC.pack(zlib.crc32(payload, zlib.crc32(head)))))


def _header(name: bytes, value: bytes) -> bytes:
    return bytes((len(name),)) + name + _VALUE.pack(_TEXT, len(value)) + value

"""AWS's event stream encoding, as InvokeWithResponseStream answers in it: `message` makes one message of bytes.

Two lengths and their CRC, headers, payload, CRC of it all (AWS docs).
"""

from __future__ import annotations

import base64
import json
import struct
import zlib

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_TEXT = 7


def message(kind: str, payload: bytes, content_type: str = "application/octet-stream", of: str = "event") -> bytes:
    """`of` is `event`, or `exception` for an error in the middle of a stream."""
    told = ((":message-type", of), (f":{of}-type", kind), (":content-type", content_type))
    headers = b"".join(_header(name, value) for name, value in told)
    lengths = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    framed = lengths + struct.pack(">I", zlib.crc32(lengths)) + headers + payload
    return framed + struct.pack(">I", zlib.crc32(framed))


def chunk(payload: bytes) -> bytes:
    return message("PayloadChunk", payload)


def complete(log: str = "", code: str = "", details: str = "") -> bytes:
    """The last event of a stream."""
    said = {"ErrorCode": code, "ErrorDetails": details, "LogResult": base64.b64encode(log.encode()).decode()}
    given = {name: value for name, value in said.items() if value}
    return message("InvokeComplete", json.dumps(given).encode(), "application/json")


def _header(name: str, value: str) -> bytes:
    return bytes([len(name)]) + name.encode() + struct.pack(">BH", _TEXT, len(value)) + value.encode()

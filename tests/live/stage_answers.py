"""What Lambda in the cloud answers to an invocation, for the fault proxy: moto runs no functions."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Iterable
from typing import Any

from tests.live.faults import Answer

REQUEST_ID = "0a0a0a0a-1111-4222-8333-444444444444"
HTTP_STREAM = "application/vnd.awslambda.http-integration-response"


def log_of(*lines: str) -> str:
    """A tail as Lambda gives it: START, the function's lines, END and REPORT."""
    report = "Duration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 41 MB"
    return (
        f"START RequestId: {REQUEST_ID} Version: $LATEST\n"
        + "".join(f"{line}\n" for line in lines)
        + f"END RequestId: {REQUEST_ID}\nREPORT RequestId: {REQUEST_ID}\t{report}\t\n"
    )


def invoked(payload: Any, *lines: str, error: str = "", status: int = 200) -> Answer:
    """Of `Invoke`."""
    headers = {
        "x-amzn-RequestId": REQUEST_ID,
        "X-Amz-Executed-Version": "$LATEST",
        "X-Amz-Log-Result": base64.b64encode(log_of(*lines).encode()).decode(),
        "Content-Type": "application/json",
    }
    if error:
        headers["X-Amz-Function-Error"] = error
    return Answer(status, json.dumps(payload).encode(), headers)


def http_stream(chunks: Iterable[bytes], *lines: str, status: int = 200, content_type: str = "text/plain") -> Answer:
    """Of `InvokeWithResponseStream`, by a function that answers HTTP: its prelude, eight NULs, its chunks."""
    prelude = json.dumps({"statusCode": status, "headers": {"content-type": content_type}}).encode() + b"\0" * 8
    events = [_event("PayloadChunk", part) for part in (prelude, *chunks)]
    over = {"LogResult": base64.b64encode(log_of(*lines).encode()).decode()}
    events.append(_event("InvokeComplete", json.dumps(over).encode(), "application/json"))
    headers = {
        "x-amzn-RequestId": REQUEST_ID,
        "X-Amz-Executed-Version": "$LATEST",
        "X-Amzn-Response-Stream-Content-Type": HTTP_STREAM,
        "Content-Type": "application/vnd.amazon.eventstream",
    }
    return Answer(200, b"".join(events), headers)


def _event(kind: str, payload: bytes, content_type: str = "application/octet-stream") -> bytes:
    """One message of AWS's event stream encoding: two lengths and their CRC, headers, payload, CRC of it all."""
    headers = b"".join(
        _header(name, value)
        for name, value in ((":message-type", "event"), (":event-type", kind), (":content-type", content_type))
    )
    lengths = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = lengths + struct.pack(">I", zlib.crc32(lengths)) + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))


def _header(name: str, value: str) -> bytes:
    text = 7
    return bytes([len(name)]) + name.encode() + struct.pack(">BH", text, len(value)) + value.encode()

"""Small rules on the text of requests that several dialects share: raw bytes, percent-encoding, times, bodies."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import unquote

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def readable(text: str) -> str:
    """A target that was sent with raw bytes beyond ASCII (latin-1 here, as on the wire) is UTF-8 that somebody forgot
    to encode."""
    return text if text.isascii() else text.encode("latin-1", "replace").decode("utf-8", "replace")


def decoded(path: str) -> str:
    """A percent-encoded path decoded; bytes that are not UTF-8 become U+FFFD."""
    path = readable(path)
    return unquote(path) if "%" in path else path


@lru_cache(maxsize=16)
def common_log_time(second: int) -> str:
    """`dd/Mon/yyyy:HH:MM:SS +0000` of epoch seconds: `requestTime` and `time`. Months do not follow the locale."""
    t = datetime.fromtimestamp(second, UTC)
    return f"{t.day:02}/{_MONTHS[t.month - 1]}/{t.year:04}:{t.hour:02}:{t.minute:02}:{t.second:02} +0000"


def media_type(content_type: str) -> str:
    """`type/subtype` in lower case, without parameters."""
    return content_type.partition(";")[0].strip().lower()


def text_body(body: bytes) -> str:
    """Bytes that are not UTF-8 are destroyed, each bad sequence becoming U+FFFD (recorded)."""
    return body.decode("utf-8", "replace")


def base64_body(body: bytes) -> str:
    return base64.b64encode(body).decode("ascii")

"""Whether a request's payload is JSON, and what Lambda says when it is not.

Lambda's front end reads JSON with Jackson and hands its message to the caller, place included. Two of them are
recorded (an unexpected character, a bad byte inside a word); the others are worded as Jackson words the same mistake.
Positions count bytes, as Jackson's byte parser does. The good case costs one parse by orjson.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Never

import orjson

from localstack_lite.lambdas.api.api_error import ApiError, invalid_content

#: What the function receives when the request has no body (recorded).
NO_PAYLOAD = b"{}"
#: `X-Amz-Client-Context`, in bytes as sent (botocore's service model).
LONGEST_CLIENT_CONTEXT = 3583

_PREFIX = "Could not parse request body into json: Could not parse payload into json: "
_VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_LONGEST_TOKEN = 256
_WORD = re.compile(r"[\w$]*")


@dataclass(frozen=True, slots=True)
class _Mistake:
    """`at` is the byte that the column points to, from 0."""

    what: str
    at: int


def payload_error(payload: bytes) -> ApiError | None:
    """None when the payload is one JSON value in UTF-8 (any value, not only an object)."""
    try:
        orjson.loads(payload)
    except orjson.JSONDecodeError:
        mistake = _diagnose(payload)
        return invalid_content(_PREFIX + _located(mistake, payload)) if mistake else None
    return None


def client_context(header: str | None) -> str | ApiError:
    """`X-Amz-Client-Context` (base64 of a JSON object) as the compact JSON text that the Runtime API passes on, ASCII
    only so that it fits into a header; empty when there was none."""
    if not header:
        return ""
    if len(header) > LONGEST_CLIENT_CONTEXT:
        return invalid_content(f"Client context must not be longer than {LONGEST_CLIENT_CONTEXT} bytes.")
    try:
        parsed = json.loads(base64.b64decode(header, validate=True))
    except (binascii.Error, ValueError):
        parsed = None
    if not isinstance(parsed, dict):
        return invalid_content("Client context must be a valid Base64-encoded JSON object.")
    return json.dumps(parsed, separators=(",", ":"))


def _diagnose(payload: bytes) -> _Mistake | None:
    """The first mistake a reader from left to right meets. None when orjson is stricter than Jackson (a lone surrogate
    as an escape is JSON to it)."""
    if not payload.strip(b" \t\r\n"):
        return _Mistake("No content to map due to end-of-input", -1)
    mistake: _Mistake | None = None
    try:
        # Latin-1 makes every byte one character, so that positions are bytes; strings may hold any of them.
        json.loads(payload.decode("latin-1"), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        mistake = _structural(error, payload)
    except _NonStandard as error:
        at = payload.find(str(error).encode())
        mistake = _Mistake(
            f"Non-standard token '{error}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow", at
        )
    except RecursionError:
        return _Mistake("Document nesting depth exceeds the maximum allowed", 0)
    return _earlier(mistake, _encoding(payload))


class _NonStandard(Exception):
    """NaN and the infinities, which Python reads and JSON does not have."""


def _refuse_constant(name: str) -> Never:
    raise _NonStandard(name)


def _earlier(one: _Mistake | None, other: _Mistake | None) -> _Mistake | None:
    if one is None or other is None:
        return one or other
    # A bad byte's column lies one behind it, so at the same place the structure was met first.
    return one if one.at < other.at else other


def _encoding(payload: bytes) -> _Mistake | None:
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        if error.reason == "invalid start byte":
            return _bad_start(payload, error.start)
        at = min(error.end, len(payload) - 1)
        return _Mistake(f"Invalid UTF-8 middle byte 0x{payload[at]:x}", at + 1)
    return None


def _bad_start(payload: bytes, at: int) -> _Mistake:
    return _Mistake(f"Invalid UTF-8 start byte 0x{payload[at]:x}", at + 1)


def _structural(error: json.JSONDecodeError, payload: bytes) -> _Mistake:
    at = error.pos
    if error.msg.startswith("Unterminated string"):
        return _Mistake("Unexpected end-of-input: was expecting closing quote for a string value", len(payload))
    if at >= len(payload):
        return _Mistake("Unexpected end-of-input", len(payload))
    character = _describe(payload[at])
    match error.msg:
        case "Expecting value":
            if chr(payload[at]).isidentifier() or payload[at] == ord("$"):
                return _unknown_word(payload, at)
            wanted = f"expected a valid value {_VALUE}"
        case "Expecting ':' delimiter":
            wanted = "was expecting a colon to separate field name and value"
        case "Expecting ',' delimiter":
            wanted = "was expecting comma to separate entries"
        case "Extra data":
            wanted = "expected the end of the document"
        case message if message.startswith(("Expecting property name", "Illegal trailing comma")):
            wanted = "was expecting double-quote to start field name"
        case message if message.startswith("Invalid control character"):
            return _Mistake(
                f"Illegal unquoted character ({character}): has to be escaped using backslash to be included in "
                "string value",
                at,
            )
        case _:
            return _Mistake("Unrecognized character escape", at)
    return _Mistake(f"Unexpected character ({character}): {wanted}", at)


def _unknown_word(payload: bytes, start: int) -> _Mistake:
    """A word that is no JSON literal. The reader decodes on to the word's end, and trips over a bad byte there."""
    text = payload[start : start + 4 * _LONGEST_TOKEN].decode(errors="surrogateescape")
    match = _WORD.match(text)
    word = match[0] if match else ""
    end = start + len(word.encode())
    if len(word) < len(text) and "\udc80" <= text[len(word)] <= "\udcff":
        return _bad_start(payload, end)
    if len(word) > _LONGEST_TOKEN:
        word, end = word[:_LONGEST_TOKEN] + "...", start + len(word[:_LONGEST_TOKEN].encode())
    behind = end + 1 if end < len(payload) else end
    return _Mistake(f"Unrecognized token '{word}': was expecting {_VALUE}", behind)


def _describe(byte: int) -> str:
    """A character as Jackson shows it: C0 and C1 controls by code only."""
    if byte < 0x20 or 0x7F <= byte <= 0x9F:
        return f"(CTRL-CHAR, code {byte})"
    return f"'{chr(byte)}' (code {byte})"


def _located(mistake: _Mistake, payload: bytes) -> str:
    before = payload[: max(mistake.at, 0)]
    line = before.count(b"\n") + 1
    column = mistake.at - (before.rfind(b"\n") + 1) + 1
    return (
        f"{mistake.what}\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
        f"line: {line}, column: {column}]"
    )

"""Reading what a function returned: the rules that the dialects share, and how a wrong key is named.

Whatever a function returns, what leaves here can go on the wire: a status that ends a response, header names that are
tokens, header values of one line in latin-1.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence

import orjson

from localstack_lite.gateway.replies import Trouble
from localstack_lite.wire.messages import Response

#: API Gateway's limit for a response body (AWS quotas).
RESPONSE_LIMIT = 10 * 1024 * 1024

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
#: Between the gateway and the client only; the listener writes its own.
_LISTENERS = frozenset(
    ("connection", "content-length", "date", "keep-alive", "trailer", "transfer-encoding", "upgrade")
)
_BODILESS = frozenset((204, 205, 304))


class Malformed(Exception):
    """The result is not what this payload format allows. `what` names the key; `trouble` is what AWS makes of it."""

    def __init__(self, what: str, trouble: Trouble = Trouble.MALFORMED) -> None:
        super().__init__(what)
        self.what = what
        self.trouble = trouble


def parsed(payload: bytes) -> object:
    """The result as JSON. Raises `ValueError`."""
    return orjson.loads(payload)


def status_code(value: object) -> int:
    """An integer, or one as a string (recorded: `"201"` is 201). `"test"`, 0 and 201.5 are refused (recorded)."""
    code: int | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        code = value
    elif isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 3:
        code = int(value)
    if code is None:
        raise Malformed(f"statusCode is {_shown(value)}, not a number")
    if not 200 <= code <= 599:
        raise Malformed(f"statusCode is {code}, not between 200 and 599")
    return code


def single_headers(value: object) -> list[tuple[str, str]]:
    """The lines of `headers`. Booleans and numbers become text (recorded: `true`), null values are left out."""
    return [
        _line(name, _text(item, f"headers[{_shown(name)}]"))
        for name, item in _mapping(value, "headers").items()
        if item is not None
    ]


def multi_headers(value: object) -> list[tuple[str, str]]:
    """The lines of `multiValueHeaders`: every value is a list (recorded: a plain string is refused)."""
    lines: list[tuple[str, str]] = []
    for name, items in _mapping(value, "multiValueHeaders").items():
        key = f"multiValueHeaders[{_shown(name)}]"
        if items is None:
            continue
        if not isinstance(items, list):
            raise Malformed(f"{key} is {_shown(items)}, not a list")
        lines += [_line(name, _text(item, key)) for item in items if item is not None]
    return lines


def cookie_headers(value: object) -> list[tuple[str, str]]:
    """The Set-Cookie lines of `cookies`, a list of strings (recorded: an object is refused)."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Malformed(f"cookies is {_shown(value)}, not a list")
    return [_line("Set-Cookie", _text(item, "cookies")) for item in value]


def flag(value: object) -> bool:
    """`isBase64Encoded`."""
    if value in (True, "true"):
        return True
    if value in (False, None, "false"):
        return False
    raise Malformed(f"isBase64Encoded is {_shown(value)}, not true or false")


def body_text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"body is {_shown(value)}, not a string (json.dumps it)")
    return value


def unpacked(text: str) -> bytes:
    """The bytes of a base64 body."""
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("body is not valid base64 though isBase64Encoded is true", Trouble.BAD_BASE64) from None


def respond(
    status: int,
    lines: Sequence[tuple[str, str]],
    body: bytes,
    default_type: str,
    own: tuple[tuple[str, str], ...],
    limit: int = RESPONSE_LIMIT,
) -> Response:
    """The response of these parts: what belongs to the listener is left out, a content type is added when there is
    none, the gateway's own headers come last and replace the function's of that name."""
    if len(body) > limit:
        raise Malformed(f"the body has {len(body)} bytes, more than {limit}")
    kept: list[tuple[str, str]] = []
    typed = False
    if lines:
        taken = _LISTENERS.union([name.lower() for name, _ in own])
        for line in lines:
            name = line[0].lower()
            if name not in taken:
                kept.append(line)
                typed = typed or name == "content-type"
    if not typed:
        kept.append(("Content-Type", default_type))
    return Response(status, (*kept, *own), b"" if status in _BODILESS else body)


def _mapping(value: object, key: str) -> dict[str, object]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Malformed(f"{key} is {_shown(value)}, not an object")
    return value


def _text(value: object, key: str) -> str:
    match value:
        case str():
            return value
        case True:
            return "true"
        case False:
            return "false"
        case int() | float():
            return orjson.dumps(value).decode()
        case _:
            raise Malformed(f"{key} is {_shown(value)}, not a string")


def _line(name: str, value: str) -> tuple[str, str]:
    """A header line that can be sent as it is."""
    if not _TOKEN.fullmatch(name):
        raise Malformed(f"{_shown(name)} is not a header name")
    if value.isascii() and value.isprintable():
        return name, value.strip(" ")
    if _UNSENDABLE.search(value):
        raise Malformed(f"the value of header {name} has a line break or control character")
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        raise Malformed(f"the value of header {name} has characters that a header cannot carry") from None
    return name, value.strip(" \t")


def _shown(value: object) -> str:
    """A value as JSON, shortened, for one line of a terminal."""
    text = orjson.dumps(value).decode()
    return text if len(text) <= 40 else text[:37] + "..."

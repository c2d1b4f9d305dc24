"""`$util` of mapping templates. Source: AWS docs, "Mapping template and access logging variable reference". Pure."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Final
from urllib.parse import quote_plus, unquote_plus

from localstack_lite.gateway.templates.values import CannotGoOn, Thing, Value, of_json, text_of

_SHORT: Final = {
    '"': '\\"',
    "'": "\\'",
    "\\": "\\\\",
    "/": "\\/",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
}


class Functions(Thing):
    """Null in, null out."""

    __slots__ = ()

    def call(self, name: str, arguments: list[Value]) -> Value:
        found = _METHODS.get(name)
        if found is None:
            return None
        if len(arguments) != 1:
            raise CannotGoOn(f"$util.{name} takes one argument")
        return None if arguments[0] is None else found(text_of(arguments[0]))


def escaped(text: str) -> str:
    """As `escapeJavaScript` of Apache Commons: quotes, backslashes and slashes with a backslash, all that is not ASCII
    as `\\uXXXX` in UTF-16."""
    return "".join([_SHORT.get(char) or (char if " " <= char <= "~" else _units(char)) for char in text])


def _units(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02X}{units[i + 1]:02X}" for i in range(0, len(units), 2))


def _json(text: str) -> Value:
    try:
        return of_json(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise CannotGoOn(f"$util.parseJson: not JSON: {error}") from None


def _encoded(text: str) -> str:
    # Java's form encoding leaves the star and takes the tilde
    return quote_plus(text, safe="*", errors="replace").replace("~", "%7E")


def _unpacked(text: str) -> str:
    try:
        return base64.b64decode(text.encode("ascii", "replace")).decode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        raise CannotGoOn(f"$util.base64Decode: {error}") from None


_METHODS: Final[dict[str, Callable[[str], Value]]] = {
    "base64Decode": _unpacked,
    "base64Encode": lambda text: base64.b64encode(text.encode("utf-8", "replace")).decode("ascii"),
    "escapeJavaScript": escaped,
    "parseJson": _json,
    "urlDecode": lambda text: unquote_plus(text, errors="replace"),
    "urlEncode": _encoded,
}

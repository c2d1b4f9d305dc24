"""Which route a message of a WebSocket client is for: the API's route selection expression. Pure.

AWS docs, "WebSocket selection expressions": a variable begins with `$` and may be put in braces, there may be several
with text between them, a dollar sign behind a backslash is a plain one; `$request.body.PATH` is what the message has
there. What is no JSON object goes to `$default`, and so does a message whose expression comes to no route's key.

What the documents leave open: a number or a boolean is its JSON text, an object, a list and null are nothing; other
variables than of the body are nothing; the keys of `$connect` and `$disconnect` cannot be sent by a client.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import orjson

from localstack_lite.model.websocket import CONNECT, DISCONNECT

#: A message → the route key that it asks for; empty: none.
Select = Callable[[str], str]

_PIECE = re.compile(r"\\\$|\$\{([^{}]*)\}|\$([A-Za-z][\w-]*(?:\.[\w-]+|\[\d+\])*)")
_STEP = re.compile(r"\.([\w-]+)|\[(\d+)\]")
_BODY = "request.body"
_RESERVED = (CONNECT, DISCONNECT)


def selector(expression: str) -> Select:
    """Compiled once per API."""
    pieces = _pieces(expression)

    def select(message: str) -> str:
        try:
            body = orjson.loads(message)
        except ValueError:
            return ""
        if not isinstance(body, dict):
            return ""
        key = "".join([piece if isinstance(piece, str) else _text(_found(body, piece)) for piece in pieces])
        return "" if key in _RESERVED else key

    return select


def _pieces(expression: str) -> list[str | tuple[str | int, ...]]:
    """Literal texts, and paths into the body."""
    pieces: list[str | tuple[str | int, ...]] = []
    at = 0
    for found in _PIECE.finditer(expression):
        if text := expression[at : found.start()]:
            pieces.append(text)
        at = found.end()
        if found[0] == r"\$":
            pieces.append("$")
        elif (path := _path((found[1] or found[2] or "").strip())) is not None:
            pieces.append(path)
    if text := expression[at:]:
        pieces.append(text)
    return pieces


def _path(variable: str) -> tuple[str | int, ...] | None:
    """The steps of `request.body.a.b[0]`; None for what is not of the body."""
    if not variable.startswith(_BODY):
        return None
    steps = variable.removeprefix(_BODY)
    return tuple(name or int(number) for name, number in _STEP.findall(steps))


def _found(value: object, path: tuple[str | int, ...]) -> object:
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return orjson.dumps(value).decode()
    return ""

"""Changing one value deep inside an event: `Records.0.body=hello`.

A path is names and list indexes joined by dots; a dot that belongs to a name is written `\\.`. The value is JSON when
it reads as JSON, else the text itself; but what is a string in the event stays one, because AWS's types are fixed: the
body of a queue message is text even when it holds JSON, and a count in it is the text of a number. `null` replaces
anything. Objects on the way are made when they are missing; a list grows by one when the index is its length. Nothing
is changed in place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from localstack_lite.errors import UserError

_DOT = re.compile(r"(?<!\\)\.")


def edited(event: Any, assignments: Iterable[str]) -> Any:
    """The event with every `PATH=VALUE` applied, in order. Raises UserError that names the path."""
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        if not equals or not path:
            raise UserError(f"--set {assignment}", "is not PATH=VALUE", "for example --set Records.0.body=hello")
        event = _put(event, _parts(path), text, path)
    return event


def _parts(path: str) -> list[str]:
    return [part.replace("\\.", ".") for part in _DOT.split(path)]


def _value(text: str, old: Any) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(old, str) and value is not None and not isinstance(value, str) else value


def _put(node: Any, parts: list[str], text: str, path: str) -> Any:
    if not parts:
        return _value(text, node)
    name, rest = parts[0], parts[1:]
    match node:
        case dict():
            return {**node, name: _put(node.get(name, {} if rest else None), rest, text, path)}
        case list():
            index = _index(name, len(node), path)
            old = node[index] if index < len(node) else ({} if rest else None)
            return [*node[:index], _put(old, rest, text, path), *node[index + 1 :]]
        case None:
            return {name: _put({} if rest else None, rest, text, path)}
    kind = {str: "a string", bool: "true or false"}.get(type(node), "a number")
    raise UserError(
        f"--set {path}", f"there is {kind} where `{name}` is looked for", "give the path of an object or list"
    )


def _index(name: str, length: int, path: str) -> int:
    if not name.isdecimal():
        raise UserError(f"--set {path}", f"`{name}` is not an index, and there is a list", f"use 0 to {length}")
    index = int(name)
    if index > length:
        raise UserError(f"--set {path}", f"index {index} is past the end of a list of {length}", f"use 0 to {length}")
    return index

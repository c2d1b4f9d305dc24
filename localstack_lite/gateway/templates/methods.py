"""The Java methods that templates call on texts, numbers, lists and maps. Pure.

What is not in these tables does not exist: no attribute of a Python object is ever looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from localstack_lite.gateway.templates.values import LARGEST_TEXT, CannotGoOn, Thing, Value, limited, text_of

Method = Callable[..., Value]
#: Items that a list or a map of a template may have.
LARGEST: Final = 100_000
_INT: Final = 2**31


class Entry(Thing):
    """An entry of a map, as `entrySet()` gives them."""

    __slots__ = ("_pair",)

    def __init__(self, key: Value, value: Value) -> None:
        self._pair = {"key": key, "value": value}

    def member(self, name: str) -> Value:
        return self._pair.get(name)

    def call(self, name: str, arguments: list[Value]) -> Value:  # noqa: ARG002  (one signature for all of its kind)
        return {"getKey": self._pair["key"], "getValue": self._pair["value"]}.get(name)


def method(value: Value, name: str) -> Method | None:
    """The method of a value's class; None where there is none."""
    match value:
        case str():
            return _TEXTS.get(name)
        case bool():
            return _ANY.get(name)
        case int() | float():
            return _NUMBERS.get(name)
        case dict():
            return _MAPS.get(name)
        case list():
            return _LISTS.get(name)
    return None


def item(value: Value, index: Value) -> Value:
    """`$value[index]`. Raises `CannotGoOn` beyond a list's end."""
    if isinstance(value, dict):
        return value.get(index if isinstance(index, str) else text_of(index))
    return _get(value, index) if isinstance(value, list) else None


@lru_cache(maxsize=256)
def pattern(text: str) -> re.Pattern[str]:
    """A regular expression. Java's and Python's are the same in all that templates use. Raises `CannotGoOn`."""
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise CannotGoOn(f"regular expression {text[:60]!r}: {error}") from None


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise CannotGoOn(f"a text is needed, not {text_of(value)[:60]}")
    return value


def _whole(value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise CannotGoOn(f"a whole number is needed, not {text_of(value)[:60]}")
    return value


def _get(items: list[Value], index: Value) -> Value:
    return items[_place(items, index)]


def _place(items: list[Value], index: Value) -> int:
    number = _whole(index)
    place = number + len(items) if number < 0 else number
    if not 0 <= place < len(items):
        raise CannotGoOn(f"index {number} of a list with {len(items)} items")
    return place


def _substring(text: str, start: Value, end: Value = None) -> str:
    first, last = _whole(start), len(text) if end is None else _whole(end)
    if not 0 <= first <= last <= len(text):
        raise CannotGoOn(f"substring({first}, {last}) of a text with {len(text)} characters")
    return text[first:last]


def _split(text: str, expression: Value, limit: Value = 0) -> list[str]:
    most = _whole(limit)
    if most == 1 or not text:
        return [text]
    parts: list[str] = []
    at = 0
    for found in pattern(_text(expression)).finditer(text):
        if 0 < most == len(parts) + 1:
            break
        if found.end() == 0 or (found.start() == found.end() == len(text)):
            continue
        parts.append(text[at : found.start()])
        at = found.end()
    parts.append(text[at:])
    while most == 0 and len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts


def _replace(text: str, old: Value, new: Value) -> str:
    before, after = _text(old), _text(new)
    if len(text) + text.count(before) * len(after) > LARGEST_TEXT:
        raise CannotGoOn(f"a text of more than {LARGEST_TEXT} characters")
    return text.replace(before, after)


def _replacing(count: int) -> Method:
    def replaced(text: str, expression: Value, replacement: Value) -> str:
        parts = _replacement(_text(replacement))
        made = [0]

        def substitute(found: re.Match[str]) -> str:
            try:
                new = "".join(part if isinstance(part, str) else found[part] or "" for part in parts)
            except IndexError:
                raise CannotGoOn(f"there is no group as {replacement!r} names") from None
            made[0] += len(new)
            if made[0] > LARGEST_TEXT:
                raise CannotGoOn(f"a text of more than {LARGEST_TEXT} characters")
            return new

        return pattern(_text(expression)).sub(substitute, text, count=count)

    return replaced


@lru_cache(maxsize=256)
def _replacement(text: str) -> tuple[str | int, ...]:
    """Java's replacement text: `$1` is a group, a backslash takes the next character as it is."""
    parts: list[str | int] = []
    for found in re.finditer(r"\\(.)|\$(\d)|([^\\$]+)|(.)", text, re.DOTALL):
        if found[4]:
            raise CannotGoOn(f"the replacement {text[:60]!r} ends in, or has, a lone {found[4]}")
        parts.append(int(found[2]) if found[2] else found[1] or found[3])
    return tuple(parts)


def _parsed_int(_: Value, text: Value) -> int:
    written = text_of(text)
    if not re.fullmatch(r"[+-]?[0-9]{1,10}", written) or not -_INT <= int(written) < _INT:
        raise CannotGoOn(f"NumberFormatException: {written[:60]!r} is no whole number")
    return int(written)


def _parsed_double(_: Value, text: Value) -> float:
    try:
        return float(text_of(text)[:400])
    except ValueError:
        raise CannotGoOn(f"NumberFormatException: {text_of(text)[:60]!r} is no number") from None


def _integer(number: float) -> int:
    return int(number) if abs(number) < 2.0**63 else 2**63 - 1


def _add(items: list[Value], *arguments: Value) -> bool | None:
    if len(items) >= LARGEST:
        raise CannotGoOn(f"a list of more than {LARGEST} items")
    if len(arguments) == 1:
        items.append(arguments[0])
        return True
    index, value = arguments
    if not 0 <= _whole(index) <= len(items):
        raise CannotGoOn(f"index {index} of a list with {len(items)} items")
    items.insert(index, value)
    return None


def _sub_list(items: list[Value], start: Value, end: Value) -> list[Value]:
    if not 0 <= _whole(start) <= _whole(end) <= len(items):
        raise CannotGoOn(f"subList({start}, {end}) of a list with {len(items)} items")
    return items[start:end]


def _add_all(items: list[Value], more: Value) -> bool:
    if not isinstance(more, list):
        raise CannotGoOn("addAll needs a list")
    if len(items) + len(more) > LARGEST:
        raise CannotGoOn(f"a list of more than {LARGEST} items")
    items.extend(list(more))
    return bool(more)


def _set(items: list[Value], index: Value, value: Value) -> Value:
    place = _place(items, index)
    before, items[place] = items[place], value
    return before


def _remove(items: list[Value], which: Value) -> Value:
    if isinstance(which, int) and not isinstance(which, bool):
        return items.pop(_place(items, which))
    found = which in items
    if found:
        items.remove(which)
    return found


def _index_of(items: list[Value], value: Value) -> int:
    return items.index(value) if value in items else -1


def _put(items: dict[str, Value], key: Value, value: Value) -> Value:
    name = text_of(key)
    if len(items) >= LARGEST:
        raise CannotGoOn(f"a map of more than {LARGEST} items")
    before, items[name] = items.get(name), value
    return before


def _put_all(items: dict[str, Value], more: Value) -> None:
    if not isinstance(more, Mapping):
        raise CannotGoOn("putAll needs a map")
    for key, value in list(more.items()):
        _put(items, key, value)


def _clear(items: dict[str, Value] | list[Value]) -> None:
    items.clear()


_ANY: Final[dict[str, Method]] = {
    "toString": text_of,
    "equals": lambda value, other: type(value) is type(other) and value == other,
}
_TEXTS: Final[dict[str, Method]] = {
    **_ANY,
    "charAt": lambda text, index: _substring(text, index, _whole(index) + 1),
    "compareTo": lambda text, other: (text > _text(other)) - (text < _text(other)),
    "concat": lambda text, other: limited(text + _text(other)),
    "contains": lambda text, part: _text(part) in text,
    "endsWith": lambda text, part: text.endswith(_text(part)),
    "equalsIgnoreCase": lambda text, other: isinstance(other, str) and text.lower() == other.lower(),
    "indexOf": lambda text, part, start=0: text.find(_text(part), max(_whole(start), 0)),
    "isBlank": lambda text: not text.strip(),
    "isEmpty": lambda text: not text,
    "lastIndexOf": lambda text, part: text.rfind(_text(part)),
    "length": len,
    "matches": lambda text, expression: pattern(_text(expression)).fullmatch(text) is not None,
    "replace": _replace,
    "replaceAll": _replacing(0),
    "replaceFirst": _replacing(1),
    "split": _split,
    "startsWith": lambda text, part: text.startswith(_text(part)),
    "substring": _substring,
    "toLowerCase": lambda text: text.lower(),
    "toUpperCase": lambda text: text.upper(),
    "trim": lambda text: text.strip(" \t\r\n\f\v"),
}
_NUMBERS: Final[dict[str, Method]] = {
    **_ANY,
    "compareTo": lambda number, other: (number > other) - (number < other),
    "doubleValue": float,
    "intValue": _integer,
    "longValue": _integer,
    # static methods, which people reach by a number: #set($Integer = 0) $Integer.parseInt("5")
    "parseDouble": _parsed_double,
    "parseInt": _parsed_int,
    "parseLong": _parsed_int,
    "valueOf": _parsed_int,
}
_LISTS: Final[dict[str, Method]] = {
    **_ANY,
    "add": _add,
    "addAll": _add_all,
    "clear": _clear,
    "contains": lambda items, value: value in items,
    "get": _get,
    "indexOf": _index_of,
    "isEmpty": lambda items: not items,
    "length": len,
    "remove": _remove,
    "set": _set,
    "size": len,
    "subList": _sub_list,
}
_MAPS: Final[dict[str, Method]] = {
    **_ANY,
    "clear": _clear,
    "containsKey": lambda items, key: text_of(key) in items,
    "containsValue": lambda items, value: value in items.values(),
    "entrySet": lambda items: [Entry(key, value) for key, value in items.items()],
    "get": lambda items, key: items.get(text_of(key)),
    "getOrDefault": lambda items, key, other: items.get(text_of(key), other),
    "isEmpty": lambda items: not items,
    "keySet": list,
    "put": _put,
    "putAll": _put_all,
    "remove": lambda items, key: items.pop(text_of(key), None),
    "size": len,
    "values": lambda items: list(items.values()),
}

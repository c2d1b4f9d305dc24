"""The wildcards of the recorded cases: does what came match what AWS answered?

| expected | matches |
|---|---|
| `"*"` | any value |
| `{"$absent": true}` | the key is not there |
| `{"$regex": R}` `{"$contains": S}` `{"$oneOf": [..]}` | as named |
| `{"$repeat": [S, n]}` `{"$concat": [..]}` | the long string they spell |
| `{"$json": V}` | a JSON text that parses to V |
| `{"$last": V}` | a list that ends with V |
| `${name}` inside a string | the value bound to that name; the first one met binds it |

Objects match as subsets (further keys are free) unless `exact`; lists always have the same length.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

ANY = "*"
PLACEHOLDER = re.compile(r"\$\{([A-Za-z_:\-]+)\}")
UNKNOWN_ID = "[A-Za-z0-9_=.:/-]+"
"""What an id that nothing has bound yet may look like."""


class Bindings(dict[str, str]):
    """Names of the set-up and ids met so far."""

    def fill(self, text: str) -> str:
        """The text with all its names replaced; KeyError names the one that nothing has bound."""
        return PLACEHOLDER.sub(lambda found: self[found[1]], text)

    def __missing__(self, name: str) -> str:
        """Names of headers are bound in lower case."""
        if name.startswith("header:") and name.lower() in self:
            return self[name.lower()]
        raise KeyError(name)

    def pattern(self, text: str, *, regex: bool = False) -> re.Pattern[str]:
        """A regular expression for the text in which unbound names are groups. `regex`: the text itself is one."""
        parts: list[str] = []
        groups: set[str] = set()
        at = 0
        for found in PLACEHOLDER.finditer(text):
            literal = text[at : found.start()]
            parts.append(literal if regex else re.escape(literal))
            parts.append(self._one(found[1], groups))
            at = found.end()
        parts.append(text[at:] if regex else re.escape(text[at:]))
        return re.compile("".join(parts))

    def _one(self, name: str, groups: set[str]) -> str:
        if name in self:
            return re.escape(self[name])
        if name in groups:
            return f"(?P={name})"
        groups.add(name)
        return f"(?P<{name}>{UNKNOWN_ID})"


def expand(value: Any, bindings: Bindings) -> Any:
    """A value of the given side: `$repeat` and `$concat` spelt out, names filled in."""
    match value:
        case str():
            return bindings.fill(value)
        case {"$repeat": [str(part), int(times)]}:
            return str(part) * int(times)
        case {"$concat": list(parts)}:
            return "".join(expand(part, bindings) for part in parts)
        case dict():
            return {key: expand(item, bindings) for key, item in value.items()}
        case list():
            return [expand(item, bindings) for item in value]
    return value


def differences(expected: Any, actual: Any, bindings: Bindings, *, exact: bool = False, at: str = "$") -> list[str]:
    """What does not match, one line each with its place; empty when all does. Binds names as it goes."""
    return list(_differences(expected, actual, bindings, exact, at))


def _differences(expected: Any, actual: Any, bindings: Bindings, exact: bool, at: str) -> Iterator[str]:
    match expected:
        case "*":
            return
        case str():
            yield from _text(expected, actual, bindings, at)
        case {"$repeat": _} | {"$concat": _}:
            yield from _text(expand(expected, bindings), actual, bindings, at)
        case dict() if expected and all(key.startswith("$") for key in expected):
            yield from _wildcard(expected, actual, bindings, exact, at)
        case dict():
            yield from _object(expected, actual, bindings, exact, at)
        case list():
            yield from _list(expected, actual, bindings, exact, at)
        case _:
            if type(expected) is not type(actual) or expected != actual:
                yield f"{at}: expected {expected!r}, got {_short(actual)}"


def _wildcard(expected: Mapping[str, Any], actual: Any, bindings: Bindings, exact: bool, at: str) -> Iterator[str]:
    match expected:
        case {"$regex": str(regex)}:
            yield from _search(regex, actual, bindings, at)
        case {"$contains": part}:
            if not isinstance(actual, str) or bindings.fill(str(part)) not in actual:
                yield f"{at}: {_short(actual)} does not contain {part!r}"
        case {"$oneOf": list(choices)}:
            if all(differences(choice, actual, bindings, exact=exact) for choice in choices):
                yield f"{at}: {_short(actual)} is none of {choices!r}"
        case {"$json": inner}:
            yield from _json(inner, actual, bindings, exact, at)
        case {"$last": inner}:
            if not isinstance(actual, list) or not actual:
                yield f"{at}: {_short(actual)} is not a list with a last element"
            else:
                yield from _differences(inner, actual[-1], bindings, exact, f"{at}[-1]")
        case _:
            raise ValueError(f"{at}: no such wildcard: {expected!r}")


def _text(expected: str, actual: Any, bindings: Bindings, at: str) -> Iterator[str]:
    if not isinstance(actual, str):
        yield f"{at}: expected {_short(expected)}, got {_short(actual)}"
    elif not PLACEHOLDER.search(expected):
        if expected != actual:
            yield f"{at}: expected {_short(expected)}, got {_short(actual)}"
    elif found := bindings.pattern(expected).fullmatch(actual):
        bindings.update(found.groupdict())
    else:
        yield f"{at}: expected {_short(expected)} with {dict(bindings)!r}, got {_short(actual)}"


def _search(regex: str, actual: Any, bindings: Bindings, at: str) -> Iterator[str]:
    found = bindings.pattern(regex, regex=True).search(actual) if isinstance(actual, str) else None
    if found is None:
        yield f"{at}: {_short(actual)} does not match {regex!r}"
    else:
        bindings.update({name: value for name, value in found.groupdict().items() if value is not None})


def _json(inner: Any, actual: Any, bindings: Bindings, exact: bool, at: str) -> Iterator[str]:
    try:
        value = json.loads(actual)
    except (TypeError, ValueError):
        yield f"{at}: {_short(actual)} is not a JSON text"
    else:
        yield from _differences(inner, value, bindings, exact, f"{at}(json)")


def _object(expected: Mapping[str, Any], actual: Any, bindings: Bindings, exact: bool, at: str) -> Iterator[str]:
    if not isinstance(actual, dict):
        yield f"{at}: expected an object, got {_short(actual)}"
        return
    for key, value in expected.items():
        if value == {"$absent": True}:
            if key in actual:
                yield f"{at}.{key}: should be absent, is {_short(actual[key])}"
        elif key not in actual:
            yield f"{at}.{key}: missing"
        else:
            yield from _differences(value, actual[key], bindings, exact, f"{at}.{key}")
    if exact and (more := sorted(actual.keys() - expected.keys())):
        yield f"{at}: unexpected keys {more}"


def _list(expected: list[Any], actual: Any, bindings: Bindings, exact: bool, at: str) -> Iterator[str]:
    if not isinstance(actual, list):
        yield f"{at}: expected a list, got {_short(actual)}"
        return
    if len(expected) != len(actual):
        yield f"{at}: expected {len(expected)} elements, got {len(actual)}: {_short(actual)}"
        return
    for index, (wanted, got) in enumerate(zip(expected, actual, strict=True)):
        yield from _differences(wanted, got, bindings, exact, f"{at}[{index}]")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 600 else f"{text[:300]} ... {text[-200:]}"

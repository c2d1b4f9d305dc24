"""Values of CloudFormation templates, compared by what they mean and asked what they refer to. Pure.

CloudFormation takes a number, a truth value and their texts for the same, and a mapping in any order. Intrinsics are
compared as they stand, whichever of their two spellings was used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from localstack_lite.model.blueprint import SLOT

#: `${Name}`, `${Name.Attribute}` in a Fn::Sub, but not `${!Literal}`.
_SUBSTITUTED = re.compile(r"\$\{([^!}][^}]*)\}")


def normal(value: object) -> Any:
    """The one form of all values that mean the same. Mappings lose entries that are null, as AWS takes none."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case {"Fn::GetAtt": str(name), **rest} if not rest:
            return {"Fn::GetAtt": name.split(".", 1)}
        case {"Fn::Sub": [text, {**given}], **rest} if not rest and not given:
            return {"Fn::Sub": text}
        case Mapping():
            return {str(key): normal(inner) for key, inner in value.items() if inner is not None}
        case list() | tuple():
            return [normal(inner) for inner in value]
        case None | str():
            return value
        case _:  # dates, which YAML makes of some texts
            return str(value)


def same(one: object, other: object) -> bool:
    return bool(normal(one) == normal(other))


def digest(value: object) -> str:
    """`sha256:…` of what a value means: to know it again without keeping it."""
    text = json.dumps(normal(value), sort_keys=True, separators=(",", ":"))
    return "sha256:" + sha256(text.encode(errors="surrogatepass")).hexdigest()


def slot(value: object) -> str:
    """The piece that fills this value; empty when it is no slot."""
    return str(value[SLOT]) if isinstance(value, Mapping) and value.keys() == {SLOT} else ""


def intrinsic(value: object) -> bool:
    """`{"Ref": …}`, `{"Fn::…": …}` or a slot."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    name = str(next(iter(value)))
    return name in ("Ref", "Condition", SLOT) or name.startswith("Fn::")


def names(value: object) -> Iterator[str]:
    """Everything that a value refers to: resources, parameters, conditions and mappings of its template."""
    match value:
        case {"Ref": str(name), **rest} if not rest:
            yield name
        case {"Fn::GetAtt": str(name) | [str(name), *_], **rest} if not rest:
            yield name.partition(".")[0]
        case {"Fn::Sub": str(text), **rest} if not rest:
            yield from _substituted(text)
        case {"Fn::Sub": [str(text), {**given}], **rest} if not rest:
            yield from (name for name in _substituted(text) if name not in given)
            yield from names(given)
        case {"Fn::If": [str(name), *branches], **rest} if not rest:
            yield name
            yield from names(branches)
        case {"Fn::FindInMap": [str(name), *keys], **rest} if not rest:
            yield name
            yield from names(keys)
        case Mapping():
            for inner in value.values():
                yield from names(inner)
        case list() | tuple():
            for inner in value:
                yield from names(inner)


def _substituted(text: str) -> Iterator[str]:
    for found in _SUBSTITUTED.finditer(text):
        yield found[1].strip().partition(".")[0]


def renamed(value: Any, new: Mapping[str, str]) -> Any:
    """A copy in which references to resources name them by their new logical ids."""
    match value:
        case {"Ref": str(name), **rest} if not rest:
            return {"Ref": new.get(name, name)}
        case {"Fn::GetAtt": [str(name), *attribute], **rest} if not rest:
            return {"Fn::GetAtt": [new.get(name, name), *attribute]}
        case {"Fn::GetAtt": str(text), **rest} if not rest:
            name, dot, rest_of = text.partition(".")
            return {"Fn::GetAtt": new.get(name, name) + dot + rest_of}
        case {"Fn::Sub": str(text), **rest} if not rest:
            return {"Fn::Sub": _renamed_text(text, new)}
        case {"Fn::Sub": [str(text), {**given}], **rest} if not rest:
            kept = {name: to for name, to in new.items() if name not in given}
            return {"Fn::Sub": [_renamed_text(text, kept), renamed(given, new)]}
        case Mapping():
            return {key: _renamed_entry(key, inner, new) for key, inner in value.items()}
        case list() | tuple():
            return [renamed(inner, new) for inner in value]
        case _:
            return value


def _renamed_entry(key: object, inner: Any, new: Mapping[str, str]) -> Any:
    if key != "DependsOn":
        return renamed(inner, new)
    if isinstance(inner, str):
        return new.get(inner, inner)
    return [new.get(name, name) for name in inner] if isinstance(inner, list) else inner


def _renamed_text(text: str, new: Mapping[str, str]) -> str:
    def one(found: re.Match[str]) -> str:
        name, dot, attribute = found[1].strip().partition(".")
        return f"${{{new[name]}{dot}{attribute}}}" if name in new else found[0]

    return _SUBSTITUTED.sub(one, text)


def pieces_in(value: object) -> Iterator[str]:
    """The ids of all pieces in a template, in its order."""
    match value:
        case {**given} if given.keys() == {SLOT}:
            yield str(given[SLOT])
        case Mapping():
            for inner in value.values():
                yield from pieces_in(inner)
        case list() | tuple():
            for inner in value:
                yield from pieces_in(inner)

"""The intrinsic functions that only rearrange values: no template, no account. Pure.

Arguments come resolved. What does not fit is a `Refusal`.
"""

from __future__ import annotations

import base64
import ipaddress
import json
from collections.abc import Callable, Mapping

from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import Refusal

#: `Fn::Cidr` gives at most this many blocks (AWS docs).
MOST_BLOCKS = 256


def text(value: object, what: str) -> str:
    """A scalar as text; lists and mappings are refused, as CloudFormation does."""
    if isinstance(value, str | int | float):
        return as_text(value)
    raise Refusal(f"{what} is {_kind(value)}, not text")


def items(value: object, what: str) -> list[object]:
    if isinstance(value, list):
        return value
    raise Refusal(f"{what} is {_kind(value)}, not a list")


def whole(value: object, what: str) -> int:
    try:
        return int(text(value, what))
    except ValueError:
        raise Refusal(f"{what} is {value!r}, not a whole number") from None


def arguments(value: object, name: str, *counts: int) -> list[object]:
    """The argument list of a function that takes one of these numbers of arguments."""
    found = items(value, f"the argument of {name}")
    if len(found) not in counts:
        raise Refusal(f"{name} has {len(found)} arguments, it takes {' or '.join(map(str, counts))}")
    return found


def join(value: object) -> str:
    delimiter, parts = arguments(value, "Fn::Join", 2)
    between = text(delimiter, "the delimiter of Fn::Join")
    return between.join(text(part, "a part of Fn::Join") for part in items(parts, "what Fn::Join joins"))


def split(value: object) -> list[str]:
    delimiter, source = arguments(value, "Fn::Split", 2)
    between = text(delimiter, "the delimiter of Fn::Split")
    if not between:
        raise Refusal("the delimiter of Fn::Split is empty")
    return text(source, "what Fn::Split splits").split(between)


def select(value: object) -> object:
    index, source = arguments(value, "Fn::Select", 2)
    number, choices = whole(index, "the index of Fn::Select"), items(source, "what Fn::Select selects from")
    if not 0 <= number < len(choices):
        raise Refusal(f"Fn::Select wants item {number} of a list of {len(choices)}")
    return choices[number]


def to_base64(value: object) -> str:
    return base64.b64encode(text(value, "what Fn::Base64 encodes").encode()).decode()


def cidr(value: object) -> list[str]:
    block, count, *rest = arguments(value, "Fn::Cidr", 2, 3)
    number = whole(count, "the count of Fn::Cidr")
    bits = whole(rest[0], "the bits of Fn::Cidr") if rest else 8
    try:
        network = ipaddress.ip_network(text(block, "the block of Fn::Cidr"), strict=False)
        if not 0 < number <= MOST_BLOCKS or bits <= 0:
            raise ValueError
        first = int(network.network_address)
        blocks = [
            str(type(network)((first + index * 2**bits, network.max_prefixlen - bits))) for index in range(number)
        ]
        if number * 2**bits > network.num_addresses:
            raise ValueError
    except ValueError:
        raise Refusal(f"Fn::Cidr cannot cut {number} blocks of {bits} bits from {block!r}") from None
    return blocks


def length(value: object) -> int:
    return len(items(value, "the argument of Fn::Length"))


def to_json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), default=str)


#: By name, for the resolver.
PLAIN: Mapping[str, Callable[[object], object]] = {
    "Fn::Join": join,
    "Fn::Split": split,
    "Fn::Select": select,
    "Fn::Base64": to_base64,
    "Fn::Cidr": cidr,
    "Fn::Length": length,
    "Fn::ToJsonString": to_json,
}


def _kind(value: object) -> str:
    match value:
        case list():
            return "a list"
        case Mapping():
            return "a mapping"
        case None:
            return "empty"
    return "no value"

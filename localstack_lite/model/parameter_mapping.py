"""What the parameter mapping of an HTTP API may change. Pure. Source: AWS docs, "Transform API requests and responses
for HTTP APIs".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from localstack_lite.model.integration import ParameterChanges

_RESERVED: Final = frozenset(
    (
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-location",
        "forwarded",
        "keep-alive",
        "origin",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
    )
)
_RESERVED_STARTS: Final = ("access-control-", "apigw-", "x-amz-", "x-amzn-")
_KEY = re.compile(r"(append|overwrite|remove):(header|querystring)\.(.+)|overwrite:(path|statuscode)")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Act(StrEnum):
    APPEND = "append"
    OVERWRITE = "overwrite"
    REMOVE = "remove"


class Place(StrEnum):
    HEADER = "header"
    QUERY = "querystring"
    PATH = "path"
    STATUS = "statuscode"


@dataclass(frozen=True, slots=True)
class Change:
    """`name` of a header or a query parameter; `value` is an expression."""

    act: Act
    place: Place
    name: str
    value: str


def reserved(header: str) -> bool:
    """Whether no mapping may touch a header."""
    lower = header.lower()
    return lower in _RESERVED or lower.startswith(_RESERVED_STARTS)


def change_of(key: str, value: str, *, response: bool = False) -> Change | str:
    """The change that an entry means, or why AWS takes no such entry."""
    found = _KEY.fullmatch(key)
    if found is None:
        return f"{key!r} is no parameter that can be mapped"
    act, place, name, whole = found.groups()
    if whole:
        if (whole == Place.STATUS) is not response:
            return f"{key!r} can only be mapped in {'requests' if response else 'responses'}"
        return Change(Act.OVERWRITE, Place(whole), "", value)
    if place == Place.QUERY and response:
        return f"{key!r} can only be mapped in requests"
    if place == Place.HEADER:
        if not _TOKEN.fullmatch(name):
            return f"{key!r} names no header"
        if reserved(name):
            return f"{key!r}: the header {name} is reserved"
    return Change(Act(act), Place(place), name, value)


def unmappable(changes: ParameterChanges) -> tuple[str, ...]:
    """Why AWS would refuse entries of a mapping, a line for each; they change nothing here."""
    found = [change_of(key, value) for key, value in changes.request.items()]
    for entries in changes.responses.values():
        found += [change_of(key, value, response=True) for key, value in entries.items()]
    return tuple(each for each in found if isinstance(each, str))

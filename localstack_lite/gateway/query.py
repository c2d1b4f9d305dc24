"""The query string as each event wants it. Decoded, `+` is a space; a name without `=` has an empty value."""

from __future__ import annotations

from urllib.parse import parse_qsl

from localstack_lite.gateway.wiretext import readable


def pairs(query: str) -> list[tuple[str, str]]:
    """`query` as sent, without `?`."""
    return parse_qsl(readable(query), keep_blank_values=True, errors="replace") if query else []


def last_values(items: list[tuple[str, str]]) -> dict[str, str] | None:
    """REST's and payload 1.0's `queryStringParameters`: the last one wins (recorded); null when there are none."""
    return dict(items) or None


def all_values(items: list[tuple[str, str]]) -> dict[str, list[str]] | None:
    """`multiValueQueryStringParameters`; null when there are none."""
    values: dict[str, list[str]] = {}
    for name, value in items:
        values.setdefault(name, []).append(value)
    return values or None


def joined_values(items: list[tuple[str, str]]) -> dict[str, str]:
    """Payload 2.0's `queryStringParameters`: several values of a name joined by a comma (recorded)."""
    values: dict[str, str] = {}
    for name, value in items:
        values[name] = f"{values[name]},{value}" if name in values else value
    return values

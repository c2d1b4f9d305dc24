"""A token's claims as events show them. Pure.

Measured on AWS (HTTP APIs): every claim is a text; numbers and booleans as JSON writes them, a list as `[a b]`, an
object as JSON, and a claim that is null is left out. A Cognito authorizer of a REST API shows texts too, lists with
commas, and `exp` and `iat` as a date (`Tue Apr 04 18:39:39 UTC 2023`). A REST API's JWT authorizer leaves claims as
they are (AWS docs).
"""

from __future__ import annotations

from datetime import UTC, datetime

import orjson

from localstack_lite.gateway.guards.token_rules import Claims

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def http_claims(claims: Claims) -> dict[str, str]:
    """Of a JWT authorizer of an HTTP API."""
    return {name: _bracketed(value) for name, value in claims.items() if value is not None}


def cognito_claims(claims: Claims) -> dict[str, str]:
    """Of a Cognito authorizer of a REST API."""
    return {name: _cognito(name, value) for name, value in claims.items() if value is not None}


def _bracketed(value: object) -> str:
    if isinstance(value, list):
        return f"[{' '.join(map(_bracketed, value))}]"
    return _text(value)


def _cognito(name: str, value: object) -> str:
    if name in ("exp", "iat") and isinstance(value, (int, float)) and not isinstance(value, bool):
        return _date(value)
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return _text(value)


def _date(seconds: float) -> str:
    """As Java prints one. A number that is no date stays a number."""
    try:
        t = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return _text(seconds)
    clock = f"{t.hour:02}:{t.minute:02}:{t.second:02}"
    return f"{_DAYS[t.weekday()]} {_MONTHS[t.month - 1]} {t.day:02} {clock} UTC {t.year}"


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return orjson.dumps(value).decode()

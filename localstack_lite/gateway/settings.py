"""How a gateway is run, as far as its rules need to know. A value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _unknown(_: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Settings:
    """`plain_cookies`: `Secure` is taken off the cookies that functions set. `strict_auth`: a signature that cannot be
    verified is refused. `secret` gives the secret access key of an access key id, None when nobody here knows it.
    `open`: authorizers are switched off. `strict`: differences to AWS are failures. `time_scale`: AWS's minutes pass
    this many times faster (how long WebSockets stay open)."""

    plain_cookies: bool = False
    strict_auth: bool = False
    secret: Callable[[str], str | None] = _unknown
    open: bool = False
    strict: bool = False
    time_scale: float = 1.0

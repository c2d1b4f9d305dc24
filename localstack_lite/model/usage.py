"""How much of an API somebody may use: rates, API keys, usage plans. Values. Source: AWS docs, usage plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: Requests per second and burst of an account in a region (AWS quotas).
ACCOUNT_RATE = 10_000.0
ACCOUNT_BURST = 5_000


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A token bucket: `rate` tokens come back each second, up to `burst`. None: nobody limits that. A burst without a
    rate, and 0 of either, let nobody through."""

    rate: float | None = None
    burst: int | None = None


class Period(StrEnum):
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class Quota:
    """`limit` requests in each period; `offset` days after its beginning it starts (UTC)."""

    limit: int
    period: Period = Period.MONTH
    offset: int = 0


@dataclass(frozen=True, slots=True)
class ApiKey:
    """`value` is what `x-api-key` must say. One that the template leaves to AWS is made up, and shown."""

    id: str
    name: str
    value: str
    enabled: bool = True
    made_up: bool = False


@dataclass(frozen=True, slots=True)
class UsagePlan:
    """A plan as it concerns one API and stage. `methods`: limits of their own for `/path/METHOD`."""

    id: str
    name: str
    keys: tuple[ApiKey, ...] = ()
    limit: RateLimit | None = None
    quota: Quota | None = None
    methods: Mapping[str, RateLimit] = field(default_factory=dict)

"""Token buckets, and what they hold up: a route's rate limit. Pure; time is passed in.

AWS docs, "Throttle requests": a request takes a token, `rate` tokens come back each second, and there are never more
than `burst`. The limit of a method or route is that of its own settings, else the stage's default, which holds for each
route by itself; the account's (10,000 a second, burst 5,000) comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from localstack_lite.gateway.controls.meters import Bucket, Meters
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.api import Api, Route
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.usage import ACCOUNT_BURST, ACCOUNT_RATE, RateLimit

_EVERY = "*"
_ACCOUNT = RateLimit(ACCOUNT_RATE, ACCOUNT_BURST)


def throttle_of(api: Api, route: Route, meters: Meters) -> Callable[[Visit], Visit | Denial] | None:
    """Lets visits of this route through as its limit allows; None: it has none."""
    limit = api.limits.get(route.key) or api.limits.get(_EVERY)
    bucket = None if limit is None else meters.bucket(("route", api.logical_id, api.stage, route.key), limit)
    account = meters.bucket(("account",), _ACCOUNT)
    if bucket is None or account is None:
        return None

    def throttled(visit: Visit) -> Visit | Denial:
        if (full := taken((bucket, account), visit.stamp.now)) is None:
            return visit
        whose = "the account's" if full is account else "the route's"
        return Denial(ResponseType.THROTTLED, f"throttled: {whose} limit is {said(full.limit)}")

    return throttled


def taken(buckets: Iterable[Bucket], now: float) -> Bucket | None:
    """A token of each, in this order. The first one that has none, and then none of them gave one."""
    buckets = tuple(buckets)
    for bucket in buckets:
        if not bucket.has(now):
            return bucket
    for bucket in buckets:
        bucket.take(now)
    return None


def said(limit: RateLimit) -> str:
    """A limit for people: `5 requests a second, burst 2`."""
    rate = "0" if limit.rate is None else f"{limit.rate:g}"
    return f"{rate} request{'' if limit.rate == 1 else 's'} a second" + (
        "" if limit.burst is None else f", burst {limit.burst}"
    )

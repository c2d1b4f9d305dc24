"""How much of each rate and quota is used up. It lives as long as the gateway serves, longer than the project that it
serves: who saves a file gets no new quota.

A meter has a name (whose and what for) and the limit that it was made for; when a project declares another limit under
that name, it starts anew. Pure: time is passed in, epoch seconds.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from localstack_lite.model.usage import ACCOUNT_BURST, Period, Quota, RateLimit

Name = tuple[str, ...]

#: A Sunday: weeks begin on one (AWS docs, quotas of usage plans).
_SUNDAY = date(1970, 1, 4).toordinal()


class Bucket:
    """Tokens of one limit, full at first. What is there is always computed from when it was last full, so nothing adds
    up to a drift, however many requests there are."""

    __slots__ = ("_burst", "_full_at", "_now", "_rate", "_taken", "limit")

    def __init__(self, limit: RateLimit) -> None:
        self.limit = limit
        self._rate = limit.rate or 0.0
        # A rate alone has the account's burst; a limit without a rate lets nobody through (model.usage).
        self._burst = (ACCOUNT_BURST if limit.burst is None else limit.burst) if self._rate > 0 else 0
        self._full_at: float | None = None
        self._taken = 0
        self._now = 0.0

    def has(self, now: float) -> bool:
        """Whether there is a token."""
        return self._left(now) >= 1

    def take(self, now: float) -> bool:
        """Takes a token; False: there is none."""
        if self._left(now) < 1:
            return False
        self._taken += 1
        return True

    def _left(self, now: float) -> float:
        if self._full_at is None:
            self._full_at = self._now = now
        if now < self._now:
            # The clock was set back: the bucket is as full as it was, and is filled from here.
            self._full_at -= self._now - now
        self._now = now
        refilled = (now - self._full_at) * self._rate
        if refilled >= self._taken:
            self._full_at, self._taken = now, 0
            return self._burst
        return self._burst - self._taken + refilled


class Counter:
    """Requests of one quota in its present period."""

    __slots__ = ("_count", "_period", "quota")

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self._period: int | None = None
        self._count = 0

    def left(self, now: float) -> int:
        """How many requests are still free in the period of `now`."""
        period = period_of(self.quota, now)
        if period != self._period:
            self._period, self._count = period, 0
        return max(self.quota.limit - self._count, 0)

    def add(self, now: float) -> None:
        """One request more."""
        self.left(now)
        self._count += 1


def period_of(quota: Quota, now: float) -> int:
    """A number for the period that `now` is in: days since a day long ago, weeks or months. Periods follow the calendar
    in UTC; weeks begin on Sunday, and all of them `offset` days later."""
    day = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=now)).date() - timedelta(days=quota.offset)
    match quota.period:
        case Period.DAY:
            return day.toordinal()
        case Period.WEEK:
            return (day.toordinal() - _SUNDAY) // 7
        case Period.MONTH:
            return day.year * 12 + day.month


class Meters:
    """The meters by name, made when they are first asked for."""

    def __init__(self) -> None:
        self._buckets: dict[Name, Bucket] = {}
        self._counters: dict[Name, Counter] = {}

    def bucket(self, name: Name, limit: RateLimit) -> Bucket | None:
        """None: the limit limits nothing."""
        if limit.rate is None and limit.burst is None:
            return None
        found = self._buckets.get(name)
        if found is None or found.limit != limit:
            found = self._buckets[name] = Bucket(limit)
        return found

    def counter(self, name: Name, quota: Quota) -> Counter:
        found = self._counters.get(name)
        if found is None or found.quota != quota:
            found = self._counters[name] = Counter(quota)
        return found

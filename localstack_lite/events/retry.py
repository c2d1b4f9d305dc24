"""What becomes of an asynchronous invocation after a try: it is done, tried again, or given up. Pure.

AWS docs, "Invoking a Lambda function asynchronously": a function that fails is tried again after one minute, then after
two more, at most MaximumRetryAttempts times. A throttle (429) or a system error (5xx) uses up no try: the event goes
back to the queue for 1 s, twice as long each time, up to 5 minutes, within MaximumEventAgeInSeconds. Recorded: Lambda
looks ahead, and gives an event up at once when its next try would come too late.

How tries are counted over a crash of devserve itself: a try counts from the moment its START line is told, which is on
disk before the function gets the event. So a crash uses up the try that it cut, and no event ever runs more often than
its retries allow; one that only waited for an environment has used up none, so every event runs at least once. An event
whose last try was cut is given up (`RetriesExhausted`), with what is known of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from localstack_lite.model.alias import EventInvoke
from localstack_lite.model.invocation import Refused

#: AWS's defaults and figures: tries after the first one, seconds.
RETRIES = 2
OLDEST = 21_600
AFTER_ERROR = 60.0
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0

#: 4xx that may be over soon: the function is being deployed, or throttled.
_PASSING = frozenset({404, 408, 409, 429})


class Condition(StrEnum):
    """`requestContext.condition` of an invocation record."""

    SUCCESS = "Success"
    RETRIES_EXHAUSTED = "RetriesExhausted"
    EVENT_AGE_EXCEEDED = "EventAgeExceeded"
    ZERO_RESERVED_CONCURRENCY = "ZeroReservedConcurrency"


@dataclass(frozen=True, slots=True)
class Rules:
    """What is in force for an event: tries after the first one, and seconds that it may wait altogether."""

    retries: int = RETRIES
    age: float = OLDEST

    @classmethod
    def of(cls, config: EventInvoke | None) -> Rules:
        if config is None:
            return cls()
        return cls(
            RETRIES if config.retries is None else config.retries,
            OLDEST if config.age is None else config.age,
        )


@dataclass(frozen=True, slots=True)
class Again:
    """Back to the queue until `at` (seconds of the queue's clock)."""

    at: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    condition: Condition


Verdict = Again | GiveUp


def too_old(accepted_at: float, now: float, rules: Rules) -> bool:
    """Whether an event may not begin another try now."""
    return now - accepted_at > rules.age


def after_error(tries: int, accepted_at: float, now: float, rules: Rules) -> Verdict:
    """The function ran and failed; `tries` counts this one."""
    if tries > rules.retries:
        return GiveUp(Condition.RETRIES_EXHAUSTED)
    return _again(now + AFTER_ERROR * tries, accepted_at, rules)


def after_refusal(refused: Refused, refusals: int, accepted_at: float, now: float, rules: Rules) -> Verdict:
    """Lambda did not run it; `refusals` counts this one, since the function last ran. What will be refused whenever it
    is tried (another 4xx) is given up."""
    if 400 <= refused.status < 500 and refused.status not in _PASSING:
        return GiveUp(Condition.RETRIES_EXHAUSTED)
    return _again(now + pause(refusals), accepted_at, rules)


def after_cut(tries: int, now: float, rules: Rules) -> Verdict:
    """devserve ended while the function ran; `tries` counts that one. It runs again at once, if it may."""
    return GiveUp(Condition.RETRIES_EXHAUSTED) if tries > rules.retries else Again(now)


def pause(times: int) -> float:
    """Seconds until the next attempt, after that many in a row came to nothing (1 and up)."""
    return float(min(FIRST_PAUSE * 2 ** min(times - 1, 16), LONGEST_PAUSE))


def _again(at: float, accepted_at: float, rules: Rules) -> Verdict:
    return GiveUp(Condition.EVENT_AGE_EXCEEDED) if too_old(accepted_at, at, rules) else Again(at)

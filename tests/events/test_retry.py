"""What becomes of an event after each of its tries, as a table."""

from __future__ import annotations

import pytest

from localstack_lite.events.retry import (
    Again,
    Condition,
    GiveUp,
    Rules,
    Verdict,
    after_cut,
    after_error,
    after_refusal,
    pause,
    too_old,
)
from localstack_lite.model.alias import EventInvoke
from localstack_lite.model.invocation import Refused

EXHAUSTED = GiveUp(Condition.RETRIES_EXHAUSTED)
TOO_OLD = GiveUp(Condition.EVENT_AGE_EXCEEDED)


def refused(status: int) -> Refused:
    return Refused("r1", status, "SomeException", b"{}")


@pytest.mark.parametrize(
    ("tries", "rules", "verdict"),
    [
        (1, Rules(), Again(1060)),
        (2, Rules(), Again(1120)),
        (3, Rules(), EXHAUSTED),
        (1, Rules(retries=1), Again(1060)),
        (2, Rules(retries=1), EXHAUSTED),
        (1, Rules(retries=0), EXHAUSTED),
        (1, Rules(age=60), TOO_OLD),  # recorded: it does not wait for the minute to pass
        (1, Rules(age=90), Again(1060)),
        (2, Rules(age=90), TOO_OLD),  # recorded: two tries, then EventAgeExceeded
        (3, Rules(age=60), EXHAUSTED),
    ],
)
def test_a_function_that_failed_is_tried_after_one_minute_and_two_more(
    tries: int, rules: Rules, verdict: Verdict
) -> None:
    assert after_error(tries, accepted_at=999, now=1000, rules=rules) == verdict


@pytest.mark.parametrize("status", [429, 500, 502, 503, 404, 409, 408])
def test_a_throttle_or_system_error_backs_off_up_to_five_minutes(status: int) -> None:
    delays = [after_refusal(refused(status), times, 1000, 1000, Rules()) for times in range(1, 12)]
    assert delays == [Again(1000 + seconds) for seconds in (1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300)]
    assert pause(10_000) == 300


def test_backing_off_ends_with_the_age_of_the_event() -> None:
    assert after_refusal(refused(429), 6, 1000, 1031, Rules(age=64)) == Again(1063)
    assert after_refusal(refused(429), 6, 1000, 1031, Rules(age=60)) == TOO_OLD
    assert after_refusal(refused(429), 99, 1000, 1000 + 21_600, Rules()) == TOO_OLD


@pytest.mark.parametrize("status", [400, 403, 413, 415])
def test_what_is_refused_whenever_it_is_tried_is_given_up(status: int) -> None:
    assert after_refusal(refused(status), 1, 1000, 1000, Rules()) == EXHAUSTED


def test_an_event_may_begin_a_try_until_it_is_too_old() -> None:
    assert not too_old(1000, 1060, Rules(age=60))
    assert too_old(1000, 1060.1, Rules(age=60))


@pytest.mark.parametrize(("tries", "retries", "verdict"), [(1, 2, Again(7)), (2, 2, Again(7)), (3, 2, EXHAUSTED)])
def test_a_try_that_was_cut_counts_and_the_next_comes_at_once(tries: int, retries: int, verdict: Verdict) -> None:
    assert after_cut(tries, 7, Rules(retries)) == verdict


def test_a_cut_event_without_retries_has_run_and_is_given_up() -> None:
    assert after_cut(1, 7, Rules(retries=0)) == EXHAUSTED


def test_what_is_not_configured_is_as_aws_has_it() -> None:
    assert Rules.of(None) == Rules.of(EventInvoke()) == Rules(2, 21_600)
    assert Rules.of(EventInvoke(retries=0)) == Rules(0, 21_600)
    assert Rules.of(EventInvoke(age=60)) == Rules(2, 60)

"""Admission is AWS's rule and refuses, capacity is this machine's and waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.lambdas.limits import (
    ACCOUNT_CONCURRENCY,
    Admission,
    Admitted,
    Limits,
    Throttled,
    ThrottleReason,
    admission,
    default_capacity,
    has_room,
    refusal,
)
from localstack_lite.model.function import Code, Function


def function(name: str = "hello", reserved: int | None = None) -> Function:
    return Function(name, name, "python3.13", "app.handler", Code(Path("/code")), reserved_concurrency=reserved)


def over(limit: int) -> Throttled:
    return Throttled(ThrottleReason.RESERVED, limit)


def over_account(limit: int) -> Throttled:
    return Throttled(ThrottleReason.ACCOUNT, limit)


@pytest.mark.parametrize(
    ("reserved", "running", "unreserved_running", "unreserved", "expected"),
    [
        (2, 0, 0, 900, Admitted()),
        (2, 1, 0, 900, Admitted()),
        (2, 2, 0, 900, over(2)),
        (2, 3, 0, 900, over(2)),
        (0, 0, 0, 900, over(0)),
        (2, 1, 900, 900, Admitted()),
        (None, 50, 899, 900, Admitted()),
        (None, 0, 900, 900, over_account(900)),
    ],
)
def test_a_reservation_is_the_functions_own_and_the_rest_is_shared(
    reserved: int | None, running: int, unreserved_running: int, unreserved: int, expected: Admission
) -> None:
    assert admission(reserved, running, unreserved_running, unreserved) == expected


def test_what_is_admitted_counts_until_it_is_released() -> None:
    one = function(reserved=1)
    limits = Limits()
    assert limits.admit(one, [one]) == Admitted()
    assert limits.running(one) == 1
    assert limits.admit(one, [one]) == over(1)
    assert limits.running(one) == 1, "a refused one does not count"
    limits.release(one)
    assert limits.running(one) == 0
    assert limits.admit(one, [one]) == Admitted()


def test_releasing_more_than_was_admitted_is_a_bug_and_changes_nothing() -> None:
    one, other = function("one"), function("other")
    limits = Limits()
    limits.admit(other, [one, other])
    with pytest.raises(ValueError, match="one: released"):
        limits.release(one)
    assert limits.running(other) == 1


def test_functions_without_a_reservation_share_what_is_left_of_the_account() -> None:
    kept, one, other = function("kept", reserved=300), function("one"), function("other")
    everyone = [kept, one, other]
    limits = Limits(account=500)
    for busy in [one] * 150 + [other] * 50:
        assert limits.admit(busy, everyone) == Admitted()
    assert limits.admit(other, everyone) == over_account(200)
    assert limits.admit(kept, everyone) == Admitted(), "a reservation is kept for its function"
    limits.release(one)
    assert limits.admit(other, everyone) == Admitted()


def test_invocations_inside_a_reservation_do_not_use_up_the_shared_part() -> None:
    kept, one = function("kept", reserved=150), function("one")
    limits = Limits(account=250)
    for _ in range(150):
        limits.admit(kept, [kept, one])
    admitted = [limits.admit(one, [kept, one]) for _ in range(101)]
    assert admitted == [Admitted()] * 100 + [over_account(100)]


def test_a_small_account_is_a_small_account() -> None:
    one = function()
    limits = Limits(account=2)
    assert [limits.admit(one, [one]) for _ in range(3)] == [Admitted(), Admitted(), over_account(2)]


def test_a_reservation_can_be_changed_and_taken_away_while_running() -> None:
    declared = function(reserved=2)
    limits = Limits()
    assert limits.reserved(declared) == 2
    limits.put(declared, 0)
    assert limits.reserved(declared) == 0
    assert limits.admit(declared, [declared]) == over(0)
    limits.delete(declared)
    assert limits.reserved(declared) is None
    assert limits.admit(declared, [declared]) == Admitted()


def test_a_reservation_set_by_hand_survives_a_reload() -> None:
    limits = Limits()
    limits.put(function(), 5)
    assert limits.reserved(function(reserved=9)) == 5
    assert limits.unreserved([function()]) == ACCOUNT_CONCURRENCY - 5


def test_lowering_a_reservation_below_what_runs_lets_it_finish() -> None:
    one = function(reserved=2)
    limits = Limits()
    limits.admit(one, [one])
    limits.admit(one, [one])
    limits.put(one, 1)
    limits.release(one)
    assert limits.admit(one, [one]) == over(1)
    limits.release(one)
    assert limits.admit(one, [one]) == Admitted()


def test_a_refusal_is_the_recorded_429_to_the_byte() -> None:
    refused = refusal("id-1", over(1))
    assert refused.body == (
        b'{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}'
    )
    assert (refused.status, refused.code, refused.request_id) == (429, "TooManyRequestsException", "id-1")
    assert refused.headers == (("x-amzn-ErrorType", "TooManyRequestsException"),)
    assert refused.reason == ThrottleReason.RESERVED


def test_the_accounts_own_limit_has_its_own_reason() -> None:
    assert b'"Reason":"ConcurrentInvocationLimitExceeded"' in refusal("id-1", over_account(1000)).body


def test_limits_print_how_full_they_are() -> None:
    limits = Limits()
    limits.admit(function(), [function()])
    assert repr(limits) == "<Limits [1 running of 1000]>"


def test_there_is_room_below_the_machines_maximum() -> None:
    assert [has_room(count, 3) for count in (0, 2, 3, 4)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("cpus", "memory_mb", "expected"), [(2, 8192, 32), (16, 65536, 256), (8, 2048, 8), (1, 256, 4)]
)
def test_capacity_grows_with_the_machine_and_is_bounded_by_its_memory(cpus: int, memory_mb: int, expected: int) -> None:
    assert default_capacity(cpus, memory_mb) == expected

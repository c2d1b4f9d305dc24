"""Admission is AWS's rule and refuses, capacity is this machine's and waits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from localstack_lite.model.project import Project

NOW = 1_700_000_000.0


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
    assert limits.admit(one, [one], NOW) == Admitted()
    assert limits.running(one) == 1
    assert limits.admit(one, [one], NOW) == over(1)
    assert limits.running(one) == 1, "a refused one does not count"
    limits.release(one)
    assert limits.running(one) == 0
    assert limits.admit(one, [one], NOW) == Admitted()


def test_releasing_more_than_was_admitted_is_a_bug_and_changes_nothing() -> None:
    one, other = function("one"), function("other")
    limits = Limits()
    limits.admit(other, [one, other], NOW)
    with pytest.raises(ValueError, match="one: released"):
        limits.release(one)
    assert limits.running(other) == 1


def test_functions_without_a_reservation_share_what_is_left_of_the_account() -> None:
    kept, one, other = function("kept", reserved=300), function("one"), function("other")
    everyone = [kept, one, other]
    limits = Limits(account=500)
    for busy in [one] * 150 + [other] * 50:
        assert limits.admit(busy, everyone, NOW) == Admitted()
    assert limits.admit(other, everyone, NOW) == over_account(200)
    assert limits.admit(kept, everyone, NOW) == Admitted(), "a reservation is kept for its function"
    limits.release(one)
    assert limits.admit(other, everyone, NOW) == Admitted()


def test_invocations_inside_a_reservation_do_not_use_up_the_shared_part() -> None:
    kept, one = function("kept", reserved=150), function("one")
    limits = Limits(account=250)
    for _ in range(150):
        limits.admit(kept, [kept, one], NOW)
    admitted = [limits.admit(one, [kept, one], NOW) for _ in range(101)]
    assert admitted == [Admitted()] * 100 + [over_account(100)]


def test_a_small_account_is_a_small_account() -> None:
    one = function()
    limits = Limits(account=2)
    assert [limits.admit(one, [one], NOW) for _ in range(3)] == [Admitted(), Admitted(), over_account(2)]


def test_a_reservation_can_be_changed_and_taken_away_while_running() -> None:
    declared = function(reserved=2)
    limits = Limits()
    assert limits.reserved(declared) == 2
    limits.put(declared, 0)
    assert limits.reserved(declared) == 0
    assert limits.admit(declared, [declared], NOW) == over(0)
    limits.delete(declared)
    assert limits.reserved(declared) is None
    assert limits.admit(declared, [declared], NOW) == Admitted()


def test_a_reservation_set_by_hand_survives_a_reload() -> None:
    limits = Limits()
    limits.put(function(), 5)
    assert limits.reserved(function(reserved=9)) == 5
    assert limits.unreserved([function()]) == ACCOUNT_CONCURRENCY - 5


def test_lowering_a_reservation_below_what_runs_lets_it_finish() -> None:
    one = function(reserved=2)
    limits = Limits()
    limits.admit(one, [one], NOW)
    limits.admit(one, [one], NOW)
    limits.put(one, 1)
    limits.release(one)
    assert limits.admit(one, [one], NOW) == over(1)
    limits.release(one)
    assert limits.admit(one, [one], NOW) == Admitted()


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
    limits.admit(function(), [function()], NOW)
    assert repr(limits) == "<Limits [1 running of 1000]>"


def test_there_is_room_below_the_machines_maximum() -> None:
    assert [has_room(count, 3) for count in (0, 2, 3, 4)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("cpus", "memory_mb", "expected"), [(2, 8192, 32), (16, 65536, 256), (8, 2048, 8), (1, 256, 4)]
)
def test_capacity_grows_with_the_machine_and_is_bounded_by_its_memory(cpus: int, memory_mb: int, expected: int) -> None:
    assert default_capacity(cpus, memory_mb) == expected


def ahead(limits: Limits, one: Function) -> Admission:
    """An invocation that finds a provisioned environment free."""
    return limits.admit(one, [one], NOW, provisioned=True)


def test_what_is_provisioned_comes_first_and_is_taken_off_the_reservation() -> None:
    # Recorded: with one reserved and one provisioned, $LATEST is throttled and the version runs.
    one = function(reserved=1)
    limits = Limits()
    limits.provision({"hello": 1})
    assert limits.admit(one, [one], NOW) == over(0)
    assert ahead(limits, one) == Admitted(provisioned=True)
    assert limits.admit(one, [one], NOW) == over(0)
    limits.release(one, Admitted(provisioned=True))
    assert limits.running(one) == 0


def test_over_the_provisioned_ones_it_spills_into_the_rest_of_the_reservation() -> None:
    one = function(reserved=3)
    limits = Limits()
    limits.provision({"hello": 1})
    ahead(limits, one)
    assert [limits.admit(one, [one], NOW) for _ in range(3)] == [Admitted(), Admitted(), over(2)]
    assert limits.running(one) == 3


def test_what_is_provisioned_without_a_reservation_is_taken_out_of_what_all_share() -> None:
    one, other = function("one"), function("other")
    limits = Limits(account=10)
    limits.provision({"one": 4})
    assert limits.unreserved([one, other]) == 6
    admitted = [limits.admit(other, [one, other], NOW) for _ in range(7)]
    assert admitted == [Admitted()] * 6 + [over_account(6)]
    assert ahead(limits, one) == Admitted(provisioned=True), "its own environments are not shared"


def test_a_function_that_is_switched_off_runs_nowhere() -> None:
    one = function(reserved=0)
    limits = Limits()
    limits.provision({"hello": 1})
    assert ahead(limits, one) == over(0)


def test_one_that_waited_and_got_a_provisioned_environment_frees_its_place_on_demand() -> None:
    one = function(reserved=2)
    limits = Limits()
    limits.provision({"hello": 1})
    assert limits.admit(one, [one], NOW) == Admitted()
    assert limits.admit(one, [one], NOW) == over(1)
    limits.convert(one)
    assert limits.admit(one, [one], NOW) == Admitted()
    limits.release(one, Admitted(provisioned=True))
    limits.release(one)
    assert limits.running(one) == 0
    with pytest.raises(ValueError, match="released"):
        limits.release(one, Admitted(provisioned=True))


def test_a_function_takes_ten_requests_a_second_for_each_of_its_places() -> None:
    one = function(reserved=2)
    limits = Limits()

    def call(at: float) -> Admission:
        decision = limits.admit(one, [one], at)
        if isinstance(decision, Admitted):
            limits.release(one)
        return decision

    assert [call(NOW) for _ in range(21)] == [Admitted()] * 20 + [Throttled(ThrottleReason.RESERVED_RATE, 20)]
    assert [call(NOW + 0.125) for _ in range(3)] == [Admitted()] * 2 + [Throttled(ThrottleReason.RESERVED_RATE, 20)]
    limits.put(one, 5)
    assert call(NOW + 0.125) == Admitted(), "another limit counts from where it begins"


def test_without_a_reservation_the_rate_is_the_accounts() -> None:
    one = function()
    limits = Limits(account=1)
    for _ in range(10):
        assert limits.admit(one, [one], NOW) == Admitted()
        limits.release(one)
    assert limits.admit(one, [one], NOW) == Throttled(ThrottleReason.RATE, 10)
    assert b'"Reason":"FunctionInvocationRateLimitExceeded"' in refusal("r", Throttled(ThrottleReason.RATE, 10)).body


def test_a_function_grows_by_a_thousand_environments_and_a_hundred_more_each_second() -> None:
    one = function()
    limits = Limits(account=3000)
    at_once = [limits.admit(one, [one], NOW) for _ in range(1001)]
    assert at_once == [Admitted()] * 1000 + [Throttled(ThrottleReason.RATE, 1000)]
    later = [limits.admit(one, [one], NOW + 1) for _ in range(101)]
    assert later == [Admitted()] * 100 + [Throttled(ThrottleReason.RATE, 1000)]
    limits.release(one)
    assert limits.admit(one, [one], NOW + 1) == Admitted(), "what it has grown to it keeps"


def test_a_function_that_has_no_environments_left_has_to_grow_again() -> None:
    one = function()
    limits = Limits(account=3000)
    for _ in range(1000):
        limits.admit(one, [one], NOW)
    for _ in range(1000):
        limits.release(one)
    limits.shrunk("hello")
    limits.shrunk("nobody")
    assert limits.admit(one, [one], NOW) == Throttled(ThrottleReason.RATE, 1000)
    assert limits.admit(one, [one], NOW + 1) == Admitted()


def test_the_accounts_limit_is_the_projects() -> None:
    one = function()
    limits = Limits()
    limits.follow(Project(Path("/p"), account_concurrency=10))
    assert (limits.account, limits.minimum) == (10, 10)
    assert [limits.admit(one, [one], NOW) for _ in range(11)][-1] == over_account(10)
    limits.follow(Project(Path("/p"), account_concurrency=1500))
    assert (limits.account, limits.minimum) == (1500, 100)


#: What happens to limits: a call of a function finds a provisioned environment or none, or one of those that run ends.
STORM = st.lists(st.tuples(st.sampled_from(["call", "ahead", "end", "put", "tick"]), st.integers(0, 2)), max_size=200)


@given(STORM)
def test_in_any_storm_no_more_run_than_may_none_is_refused_while_there_is_room_and_all_are_counted(
    storm: list[tuple[str, int]],
) -> None:
    provisioned = {"a": 2, "c": 1}
    functions = [function("a", reserved=4), function("b"), function("c")]
    reserved = {"a": 4}
    limits, now = Limits(account=12), NOW
    limits.provision(provisioned)
    running: list[tuple[Function, Admitted]] = []
    for step, number in storm:
        one = functions[number]
        name = one.logical_id
        demand = [each.logical_id for each, admitted in running if not admitted.provisioned]
        using = sum(each is one and admitted.provisioned for each, admitted in running)
        match step:
            case "call" | "ahead":
                # The service says so only while one of them is free.
                free = step == "ahead" and using < provisioned.get(name, 0)
                if name in reserved:
                    room = demand.count(name) < reserved[name] - provisioned[name]
                else:
                    shared = [each for each in demand if each not in reserved]
                    kept = max(12 - sum(reserved.values()), 12)
                    room = len(shared) < kept - sum(provisioned[each] for each in provisioned if each not in reserved)
                decision = limits.admit(one, functions, now, free)
                assert isinstance(decision, Admitted) == (room or free)
                if isinstance(decision, Admitted):
                    assert decision.provisioned == free
                    running.append((one, decision))
            case "end" if running:
                limits.release(*running.pop(number % len(running)))
            case "put" if number:
                reserved["a"] = number + 2
                limits.put(functions[0], number + 2)
            case "tick":
                now += 5  # long enough for the rates
        now += 1
    for each, admitted in running:
        limits.release(each, admitted)
    assert [limits.running(one) for one in functions] == [0, 0, 0]
    assert repr(limits) == "<Limits [0 running of 12]>"

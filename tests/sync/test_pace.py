"""The queues in front of AWS's control planes, and when a call is made again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.sync.failure import Failure, Trouble
from localstack_lite.sync.pace import LIMITS, Pace, again, backoff, queues_of

THROTTLED = Failure("Rate exceeded", "TooManyRequestsException", 429)
BROKEN = Failure("", "ServiceException", 500)
DROPPED = Failure("closed", kinds=("ConnectionClosedError", "HTTPClientError"))
UNREACHED = Failure("refused", kinds=("EndpointConnectionError",))
DENIED = Failure("no", "AccessDenied", 403)


def goes(pace: Pace, queues: tuple[str, ...], count: int, now: float = 0.0) -> list[float]:
    return [round(pace.wait(queues, now), 3) for _ in range(count)]


def test_a_burst_goes_at_once_and_the_rest_at_the_rate() -> None:
    waits = goes(Pace(), ("lambda",), 18)
    assert waits[:15] == [0.0] * 15
    assert waits[15:] == [round(number / 15, 3) for number in (1, 2, 3)]


def test_deployments_go_one_in_five_seconds() -> None:
    queues = queues_of("apigateway", "CreateDeployment")
    assert goes(Pace(), queues, 3) == [0.0, 5.0, 10.0]


def test_imports_of_rest_apis_go_one_a_second() -> None:
    assert goes(Pace(), queues_of("apigateway", "PutRestApi"), 3) == [0.0, 1.0, 2.0]


def test_a_call_waits_for_the_slowest_of_its_queues_and_takes_a_place_in_all() -> None:
    pace = Pace()
    goes(pace, ("apigateway",), 45)
    assert goes(pace, ("apigateway", "apigateway:PutRestApi"), 1) == [0.6]
    assert goes(pace, ("apigateway",), 1) == [0.7]


def test_what_is_in_no_queue_never_waits() -> None:
    assert goes(Pace(), queues_of("s3", "PutObject"), 1000) == [0.0] * 1000


def test_get_function_does_not_wait_behind_writes() -> None:
    pace = Pace()
    goes(pace, queues_of("lambda", "UpdateFunctionCode"), 40)
    assert goes(pace, queues_of("lambda", "GetFunction"), 1) == [0.0]
    assert goes(pace, queues_of("lambda", "GetFunctionConfiguration"), 1) != [0.0]


def test_a_quiet_time_brings_the_burst_back_and_no_more() -> None:
    pace = Pace()
    goes(pace, ("lambda",), 15)
    waits = goes(pace, ("lambda",), 16, now=1000.0)
    assert waits == [0.0] * 15 + [round(1 / 15, 3)]


def test_after_a_throttle_nobody_goes_before_its_end_and_then_one_by_one() -> None:
    pace = Pace()
    pace.hold(("lambda",), until=2.0)
    assert goes(pace, ("lambda",), 3) == [2.0, round(2 + 1 / 15, 3), round(2 + 2 / 15, 3)]


@given(st.lists(st.floats(0, 0.2), max_size=120))
def test_no_window_of_time_ever_holds_more_than_the_limit(gaps: list[float]) -> None:
    pace, now, times = Pace(), 0.0, list[float]()
    for gap in gaps:
        now += gap
        times.append(now + pace.wait(("lambda",), now))
    limit = LIMITS["lambda"]
    for index, start in enumerate(times):
        inside = [time for time in times[index:] if time <= start + 1.0]
        assert len(inside) <= limit.burst + limit.rate + 1


def test_pauses_double_up_to_the_longest() -> None:
    whole = [backoff(attempt, Trouble.THROTTLED, 1.0) for attempt in range(1, 8)]
    assert whole == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0]


def test_half_of_a_pause_is_left_to_chance() -> None:
    assert backoff(3, Trouble.THROTTLED, 0.0) == 0.5
    assert backoff(3, Trouble.THROTTLED, 0.5) == 0.75


def test_what_aws_asks_for_is_waited_at_least() -> None:
    asked = Failure("", "TooManyRequestsException", 429, retry_after=5.0)
    assert again(asked, 1, 0.0, 0.5, repeats=False) == 5.0
    short = Failure("", "TooManyRequestsException", 429, retry_after=0.0)
    assert again(short, 1, 0.0, 1.0, repeats=False) == 0.25


def test_a_throttled_call_was_not_done_so_any_may_be_made_again() -> None:
    assert again(THROTTLED, 1, 0.0, 0.5, repeats=False) is not None


@pytest.mark.parametrize("failure", [BROKEN, DROPPED])
def test_what_may_have_been_done_is_made_again_only_where_that_does_no_harm(failure: Failure) -> None:
    assert again(failure, 1, 0.0, 0.5, repeats=True) is not None
    assert again(failure, 1, 0.0, 0.5, repeats=False) is None


def test_what_aws_refuses_is_never_made_again() -> None:
    assert again(DENIED, 1, 0.0, 0.5, repeats=True) is None


@pytest.mark.parametrize(("failure", "total"), [(THROTTLED, 180), (BROKEN, 15), (DROPPED, 15), (UNREACHED, 20)])
def test_every_call_is_given_up_in_the_end(failure: Failure, total: float) -> None:
    spent, attempt = 0.0, 0
    while True:
        attempt += 1
        pause = again(failure, attempt, spent, 0.5, repeats=True)
        if pause is None:
            break
        spent += pause
    assert total * 0.5 < spent <= total


def test_a_network_that_was_never_there_is_not_waited_for_as_long_as_one_that_was() -> None:
    assert again(UNREACHED, 4, 3.0, 0.5, repeats=True, reached=True) is not None
    assert again(UNREACHED, 4, 3.0, 0.5, repeats=True, reached=False) is None

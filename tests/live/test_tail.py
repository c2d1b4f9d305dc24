"""The logs of a stage, read from moto's CloudWatch Logs over HTTP, with a fault proxy in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.facts import ProblemFound
from localstack_lite.model.push_facts import CloudLog
from localstack_lite.sync.tail import Tail
from tests.live import faults
from tests.live.cloud import CREDENTIALS, REGION, Cloud
from tests.live.deadline import eventually
from tests.live.fault_proxy import FaultProxy

pytestmark = pytest.mark.live

GROUPS = {"Orders": "/aws/lambda/orders-dev", "Mail": "/aws/lambda/mail-dev", "access log of Api": "/api/dev"}


class Logs:
    """The stage's logs, written straight to the cloud and read through the proxy."""

    def __init__(self, cloud: Cloud, proxy: FaultProxy) -> None:
        import boto3
        from botocore.config import Config

        self.proxy = proxy
        self.told: list[CloudLog] = []
        self.problems: list[str] = []
        self.start = time.time() - 600
        self._writer = cloud.client("logs")
        self._streams: set[str] = set()
        self._reader: Any = boto3.session.Session().client(
            "logs",
            region_name=REGION,
            endpoint_url=proxy.address,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 1}),
        )

    def write(self, source: str, *events: tuple[float, str]) -> None:
        """Each so many seconds after the start."""
        group = GROUPS[source]
        if group not in self._streams:
            self._writer.create_log_group(logGroupName=group)
            self._writer.create_log_stream(logGroupName=group, logStreamName="one")
            self._streams.add(group)
        made = [{"timestamp": int((self.start + after) * 1000), "message": text} for after, text in events]
        self._writer.put_log_events(logGroupName=group, logStreamName="one", logEvents=made)

    def tell(self, fact: CloudLog | ProblemFound) -> None:
        if isinstance(fact, CloudLog):
            self.told.append(fact)
        else:
            self.problems.append(fact.problem.what)

    @property
    def messages(self) -> list[str]:
        return [fact.message for fact in self.told]

    def tail(self, after: float = 0.0, pattern: str = "", groups: Mapping[str, str] = GROUPS) -> Tail:
        return Tail(self._reader, "dev", groups, self.start + after, pattern, self.tell)

    @contextmanager
    def following(self) -> Iterator[Tail]:
        tail = self.tail()
        thread = threading.Thread(target=tail.follow, daemon=True)
        thread.start()
        try:
            yield tail
        finally:
            tail.stop()
            thread.join(5)
        assert not thread.is_alive()


@pytest.fixture
def logs(cloud: Cloud, proxy: FaultProxy) -> Logs:
    return Logs(cloud, proxy)


def test_several_groups_are_one_stream_in_the_order_of_their_times(logs: Logs) -> None:
    logs.write("Orders", (1, "first\n"), (3, "third\n"))
    logs.write("Mail", (2, "second\n"), (4, "fourth\n"))
    logs.write("access log of Api", (2.5, "GET /orders\n"))
    assert logs.tail().once() == 5
    assert logs.messages == ["first\n", "second\n", "GET /orders\n", "third\n", "fourth\n"]
    second = logs.told[1]
    assert (second.stage, second.source, second.stream) == ("dev", "Mail", "one")
    assert second.at == pytest.approx(logs.start + 2, abs=0.01)


def test_a_group_that_nobody_has_written_to_is_empty_and_is_not_made(logs: Logs, cloud: Cloud) -> None:
    logs.write("Mail", (1, "only\n"))
    assert logs.tail().once() == 1
    made = [group["logGroupName"] for group in cloud.client("logs").describe_log_groups()["logGroups"]]
    assert made == [GROUPS["Mail"]]


def test_only_what_was_written_since_and_what_the_filter_takes_is_told(logs: Logs) -> None:
    logs.write("Orders", (1, "ERROR old\n"), (60, "ERROR new\n"), (61, "fine\n"))
    assert logs.tail(after=30).once() == 2
    assert logs.tail(after=30, pattern="ERROR").once() == 1
    assert logs.messages == ["ERROR new\n", "fine\n", "ERROR new\n"]


def test_more_events_than_fit_on_a_page_are_all_told_once(logs: Logs) -> None:
    logs.write("Orders", *((number / 100, f"{number}\n") for number in range(6000)))
    logs.write("Orders", *((60 + number / 100, f"{number + 6000}\n") for number in range(6000)))
    assert logs.tail().once() == 12_000
    assert logs.messages == [f"{number}\n" for number in range(12_000)]
    assert logs.proxy.count("FilterLogEvents") > 3


def test_following_tells_what_is_written_from_now_on_and_nothing_twice(logs: Logs) -> None:
    logs.write("Orders", (1, "before\n"))
    with logs.following():
        eventually(lambda: logs.messages == ["before\n"], what="what was there")
        logs.write("Mail", (2, "a new group\n"))
        eventually(lambda: "a new group\n" in logs.messages, what="the group that came to be")
        logs.write("Orders", (3, "after\n"))
        eventually(lambda: "after\n" in logs.messages, what="the new event")
        asked = logs.proxy.count("FilterLogEvents")
        eventually(lambda: logs.proxy.count("FilterLogEvents") >= asked + len(GROUPS), what="one more round")
    assert sorted(logs.messages) == ["a new group\n", "after\n", "before\n"]


def test_stopping_ends_it_quickly_even_while_it_waits(logs: Logs) -> None:
    logs.proxy.always("FilterLogEvents", faults.throttled(retry_after=60))
    with logs.following() as tail:
        eventually(lambda: logs.proxy.count("FilterLogEvents") >= 1, what="a first call")
        since = time.monotonic()
        tail.stop()
    assert time.monotonic() - since < 2


def test_a_throttle_is_waited_for(logs: Logs) -> None:
    logs.write("Orders", (1, "there\n"))
    logs.proxy.on("FilterLogEvents", faults.throttled())
    assert logs.tail().once() == 1
    assert logs.proxy.count("FilterLogEvents") == 1 + len(GROUPS)
    assert logs.problems == []


def test_calls_keep_within_the_rate_of_the_api(logs: Logs) -> None:
    since = time.monotonic()
    logs.tail().once()
    assert time.monotonic() - since >= 0.4
    assert logs.proxy.count("FilterLogEvents") == len(GROUPS)


def test_following_goes_on_after_trouble_that_passes_and_says_so_once(logs: Logs) -> None:
    logs.proxy.always("FilterLogEvents", faults.broken())
    with logs.following():
        eventually(lambda: logs.problems, what="the problem")
        logs.proxy.calm()
        logs.write("Orders", (1, "there\n"))
        eventually(lambda: logs.messages == ["there\n"], seconds=20, what="the event")
    assert len(logs.problems) == 1


@pytest.mark.parametrize("method", ["once", "follow"])
def test_what_will_not_pass_ends_it_with_a_clear_word(logs: Logs, method: str) -> None:
    logs.proxy.always("FilterLogEvents", faults.expired())
    with pytest.raises(RemoteError) as raised:
        getattr(logs.tail(), method)()
    assert "expired" in raised.value.what


def test_a_filter_that_cloudwatch_does_not_take_is_the_users(logs: Logs) -> None:
    refused = faults.refused(400, "InvalidParameterException", "Invalid character(s) in term 'a-'")
    logs.proxy.always("FilterLogEvents", refused)
    with pytest.raises(UserError) as raised:
        logs.tail(pattern="a-").once()
    assert raised.value.where == "--filter"
    assert "Invalid character" in raised.value.what


def test_a_permission_that_is_missing_is_named(logs: Logs) -> None:
    logs.proxy.always("FilterLogEvents", faults.denied("logs:FilterLogEvents"))
    with pytest.raises(RemoteError) as raised:
        logs.tail().once()
    assert "logs:FilterLogEvents" in raised.value.what


def test_a_group_that_two_functions_share_is_told_once(logs: Logs) -> None:
    logs.write("Orders", (1, "one\n"))
    shared = {"Orders": GROUPS["Orders"], "Mail": GROUPS["Orders"]}
    assert logs.tail(groups=shared).once() == 1
    assert logs.told[0].source == "Orders+Mail"

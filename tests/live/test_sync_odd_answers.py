"""Answers that are none of AWS's, or end in the middle: the call is made again as after a fault of AWS's, and then the
cloud's one line. Never an error that boto3, its parsers or the HTTP library below it let through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from localstack_lite.errors import RemoteError
from localstack_lite.model.stage import Stage
from localstack_lite.sync.calls import Ask, Calls
from localstack_lite.sync.session import Session
from tests.live import faults
from tests.live.cloud import REGION, environ
from tests.live.fault_proxy import FaultProxy

pytestmark = pytest.mark.live


class Hurried(Session):
    """Its pauses take no time, but its clock says that they did."""

    clock = 0.0

    def pause(self, seconds: float) -> bool:
        self.clock += max(seconds, 0.0)
        return super().pause(0)

    def now(self) -> float:  # type: ignore[override]
        return self.clock


@pytest.fixture
def session(proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hurried]:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name, value in environ().items():
        monkeypatch.setenv(name, value)
    made = Hurried(Stage("dev", "shop-dev", region=REGION, endpoint_url=proxy.address))
    yield made
    made.close()


PORTAL = b"<html><head><title>Sign in to the hotel<br></title>"
ASKS = {
    "query": Ask("cloudformation", "DescribeStacks", "shop-dev", {"StackName": "shop-dev"}),
    "rest-json": Ask("lambda", "ListFunctions", "shop-dev"),
    "rest-xml": Ask("s3", "ListObjectsV2", "shop-dev", {"Bucket": "artifacts"}),
    "json": Ask("stepfunctions", "ListStateMachines", "shop-dev"),
}
HTML = {"Content-Type": "text/html"}
ODD = {
    "a server's fault in plain words": faults.Answer(500, b"Internal Server Error", {"Content-Type": "text/plain"}),
    "a fault that is no text": faults.Answer(500, b"\xff\xfe\x00\x01", {"Content-Type": "application/octet-stream"}),
    "a fault that says nothing": faults.Answer(500, b""),
    "a bad gateway's page": faults.Answer(502, PORTAL, HTML),
}
UNREADABLE = {
    ("query", "a portal's page"): faults.Answer(200, PORTAL, HTML),
    ("query", "no text"): faults.Answer(200, b"\xff\xfe\x00\x01"),
    ("query", "half a document"): faults.Answer(200, b"<DescribeStacksResponse><DescribeStacksResult>"),
    ("query", "a time that is none"): faults.Answer(
        200,
        b"<DescribeStacksResponse><DescribeStacksResult><Stacks><member><CreationTime>soon</CreationTime></member>"
        b"</Stacks></DescribeStacksResult></DescribeStacksResponse>",
    ),
    ("rest-json", "a list"): faults.Answer(200, b"[1]"),
    ("rest-json", "no text"): faults.Answer(200, b"\xff\xfe\x00\x01"),
    ("json", "a list"): faults.Answer(200, b"[1]"),
    ("json", "a list as a refusal"): faults.Answer(400, b"[1]"),
}
OPERATIONS = {name: ask.operation for name, ask in ASKS.items()}


def refused(session: Session, ask: Ask) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        Calls(session).make(ask)
    assert "\n" not in caught.value.what + caught.value.hint
    return caught.value


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("protocol", ASKS)
def test_a_fault_in_no_form_of_awss_is_made_again_and_then_the_clouds(
    session: Hurried, proxy: FaultProxy, protocol: str, odd: str
) -> None:
    proxy.always(OPERATIONS[protocol], faults.Replied(lambda call: ODD[odd]))
    refused(session, ASKS[protocol])
    assert proxy.count(OPERATIONS[protocol]) > 3
    assert 5 < session.clock <= 15


@pytest.mark.parametrize(("protocol", "odd"), UNREADABLE)
def test_what_cannot_be_read_is_made_again_and_then_the_clouds(
    session: Hurried, proxy: FaultProxy, protocol: str, odd: str
) -> None:
    proxy.always(OPERATIONS[protocol], faults.Replied(lambda call: UNREADABLE[protocol, odd]))
    told = refused(session, ASKS[protocol])
    assert "does not answer as AWS does" in told.what
    assert proxy.count(OPERATIONS[protocol]) > 3


def test_one_odd_answer_in_between_is_nothing_to_tell(session: Hurried, proxy: FaultProxy) -> None:
    proxy.on("ListFunctions", faults.Replied(lambda call: UNREADABLE["rest-json", "a list"]))
    assert Calls(session).make(ASKS["rest-json"])["Functions"] == []
    assert proxy.count("ListFunctions") == 2


def test_a_write_that_cannot_be_repeated_is_not_after_an_answer_that_cannot_be_read(
    session: Hurried, proxy: FaultProxy
) -> None:
    from localstack_lite.sync.calls import Answered

    proxy.always("ListFunctions", faults.Replied(lambda call: faults.Answer(200, b"[1]")))
    with pytest.raises(Answered) as caught:
        Calls(session).make(Ask("lambda", "ListFunctions", "shop-dev", repeats=False))
    assert caught.value.unsure
    assert proxy.count("ListFunctions") == 1

"""Figures of CloudWatch: summed over the last day, and empty when it refuses or is not there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from localstack_lite.model.stage import Stage
from localstack_lite.sync.metrics import DAY, counts
from localstack_lite.sync.session import Session
from localstack_lite.sync.status import Counts
from tests.live import faults
from tests.live.cloud import REGION, Cloud, environ
from tests.live.fault_proxy import FaultProxy

pytestmark = pytest.mark.live


@pytest.fixture
def session(proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name, value in environ().items():
        monkeypatch.setenv(name, value)
    made = Session(Stage("dev", "shop-dev", region=REGION, endpoint_url=proxy.address))
    yield made
    made.close()


def counted(cloud: Cloud, function: str, metric: str, *at: tuple[float, float]) -> None:
    """`at` are moments (epoch seconds) and how often it happened then."""
    cloud.client("cloudwatch").put_metric_data(
        Namespace="AWS/Lambda",
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": "FunctionName", "Value": function}],
                "Timestamp": moment,
                "Value": value,
                "Unit": "Count",
            }
            for moment, value in at
        ],
    )


def test_invocations_and_errors_of_the_last_day_by_id(session: Session, cloud: Cloud, proxy: FaultProxy) -> None:
    now = time.time()
    counted(cloud, "shop-Orders-X1", "Invocations", (now - 60, 3), (now - 7200, 4), (now - DAY - 7200, 100))
    counted(cloud, "shop-Orders-X1", "Errors", (now - 60, 2))
    counted(cloud, "shop-Else", "Invocations", (now - 60, 50))
    names = {"Orders": "shop-Orders-X1", "Report": "shop-Report-X1"}
    assert counts(session, names, now) == {"Orders": Counts(7, 2), "Report": Counts(0, 0)}
    assert len(proxy.calls) == 1


def test_many_functions_take_a_call_for_250(session: Session, proxy: FaultProxy) -> None:
    names = {f"F{number}": f"shop-F{number}" for number in range(251)}
    assert counts(session, names, time.time()) == dict.fromkeys(names, Counts(0, 0))
    assert len(proxy.calls) == 2


@pytest.mark.parametrize(
    "fault",
    [
        faults.denied("cloudwatch:GetMetricData"),
        faults.throttled(),
        faults.broken(),
        faults.Dropped(),
        faults.Replied(lambda call: faults.Answer(200, b"<html>sign in<br></html>")),
        faults.Replied(lambda call: faults.Answer(200, b"\xff\xfe[1]")),
    ],
    ids=["denied", "throttled", "broken", "dropped", "a portal's page", "garbage"],
)
def test_what_cannot_be_had_is_left_out(session: Session, proxy: FaultProxy, fault: faults.Fault) -> None:
    proxy.always("GetMetricData", fault)
    assert counts(session, {"Orders": "shop-Orders-X1"}, time.time()) == {}
    assert proxy.count("GetMetricData") == 1


def test_of_no_functions_nobody_is_asked(session: Session, proxy: FaultProxy) -> None:
    assert counts(session, {}, time.time()) == {}
    assert proxy.calls == []

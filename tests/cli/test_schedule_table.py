"""The rows of `devserve schedules`."""

from __future__ import annotations

from datetime import UTC, datetime

from localstack_lite.cli.schedule_table import rows, table
from localstack_lite.model.trigger import Schedule, Scheduler
from tests.builders import function, project

#: 2026-11-22T08:00:00Z
NOW = 1_795_334_400.0
SHOP = project(
    function("hello"),
    schedules=(
        Schedule("often", "Hello", "rate(1 hour)"),
        Schedule("berlin", "Hello", "cron(0 9 * * ? *)", Scheduler.SCHEDULER, "Europe/Berlin"),
        Schedule("once", "Hello", "at(2026-11-23T00:00:00)", Scheduler.SCHEDULER),
        Schedule("over", "Hello", "at(2020-11-23T00:00:00)", Scheduler.SCHEDULER),
        Schedule("off", "Gone", "rate(1 day)", enabled=False),
        Schedule("odd", "Hello", "rate(1 days)"),
    ),
)


def written(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%d %H:%M")


def test_each_has_its_next_three_runs_as_if_devserve_started_now() -> None:
    assert table(rows(SHOP, NOW), written).splitlines() == [
        "NAME    FUNCTION  EXPRESSION                       NEXT RUNS",
        "often   hello     rate(1 hour)                     22 09:00, 22 10:00, 22 11:00",
        "berlin  hello     cron(0 9 * * ? *) Europe/Berlin  23 08:00, 24 08:00, 25 08:00",
        "once    hello     at(2026-11-23T00:00:00)          23 00:00",
        "over    hello     at(2020-11-23T00:00:00)          never again",
        "off     Gone      rate(1 day)                      disabled",
        "odd     hello     rate(1 days)                     never again",
    ]


def test_a_record_has_its_times_in_utc() -> None:
    assert rows(SHOP, NOW)[2].record() == {
        "name": "once",
        "function": "hello",
        "expression": "at(2026-11-23T00:00:00)",
        "timezone": "UTC",
        "enabled": True,
        "next": ["2026-11-23T00:00:00Z"],
    }

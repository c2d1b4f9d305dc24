"""Moments as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from localstack_lite.errors import UserError
from localstack_lite.sync.log_times import since

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("30s", 30),
        ("10m", 600),
        ("2h", 7200),
        ("1d", 86400),
        ("1h30m", 5400),
        ("10 m ago", 600),
        ("11:59", 60),
        ("11:59:30", 30),
        ("13:00", 23 * 3600),
        ("2026-11-22", 43200),
        ("2026-11-22T11:00", 3600),
        ("2026-11-22T11:00:00Z", 3600),
        ("2026-11-22T12:00:00+01:00", 3600),
    ],
)
def test_how_long_ago(text: str, ago: int) -> None:
    assert NOW - since(text, NOW, UTC) == ago


@pytest.mark.parametrize("text", ["yesterday", "", "10", "10x", "25:00", "2026-13-01", "2026-11-22T12:01"])
def test_what_is_no_moment_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(UserError) as caught:
        since(text, NOW, UTC)
    assert caught.value.where == "--since"
    assert "10m" in caught.value.hint


def test_before_the_epoch_is_the_epoch() -> None:
    assert since("1960-01-01T00:00:00+00:00", 1_000_000.0) == 0.0

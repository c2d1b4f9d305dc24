"""Lines about what is no request."""

from __future__ import annotations

from localstack_lite.model.facts import Advised, Noticed, ScheduleFired
from localstack_lite.observe import notices
from localstack_lite.observe.palette import Palette


def shown(fact: Noticed | ScheduleFired | Advised) -> list[str]:
    return notices.lines(fact, {"Warm": "shop-warm"}, "10:00:00", lambda at: f"at {at:.0f}", Palette(False))


def test_what_was_asked_for_stands_as_it_is() -> None:
    assert shown(Noticed(0.0, ("  h  help", ""))) == ["  h  help", ""]


def test_a_schedule_names_its_function_and_its_next_run() -> None:
    fired = ScheduleFired(5.0, "warm", "Warm", "rate(4 minutes)", "r", next_at=245.0)
    assert shown(fired) == ["10:00:00 ⏰ warm → shop-warm (rate(4 minutes), next at 245)"]


def test_one_that_was_run_by_hand_says_so() -> None:
    fired = ScheduleFired(5.0, "warm", "Other", "rate(4 minutes)", "r", by_hand=True, next_at=245.0)
    assert shown(fired) == ["10:00:00 ⏰ warm → Other (run by hand)"]


def test_advice_says_what_and_what_to_do() -> None:
    advice = Advised(5.0, "Warm", "shop-warm#1", "/a/db", "wrote /a/db: read-only on Lambda", "use /tmp")
    assert shown(advice) == ["10:00:00 ! shop-warm#1: wrote /a/db: read-only on Lambda", " " * 11 + "hint: use /tmp"]

"""Who runs next."""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.events.timetable import LATE, due, timetable
from localstack_lite.model.trigger import Schedule, Scheduler

#: A minute that begins, 2026-11-22T08:00:00Z.
NOW = 1_795_334_400.0
FIVE = Schedule("five", "F", "rate(5 minutes)")
NOON = Schedule("noon", "F", "cron(0 12 * * ? *)")


def test_a_rate_begins_when_devserve_starts():
    assert timetable([FIVE], NOW + 7).next_at == NOW + 7 + 300


def test_the_nearest_is_the_next():
    table = timetable([NOON, FIVE], NOW)
    assert table.next_at == NOW + 300
    assert table.next_of(NOON) == NOW + 4 * 3600
    assert timetable([], NOW).next_at is None


def test_what_is_disabled_refused_or_over_is_never_due():
    over = Schedule("over", "F", "at(2020-01-01T00:00:00)", Scheduler.SCHEDULER)
    table = timetable([replace(FIVE, enabled=False), replace(FIVE, expression="rate(1 minutes)"), over], NOW)
    assert [entry.next_at for entry in table.entries] == [None, None, None]
    assert due(table, NOW + 1e7) == ((), table)


def test_nothing_is_due_before_its_time():
    table = timetable([FIVE], NOW)
    assert due(table, NOW + 299.9) == ((), table)


def test_what_is_due_runs_once_and_has_its_next_time():
    runs, after = due(timetable([FIVE], NOW), NOW + 300)
    assert [(run.at, run.next_at, run.missed) for run in runs] == [(NOW + 300, NOW + 600, False)]
    assert due(after, NOW + 301) == ((), after)


def test_a_run_that_is_a_little_late_does_not_move_the_next_one():
    _, after = due(timetable([FIVE], NOW), NOW + 330)
    assert after.next_at == NOW + 600


def test_two_at_one_time_both_run():
    runs, _ = due(timetable([FIVE, replace(FIVE, name="other")], NOW), NOW + 300)
    assert [run.schedule.name for run in runs] == ["five", "other"]


def test_a_run_that_is_a_minute_late_is_missed():
    for late, missed in ((LATE - 0.5, False), (LATE, True)):
        (run,), after = due(timetable([FIVE], NOW), NOW + 300 + late)
        assert (run.missed, after.next_at) == (missed, NOW + 600)


def test_what_was_missed_is_told_once_and_not_made_up_for():
    runs, after = due(timetable([FIVE], NOW), NOW + 3600 + 100)
    assert [(run.at, run.missed) for run in runs] == [(NOW + 300, True)]
    assert after.next_at == NOW + 3900


def test_of_many_missed_runs_the_last_one_that_is_not_too_late_runs():
    runs, after = due(timetable([FIVE], NOW), NOW + 3600 + LATE - 1)
    assert [(run.at, run.missed) for run in runs] == [(NOW + 300, True), (NOW + 3600, False)]
    assert after.next_at == NOW + 3900


def test_every_minute_over_a_long_sleep_is_one_remark_and_one_run():
    every = Schedule("every", "F", "rate(1 minute)")
    runs, after = due(timetable([every], NOW), NOW + 8 * 3600 + 30)
    assert [run.missed for run in runs] == [True, False]
    assert after.next_at == NOW + 8 * 3600 + 60


def test_an_unchanged_schedule_keeps_its_time_and_takes_what_else_changed():
    before = timetable([FIVE], NOW)
    described = replace(FIVE, description="often", input="{}")
    table = timetable([NOON, described], NOW + 200, before)
    assert table.next_of(described) == NOW + 300


def test_a_changed_or_new_schedule_begins_now():
    before = timetable([FIVE], NOW)
    changed, new = replace(FIVE, expression="rate(10 minutes)"), replace(FIVE, name="new")
    table = timetable([changed, new], NOW + 200, before)
    assert [entry.next_at for entry in table.entries] == [NOW + 800, NOW + 500]


def test_one_that_was_switched_off_and_on_begins_again():
    table = timetable([FIVE], NOW)
    table = timetable([replace(FIVE, enabled=False)], NOW + 100, table)
    assert timetable([FIVE], NOW + 200, table).next_at == NOW + 500


def test_a_start_in_the_past_gives_the_rhythm():
    schedule = Schedule("s", "F", "rate(1 hour)", Scheduler.SCHEDULER, start=NOW - 600)
    assert timetable([schedule], NOW).next_at == NOW + 3000


def test_what_comes_once_is_over_after_it():
    once = Schedule("once", "F", "at(2026-11-22T08:00:10)", Scheduler.SCHEDULER)
    runs, after = due(timetable([once], NOW), NOW + 10)
    assert [(run.at, run.next_at) for run in runs] == [(NOW + 10, None)]
    assert after.next_at is None

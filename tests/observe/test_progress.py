"""What takes its time, as lines."""

from __future__ import annotations

from localstack_lite.model.facts import Progress
from localstack_lite.observe.palette import Palette
from localstack_lite.observe.progress import ProgressLines

PLAIN = Palette(color=False)
TASK = "image python:3.12"


def at(seconds: float, state: str = "downloading", share: float | None = None, task: str = TASK) -> Progress:
    return Progress(seconds, task, state, share)


def done(seconds: float, state: str = "fetched") -> Progress:
    return Progress(seconds, TASK, state, 1.0, done=True)


def test_what_is_done_at_once_is_not_told() -> None:
    lines = ProgressLines(PLAIN, live=False)
    assert lines.take(at(0.0)) == []
    assert lines.take(done(0.3)) == []


def test_without_a_screen_a_long_task_is_two_lines_however_often_it_is_heard_of() -> None:
    lines = ProgressLines(PLAIN, live=False)
    said = [line for second in range(10) for line in lines.take(at(float(second), share=second / 10))]
    said += lines.take(done(12.34))
    assert said == [f"  {TASK}: downloading …", f"  {TASK}: fetched (12.3 s)"]
    assert lines.status(100, 60.0) == ""


def test_on_a_screen_a_bar_moves_and_one_line_stays() -> None:
    lines = ProgressLines(PLAIN, live=True)
    assert lines.take(at(0.0, share=0.5)) == []
    assert lines.status(100, 60.0) == f"  {TASK}  {'█' * 10}{'░' * 10}  50 %  downloading"
    assert lines.take(done(3.0)) == [f"  {TASK}: fetched (3.0 s)"]
    assert lines.status(100, 60.0) == ""


def test_several_tasks_are_one_line_and_it_fits_the_screen() -> None:
    lines = ProgressLines(PLAIN, live=True)
    lines.take(at(0.0, share=0.1))
    lines.take(at(1.0, share=0.2, task="image node:22"))
    assert lines.status(100, 60.0).startswith("  image node:22  ")
    assert lines.status(100, 60.0).endswith("downloading (and 1 more)")
    assert len(lines.status(40, 60.0)) < 40


def test_a_share_out_of_range_is_still_a_bar() -> None:
    lines = ProgressLines(PLAIN, live=True)
    lines.take(at(0.0, share=1.7))
    assert "█" * 20 in lines.status(100, 60.0)


def test_a_task_that_is_not_heard_of_again_is_told_when_it_has_taken_long() -> None:
    lines = ProgressLines(PLAIN, live=False)
    assert lines.take(at(0.0, "step 1/2")) == []
    assert lines.due(0.2) == []
    assert lines.due(0.6) == [f"  {TASK}: step 1/2 …"]
    assert lines.due(9.0) == []
    assert lines.unfinished
    assert lines.take(done(20.0)) == [f"  {TASK}: fetched (20.0 s)"]
    assert not lines.unfinished


def test_without_a_share_there_is_a_line_after_a_moment() -> None:
    lines = ProgressLines(PLAIN, live=True)
    lines.take(at(0.0, "step 1/2"))
    assert lines.status(100, 0.1) == ""
    assert lines.status(100, 3.0) == f"  {TASK}  step 1/2"

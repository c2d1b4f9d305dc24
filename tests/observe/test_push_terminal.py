"""The view of a push: plain lines in a file, bars on a screen that leave only lines behind."""

from __future__ import annotations

import io
import time
from dataclasses import replace

from localstack_lite.model.facts import Fact, ProblemFound
from localstack_lite.model.project import Problem
from localstack_lite.model.push_facts import PlanMade, PlannedStep, Pushed, StackEvent, StageFound, StepMoved
from localstack_lite.observe.push_terminal import PushTerminal

STAGE = StageFound(0.0, "dev", "shop-dev", "123456789012", "eu-west-2")
PLAN = PlanMade(0.0, "dev", (PlannedStep("upload_code", "Orders", "4.2 KB", "code changed"),))
MOVING = StepMoved(0.0, "upload_code", "Orders", "uploading", 2150, 4300)
DONE = StepMoved(0.0, "upload_code", "Orders", "done", 4300, 4300, 400.0, done=True)
PUSHED = Pushed(0.0, "dev", 8, True, ("Orders",), calls=5, writes=3, ms=900.0)


def shown(*facts: Fact, live: bool = False, quiet: bool = False) -> str:
    stream = io.StringIO()
    view = PushTerminal(stream, color=False, width=100, live=live, quiet=quiet)
    for fact in facts:
        view(fact)
    view.close()
    return stream.getvalue()


def test_without_a_screen_it_is_one_line_per_thing_that_happened() -> None:
    assert shown(STAGE, PLAN, MOVING, DONE, PUSHED).splitlines() == [
        "dev  shop-dev in 123456789012, eu-west-2  no stack yet",
        "1 step, 1 write call:",
        "  code  Orders  4.2 KB  code changed",
        "  ✓ Orders  code  4.2 KB  0.4 s",
        "✓ 1 function: 5 calls, 0.9 s  release 8",
    ]


def test_on_a_screen_a_bar_moves_and_the_same_lines_stay() -> None:
    assert "Orders  code  uploading ━━━━━━━━━" in shown(STAGE, PLAN, MOVING, live=True)
    assert "2.1 KB of 4.2 KB" in shown(MOVING, live=True)
    text = shown(STAGE, PLAN, MOVING, DONE, PUSHED, live=True)
    assert "  ✓ Orders  code  4.2 KB  0.4 s" in text
    assert text.rstrip().endswith("✓ 1 function: 5 calls, 0.9 s  release 8")


def test_quiet_says_only_how_it_ended() -> None:
    event = StackEvent(0.0, "Queue", "AWS::SQS::Queue", "CREATE_COMPLETE")
    assert shown(STAGE, PLAN, MOVING, DONE, event, PUSHED, quiet=True) == "✓ 1 function: 5 calls, 0.9 s  release 8\n"


def test_of_a_stack_it_is_told_what_ends() -> None:
    begun = StackEvent(0.0, "Queue", "AWS::SQS::Queue", "CREATE_IN_PROGRESS")
    assert shown(begun) == ""
    assert "ROLLBACK_IN_PROGRESS" in shown(replace(begun, status="UPDATE_ROLLBACK_IN_PROGRESS"))
    assert shown(replace(begun, status="CREATE_COMPLETE")).split() == ["CREATE_COMPLETE", "Queue", "AWS::SQS::Queue"]


def test_a_size_that_was_told_on_the_way_is_told_at_the_end() -> None:
    assert shown(MOVING, replace(DONE, size=0)) == "  ✓ Orders  code  4.2 KB  0.4 s\n"


def test_a_failure_leaves_its_line_to_the_program_and_says_what_was_done() -> None:
    failed = Pushed(0.0, "dev", 8, False, what="refused", done=("Orders: code",))
    assert shown(failed) == "  done before that: Orders: code\n"


def test_of_pushes_that_follow_each_other_each_is_a_line_and_failures_are_told() -> None:
    stream = io.StringIO()
    view = PushTerminal(stream, color=False, width=100, planned=False)
    failed = replace(PUSHED, ok=False, where="template.yaml:3", what="not valid YAML", hint="look")
    for fact in (STAGE, PLAN, DONE, PUSHED, STAGE, PLAN, DONE, PUSHED, STAGE, replace(PUSHED, writes=0, functions=())):
        view(fact)
    view(failed)
    view.close()
    at = time.strftime("%H:%M:%S", time.localtime(0.0))
    assert stream.getvalue().splitlines() == [
        "dev  shop-dev in 123456789012, eu-west-2  no stack yet",
        "  ✓ Orders  code  4.2 KB  0.4 s",
        "✓ 1 function: 5 calls, 0.9 s  release 8",
        f"{at} dev ✓ 1 function: 5 calls, 0.9 s  release 8 (Orders)",
        f"{at} dev ✗ template.yaml:3: not valid YAML",
        "  hint: look",
    ]


def test_an_interruption_is_told_with_what_was_done() -> None:
    stopped = replace(PUSHED, ok=False, where="dev", what="interrupted", done=("code of Orders",))
    assert shown(stopped).splitlines() == ["✗ dev: interrupted", "  done before: code of Orders"]


def test_problems_are_told() -> None:
    text = shown(ProblemFound(0.0, Problem("template.yaml:3", "is odd", "look", warning=True)))
    assert text == "! template.yaml:3: is odd\n  hint: look\n"


def test_a_build_of_no_time_is_no_line() -> None:
    quick = StepMoved(0.0, "package", "Orders", "done", ms=12.0, done=True)
    slow = StepMoved(0.0, "package", "Orders", "done", 0, 4300, 1200.0, done=True)
    assert shown(quick) == ""
    assert shown(slow) == "  ✓ Orders  build  4.2 KB  1.2 s\n"


def test_a_dry_run_ends_with_its_plan() -> None:
    dry = replace(PLAN, dry=True)
    assert shown(STAGE, dry, replace(PUSHED, functions=(), writes=0)).splitlines()[-1] == "dry run: nothing was changed"

"""A push to a stage, as lines."""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.model.push_facts import (
    CloudLog,
    PlanMade,
    PlannedStep,
    Pushed,
    StackEvent,
    StageFound,
    StepMoved,
)
from localstack_lite.observe import push_lines
from localstack_lite.observe.palette import Palette

PLAIN = Palette(color=False)
CODE = PlannedStep("upload_code", "Orders", "4.2 KB", "code changed")
CONFIG = PlannedStep("update_config", "Reports", "memory 128 → 256 MB", "template changed")


def pushed(**more: object) -> Pushed:
    values: dict[str, object] = {"functions": ("Orders", "Reports", "Mail"), "layers": ("Shared",)}
    values |= {"calls": 11, "writes": 4, "ms": 1400.0, **more}
    return Pushed(0.0, "dev", 8, bool(values.pop("ok", True)), **values)  # type: ignore[arg-type]


def test_the_cloud_is_named_before_anything_is_written() -> None:
    fact = StageFound(0.0, "dev", "shop-dev", "123456789012", "eu-west-2", "UPDATE_COMPLETE", 7)
    assert push_lines.stage(fact, PLAIN) == ("dev  shop-dev in 123456789012, eu-west-2  UPDATE_COMPLETE · release 7")


def test_a_stage_without_a_stack_says_so_and_an_endpoint_is_named() -> None:
    fact = StageFound(0.0, "dev", "shop-dev", "123456789012", "eu-west-2", endpoint="http://127.0.0.1:5000")
    assert push_lines.stage(fact, PLAIN).endswith("eu-west-2 (http://127.0.0.1:5000)  no stack yet")


def test_a_plan_is_a_line_a_step_with_its_reason() -> None:
    assert push_lines.plan(PlanMade(0.0, "dev", (CODE, CONFIG)), PLAIN) == [
        "2 steps, 2 write calls:",
        "  code           Orders   4.2 KB               code changed",
        "  configuration  Reports  memory 128 → 256 MB  template changed",
    ]


def test_a_dry_run_says_that_nothing_was_changed() -> None:
    assert push_lines.plan(PlanMade(0.0, "dev", (CODE,), dry=True), PLAIN)[-1] == "dry run: nothing was changed"
    empty = push_lines.plan(PlanMade(0.0, "dev", (), dry=True), PLAIN)
    assert empty == ["nothing to do: dev has what is here"]


def test_drift_is_told_with_a_plan_that_is_only_shown() -> None:
    fact = PlanMade(0.0, "dev", (), drift=("Orders: MemorySize is 256, its template says 128",))
    assert push_lines.plan(fact, PLAIN) == []
    dry = push_lines.plan(replace(fact, dry=True), PLAIN)
    assert dry[-1] == "  drift  Orders: MemorySize is 256, its template says 128"


def test_what_is_new_is_counted_when_it_is_much_but_for_a_dry_run() -> None:
    new = tuple(f"+ R{n} AWS::{'SQS::Queue' if n % 3 else 'IAM::Role'}" for n in range(9))
    step = PlannedStep("deploy_stack", "shop-dev", "create", "no stack", 2, (*new, "~ Table AWS::DynamoDB::Table"))
    assert push_lines.plan(PlanMade(0.0, "dev", (step,)), PLAIN)[2:] == [
        "      ~ Table AWS::DynamoDB::Table",
        "      + 9 new: 6 SQS::Queue, 3 IAM::Role",
    ]
    assert len(push_lines.plan(PlanMade(0.0, "dev", (step,), dry=True), PLAIN)) == 2 + 10 + 1


def test_a_layer_is_called_as_its_owner_calls_it() -> None:
    fact = StepMoved(0.0, "update_layer", "Shareddffed1ede9", "done", done=True)
    assert push_lines.ended(fact, PLAIN) == ["  ✓ Shared  layer"]
    assert push_lines.called("Orders1234567890, facadedecade") == "Orders1234567890, facadedecade"


def test_a_finished_step_is_a_line() -> None:
    fact = StepMoved(0.0, "upload_code", "Orders", "done", 4300, 4300, 412.0, done=True)
    assert push_lines.ended(fact, PLAIN) == ["  ✓ Orders  code  4.2 KB  0.4 s"]


def test_a_failed_step_says_why() -> None:
    fact = StepMoved(0.0, "update_config", "Orders", "failed", ms=50.0, details=("too large",), done=True)
    assert push_lines.ended(fact, PLAIN) == ["  ✗ Orders  configuration  50 ms", "      too large"]


def test_the_summary_counts_things_and_calls() -> None:
    assert push_lines.finished(pushed(urls=("https://x/dev",)), PLAIN) == [
        "✓ 3 functions, 1 layer: 11 calls, 1.4 s  release 8",
        "  ➜ https://x/dev",
    ]


def test_nothing_to_do_is_said() -> None:
    fact = pushed(functions=(), layers=(), writes=0, calls=2, ms=420.0)
    assert push_lines.finished(fact, PLAIN) == ["nothing to do: dev has what is here (2 calls, 0.4 s)"]


def test_a_failure_says_what_was_done_before_and_what_to_do() -> None:
    fact = pushed(ok=False, where="Mail", what="AWS refused it", hint="run again", done=("Orders: code",))
    assert push_lines.finished(fact, PLAIN) == [
        "✗ Mail: AWS refused it",
        "  done before: Orders: code",
        "  hint: run again",
    ]


def test_beside_a_server_a_push_is_one_line_and_no_change_is_none() -> None:
    assert push_lines.compact(pushed(), "14:02:11", 8, PLAIN) == [
        "14:02:11 dev ✓ 3 functions, 1 layer: 11 calls, 1.4 s  release 8 (Orders, Reports, Mail)"
    ]
    assert push_lines.compact(pushed(writes=0), "14:02:11", 8, PLAIN) == []


def test_a_remote_log_event_stands_beside_its_source() -> None:
    fact = CloudLog(0.0, "dev", "Orders", "2026/11/22/[$LATEST]ab", "first\nsecond\n")
    assert push_lines.logged(fact, "14:02:11", 8, PLAIN) == ["14:02:11 Orders   first", " " * 18 + "second"]


def test_foreign_control_characters_do_not_reach_the_screen() -> None:
    fact = CloudLog(0.0, "dev", "Orders", "s", "a\x1b[2Jb\n")
    assert push_lines.logged(fact, "14:02:11", 8, PLAIN) == ["14:02:11 Orders   ab"]


def test_a_resource_that_failed_says_why() -> None:
    fact = StackEvent(0.0, "Queue", "AWS::SQS::Queue", "CREATE_FAILED", "name taken")
    assert push_lines.resource(fact, PLAIN) == "    CREATE_FAILED                Queue  AWS::SQS::Queue  name taken"


def test_sizes_and_times_are_short() -> None:
    assert [push_lines.size(count) for count in (812, 4300, 12 * 1024 * 1024)] == ["812 B", "4.2 KB", "12.0 MB"]
    assert [push_lines.seconds(ms) for ms in (12.4, 99.0, 1400.0)] == ["12 ms", "99 ms", "1.4 s"]


def test_a_push_that_a_newer_save_overtook_is_no_failure() -> None:
    overtaken = pushed(ok=False, where="dev", what="a newer save", hint="what is left is part of the next push")
    assert push_lines.compact(overtaken, "12:00:00", 8, PLAIN) == []

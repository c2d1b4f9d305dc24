"""A push through bad weather: throttles, errors, lost connections, kills, and others who push at the same time."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.live import faults
from tests.live.aws_calls import Call
from tests.live.cloud import Cloud
from tests.live.fault_proxy import FaultProxy
from tests.live.packing import code_sha256, files_in, packed
from tests.live.staged import Ended, Project, staged

pytestmark = pytest.mark.live

REPORT = ("report/report.py", "all is well", "all is very well")
ORDERS = ("orders/placing.py", '"placing"', '"placing now"')
WHEN = re.compile(r"\d{1,2}:\d{2}|\d+ ?(s|seconds?|min|minutes?|h|hours?) ago|just now|\d{4}-\d{2}-\d{2}")


def everything_is_pushed(project: Project) -> None:
    """Nothing is left to do, and what the cloud has is what is here."""
    project.proxy.calm()
    again = project.sync()
    assert project.proxy.writes() == []
    assert again.plan == []


TROUBLES: dict[str, list[faults.Fault]] = {
    "throttled": [faults.throttled(), faults.throttled(1)],
    "broken": [faults.broken(), faults.broken(503)],
    "dropped": [faults.Dropped()],
    "dropped when it was done": [faults.Dropped(done=True)],
    "conflict": [faults.refused(409, "ResourceConflictException", "An update is in progress for resource: arn")],
}


def test_trouble_with_an_update_passes(pushed: Project) -> None:
    words = "all is well"
    for name, trouble in TROUBLES.items():
        pushed.edit("report/report.py", words, words := name)
        pushed.proxy.on("UpdateFunctionCode", *trouble)
        ended = pushed.sync()
        assert ended.end["functions"] == ["Report"], name
        assert pushed.sha256("Report") == code_sha256(pushed.pushed_code("Report")), name
        assert name in files_in(pushed.pushed_code("Report"))["report.py"]
    everything_is_pushed(pushed)


def test_trouble_with_other_calls_passes(pushed: Project) -> None:
    troubles = (faults.throttled(), faults.broken(), faults.Dropped(done=True))
    words, release = "all is well", 1
    for trouble in troubles:
        for name in ("DescribeStacks", "GetFunctionConfiguration", "ListFunctions", "PutObject"):
            pushed.proxy.on(name, trouble)
        pushed.edit("report/report.py", words, words := f"{words}, well")
        release += 1
        assert pushed.sync().end["release"] == release
        pushed.proxy.calm()
    everything_is_pushed(pushed)


def test_a_throttled_control_plane_is_waited_for_in_the_first_sync(shop: Project) -> None:
    for name in ("CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DescribeStacks", "PutObject"):
        shop.proxy.on(name, faults.throttled())
    shop.sync()
    everything_is_pushed(shop)


def test_functions_are_updated_at_once(pushed: Project) -> None:
    """Three updates that take a second each take less than three."""
    pushed.edit("layers/shared/python/shop.py", "The Corner Shop", "The Other Shop")
    pushed.proxy.always("UpdateFunctionConfiguration", faults.Slow(1.0))
    ended = pushed.sync()
    assert pushed.proxy.count("UpdateFunctionConfiguration") == 3
    assert ended.end["ms"] < 2800


def test_an_update_in_progress_is_waited_for(pushed: Project) -> None:
    pushed.cloud.updates_take(0.4)
    pushed.edit(*REPORT)
    pushed.edit("template.yaml", "MemorySize: 128", "MemorySize: 192")
    ended = pushed.sync()
    assert ended.end["ok"] is True
    assert pushed.configuration("Report")["MemorySize"] == 192
    assert pushed.proxy.count("UpdateFunctionCode") == 1
    assert pushed.proxy.count("UpdateFunctionConfiguration") == 1
    asked = pushed.proxy.count("GetFunctionConfiguration") + pushed.proxy.count("GetFunction")
    assert 2 <= asked <= 20, "asked with a back-off from 100 ms"
    everything_is_pushed(pushed)


def test_somebody_else_s_update_in_progress_is_waited_for(pushed: Project) -> None:
    pushed.edit(*REPORT)
    pushed.cloud.updates_take(1.5)
    pushed.cloud.client("lambda").update_function_configuration(
        FunctionName=pushed.functions["Report"], Description="made by hand"
    )
    pushed.cloud.updates_take(0)
    ended = pushed.run("sync", "dev", "--yes", "--json")
    assert ended.code in (0, 4), ended.stderr
    if ended.code == 4:  # the revision that was read went on: told, and the next run is good
        assert "Report" in ended.complaint(4)
    everything_is_pushed_after(pushed)


def everything_is_pushed_after(project: Project) -> None:
    project.sync()
    everything_is_pushed(project)


def test_a_parallel_deployer_is_noticed_and_named(pushed: Project) -> None:
    theirs = packed({"report.py": "theirs = True\n"})

    def deploy(call: Call) -> None:
        name = pushed.functions["Report"]
        pushed.cloud.client("lambda").update_function_code(FunctionName=name, ZipFile=theirs)

    pushed.edit(*REPORT)
    pushed.proxy.on("UpdateFunctionCode", faults.Before(deploy))
    ended = pushed.run("sync", "dev", "--yes", "--json")
    assert "Report" in ended.complaint(4)
    assert ended.end["ok"] is False
    assert pushed.sha256("Report") == code_sha256(theirs), "what they pushed is not overwritten unseen"
    pushed.sync()
    assert pushed.sha256("Report") != code_sha256(theirs)


def test_two_terminals_one_wins_and_the_other_says_who_and_when(pushed: Project) -> None:
    pushed.edit(*REPORT)
    held = pushed.proxy.hold("UpdateFunctionCode")
    with pushed.started("sync", "dev", "--yes", "--json") as first:
        assert held.reached.wait(30), first.stderr
        told = pushed.run("sync", "dev", "--yes")
        said = told.complaint(4)
        assert "ann" in said
        assert WHEN.search(said), said
        held.open()
        assert first.wait().code == 0, first.stderr
    everything_is_pushed(pushed)


def test_two_machines_one_wins_and_the_other_says_who_and_when(pushed: Project, tmp_path: Path) -> None:
    other = staged(tmp_path / "bob", pushed.proxy, pushed.cloud)
    other.sync()
    pushed.edit(*REPORT)
    other.edit(*ORDERS)
    held = pushed.proxy.hold("UpdateFunctionCode")
    with pushed.started("sync", "dev", "--yes", "--json") as first:
        assert held.reached.wait(30), first.stderr
        told = other.run("sync", "dev", "--yes", environ=other.environ(USER="bob", LOGNAME="bob"))
        said = told.complaint(4)
        assert "ann" in said
        assert WHEN.search(said), said
        held.open()
        assert first.wait().code == 0, first.stderr
    release = first.facts("sync")[-1]["release"]
    later = other.sync()
    assert later.end["release"] == release + 1


def test_killed_in_the_middle_it_says_so_and_finishes_the_next_time(pushed: Project) -> None:
    pushed.edit(*REPORT)
    pushed.edit(*ORDERS)
    held = pushed.proxy.hold("UpdateFunctionCode", nth=3)
    with pushed.started("sync", "dev", "--yes", "--json") as first:
        assert held.reached.wait(30), first.stderr
        first.kill()
    held.open()
    _finished(pushed)


def test_killed_before_the_first_write_of_code(pushed: Project) -> None:
    pushed.edit(*REPORT)
    held = pushed.proxy.hold("UpdateFunctionCode")
    with pushed.started("sync", "dev", "--yes", "--json") as first:
        assert held.reached.wait(30), first.stderr
        first.kill()
    pushed.proxy.calm()
    _finished(pushed)


def _finished(project: Project) -> None:
    project.proxy.forget()
    again = project.run("sync", "dev")
    assert again.code == 0, again.stderr
    assert "interrupted" in again.said
    everything_is_pushed(project)


def test_killed_in_the_first_stack_deploy(shop: Project) -> None:
    held = shop.proxy.hold("ExecuteChangeSet")
    with shop.started("sync", "dev", "--yes", "--json") as first:
        assert held.reached.wait(30), first.stderr
        first.kill()
    held.open()
    shop.sync()
    assert shop.stack_status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    everything_is_pushed(shop)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_by_a_signal_it_says_what_was_done(pushed: Project, number: signal.Signals) -> None:
    pushed.edit(*REPORT)
    pushed.edit(*ORDERS)
    held = pushed.proxy.hold("UpdateFunctionCode", nth=2)
    with pushed.started("sync", "dev", "--yes") as first:
        assert held.reached.wait(30), first.stderr
        first.process.send_signal(number)
        held.open()
        ended = first.wait()
    assert ended.code in (0, 130, -signal.SIGTERM), ended.stderr
    assert "Traceback" not in ended.said
    pushed.sync()
    everything_is_pushed(pushed)


def test_the_network_lost_in_the_middle_is_one_line_and_the_next_run_finishes(pushed: Project) -> None:
    pushed.edit(*REPORT)
    pushed.edit(*ORDERS)
    pushed.proxy.on("UpdateFunctionCode", faults.PASSED)
    pushed.proxy.always("UpdateFunctionCode", faults.Dropped())
    ended = pushed.run("sync", "dev", "--yes", "--json", seconds=120)
    ended.complaint(4)
    assert ended.end["ok"] is False
    assert ended.end["done"], "what was done so far"
    assert ended.end["hint"]
    pushed.proxy.calm()
    finished: Ended = pushed.sync()
    assert finished.end["functions"]
    everything_is_pushed(pushed)


def test_an_answer_that_lies_about_the_code_is_noticed(pushed: Project) -> None:
    """The hash is compared after the update: an answer with another one is not taken for success."""
    import json

    theirs = code_sha256(b"something else")

    def lie(call: Call) -> faults.Answer:
        told: dict[str, Any] = pushed.configuration("Report")
        told.pop("ResponseMetadata")
        return faults.Answer(200, json.dumps({**told, "CodeSha256": theirs}, default=str).encode())

    pushed.edit(*REPORT)
    pushed.proxy.on("UpdateFunctionCode", faults.Replied(lie))
    ended = pushed.run("sync", "dev", "--yes", "--json")
    assert "Report" in ended.complaint(4)
    pushed.sync()
    everything_is_pushed(pushed)


def test_create_deployment_is_queued_not_failed(pushed: Project, cloud: Cloud, proxy: FaultProxy) -> None:
    old = "{RestApiId: !Ref Shop, Method: GET, Path: /orders}"
    new = "{RestApiId: !Ref Shop, Method: GET, Path: /orders, RequestParameters: [method.request.querystring.page]}"
    pushed.edit("template.yaml", old, new)
    proxy.on("CreateDeployment", faults.throttled())
    proxy.on("PutRestApi", faults.throttled())
    pushed.sync()
    assert proxy.count("CreateDeployment") == 2
    everything_is_pushed(pushed)

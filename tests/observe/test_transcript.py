"""Which lines, in which order."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from localstack_lite.model import facts
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.environment_facts import (
    ExtensionTold,
    InitRuntimeDone,
    LogsDropped,
    RestoreRuntimeDone,
    RuntimeDone,
)
from localstack_lite.model.facts import Fact
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.invocation import Report, Status
from localstack_lite.model.project import Problem
from localstack_lite.observe.palette import Palette
from localstack_lite.observe.transcript import MANY, Transcript
from tests.builders import function, project
from tests.observe.given import (
    T0,
    answered,
    ended,
    init_ended,
    init_started,
    raised,
    ready,
    report,
    started,
    wrote,
)

LATER = T0 + 60
SOON = T0 + 0.05


def transcript(**options: Any) -> Transcript:
    made = Transcript(Palette(False), lambda at: f"{at - T0:+08.2f}", lambda file, line: (), **options)
    made.learn({"Orders": "orders", "Reports": "reports"})
    return made


def shown(*batch: Fact, now: float = SOON, **options: Any) -> list[str]:
    return transcript(**options).render(batch, now)


WARM = "+0000.00 GET  /dev/orders/7       200   18 ms  orders#1            billed 19 ms · 94/512 MB"


def test_a_request_is_one_line_with_the_functions_own_lines_below() -> None:
    batch = (started(), wrote("one\n"), wrote("two\n", at=T0 + 0.012), ended(), answered(report=report()))
    assert shown(*batch) == [WARM, "           +3 ms   one", "           +12 ms  two"]


def test_a_request_waits_for_its_answer_over_batches() -> None:
    it = transcript()
    assert it.render([started(), wrote("one\n")], SOON) == []
    assert it.unfinished
    assert it.render([ended(), answered()], SOON) == [WARM, "           +3 ms   one"]
    assert not it.unfinished


def test_requests_at_the_same_time_keep_their_lines_apart() -> None:
    other = "orders#2"
    batch = (
        started("r1"),
        started("r2", environment=other),
        wrote("b\n", "r2", environment=other),
        wrote("a\n", "r1"),
        ended("r2", environment=other),
        answered("r2", environment=other, report=None),
        ended("r1"),
        answered("r1"),
    )
    assert [line.strip() for line in shown(*batch)] == [
        WARM.replace("orders#1", other),
        "+3 ms   b",
        WARM,
        "+3 ms   a",
    ]


def test_a_cold_start_shows_what_its_initialisation_wrote() -> None:
    cold = report(init_ms=371.2)
    batch = (
        init_started(),
        wrote("importing\n", ""),
        init_ended(T0 + 0.4),
        started(at=T0 + 0.4),
        wrote("running\n", at=T0 + 0.41),
        ended(cold=True, init_ms=371.2),
        answered(cold=True, report=cold, duration_ms=412.0),
    )
    assert shown(*batch) == [
        "+0000.00 GET  /dev/orders/7       200  412 ms  orders#1  COLD init 371 ms · billed 19 ms · 94/512 MB",
        "           +3 ms   importing",
        "           +410 ms running",
    ]


def test_a_gateway_that_gave_up_and_the_function_that_ran_on() -> None:
    it = transcript()
    gave_up = answered(at=T0 + 29, status=504, duration_ms=29_000.0, note="gateway gave up at 29 s; it runs on")
    assert it.render([started(), gave_up], T0 + 29) == [
        "+0029.00 GET  /dev/orders/7       504 29.0 s   orders#1  gateway gave up at 29 s; it runs on"
    ]
    assert it.render([], T0 + 29) == []
    assert it.render([wrote("late\n", at=T0 + 29.9)], T0 + 30) == ["           +29.9 s orders#1: late"]
    assert it.render([ended(at=T0 + 31, duration_ms=31_000.0)], T0 + 31) == [
        "           +31.0 s orders#1 ended after 31.0 s"
    ]
    assert not it.unfinished


def test_an_answer_before_the_extensions_are_done_is_not_a_late_end() -> None:
    assert shown(started(), answered(report=report()), ended(), now=LATER) == [WARM]


def test_an_invocation_without_a_request_is_a_call() -> None:
    it = transcript()
    assert it.render([started(), wrote("one\n"), ended()], SOON) == []
    assert it.render([], LATER) == [
        "+0000.02 CALL orders              ok    18 ms  orders#1            billed 19 ms · 94/512 MB",
        "           +3 ms   one",
    ]
    assert it.render([], LATER) == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"error": raised("E", "m")}, "err"), ({"status": Status.TIMEOUT}, "out"), ({"status": Status.ERROR}, "err")],
)
def test_a_call_says_how_it_ended(changes: dict[str, Any], word: str) -> None:
    assert shown(started(), ended(**changes), now=LATER)[0].split()[3] == word


def test_a_refused_call_says_why_in_our_words() -> None:
    reserved = "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert shown(facts.InvocationRefused(T0, "Orders", "r1", reserved, 2), now=LATER) == [
        "+0000.00 CALL orders              429          orders    throttled: reserved concurrency 2"
    ]
    assert "refused: Stopping" in shown(facts.InvocationRefused(T0, "Orders", "r1", "Stopping"), now=LATER)[0]


def test_a_refused_request_is_told_once() -> None:
    refused = facts.InvocationRefused(T0, "Orders", "r1", "ConcurrentInvocationLimitExceeded", 10)
    it = transcript()
    first = it.render([refused, answered(status=500, environment="", note="throttled: X")], SOON)
    assert first == ["+0000.00 GET  /dev/orders/7       500   18 ms  orders    throttled: account concurrency 10"]
    assert it.render([], LATER) == []


def test_a_failed_request_shows_the_error_instead_of_the_log_event_about_it() -> None:
    error = raised("KeyError", "'id'", ("/shop/app.py", 12, "handler", 'event["id"]'))
    log = wrote("[ERROR] KeyError: 'id'\nTraceback (most recent call last):\n")
    batch = (started(), wrote("one\n"), log, ended(error=error), answered(status=502, note="KeyError"))
    assert shown(*batch) == [
        "+0000.00 GET  /dev/orders/7       502   18 ms  orders#1  KeyError",
        "           +3 ms   one",
        "           KeyError: 'id'",
        "           ↳ app.py:12 in handler",
        '             >   12 │ event["id"]',
        "           orders#1 goes on",
    ]


def test_a_long_invocation_shows_its_lines_meanwhile_and_not_again() -> None:
    it = transcript()
    assert it.render([started(), wrote("step 1\n", at=T0 + 0.5)], T0 + 0.6) == []
    assert it.render([], T0 + 1.5) == ["+0000.50 orders#1", "           +500 ms step 1"]
    assert it.render([ended(), answered(report=report())], T0 + 2) == [WARM]


def test_a_replacement_that_cannot_initialise_says_so_without_any_request() -> None:
    it = transcript()
    batch = (init_started(), wrote("[ERROR] boom\n", ""), init_ended(T0 + 0.1, status="error", error="Runtime.X"))
    assert it.render(batch, T0 + 0.1) == []
    assert it.render([], T0 + 1) == [
        "+0000.00 orders#1",
        "           +3 ms   [ERROR] boom",
        "           +100 ms initialisation failed: Runtime.X",
    ]
    assert not it.unfinished


def test_an_initialisation_that_fails_in_a_request_is_told_once_by_its_error() -> None:
    error = raised("Runtime.UserCodeSyntaxError", "bad", request_id="")
    advice = "[WARNING]\tx\t\tLAMBDA_WARNING: Unhandled exception. The most likely cause is ...\n"
    batch = (
        init_started(),
        wrote(advice, ""),
        wrote("[ERROR] Runtime.UserCodeSyntaxError: bad\nTraceback\n", "r1"),
        init_ended(status="error", error="Runtime.UserCodeSyntaxError"),
        started(),
        wrote("[ERROR] Runtime.UserCodeSyntaxError: bad\nTraceback\n", "r1"),
        ended(error=error),
        answered(status=502),
    )
    assert [line.strip() for line in shown(*batch)[1:]] == [
        "Runtime.UserCodeSyntaxError: bad",
        "orders#1 was reset: its next use starts it again",
    ]


def test_a_quiet_start_leaves_nothing_behind() -> None:
    it = transcript()
    assert it.render([init_started(), init_ended(T0 + 0.1)], LATER) == []
    assert it.render([init_started(), facts.EnvironmentStopped(T0, "Orders", "orders#1", "stale")], LATER) == []
    assert not it.unfinished


def test_repeated_lines_are_counted_and_floods_cut() -> None:
    batch = [started(), *(wrote("same\n") for _ in range(3)), *(wrote(f"{i}\n") for i in range(300))]
    found = shown(*batch, ended(), answered())
    assert found[1] == "           +3 ms   same (×3)"
    assert len(found) == 1 + 1 + 197 + 1
    assert found[-1].strip() == "… and 103 more log lines"


def test_more_requests_than_anybody_reads_are_counted_by_route_and_status() -> None:
    busy = [answered(str(i), duration_ms=float(i)) for i in range(MANY)]
    found = shown(*busy, answered("x", status=404, path="/nope?x", route="", function=""))
    assert found == [
        f"+0000.00 GET  /orders/{{id}}        200   20 ms  orders    ×{MANY} requests, median 20 ms",
        "+0000.00 GET  /nope?x             404   18 ms  orders#1",
    ]


def test_a_flood_of_failures_shows_one_of_them() -> None:
    error = raised("KeyError", "'id'")
    batch = [
        f for i in range(MANY + 1) for f in (started(str(i)), ended(str(i), error=error), answered(str(i), status=502))
    ]
    assert [line.strip() for line in shown(*batch)[1:]] == ["KeyError: 'id'", "orders#1 goes on"]


def test_a_flood_of_calls_is_counted() -> None:
    batch = [f for i in range(MANY + 5) for f in (started(str(i)), ended(str(i)))]
    assert [line.strip() for line in shown(*batch, now=LATER)][1:] == [f"… and {MANY + 4} more calls"]


def test_what_is_waited_for_is_told_at_once() -> None:
    fact = facts.InvocationWaits(T0 + 2, "Orders", "orders#1", "r1", "still running, timeout 3 s", 2.0)
    assert shown(fact) == ["+0002.00 orders#1: still running, timeout 3 s"]


def test_reloads_problems_and_a_broken_project_stand_where_they_happened() -> None:
    batch = (
        answered("r1"),
        facts.Reloaded(T0, ("orders",), ("app.py",), 41.0),
        facts.ProblemFound(T0, Problem("a.yaml", "odd", warning=True)),
        facts.ProjectRejected(T0, "a.yaml:1", "broken", ""),
        answered("r2"),
    )
    assert [line.partition(" ")[2][:15] for line in shown(*batch)] == [
        "GET  /dev/order",
        "orders reloaded",
        "a.yaml: odd",
        "a.yaml:1: broke",
        "          the p",
        "GET  /dev/order",
    ]


def test_quiet_shows_the_address_failures_and_trouble_only() -> None:
    error = raised("KeyError", "'id'")
    batch = (
        ready(),
        started("r1"),
        wrote("one\n"),
        ended("r1"),
        answered("r1"),
        answered("r2", status=404),
        facts.Reloaded(T0, ("orders",), ("app.py",), 41.0),
        started("r3"),
        ended("r3", error=error),
        answered("r3", status=502),
    )
    found = shown(*batch, quiet=True)
    assert found[0] == "http://127.0.0.1:3000"
    assert " 502 " in found[1]
    assert [line.strip() for line in found[2:]] == ["KeyError: 'id'", "orders#1 goes on"]


def test_the_lines_of_the_platform_are_shown_when_verbose_only() -> None:
    assert "           START RequestId: r1 Version: $LATEST" in shown(started(), ended(), answered(), verbose=True)
    assert not [line for line in shown(started(), ended(), answered()) if "START" in line]


THERE = "orders@dev"


def test_a_request_that_ran_in_a_stage_looks_as_one_that_ran_here() -> None:
    figures = report(init_ms=117.0)
    batch = (
        started(environment=THERE),
        wrote("one\n", environment=THERE),
        ended(environment=THERE, cold=True, init_ms=117.0),
        answered(environment=THERE, report=figures, cold=True),
    )
    assert shown(*batch, columns=120) == [
        "+0000.00 GET  /dev/orders/7       200   18 ms  orders@dev COLD init 117 ms · billed 19 ms · 94/512 MB",
        "           +3 ms   one",
    ]


def test_figures_that_nobody_knows_are_not_shown() -> None:
    unknown = Report("r1", 30.0, 0, 0, 0)
    over = facts.InvocationEnded(T0 + 0.02, "Orders", THERE, "cloud", unknown, cold=False)
    (line,) = shown(started(environment=THERE), over, answered(environment=THERE, report=unknown))
    assert line.endswith("18 ms  orders@dev")
    (line,) = shown(started(environment=THERE), over, now=LATER)
    assert line == "+0000.02 CALL orders              ok    30 ms  orders@dev"


def test_a_stage_out_of_reach_is_a_refusal_with_its_status() -> None:
    refused = facts.InvocationRefused(T0, "Orders", "r1", "the AWS credentials have expired", status=503)
    assert shown(started(environment=THERE), refused, now=LATER) == [
        "+0000.00 CALL orders              503          orders    refused: the AWS credentials have expired"
    ]


def test_a_module_that_is_missing_is_told_with_what_to_do_where_the_function_runs() -> None:
    error = '{"errorType": "Runtime.ImportModuleError", "errorMessage": "No module named \'flask\'"}'
    batch = (started(), ended(error=error), answered())
    advised = shown(*batch, advise=lambda function, module: f"{function} needs {module}")
    assert "           hint: Orders needs flask" in advised
    assert not any("hint:" in line for line in shown(*batch))
    other = error.replace("No module named", "it said: No module named").replace(
        "Runtime.ImportModuleError", "ValueError"
    )
    assert not any(
        "hint:" in line for line in shown(started(), ended(error=other), answered(), advise=lambda f, m: "x")
    )


def test_in_a_container_the_list_of_requirements_is_what_to_mend() -> None:
    it = transcript(advise=lambda function, module: "never asked")
    it.render([replace(ready(), sandbox="docker")], SOON)
    error = '{"errorType": "ModuleNotFoundError", "errorMessage": "No module named \'yaml\'"}'
    said = it.render([started(), ended(error=error), answered()], SOON)
    assert any("hint: PyYAML is in no list of requirements" in line for line in said)


def test_an_initialisation_that_takes_too_long_is_explained() -> None:
    late = init_ended(T0 + 10, status="timeout", error="Sandbox.Timedout")
    said = shown(init_started(), late, started(at=T0 + 10), ended(at=T0 + 20), answered())
    assert any("Sandbox.Timedout (Lambda gives it 10 s, then starts it again" in line for line in said)
    assert not any("__main__" in line for line in said)
    serving = wrote(" * Serving Flask app 'app'\n", "", T0 + 0.5)
    said = shown(init_started(), serving, late, started(at=T0 + 10), ended(at=T0 + 20), answered())
    assert any("starts a web server when it is imported" in line and "__main__" in line for line in said)


def debug(count: int, request_id: str = "r1", at: float = T0 + 0.003) -> list[Fact]:
    return [wrote(f"[DEBUG]\t2026-11-22T09:34:00.{i:03}Z\tr1\t{'x' * 200}\n", request_id, at) for i in range(count)]


def test_debug_lines_are_a_row_each_and_of_many_the_first_are_shown() -> None:
    batch = [started(), wrote("one\n"), *debug(40), wrote("y" * 200), ended(), answered(report=report())]
    found = shown(*batch, columns=80)
    assert found[2].startswith("           +3 ms   [DEBUG]\t2026-11-22T09:34:00.000Z\tr1\txxx")
    assert all(line.endswith("x…") and len(line.expandtabs()) == 80 for line in found[2:5])
    assert found[5] == "                   … 37 more DEBUG lines (--json shows them)"
    assert [found[1].split()[-1], *(line.split()[-1] for line in found[6:])] == ["one", "y" * 200]
    assert len(shown(started(), *debug(5), ended(), answered())) == 6


def test_the_debug_lines_of_a_start_and_its_request_are_one_run() -> None:
    cold = [init_started(), *debug(4, ""), init_ended(T0 + 0.1), started(at=T0 + 0.1), *debug(4)]
    assert [line.split()[0] for line in shown(*cold, ended(), answered())[1:]] == ["+3", "+3", "+3", "…"]


def test_how_to_have_fewer_debug_lines_is_told_once_and_for_zappa_only() -> None:
    def hints(kind: AppKind) -> list[str]:
        it = transcript(columns=120)
        it.render([ready(project(function("orders", adapter=Adapter(kind, "app", "x"))))], SOON)
        run = [started(), *debug(9), ended(), answered()]
        return [line.strip() for _ in range(2) for line in it.render(run, SOON) if "more DEBUG" in line]

    said = "… 6 more DEBUG lines (--json shows them)"
    assert hints(AppKind.ZAPPA) == [f'{said} · set "log_level": "INFO" in zappa_settings', said]
    assert hints(AppKind.WSGI) == [said, said]


def test_debug_lines_of_a_long_run_are_counted_when_it_is_over() -> None:
    it = transcript()
    assert len(it.render([started(), *debug(9)], T0 + 1.5)) == 1 + 3
    assert it.render(debug(9), T0 + 2) == []
    said = it.render([wrote("done\n"), ended(), answered()], T0 + 3)
    assert [line.strip() for line in said[1:]] == ["+3 ms   done", "… 15 more DEBUG lines (--json shows them)"]
    it.render([started(), *debug(9)], T0 + 1.5)
    assert "… 6 more" in it.render([], math.inf)[-1], "nothing follows"


def test_debug_lines_after_the_answer_are_counted_at_the_end() -> None:
    gave_up = answered(status=504, report=None)
    said = shown(started(), *debug(9), gave_up, *debug(4), wrote("late\n"), ended(duration_ms=31_000.0))
    assert [line.strip() for line in said[4:]] == [
        "… 6 more DEBUG lines (--json shows them)",
        "+3 ms   orders#1: late",
        "orders#1: … 4 more DEBUG lines (--json shows them)",
        "+18 ms  orders#1 ended after 31.0 s",
    ]
    assert not any("orders#1: …" in line for line in shown(started(), gave_up, *debug(9), ended(), quiet=True))


def test_facts_for_telemetry_only_are_no_lines() -> None:
    batch = (
        InitRuntimeDone(T0, "Orders", "orders#1", "stream", "init", "success"),
        RuntimeDone(T0, "Orders", "orders#1", "stream", "r1", "success", 1.0, 2),
        RestoreRuntimeDone(T0, "Orders", "orders#1", "stream", "success"),
    )
    assert shown(*batch, now=LATER) == []
    assert shown(*batch, now=LATER, verbose=True) == []


def test_an_extension_that_fails_and_telemetry_that_is_lost_are_told_as_they_happen() -> None:
    failed = ExtensionTold(T0, "Orders", "orders#1", "stream", "tracer", "Crash", (), "Extension.Crash")
    dropped = LogsDropped(T0, "Orders", "orders#1", "stream", "tracer", 99, 3, "nobody answered")
    batch = (started(), failed, dropped, ended(), answered())
    assert shown(*batch) == [
        "+0000.00 ✗ orders#1: the extension tracer failed: Crash (Extension.Crash)",
        "+0000.00 ! orders#1: telemetry for tracer: 3 records dropped: nobody answered",
        WARM,
    ]


def test_an_environment_that_is_provisioned_is_told_in_a_line_and_the_call_it_takes_is_warm() -> None:
    it = transcript()
    begun = replace(init_started(), initialization=Initialization.PROVISIONED)
    done = replace(init_ended(T0 + 0.4), initialization=Initialization.PROVISIONED)
    assert it.render([begun, done], T0 + 0.4) == ["+0000.40 orders#1 initialised ahead of any call, 371 ms"]
    assert it.render([], LATER) == []
    assert it.render([started(), ended(), answered()], SOON) == [WARM]
    assert shown(begun, done, quiet=True) == []

"""Limits, provisioned environments, versions and frozen environments while many callers are at it at once."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psutil
import pytest

from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve
from tests.live.templates import function, sam
from tests.live.wire import Reply, send

pytestmark = pytest.mark.live

CALLERS = 50
APP = """
import os, threading, time

beats = 0
fired = []

def beat():
    global beats
    while True:
        beats += 1
        time.sleep(0.005)

def handler(event, context):
    global beats
    if event.get("beats") and not beats:
        threading.Thread(target=beat, daemon=True).start()
    if event.get("timer"):
        threading.Timer(event["timer"], lambda: fired.append(1)).start()
    query = event.get("queryStringParameters") or event
    time.sleep(float(query.get("seconds", 0)))
    if "requestContext" in event:
        return {"statusCode": 200, "body": "ok"}
    kind = os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]
    seen = {"pid": os.getpid(), "beats": beats, "fired": len(fired), "kind": kind, "code": 0}
    return {**seen, "version": context.function_version}
"""
PROVISIONED = {
    "AutoPublishAlias": "live",
    "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 2},
}
ALL = function("app.handler", "GET /http", "REST GET /rest", FunctionName="fn", AutoPublishAlias="live")
ALL["Properties"]["FunctionUrlConfig"] = {"AuthType": "NONE"}
TEMPLATE = sam(
    {
        "Fn": ALL,
        "Beats": function("app.handler", FunctionName="beats"),
        "Other": function("app.handler", FunctionName="other"),
        "Broken": function("broken.handler", FunctionName="broken", **PROVISIONED),
    }
)
FILES = {
    "app.py": APP,
    "broken.py": "raise RuntimeError('on purpose')\n",
    "template.yaml": TEMPLATE,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    folder = tmp_path_factory.mktemp("load")
    with devserve(folder, FILES, "--max-environments", "12", "--idle-timeout", "2") as running:
        yield running
        assert sorted(path.name for path in running.folder.iterdir()) == sorted([".devserve", *FILES])


@pytest.fixture(scope="module")
def callers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(CALLERS) as threads:
        yield threads


def call(server: Devserve, method: str, path: str, body: str = "") -> Reply:
    return send(server.lambdas, method, path, body=body.encode())


def provisioned(server: Devserve, name: str, number: int) -> Reply:
    path = f"/2019-09-30/functions/{name}/provisioned-concurrency?Qualifier=live"
    return call(server, "PUT", path, f'{{"ProvisionedConcurrentExecutions":{number}}}')


def standing(server: Devserve, name: str) -> Any:
    return call(server, "GET", f"/2019-09-30/functions/{name}/provisioned-concurrency?Qualifier=live").json()


def not_provisioned(server: Devserve, name: str) -> None:
    call(server, "DELETE", f"/2019-09-30/functions/{name}/provisioned-concurrency?Qualifier=live")


@contextmanager
def meanwhile(step: Callable[[], object]) -> Iterator[list[object]]:
    """Does it again and again; gives what came of it."""
    over, results = threading.Event(), list[object]()

    def go_on() -> None:
        while not over.wait(0.03):
            results.append(step())

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield results
    finally:
        over.set()
        thread.join(30)


@pytest.mark.parametrize("reserved", [0, 1, 5])
def test_as_many_as_are_reserved_are_served_at_every_door(
    server: Devserve, callers: ThreadPoolExecutor, reserved: int
) -> None:
    place = "/2017-10-31/functions/fn/concurrency"
    refused = '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}'
    doors: list[tuple[Callable[[], Reply], int, str]] = [
        (lambda: server.invoke("fn", {"seconds": 0.4}).reply, 429, refused),
        (lambda: server.get("/http?seconds=0.4"), 503, '{"message":"Service Unavailable"}'),
        (lambda: server.get("/rest?seconds=0.4"), 500, '{"message": "Internal server error"}'),
        (lambda: server.get("/?seconds=0.4", host="fn.lambda-url.localhost"), 429, '{"Message":"Rate Exceeded."}'),
    ]
    assert call(server, "PUT", place, f'{{"ReservedConcurrentExecutions":{reserved}}}').status == 200
    try:
        for door, status, body in doors:
            replies = list(callers.map(lambda _, ask=door: ask(), range(CALLERS)))
            assert Counter(reply.status for reply in replies) == Counter({200: reserved, status: CALLERS - reserved})
            assert {reply.text for reply in replies if reply.status != 200} == {body}
    finally:
        call(server, "DELETE", place)
    assert server.invoke("fn", {}).error is None


def test_limits_and_provisioned_environments_change_while_callers_are_served(
    server: Devserve, callers: ThreadPoolExecutor
) -> None:
    place, turns = "/2017-10-31/functions/fn/concurrency", iter(range(100_000))

    def changes() -> int:
        turn = next(turns)
        provisioned(server, "fn", 1 + turn % 3)
        if turn % 3 == 2:
            not_provisioned(server, "fn")
        if turn % 2:
            return call(server, "DELETE", place).status
        return call(server, "PUT", place, '{"ReservedConcurrentExecutions":4}').status

    with meanwhile(changes) as changed:
        found = Counter(callers.map(lambda _: server.invoke("fn:live", {"seconds": 0.02}).status, range(200)))
    not_provisioned(server, "fn")
    call(server, "DELETE", place)
    assert set(found) <= {200, 429}
    assert found[200] >= 4
    assert set(changed) <= {200, 204}
    assert list(callers.map(lambda _: server.invoke("fn:live", {}).error, range(20))) == [None] * 20


def test_what_does_not_initialise_or_does_not_fit_is_not_ready_and_others_are_served(
    server: Devserve, callers: ThreadPoolExecutor
) -> None:
    broken = eventually(lambda: (now := standing(server, "broken"))["Status"] == "FAILED" and now, what="it failed")
    assert (broken["StatusReason"], broken["AvailableProvisionedConcurrentExecutions"]) == (
        "FUNCTION_ERROR_INIT_FAILURE",
        0,
    )
    assert server.invoke("broken:live", {}).payload["errorMessage"] == "on purpose"
    provisioned(server, "fn", 30)
    try:
        eventually(lambda: standing(server, "fn")["Status"] == "FAILED", what="it does not fit")
        ready = "AvailableProvisionedConcurrentExecutions"
        eventually(lambda: 8 <= standing(server, "fn")[ready] < 12, what="as many as fit are initialised")
        others = [server.invoke("other", {"seconds": 0.1}) for _ in range(3)]
        assert [(each.status, each.error) for each in others] == [(200, None)] * 3
        kinds = Counter(
            callers.map(lambda _: server.invoke("fn:live", {"seconds": 0.2}).payload["kind"], range(CALLERS))
        )
        assert set(kinds) <= {"provisioned-concurrency", "on-demand"}
        assert kinds["provisioned-concurrency"] > CALLERS // 2
    finally:
        not_provisioned(server, "fn")


def test_saves_and_publications_disturb_nobody_and_each_version_keeps_its_code(
    server: Devserve, callers: ThreadPoolExecutor
) -> None:
    saved = iter(range(1, 100_000))
    provisioned(server, "fn", 2)

    def publishes() -> tuple[str, int]:
        code = next(saved)
        server.save("app.py", APP.replace('"code": 0', f'"code": {code}'))
        return call(server, "POST", "/2015-03-31/functions/fn/versions", "{}").json()["Version"], code

    with meanwhile(publishes) as published:
        names = ["fn", "fn:live"] * 20
        answers = list(callers.map(lambda name: server.invoke(name, {"seconds": 0.02}), names))
    assert {(answer.status, answer.error) for answer in answers} == {(200, None)}
    versions: dict[str, int] = dict(published)  # type: ignore[arg-type]
    assert versions
    last = max(versions.values())
    for version in sorted(versions, key=int)[:3]:
        seen = server.invoke(f"fn:{version}", {}).payload
        assert (seen["version"], seen["code"]) == (version, versions[version])
    eventually(lambda: server.invoke("fn:live", {}).payload["code"] == last, what="the alias has the last save")
    eventually(lambda: standing(server, "fn")["Status"] == "READY", what="the last ones are initialised")
    not_provisioned(server, "fn")
    shares(server, sorted(versions, key=int))


def shares(server: Devserve, versions: list[str]) -> None:
    """All to the one, all to the other, to both."""
    assert len(versions) > 1
    one, other = versions[0], versions[-1]
    path = "/2015-03-31/functions/fn/aliases"
    alias = f'{{"Name":"shares","FunctionVersion":"{one}"}}'
    assert call(server, "POST", path, alias).status == 201
    for share, reached in ((0.0, {one}), (1.0, {other}), (0.5, {one, other})):
        weights = f'{{"RoutingConfig":{{"AdditionalVersionWeights":{{"{other}":{share}}}}}}}'
        assert call(server, "PUT", f"{path}/shares", weights).status == 200
        assert {server.invoke("fn:shares", {}).payload["version"] for _ in range(30)} == reached


def stopped(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_STOPPED


def test_nothing_runs_in_an_environment_between_invocations_until_it_is_idle_for_too_long(server: Devserve) -> None:
    first = server.invoke("beats", {"beats": True, "timer": 0.6}).payload
    began = time.monotonic()
    eventually(lambda: stopped(first["pid"]), what="it is frozen")
    eventually(lambda: time.monotonic() - began > 1.5, what="a second and a half")
    second = server.invoke("beats", {}).payload
    assert second["pid"] == first["pid"]
    assert second["beats"] < 100  # of 300 that it would have in that time
    third = server.invoke("beats", {"seconds": 0.1}).payload
    assert (third["pid"], third["fired"]) == (first["pid"], 1)  # a timer that is due fires when it is thawed
    eventually(lambda: not psutil.pid_exists(first["pid"]), what="its idle time is over")
    assert server.invoke("beats", {}).payload["pid"] != first["pid"]


def test_a_frozen_runtime_that_is_killed_is_replaced(server: Devserve) -> None:
    pid = server.invoke("other", {}).payload["pid"]
    eventually(lambda: stopped(pid), what="it is frozen")
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not psutil.pid_exists(pid), what="its end is noticed")
    again = server.invoke("other", {})
    assert (again.status, again.error) == (200, None)
    assert again.payload["pid"] != pid


def test_recycling_disturbs_nobody(server: Devserve, callers: ThreadPoolExecutor) -> None:
    with meanwhile(lambda: call(server, "POST", "/_devserve/api/recycle", "{}").status) as recycled:
        found = Counter(callers.map(lambda _: server.invoke("other", {"seconds": 0.01}).error, range(60)))
    assert found == {None: 60}
    assert set(recycled) == {200}

"""Many callers at once: environments multiply, limits hold, gateways give up in time, floods do no harm."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve
from tests.live.templates import function, sam
from tests.live.wire import Reply, send

pytestmark = pytest.mark.live

APP = '''
import os, pathlib, sys, time

count = 0

def meets(event, context):
    """Comes back when as many callers as asked for are inside at the same time."""
    global count
    count += 1
    place = pathlib.Path(event["place"])
    (place / context.aws_request_id).touch()
    end = time.monotonic() + event.get("seconds", 8)
    while len(list(place.iterdir())) < event["callers"] and time.monotonic() < end:
        time.sleep(0.01)
    return {"pid": os.getpid(), "count": count, "met": len(list(place.iterdir()))}

def slow(event, context):
    time.sleep(3)
    return {"statusCode": 200, "body": "late"}

def floods(event, context):
    line = "x" * 1023
    for _ in range(event["kilobytes"]):
        print(line)
    return "flooded"

def counts(event, context):
    global count
    count += 1
    return {"statusCode": 200, "body": str(count)}

def says(event, context):
    if event.get("seconds"):
        time.sleep(event["seconds"])
    kind = os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]
    return {"statusCode": 200, "kind": kind, "version": context.function_version, "stream": context.log_stream_name}
'''


def in_parallel(number: int, call: Callable[[int], Any]) -> list[Any]:
    results: list[Any] = [None] * number

    def one(index: int) -> None:
        results[index] = call(index)

    threads = [threading.Thread(target=one, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def project() -> dict[str, str]:
    resources = {
        "Meets": function("app.meets", FunctionName="meets", Timeout=20),
        "Other": function("app.meets", FunctionName="other", Timeout=20),
        "Slow": function("app.slow", FunctionName="slow"),
        "Floods": function("app.floods", FunctionName="floods", Timeout=60),
        "Counts": function("app.counts", "GET /counts", FunctionName="counts"),
    }
    resources["Limited"] = function("app.says", "GET /http", "REST GET /rest", FunctionName="limited")
    resources["Limited"]["Properties"]["FunctionUrlConfig"] = {"AuthType": "NONE"}
    resources["Says"] = function("app.says", FunctionName="says", Timeout=20)
    resources["Says"]["Properties"] |= {
        "AutoPublishAlias": "live",
        "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 2},
    }
    for kind, path in (("HttpApi", "/slow"),):
        properties = {"Method": "GET", "Path": path, "TimeoutInMillis": 500}
        resources["Slow"]["Properties"]["Events"] = {"Slow": {"Type": kind, "Properties": properties}}
    return {"app.py": APP, "template.json": sam(resources)}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    with devserve(tmp_path_factory.mktemp("concurrency"), project(), "--max-environments", "70") as running:
        yield running


def call_api(server: Devserve, method: str, path: str, body: object = None) -> Reply:
    content = b"" if body is None else json.dumps(body).encode()
    return send(server.lambdas, method, path, body=content)


def test_each_caller_at_the_same_time_has_an_environment_of_its_own(server: Devserve, tmp_path: Path) -> None:
    event = {"place": str(tmp_path), "callers": 3}
    answers = in_parallel(3, lambda _: server.invoke("meets", event).payload)
    assert [answer["met"] for answer in answers] == [3, 3, 3]
    assert len({answer["pid"] for answer in answers}) == 3


def test_sixty_callers_at_once_have_sixty_environments_and_none_fails(server: Devserve, tmp_path: Path) -> None:
    event = {"place": str(tmp_path), "callers": 60, "seconds": 15}
    answers = in_parallel(60, lambda _: server.invoke("meets", event))
    assert [(answer.status, answer.error) for answer in answers] == [(200, None)] * 60
    assert {answer.payload["met"] for answer in answers} == {60}
    assert len({answer.payload["pid"] for answer in answers}) == 60


def test_provisioned_environments_are_ready_before_they_are_asked_for_and_are_used_first(server: Devserve) -> None:
    config = "/2019-09-30/functions/says/provisioned-concurrency?Qualifier=live"
    eventually(lambda: call_api(server, "GET", config).json()["Status"] == "READY", what="both are initialised")
    assert call_api(server, "GET", config).json()["AllocatedProvisionedConcurrentExecutions"] == 2
    answers = in_parallel(3, lambda _: server.invoke("says:live", {"seconds": 1}).payload)
    kinds = sorted(answer["kind"] for answer in answers)
    assert kinds == ["on-demand", "provisioned-concurrency", "provisioned-concurrency"]
    assert {answer["version"] for answer in answers} == {"1"}
    assert all("/[1]" in answer["stream"] for answer in answers)
    latest = server.invoke("says", {}).payload
    assert (latest["kind"], latest["version"]) == ("on-demand", "$LATEST")


def test_a_limit_acts_at_once_and_every_front_door_says_it_in_its_own_way(server: Devserve) -> None:
    place = "/2017-10-31/functions/limited/concurrency"
    assert call_api(server, "PUT", place, {"ReservedConcurrentExecutions": 0}).status == 200
    try:
        refused = server.invoke("limited", {})
        assert refused.status == 429
        assert refused.payload["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
        http, rest = server.get("/http"), server.get("/rest")
        assert (http.status, http.text) == (503, '{"message":"Service Unavailable"}')
        assert (rest.status, rest.json()) == (500, {"message": "Internal server error"})
        assert server.get("/", host="limited.lambda-url.localhost").status == 429
    finally:
        assert call_api(server, "DELETE", place).status == 204
    assert server.get("/http").status == 200


def test_callers_one_after_the_other_share_one_environment(server: Devserve) -> None:
    before = int(server.get("/counts").text)
    assert [int(server.get("/counts").text) for _ in range(10)] == [before + n for n in range(1, 11)]


def test_over_the_machines_capacity_callers_wait_and_are_served(tmp_path: Path) -> None:
    with devserve(tmp_path, project(), "--max-environments", "1") as server:
        place = tmp_path / "place"
        place.mkdir()
        names = ["meets", "other", "meets", "other"]
        answers = in_parallel(4, lambda n: server.invoke(names[n], {"place": str(place), "callers": 0}))
        assert [(answer.status, answer.error) for answer in answers] == [(200, None)] * 4
        told = [fact for fact in server.facts() if fact["type"] == "refused"]
        assert told == []


def test_a_gateway_gives_up_at_its_timeout_and_the_function_runs_on(server: Devserve) -> None:
    reply = server.get("/slow")
    assert (reply.status, reply.text) == (503, '{"message":"Service Unavailable"}')
    report = server.fact("report", lambda fact: fact["function"] == "Slow")
    assert report["report"]["status"] == "success"
    assert report["report"]["durationMs"] > 2900


def test_a_flood_of_output_neither_blocks_nor_is_lost(server: Devserve) -> None:
    answer = server.invoke("floods", {"kilobytes": 20_000}, tail=True)
    assert (answer.error, answer.payload) == (None, "flooded")
    assert len(answer.log.encode()) <= 4096
    assert server.get("/counts").status == 200


def test_many_requests_at_once_are_all_answered(server: Devserve) -> None:
    replies = in_parallel(40, lambda _: server.get("/counts").status)
    assert replies == [200] * 40


def test_saves_in_a_hurry_end_with_the_last_one(tmp_path: Path) -> None:
    code = "def handler(event, context):\n    return {'statusCode': 200, 'body': '%s'}\n"
    template = sam({"Fn": function("app.handler", "GET /x", FunctionName="fn")})
    with devserve(tmp_path, {"app.py": code % "start", "template.json": template}) as server:
        assert server.get("/x").text == "start"
        for number in range(60):
            server.save("app.py", code % f"v{number}")
            if number % 7 == 0:
                server.get("/x")  # whatever it finds: a file may be half written just now
        eventually(lambda: server.get("/x").text == "v59", what="the last save")
        assert [server.get("/x").text for _ in range(5)] == ["v59"] * 5


def test_events_are_run_while_it_stops_or_told(tmp_path: Path) -> None:
    with devserve(tmp_path, project()) as server:
        for _ in range(5):
            assert server.invoke("counts", {}, kind="Event").status == 202
        eventually(lambda: len(server.facts("report")) == 5, what="all five were run")
        assert {fact["function"] for fact in server.facts("report")} == {"Counts"}
        assert json.dumps(server.facts())

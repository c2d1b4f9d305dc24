"""Asynchronous invocations of a whole devserve: what was accepted runs, also when devserve is killed with `kill -9`."""

from __future__ import annotations

import json
import resource
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve, write
from tests.live.templates import function, sam

pytestmark = pytest.mark.live

EVENTS = 1_000
RETRIES = 2

APP = """
import os, pathlib, time

def notes(event, context):
    # One line for each time that it runs: a single write to a file is whole or not there.
    line = f"{event['number']} {context.aws_request_id}\\n".encode()
    file = os.open(event["file"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, line)
    os.close(file)
    # The first fifty are quick; then all wait until the first devserve is gone.
    while event["number"] >= 50 and not os.path.exists(event["file"] + ".gate"):
        time.sleep(0.01)
    return "noted"

def stays(event, context):
    notes({**event, "number": 0}, context)
    time.sleep(60)

def fails(event, context):
    notes({**event, "number": -1}, context)
    raise ValueError("on purpose")

def last(event, context):
    pathlib.Path(event["requestPayload"]["file"] + ".record").write_text(__import__("json").dumps(event))
"""

FAILS = {
    "MaximumRetryAttempts": RETRIES,
    "DestinationConfig": {"OnFailure": {"Type": "Lambda", "Destination": {"Fn::GetAtt": ["Last", "Arn"]}}},
}
TEMPLATE = sam(
    {
        "Notes": function("app.notes", Timeout=60),
        "Last": function("app.last"),
        "Fails": function("app.fails", EventInvokeConfig=FAILS),
        "Once": function("app.stays", Timeout=90, EventInvokeConfig={"MaximumRetryAttempts": 0}),
        "Twice": function("app.stays", Timeout=90, EventInvokeConfig={"MaximumRetryAttempts": 1}),
    }
)


def accept(server: Devserve, number: int, file: Path) -> str:
    invoked = server.invoke("Notes", {"number": number, "file": str(file)}, kind="Event")
    assert (invoked.status, invoked.reply.text) == (202, "")
    return invoked.request_id


def noted(file: Path) -> list[list[str]]:
    return [line.split() for line in file.read_text().splitlines()] if file.exists() else []


def test_a_thousand_accepted_events_survive_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    project = {"template.yaml": TEMPLATE, "app.py": APP}
    write(tmp_path / "project", project)
    with devserve(tmp_path, {}, "--max-environments", "4") as server:
        with ThreadPoolExecutor(8) as callers:
            ids = list(callers.map(lambda number: accept(server, number, file), range(EVENTS)))
        eventually(lambda: len(noted(file)) >= 54, what="fifty have run, and four are running")
        server.kill()
    before = len(noted(file))
    assert before == 54
    file.with_name("notes.gate").touch()
    with devserve(tmp_path, {}, "--max-environments", "4", "--time-scale", "100") as server:
        eventually(lambda: len({number for number, _ in noted(file)}) == EVENTS, seconds=90, what="all have run")
        ends = eventually(lambda: ended(server, EVENTS - 50), seconds=30, what="all have come to their end")
        assert set(ends) <= {"done", "given up"}
        again = list((tmp_path / "project" / ".devserve").glob("events-*.sqlite"))
        assert again == []
    runs = Counter(request_id for _, request_id in noted(file))
    assert runs.keys() == set(ids), "each with the id that its caller was told"
    assert sorted(runs.values()) == [1] * (EVENTS - 4) + [2] * 4, "what was running at the kill ran again"
    assert len({number for number, _ in noted(file)}) == EVENTS


def test_a_run_that_was_killed_counts_as_one_of_its_tries(tmp_path: Path) -> None:
    runs: dict[str, Path] = {name: tmp_path / name for name in ("Once", "Twice")}
    write(tmp_path / "project", {"template.yaml": TEMPLATE, "app.py": APP})
    with devserve(tmp_path, {}) as server:
        for name, file in runs.items():
            assert server.invoke(name, {"file": str(file)}, kind="Event").status == 202
        eventually(lambda: all(noted(file) for file in runs.values()), what="both run")
        server.kill()
    with devserve(tmp_path, {}, "--time-scale", "1000") as server:
        eventually(lambda: len(noted(runs["Twice"])) == 2, what="one runs again")
        assert given_up(server, 1) == ["Once"]
        server.kill()
    with devserve(tmp_path, {}, "--time-scale", "1000") as server:
        assert given_up(server, 1) == ["Twice"]
    assert {name: len(noted(file)) for name, file in runs.items()} == {"Once": 1, "Twice": 2}


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux sets the limits of another process")
def test_an_event_that_cannot_be_written_is_not_accepted_and_the_next_one_is(tmp_path: Path) -> None:
    file = str(tmp_path / "notes")
    with devserve(tmp_path, {"template.yaml": TEMPLATE, "app.py": APP}) as server:

        def sent(number: int, size: int) -> tuple[int, str]:
            event = {"number": number, "file": file, "rest": "x" * size}
            reply = server.invoke("Notes", event, kind="Event").reply
            return reply.status, reply.json()["Message"] if reply.body else ""

        assert sent(0, 10) == (202, "")
        full, usual = (400_000, resource.RLIM_INFINITY), (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, full)
        refusals = [sent(1, 900_000) for _ in range(3)]
        assert {status for status, _ in refusals} == {500}
        assert all(said.startswith("It cannot be kept: events.sqlite: ") for _, said in refusals)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, usual)
        assert sent(2, 900_000) == (202, "")
        eventually(lambda: len(ended(server, 2)) == 2, what="both have run")
    assert [number for number, _ in noted(Path(file))] == ["0", "2"]


def given_up(server: Devserve, number: int) -> list[str]:
    def found() -> list[str]:
        return [fact["function"] for fact in server.facts("event") if fact["step"] == "given up"]

    return eventually(lambda: found() if len(found()) >= number else [], what="events that are given up")


def ended(server: Devserve, at_least: int) -> list[str]:
    steps = [fact["step"] for fact in server.facts("event") if fact["step"] in ("done", "given up")]
    return steps if len(steps) >= at_least else []


def test_minutes_pass_faster_and_a_record_reaches_a_function_of_the_project(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    project = {"template.yaml": TEMPLATE, "app.py": APP}
    with devserve(tmp_path, project, "--time-scale", "600") as server:
        request_id = server.invoke("Fails", {"file": str(file)}, kind="Event").request_id
        server.fact("event", lambda fact: fact["step"] == "given up", seconds=20)
        record: dict[str, Any] = json.loads(
            eventually(lambda: Path(f"{file}.record").exists() and Path(f"{file}.record").read_text(), what="a record")
        )
        assert record["requestContext"]["condition"] == "RetriesExhausted"
        assert record["requestContext"]["approximateInvokeCount"] == 1 + RETRIES
        assert record["requestContext"]["requestId"] == request_id
        assert record["responsePayload"]["errorMessage"] == "on purpose"
    assert [each for _, each in noted(file)] == [request_id] * (1 + RETRIES)

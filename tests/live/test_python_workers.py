"""Managed instances in our Python runtime: workers that are processes, and what becomes of those that die."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.live import processes
from tests.live.deadline import eventually
from tests.live.runtimes import running

pytestmark = [pytest.mark.live, processes.needs_proc]

SOURCE = """
import json, logging, os, pathlib, time
here = pathlib.Path(__file__).parent
print("initialised")

def handler(event, context):
    os.environ["SEEN"] = event.get("name", "")
    if "exit" in event:
        os._exit(event["exit"])
    if "kill" in event:
        os.kill(os.getpid(), 9)
    if event.get("log"):
        logging.getLogger().setLevel("INFO")
        for _ in range(50):
            logging.info("x" * event["log"])
            print("y" * event["log"])
    if "wait" in event:
        (here / f"begun-{event['name']}").touch()
    while "wait" in event and not (here / event["wait"]).exists():
        time.sleep(0.005)
    return [os.getpid(), context.aws_request_id, os.environ["SEEN"]]
"""


def workers(count: int) -> dict[str, str]:
    return {
        "AWS_LAMBDA_MAX_CONCURRENCY": str(count),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "lambda-managed-instances",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
    }


def test_each_worker_polls_and_runs_beside_the_others(tmp_path: Path) -> None:
    with running(tmp_path, SOURCE, environ=workers(3)) as runtime:
        runtime.api.wait_for_polls(3)
        ids = [runtime.api.give({"name": name, "wait": "go"}) for name in "abc"]
        quick = runtime.api.give({"name": "d"})
        eventually(lambda: len(list(tmp_path.rglob("begun-*"))) == 3, what="all three run")
        assert not runtime.api.posted
        (tmp_path / "go").touch()
        told = [runtime.api.wait(lambda posted, one=one: posted.request_id == one).json() for one in ids]
        assert len({pid for pid, _, _ in told}) == 3
        assert [(request_id, seen) for _, request_id, seen in told] == list(zip(ids, "abc", strict=True))
        assert runtime.api.wait(lambda posted: posted.request_id == quick).json()[2] == "d"
        assert runtime.process.pid not in {pid for pid, _, _ in told}


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"exit": 3}, "Runtime exited with error: exit status 3"),
        ({"exit": 0}, "Runtime exited without providing a reason"),
        ({"kill": True}, "Runtime exited with error: signal: killed"),
    ],
)
def test_a_worker_that_dies_takes_its_own_invocation_with_it_and_no_other(
    tmp_path: Path, event: dict[str, object], reason: str
) -> None:
    with running(tmp_path, SOURCE, environ=workers(2)) as runtime:
        runtime.api.wait_for_polls(2)
        other = runtime.api.give({"name": "other", "wait": "go"})
        posted = runtime.ask(event)
        assert posted.kind == "error"
        assert posted.headers["lambda-runtime-function-error-type"] == "Runtime.ExitError"
        assert posted.json() == {
            "errorType": "Runtime.ExitError",
            "errorMessage": f"RequestId: {posted.request_id} Error: {reason}",
        }
        (tmp_path / "go").touch()
        assert runtime.api.wait(lambda posted: posted.request_id == other).kind == "response"
        assert runtime.ask({"name": "next"}).json()[2] == "next"


def test_when_the_last_worker_has_died_the_runtime_ends_as_it_did(tmp_path: Path) -> None:
    with running(tmp_path, SOURCE, environ=workers(2)) as runtime:
        runtime.ask({"exit": 1})
        runtime.ask({"exit": 7})
        assert runtime.wait() == 7


def test_an_init_that_fails_is_posted_and_ends_all(tmp_path: Path) -> None:
    with running(tmp_path, "raise ValueError('no')", environ=workers(2)) as runtime:
        error = runtime.api.wait("init_error")
        assert error.json()["errorType"] == "ValueError"
        assert runtime.wait() == 1


def test_what_workers_write_at_once_is_not_torn_apart(tmp_path: Path) -> None:
    with running(tmp_path, SOURCE, environ=workers(3)) as runtime:
        runtime.api.wait_for_polls(3)
        ids = [runtime.api.give({"log": 20_000}) for _ in range(3)]
        for request_id in ids:
            runtime.api.wait(lambda posted, one=request_id: posted.request_id == one)
        log = runtime.end()
    records = [json.loads(line) for line in log if line.startswith("{")]
    assert len(records) == 150
    assert {(record["requestId"], record["message"]) for record in records} == {(one, "x" * 20_000) for one in ids}
    assert sum(line.count("y") for line in log if not line.startswith("{")) == 150 * 20_000


def test_sigterm_reaches_every_worker(tmp_path: Path) -> None:
    with running(tmp_path, SOURCE, environ=workers(2)) as runtime:
        runtime.api.wait_for_polls(2)
        runtime.process.terminate()
        assert runtime.wait() == -15

"""Managed instances in our Node runtime: worker threads with several invocations each, and what becomes of those that
end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.live.deadline import eventually
from tests.live.node_runtimes import needs_node, running

pytestmark = [pytest.mark.live, needs_node]

SOURCE = """
const fs = require("fs");
const { threadId } = require("worker_threads");
const go = __dirname + "/go";
const wait = async () => { while (!fs.existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 5)); };
exports.handler = async (event, context) => {
  if ("exit" in event) process.exit(event.exit);
  if (event.throws) { setTimeout(() => { throw new RangeError("nobody's"); }, 1); await new Promise(() => {}); }
  if (event.fails) throw new TypeError("its own");
  for (let i = 0; i < (event.log || 0); i++) console.log("x".repeat(20000));
  if (event.wait) { fs.writeFileSync(`${__dirname}/begun-${event.name}`, ""); await wait(); }
  console.log("after");
  return [threadId, context.awsRequestId, event.name];
};
exports.stream = awslambda.streamifyResponse(async (event, stream) => {
  stream.write("begun ");
  await wait();
  stream.end(event);
});
"""


def workers(most: int, threads: int) -> dict[str, str]:
    return {
        "AWS_LAMBDA_MAX_CONCURRENCY": str(most),
        "AWS_LAMBDA_NODEJS_WORKER_COUNT": str(threads),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "lambda-managed-instances",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
    }


def test_invocations_run_beside_each_other_in_threads_and_in_lanes(tmp_path: Path) -> None:
    with running(tmp_path, SOURCE, runtime="nodejs22.x", environ=workers(5, 2)) as runtime:
        runtime.api.wait_for_polls(5)
        ids = [runtime.api.give({"name": number, "wait": True}) for number in range(5)]
        eventually(lambda: len(list(tmp_path.rglob("begun-*"))) == 5, what="all five run")
        assert not runtime.api.posted
        (tmp_path / "go").touch()
        told = [runtime.api.wait(lambda posted, one=one: posted.request_id == one).json() for one in ids]
        assert [(request_id, name) for _, request_id, name in told] == list(zip(ids, range(5), strict=True))
        assert len({thread for thread, _, _ in told}) == 2
        records = [json.loads(line) for line in runtime.end()]
    # Each line knows whose it is, though all of them were under way at once.
    assert sorted(record["requestId"] for record in records) == sorted(ids)


@pytest.mark.parametrize(
    ("event", "kind", "text"),
    [
        ({"exit": 3}, "Runtime.ExitError", "Error: Runtime exited with error: exit status 3"),
        ({"throws": True}, "RangeError", "nobody's"),
        ({"fails": True}, "TypeError", "its own"),
    ],
)
def test_what_ends_a_worker_is_the_error_of_its_invocations_and_the_others_go_on(
    tmp_path: Path, event: dict[str, object], kind: str, text: str
) -> None:
    with running(tmp_path, SOURCE, runtime="nodejs22.x", environ=workers(2, 2)) as runtime:
        runtime.api.wait_for_polls(2)
        posted = runtime.ask(event)
        assert (posted.kind, posted.json()["errorType"]) == ("error", kind)
        assert text in posted.json()["errorMessage"]
        assert runtime.ask({"name": "next"}).json()[2] == "next"


def test_when_the_last_worker_has_ended_the_runtime_ends(tmp_path: Path) -> None:
    with running(tmp_path, SOURCE, runtime="nodejs22.x", environ=workers(1, 1)) as runtime:
        assert runtime.ask({"exit": 7}).kind == "error"
        assert runtime.wait() == 7


def test_an_init_that_fails_is_posted_and_ends_all(tmp_path: Path) -> None:
    with running(tmp_path, "throw new RangeError('no')", runtime="nodejs22.x", environ=workers(2, 2)) as runtime:
        assert runtime.api.wait("init_error").json()["errorType"] == "RangeError"
        assert runtime.wait() == 1


def test_streams_run_beside_each_other(tmp_path: Path) -> None:
    with running(tmp_path, SOURCE, "app.stream", runtime="nodejs22.x", environ=workers(3, 1)) as runtime:
        ids = [runtime.api.give(name) for name in ("one", "two", "three")]
        runtime.api.wait_for_pieces(3)
        (tmp_path / "go").touch()
        told = [runtime.api.wait(lambda posted, one=one: posted.request_id == one).body for one in ids]
        assert told == [b"begun one", b"begun two", b"begun three"]


def test_what_workers_write_at_once_is_not_torn_apart(tmp_path: Path) -> None:
    with running(tmp_path, SOURCE, runtime="nodejs22.x", environ=workers(2, 2)) as runtime:
        ids = [runtime.api.give({"log": 50}) for _ in range(2)]
        for request_id in ids:
            runtime.api.wait(lambda posted, one=request_id: posted.request_id == one)
        records = [json.loads(line) for line in runtime.end()]
    assert sorted(record["requestId"] for record in records if record["message"] != "after") == sorted(ids * 50)

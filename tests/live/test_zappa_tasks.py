"""`zappa.asynchronous` under devserve, with both tested versions: tasks leave through the Lambda port and run in
another local environment; what they return, how they fail, captured responses in a DynamoDB (moto's), and SNS, which is
missing until the user brings one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.live import zappa_served
from tests.live.cloud import Cloud
from tests.live.deadline import eventually
from tests.live.devserver import Devserve
from tests.live.zappa_runtime import VERSIONS
from tests.live.zappa_served import NAME, log

pytestmark = pytest.mark.live

TABLE = "responses"
SHOP = {
    "shop.py": """
import json
import os
from flask import Flask, jsonify
import tasks

app = Flask(__name__)

@app.route("/start/<word>")
def start(word):
    sent = tasks.work(word, size=2)
    return jsonify({"pid": os.getpid(), "kind": type(sent).__name__, "sent": sent.sent})

@app.route("/run/<word>")
def run(word):
    from zappa.asynchronous import run
    return jsonify({"pid": os.getpid(), "sent": run(tasks.plain, [word]).sent})

@app.route("/sync/<word>")
def sync(word):
    return jsonify({"pid": os.getpid(), "result": tasks.work.sync(word)})

@app.route("/long/<int:length>")
def long(length):
    try:
        tasks.work("x" * length)
    except Exception as error:
        return jsonify(str(error))
    return jsonify("sent")

@app.route("/fail")
def fail():
    return jsonify(tasks.fail().sent)

@app.route("/captured/<word>")
def captured(word):
    return jsonify({"id": tasks.captured(word).response_id})

@app.route("/response/<id>")
def response(id):
    from zappa.asynchronous import get_async_response
    return jsonify(get_async_response(id))

@app.route("/sns/<word>")
def sns(word):
    return jsonify(bool(tasks.by_sns(word).sent))
""",
    "tasks.py": """
import os
from zappa.asynchronous import task, task_sns

@task
def work(word, size=1):
    print("WORKED", word, size, os.getpid())
    return word * size

def plain(word):
    print("PLAIN", word, os.getpid())

@task
def fail():
    print("TRIED", os.getpid())
    raise LookupError("no such order")

@task(capture_response=True)
def captured(word):
    return {"word": word, "pid": os.getpid()}

@task_sns
def by_sns(word):
    print("BY SNS", word)
""",
}
STAGES: dict[str, dict[str, Any]] = {
    "dev": {"app_function": "shop.app", "keep_warm": False, "async_response_table": TABLE, "log_level": "INFO"}
}


@pytest.fixture(scope="module", params=VERSIONS)
def server(
    request: pytest.FixtureRequest, the_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Devserve]:
    """Its DynamoDB is moto's; there is no SNS."""
    the_cloud.reset()
    the_cloud.client("dynamodb", "us-east-1").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    environ = {
        "AWS_ENDPOINT_URL_DYNAMODB": the_cloud.address,
        # Nobody listens there: as on a machine without a network, but at once.
        "AWS_ENDPOINT_URL_SNS": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
        "AWS_MAX_ATTEMPTS": "1",
    }
    folder = tmp_path_factory.mktemp("tasks")
    with zappa_served.served(folder, str(request.param), SHOP, STAGES, "--no-credentials", environ=environ) as running:
        yield running


def lines(server: Devserve, first: str, count: int = 1) -> list[list[str]]:
    """The words of log lines that begin so, waited for."""

    def found() -> list[list[str]]:
        return [line.split() for line in log(server).splitlines() if line.startswith(first)]

    eventually(lambda: len(found()) >= count, seconds=15.0, what=f"{count} × {first!r} in the log:\n{log(server)}")
    return found()


def test_point_11_a_task_runs_in_another_environment(server: Devserve) -> None:
    asked = server.get("/dev/start/ab").json()
    assert (asked["kind"], asked["sent"]) == ("LambdaAsyncResponse", True)
    (worked,) = lines(server, "WORKED ab")
    assert worked[2] == "2"
    ran_in = [worked[3]]
    # The first environment may be free again before the task comes: while it is busy, there must be another.
    code = "import time, tasks, os; tasks.work('busy'); print('CALLED', os.getpid()); time.sleep(2)"
    assert server.invoke(NAME, {"raw_command": code}).status == 200
    (called,) = lines(server, "CALLED")
    ((*_, pid),) = lines(server, "WORKED busy")
    assert pid != called[1]
    assert ran_in
    assert "Result of zappa.asynchronous.route_lambda_task:" in log(server)


def test_point_11_the_result_of_a_task_is_in_the_log(server: Devserve) -> None:
    server.get("/dev/start/result")
    lines(server, "resultresult")


def test_point_11_run_sends_any_function(server: Devserve) -> None:
    assert server.get("/dev/run/x").json()["sent"] is True
    lines(server, "PLAIN x")


def test_point_11_sync_runs_in_place(server: Devserve) -> None:
    asked = server.get("/dev/sync/here").json()
    assert asked["result"] == "here"
    ((*_, pid),) = lines(server, "WORKED here")
    assert pid == str(asked["pid"])


def test_point_11_a_task_that_fails_is_an_error_of_its_own_invocation(server: Devserve) -> None:
    assert server.get("/dev/fail").json() is True
    lines(server, "TRIED")
    eventually(lambda: "LookupError: no such order" in log(server), seconds=5.0, what="the error in the log")


def test_point_09_zappa_itself_refuses_more_than_256000_bytes(server: Devserve) -> None:
    assert server.get("/dev/long/256000").json() == "Payload too large for async Lambda call"
    assert server.get("/dev/long/250000").json() == "sent"


def test_point_11_a_captured_response_is_in_the_table(server: Devserve) -> None:
    id = server.get("/dev/captured/abc").json()["id"]

    def response() -> Any:
        return server.get(f"/dev/response/{id}").json()

    eventually(lambda: (response() or {}).get("status") == "complete", seconds=10.0, what="the response")
    assert response()["response"]["word"] == "abc"


def test_point_11_a_task_over_sns_without_sns_says_what_would_help(server: Devserve) -> None:
    assert server.get("/dev/sns/x").status == 500
    said = lines(server, "devserve: a task over SNS was not sent")
    assert "AWS_ENDPOINT_URL_SNS" in " ".join(said[0])
    assert "use @task" in " ".join(said[0])


def test_point_11_what_sns_delivers_runs_the_task(server: Devserve) -> None:
    message = {"command": "zappa.asynchronous.route_sns_task", "task_path": "tasks.by_sns", "args": ["z"], "kwargs": {}}
    record = {
        "EventSource": "aws:sns",
        "Sns": {"TopicArn": "arn:aws:sns:us-east-1:1:x", "Message": json.dumps(message)},
    }
    assert server.invoke(NAME, {"Records": [record]}).status == 200
    lines(server, "BY SNS z")

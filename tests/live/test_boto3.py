"""Real AWS clients against the Lambda port: boto3, and the AWS CLI once. If they understand us, every SDK does."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve
from tests.live.templates import function, sam

pytestmark = [
    pytest.mark.live,
    # the client library itself uses what the interpreter will drop one day; that is not ours to fix
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

ACCOUNT, REGION = "123456789012", "us-east-1"

APP = """
import json, pathlib, time

def echo(event, context):
    print("echoing", json.dumps(event))
    return event

def about(event, context):
    client = context.client_context
    return {
        "function_name": context.function_name,
        "function_version": context.function_version,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "request_id": context.aws_request_id,
        "group": context.log_group_name,
        "stream": context.log_stream_name,
        "remaining": context.get_remaining_time_in_millis(),
        "custom": client.custom if client else None,
        "client": client.client.installation_id if client and client.client else None,
        "env": client.env if client else None,
    }

def fails(event, context):
    raise ValueError("no good: %s" % event.get("why"))

def waits(event, context):
    pathlib.Path(event["inside"]).touch()
    gate = pathlib.Path(event["gate"])
    while not gate.exists():
        time.sleep(0.01)
    return "done"
"""

TEMPLATE = sam(
    {
        "Echo": function("app.echo", FunctionName="echo"),
        "About": function("app.about", FunctionName="about", MemorySize=256),
        "Fails": function("app.fails", FunctionName="fails"),
        "Waits": function("app.waits", FunctionName="waits", ReservedConcurrentExecutions=1, Timeout=30),
    }
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    with devserve(tmp_path_factory.mktemp("boto3"), {"app.py": APP, "template.json": TEMPLATE}) as running:
        yield running


@pytest.fixture
def client(server: Devserve) -> Iterator[Any]:
    import boto3
    from botocore.config import Config

    session = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
    made = session.client(
        "lambda",
        endpoint_url=server.lambdas,
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=60),
    )
    yield made
    made.close()


def refused(error: Any) -> tuple[int, str, str]:
    response = error.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


def client_error() -> Any:
    from botocore.exceptions import ClientError

    return pytest.raises(ClientError)


@pytest.mark.parametrize("payload", [{"a": [1, "ü", None]}, None, 7, "text", [], {}], ids=str)
def test_a_payload_comes_back_as_it_went(client: Any, payload: Any) -> None:
    answer = client.invoke(FunctionName="echo", Payload=json.dumps(payload))
    assert json.loads(answer["Payload"].read()) == payload
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    assert len(answer["ResponseMetadata"]["RequestId"]) == 36


def test_no_payload_is_an_empty_object(client: Any) -> None:
    assert json.loads(client.invoke(FunctionName="echo")["Payload"].read()) == {}


def test_the_tail_of_the_log(client: Any) -> None:
    answer = client.invoke(FunctionName="echo", LogType="Tail", Payload="{}")
    lines = base64.b64decode(answer["LogResult"]).decode().splitlines()
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert lines[:3] == [
        f"START RequestId: {request_id} Version: $LATEST",
        "echoing {}",
        f"END RequestId: {request_id}",
    ]
    assert lines[3].startswith(f"REPORT RequestId: {request_id}\tDuration: ")


def test_an_event_is_accepted_at_once_and_run(server: Devserve, client: Any) -> None:
    answer = client.invoke(FunctionName="echo", InvocationType="Event", Payload=json.dumps({"mark": "event-17"}))
    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    eventually(lambda: any("event-17" in line for line in server.log("echo")), what="the event was run")


def test_a_dry_run_runs_nothing(server: Devserve, client: Any) -> None:
    answer = client.invoke(FunctionName="echo", InvocationType="DryRun", Payload=json.dumps({"mark": "dry-18"}))
    assert answer["StatusCode"] == 204
    client.invoke(FunctionName="echo", Payload=json.dumps({"mark": "wet-19"}))
    eventually(lambda: any("wet-19" in line for line in server.log("echo")), what="the later call's line")
    assert not any("dry-18" in line for line in server.log("echo"))


def test_the_context_is_as_on_aws(client: Any) -> None:
    context = {"custom": {"foo": "bar"}, "client": {"installation_id": "i-1"}, "env": {"locale": "de"}}
    answer = client.invoke(FunctionName="about", ClientContext=base64.b64encode(json.dumps(context).encode()).decode())
    got = json.loads(answer["Payload"].read())
    remaining = got.pop("remaining")
    stream = got.pop("stream")
    assert got == {
        "function_name": "about",
        "function_version": "$LATEST",
        "arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:about",
        "memory": "256",
        "request_id": answer["ResponseMetadata"]["RequestId"],
        "group": "/aws/lambda/about",
        "custom": {"foo": "bar"},
        "client": "i-1",
        "env": {"locale": "de"},
    }
    assert 0 < remaining <= 10_000
    assert "[$LATEST]" in stream


def test_no_client_context_is_none(client: Any) -> None:
    assert json.loads(client.invoke(FunctionName="about")["Payload"].read())["custom"] is None


def test_a_function_error_is_an_answer_with_status_200(client: Any) -> None:
    answer = client.invoke(FunctionName="fails", Payload=json.dumps({"why": "because"}))
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    error = json.loads(answer["Payload"].read())
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "no good: because")
    assert error["requestId"] == answer["ResponseMetadata"]["RequestId"]
    assert error["stackTrace"]
    assert 'raise ValueError("no good: %s" % event.get("why"))' in error["stackTrace"][-1]


def test_an_unknown_function(client: Any) -> None:
    with client_error() as error:
        client.invoke(FunctionName="nobody")
    status, code, message = refused(error)
    assert (status, code) == (404, "ResourceNotFoundException")
    assert f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:nobody" in message


def test_a_payload_that_is_not_json(client: Any) -> None:
    with client_error() as error:
        client.invoke(FunctionName="echo", Payload=b"{nope")
    status, code, message = refused(error)
    assert (status, code) == (400, "InvalidRequestContentException")
    assert message.startswith("Could not parse request body into json: ")


@pytest.mark.parametrize(
    "name",
    [
        "about",
        f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:about",
        f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:about:$LATEST",
        f"{ACCOUNT}:function:about",
        "function:about",
        "about:$LATEST",
        "About",
    ],
)
def test_every_way_to_name_a_function(client: Any, name: str) -> None:
    got = json.loads(client.invoke(FunctionName=name)["Payload"].read())
    qualified = ":$LATEST" if name.endswith("$LATEST") else ""
    assert got["arn"] == f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:about{qualified}"


def test_over_the_reserved_concurrency_the_caller_is_refused_as_recorded(client: Any, tmp_path: Path) -> None:
    inside, gate = tmp_path / "inside", tmp_path / "gate"
    payload = json.dumps({"inside": str(inside), "gate": str(gate)})
    first: list[Any] = []
    caller = threading.Thread(
        target=lambda: first.append(client.invoke(FunctionName="waits", Payload=payload)["Payload"].read())
    )
    caller.start()
    try:
        eventually(inside.exists, what="the first request is inside")
        with client_error() as error:
            client.invoke(FunctionName="waits", Payload=payload)
        assert refused(error) == (429, "TooManyRequestsException", "Rate Exceeded.")
        assert error.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    finally:
        gate.touch()
        caller.join(20)
    assert first == [b'"done"']
    assert client.invoke(FunctionName="waits", Payload=payload)["StatusCode"] == 200


def test_reserved_concurrency_can_be_changed_while_it_runs(client: Any) -> None:
    put = client.put_function_concurrency(FunctionName="echo", ReservedConcurrentExecutions=0)
    assert _bare(put) == _bare(client.get_function_concurrency(FunctionName="echo"))
    try:
        with client_error() as error:
            client.invoke(FunctionName="echo")
        assert refused(error)[:2] == (429, "TooManyRequestsException")
    finally:
        client.delete_function_concurrency(FunctionName="echo")
    assert client.invoke(FunctionName="echo")["StatusCode"] == 200


def _bare(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def test_functions_are_listed_and_described(client: Any) -> None:
    listed = {each["FunctionName"]: each for each in client.list_functions()["Functions"]}
    assert set(listed) == {"echo", "about", "fails", "waits"}
    described = client.get_function(FunctionName="about")
    configuration = client.get_function_configuration(FunctionName="about")
    for each in (listed["about"], described["Configuration"], configuration):
        assert (each["Handler"], each["MemorySize"], each["Timeout"], each["Runtime"]) == (
            "app.about",
            256,
            10,
            "python3.11",
        )
        assert each["FunctionArn"] == f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:about"
    assert configuration["State"] == "Active"
    assert client.get_function(FunctionName="waits")["Concurrency"] == {"ReservedConcurrentExecutions": 1}


def test_an_operation_that_is_not_there_says_which(client: Any) -> None:
    with client_error() as error:
        client.list_code_signing_configs()
    status, _, message = refused(error)
    assert status == 501
    assert "ListCodeSigningConfigs" in message


def test_the_aws_cli_invokes(server: Devserve, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    aws = [sys.executable, "-W", "ignore", "-m", "awscli", "--endpoint-url", server.lambdas, "--region", REGION]
    done = subprocess.run(
        [*aws, "lambda", "invoke", "--function-name", "echo", "--payload", '{"from": "cli"}', str(out)],
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["StatusCode"] == 200
    assert json.loads(out.read_text()) == {"from": "cli"}

"""The AWS SDKs as they are against the Lambda port: boto3, the AWS CLI, and the SDK for JavaScript. One devserve."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import npm
from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve
from tests.live.node_runtimes import NODE, needs_node
from tests.live.templates import function, sam
from tests.live.wire import send

pytestmark = [
    pytest.mark.live,
    needs_node,
    # the client library itself uses what the interpreter will drop one day; that is not ours to fix
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

NODE_APP = """
const fs = require('fs');
const until = async (path) => { while (!fs.existsSync(path)) await new Promise((done) => setTimeout(done, 5)); };
exports.streams = awslambda.streamifyResponse(async (event, stream) => {
  console.log('streaming', event.mark);
  stream.write('first;');
  if (event.gate) await until(event.gate);
  if (event.breaks) throw new TypeError('too late');
  stream.write('second');
  stream.end();
});
"""
PYTHON_APP = """
def echo(event, context):
    print("echoing", event.get("mark"))
    if event.get("fail"):
        raise ValueError("no good")
    return {"event": event, "tenant": context.tenant_id}

def again(event, context):
    import boto3, json
    client = boto3.client("lambda")
    try:
        answer = client.invoke(FunctionName=context.function_name, Payload=json.dumps({"turn": event["turn"] + 1}))
    except client.exceptions.RecursiveInvocationException as error:
        return {"turn": event["turn"], "said": str(error)}
    return json.loads(answer["Payload"].read())
"""
TEMPLATE = sam(
    {
        "Streams": function("node.streams", FunctionName="streams", Runtime="nodejs22.x"),
        "Echo": function("app.echo", FunctionName="echo"),
        "Again": function("app.again", FunctionName="again", Timeout=60),
        "Tenants": function("app.echo", FunctionName="tenants", TenancyConfig={"TenantIsolationMode": "PER_TENANT"}),
    }
)
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    files = {"node.js": NODE_APP, "app.py": PYTHON_APP, "template.json": TEMPLATE}
    with devserve(tmp_path_factory.mktemp("clients"), files, environ=KEYS) as running:
        yield running


@pytest.fixture
def client(server: Devserve) -> Iterator[Any]:
    import boto3
    from botocore.config import Config

    session = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=60)
    made = session.client("lambda", endpoint_url=server.lambdas, config=config)
    yield made
    made.close()


def streamed(answer: Any) -> tuple[bytes, dict[str, str]]:
    """All chunks of a boto3 answer, and what its end says."""
    events = list(answer["EventStream"])
    chunks = [event["PayloadChunk"]["Payload"] for event in events[:-1]]
    complete: dict[str, str] = events[-1]["InvokeComplete"]
    return b"".join(chunks), complete


# -- boto3


def test_boto3_reads_a_stream_while_it_is_written(client: Any, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    payload = json.dumps({"gate": str(gate), "mark": "m1"})
    answer = client.invoke_with_response_stream(FunctionName="streams", Payload=payload, LogType="Tail")
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert answer["ResponseStreamContentType"] == "application/vnd.amazon.eventstream"
    events = iter(answer["EventStream"])
    assert next(events)["PayloadChunk"]["Payload"] == b"first;"
    gate.touch()
    assert next(events)["PayloadChunk"]["Payload"] == b"second"
    complete = next(events)["InvokeComplete"]
    assert "ErrorCode" not in complete
    log = base64.b64decode(complete["LogResult"]).decode()
    assert log.startswith("START RequestId: ")
    assert "streaming m1" in log
    assert list(events) == []


def test_boto3_is_told_what_broke_a_stream(client: Any) -> None:
    answer = client.invoke_with_response_stream(FunctionName="streams", Payload=json.dumps({"breaks": True}))
    body, complete = streamed(answer)
    assert (body, complete["ErrorCode"]) == (b"first;", "Unhandled")
    assert json.loads(complete["ErrorDetails"])["errorMessage"] == "too late"


def test_boto3_gets_a_function_that_does_not_stream_as_a_stream(client: Any) -> None:
    answer = client.invoke_with_response_stream(FunctionName="echo", Payload=json.dumps({"a": 1}))
    body, complete = streamed(answer)
    assert (json.loads(body)["event"], complete.get("ErrorCode")) == ({"a": 1}, None)
    failed = client.invoke_with_response_stream(FunctionName="echo", Payload=json.dumps({"fail": True}))
    body, complete = streamed(failed)
    assert (body, complete["ErrorCode"]) == (b"", "Unhandled")
    assert json.loads(complete["ErrorDetails"])["errorType"] == "ValueError"


def test_boto3_streams_nothing_in_a_dry_run(client: Any) -> None:
    answer = client.invoke_with_response_stream(FunctionName="streams", InvocationType="DryRun")
    answer["EventStream"].close()
    assert answer["StatusCode"] == 204


def test_boto3_names_the_tenant(client: Any) -> None:
    answer = client.invoke(FunctionName="tenants", TenantId="blue", Payload="{}")
    assert json.loads(answer["Payload"].read())["tenant"] == "blue"
    with pytest.raises(client.exceptions.InvalidParameterValueException, match="Add a valid tenant ID"):
        client.invoke(FunctionName="tenants")
    with pytest.raises(client.exceptions.InvalidParameterValueException, match="Remove the tenant ID"):
        client.invoke(FunctionName="echo", TenantId="blue")


def test_boto3_still_has_the_old_asynchronous_call(server: Devserve, client: Any) -> None:
    assert client.invoke_async(FunctionName="echo", InvokeArgs=json.dumps({"mark": "old-async"}))["Status"] == 202
    eventually(lambda: any("old-async" in line for line in server.log("echo")), what="the event was run")


def test_a_function_that_calls_itself_with_boto3_is_stopped(server: Devserve) -> None:
    watched = f"{zlib.crc32(b'Again'):08x}"
    chain = f"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=13:{watched}:12"
    target = "/2015-03-31/functions/again/invocations"
    answer = send(server.lambdas, "POST", target, [("X-Amzn-Trace-Id", chain)], b'{"turn": 14}').json()
    assert answer["turn"] == 15
    assert "recursive loop" in answer["said"]


# -- the AWS CLI


def test_the_aws_cli_invokes_in_every_way(server: Devserve, tmp_path: Path) -> None:
    def aws(*arguments: str) -> tuple[dict[str, Any], str]:
        out = tmp_path / "out.json"
        line = [sys.executable, "-W", "ignore", "-m", "awscli", "--endpoint-url", server.lambdas, "lambda", "invoke"]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        done = subprocess.run(
            [*line, "--function-name", "echo", *arguments, str(out)],
            env=environ | KEYS | {"AWS_DEFAULT_REGION": "us-east-1", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout), out.read_text()

    said, payload = aws("--payload", '{"mark": "cli"}', "--log-type", "Tail")
    assert (said["StatusCode"], json.loads(payload)["event"]) == (200, {"mark": "cli"})
    assert "echoing cli" in base64.b64decode(said["LogResult"]).decode()
    said, payload = aws("--payload", '{"fail": true}')
    assert (said["FunctionError"], json.loads(payload)["errorType"]) == ("Unhandled", "ValueError")
    assert aws("--invocation-type", "Event", "--payload", "{}")[0]["StatusCode"] == 202


# -- the AWS SDK for JavaScript

SCRIPT = """
const { LambdaClient, InvokeCommand, InvokeWithResponseStreamCommand } = require('@aws-sdk/client-lambda');
const client = new LambdaClient({ endpoint: process.argv[2], region: 'us-east-1', maxAttempts: 1,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
const text = (bytes) => Buffer.from(bytes ?? []).toString();
const invoke = async (input) => client.send(new InvokeCommand({ FunctionName: 'echo', ...input }));
const stream = async (payload) => {
  const answer = await client.send(new InvokeWithResponseStreamCommand(
    { FunctionName: 'streams', Payload: JSON.stringify(payload), LogType: 'Tail' }));
  const chunks = [];
  let complete;
  for await (const event of answer.EventStream) {
    if (event.PayloadChunk) chunks.push(text(event.PayloadChunk.Payload));
    if (event.InvokeComplete) complete = event.InvokeComplete;
  }
  return { chunks, complete };
};
(async () => {
  const told = {};
  const plain = await invoke({ Payload: '{"mark":"js"}', LogType: 'Tail' });
  told.plain = [plain.StatusCode, JSON.parse(text(plain.Payload)).event, text(Buffer.from(plain.LogResult, 'base64'))];
  const failed = await invoke({ Payload: '{"fail":true}' });
  told.failed = [failed.StatusCode, failed.FunctionError, JSON.parse(text(failed.Payload)).errorType];
  told.event = (await invoke({ InvocationType: 'Event', Payload: '{}' })).StatusCode;
  told.dry = (await invoke({ InvocationType: 'DryRun' })).StatusCode;
  const refused = (error) => [error.name, error.$metadata.httpStatusCode];
  told.unknown = await invoke({ FunctionName: 'nobody' }).catch(refused);
  told.bad = await invoke({ Payload: '{nope' }).catch(refused);
  told.stream = await stream({ mark: 'js' });
  told.broken = await stream({ breaks: true });
  console.log(JSON.stringify(told));
})();
"""


def test_the_sdk_for_javascript_invokes_in_every_way(server: Devserve, tmp_path: Path) -> None:
    if not shutil.which("npm"):
        pytest.skip("needs npm")
    modules = npm.modules("@aws-sdk/client-lambda@3")
    script = tmp_path / "calls.js"
    script.write_text(SCRIPT)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [NODE, str(script), server.lambdas],
        env=environ | {"NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    status, event, log = told["plain"]
    assert (status, event) == (200, {"mark": "js"})
    assert "echoing js" in log
    assert told["failed"] == [200, "Unhandled", "ValueError"]
    assert (told["event"], told["dry"]) == (202, 204)
    assert told["unknown"] == ["ResourceNotFoundException", 404]
    assert told["bad"] == ["InvalidRequestContentException", 400]
    assert "".join(told["stream"]["chunks"]) == "first;second"
    assert "streaming js" in base64.b64decode(told["stream"]["complete"]["LogResult"]).decode()
    broken = told["broken"]
    assert (broken["chunks"], broken["complete"]["ErrorCode"]) == (["first;"], "Unhandled")
    assert json.loads(broken["complete"]["ErrorDetails"])["errorMessage"] == "too late"

"""The recorded cases about what becomes of a function over time: versions, aliases, provisioned environments, events
and their destinations, URLs made over the API. All are played against one devserve, beside which a queue is real."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.live import cloud
from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve
from tests.live.wire import Reply, send
from tests.oracle.case import Case
from tests.oracle.match import Bindings, differences
from tests.oracle.play import ACCOUNT, REGION, compare
from tests.oracle.stage import function_name

QUEUE = "failed"
#: AWS's minutes between tries pass this many times faster.
SCALE = "120"

VERSIONED = """\
def handler(event, context):
    return {
        "version_id": "version1",
        "invoked_arn": context.invoked_function_arn,
        "version_from_ctx": context.function_version,
    }
"""
HELLO = 'def handler(event, context):\n    return "hello world"\n'
SEEN = """\
def handler(event, context):
    return {
        "event": event,
        "context": {"invoked_function_arn": context.invoked_function_arn, "aws_request_id": context.aws_request_id},
    }
"""
RAISES = """\
def handler(event, context):
    if event.get("raise_error"):
        raise Exception("Test exception (this is intentional)")
"""
ALWAYS = 'def handler(event, context):\n    raise Exception("intentional failure")\n'
STREAMS = """\
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.write("Hello, world!");
  stream.end();
});
"""

OPERATIONS: Mapping[str, tuple[str, str]] = {
    "GetFunction": ("GET", "/2015-03-31/functions/{}"),
    "PublishVersion": ("POST", "/2015-03-31/functions/{}/versions"),
    "CreateAlias": ("POST", "/2015-03-31/functions/{}/aliases"),
    "DeleteAlias": ("DELETE", "/2015-03-31/functions/{}/aliases/{}"),
    "AddPermission": ("POST", "/2015-03-31/functions/{}/policy"),
    "PutFunctionConcurrency": ("PUT", "/2017-10-31/functions/{}/concurrency"),
    "PutProvisionedConcurrencyConfig": ("PUT", "/2019-09-30/functions/{}/provisioned-concurrency"),
    "GetProvisionedConcurrencyConfig": ("GET", "/2019-09-30/functions/{}/provisioned-concurrency"),
    "PutFunctionEventInvokeConfig": ("PUT", "/2019-09-25/functions/{}/event-invoke-config"),
    "GetFunctionEventInvokeConfig": ("GET", "/2019-09-25/functions/{}/event-invoke-config"),
    "CreateFunctionUrlConfig": ("POST", "/2021-10-31/functions/{}/url"),
    "GetFunctionUrlConfig": ("GET", "/2021-10-31/functions/{}/url"),
    "UpdateFunctionUrlConfig": ("PUT", "/2021-10-31/functions/{}/url"),
    "DeleteFunctionUrlConfig": ("DELETE", "/2021-10-31/functions/{}/url"),
    "Invoke": ("POST", "/2015-03-31/functions/{}/invocations"),
}


@dataclass(frozen=True, slots=True)
class Service:
    """`queue` is the ARN of a real queue, `sqs` a client of it."""

    server: Devserve
    sqs: Any
    queue: str
    queue_url: str

    def play(self, case: Case) -> None:
        """Raises AssertionError with every difference."""
        bindings = Bindings(region=REGION, account=ACCOUNT, fn=function_name(case))
        wrong = SCENARIOS[case.id][0](self, case, Calls(self, function_name(case)), bindings)
        assert not wrong, "\n".join([f"{case.id} ({case.source})", *wrong])

    def compare(self, case: Case, expect: Mapping[str, Any], reply: Reply, bindings: Bindings) -> list[str]:
        if request_id := reply.header("x-amzn-RequestId"):
            bindings["request_id"] = request_id
        return compare(case, expect, reply, self.server, bindings)


@dataclass(frozen=True, slots=True)
class Calls:
    """The Lambda API about one function."""

    service: Service
    function: str

    def __call__(self, operation: str, body: object = None, name: str = "", event: bool = False, **query: str) -> Reply:
        method, path = OPERATIONS[operation]
        target = path.format(quote(self.function, safe=""), quote(name, safe=""))
        if query:
            target += "?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in query.items())
        headers = [("X-Amz-Invocation-Type", "Event")] if event else []
        text = b"" if body is None else json.dumps(body).encode()
        return send(self.service.server.lambdas, method, target, headers, text)

    def publish(self) -> Reply:
        reply = self("PublishVersion", {})
        assert reply.status == 201, reply.text
        return reply

    def deploy(self, before: str, after: str) -> None:
        """What UpdateFunctionCode is: the file is saved, and the next call runs it."""
        file = self.service.server.folder / "code" / self.function / "app.py"
        file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
        eventually(lambda: after in self("Invoke").text, what=f"{after} is deployed")

    def provision(self, qualifier: str, executions: int) -> Reply:
        """Answers when all are there."""
        asked = self(
            "PutProvisionedConcurrencyConfig", {"ProvisionedConcurrentExecutions": executions}, Qualifier=qualifier
        )
        if asked.status == 202:
            eventually(
                lambda: self("GetProvisionedConcurrencyConfig", Qualifier=qualifier).json()["Status"] == "READY",
                what="provisioned environments",
            )
        return asked


Play = Callable[[Service, Case, Calls, Bindings], list[str]]


def _versions(service: Service, case: Case, call: Calls, bindings: Bindings) -> list[str]:
    steps, wrong = case.expect["steps"], []

    def step(name: str, **query: str) -> None:
        wrong.extend(service.compare(case, steps[name], call("Invoke", **query), bindings))

    call.publish()
    call.deploy("version1", "version2")
    step("latest")
    step("v1", Qualifier="1")
    call.publish()
    step("v2", Qualifier="2")
    call.deploy("version2", "version3")
    call.publish()
    step("v3", Qualifier="3")
    step("v1_end", Qualifier="1")
    return wrong


def _two_versions(call: Calls) -> None:
    call.publish()
    call.deploy("version1", "version2")
    call.publish()


def _weighted(service: Service, case: Case, call: Calls, bindings: Bindings) -> list[str]:
    _two_versions(call)
    routing = {"AdditionalVersionWeights": {"2": 0.5}}
    made = call("CreateAlias", {"Name": "alias1", "FunctionVersion": "1", "RoutingConfig": routing})
    wrong = service.compare(case, case.expect["steps"]["CreateAlias"], made, bindings)
    seen = {call("Invoke", Qualifier="alias1").header("X-Amz-Executed-Version") for _ in range(20)}
    return [*wrong, *differences(case.expect["observed_versions"], sorted(map(str, seen)), bindings, at="versions")]


def _alias(service: Service, case: Case, call: Calls, bindings: Bindings) -> list[str]:
    _two_versions(call)
    asked = {key: value for key, value in case.given["request"].items() if key != "op"}
    return service.compare(case, case.expect, call("CreateAlias", asked), bindings)


def _provisioned(service: Service, case: Case, call: Calls, bindings: Bindings) -> list[str]:
    steps, wrong = case.expect["steps"], []
    call.publish()
    wrong += service.compare(case, steps["before"], call("Invoke"), bindings)
    call.provision("1", 1)
    for name, query in (("latest", {}), ("v1", {"Qualifier": "1"}), ("latest2", {})):
        wrong += service.compare(case, steps[name], call("Invoke", **query), bindings)
    return wrong


def _below(service: Service, case: Case, call: Calls, bindings: Bindings) -> list[str]:
    call.publish()
    call.provision("1", 2)
    asked = call("PutFunctionConcurrency", {"ReservedConcurrentExecutions": 1})
    return service.compare(case, case.expect, asked, bindings)


def _above(service: Service, case: Case, call: Calls, bindings: Bindings) -> list[str]:
    call.publish()
    call.deploy("hello world", "hello again")
    call.publish()
    call("PutFunctionConcurrency", {"ReservedConcurrentExecutions": 2})
    call.provision("1", 2)
    return service.compare(case, case.expect, call.provision("2", 1), bindings)


def _event(service: Service, case: Case, call: Calls, bindings: Bindings) -> list[str]:
    given, request = case.given["event_invoke_config"], case.given["request"]
    targets = {key: {"Destination": service.queue} for key in ("OnSuccess", "OnFailure") if key in given}
    config = {"MaximumRetryAttempts": given["MaximumRetryAttempts"], "DestinationConfig": targets}
    assert call("PutFunctionEventInvokeConfig", config).status == 200
    payload = request.get("Payload_json", json.loads(request.get("Payload", "{}")))
    accepted = call("Invoke", payload, event=True)
    expect = dict(case.expect)
    message, attempts = expect.pop("destination_message"), expect.pop("attempts_in_logs", None)
    wrong = service.compare(case, expect, accepted, bindings)
    sent = eventually(lambda: _received(service, bindings["request_id"]), seconds=20, what="a message in the queue")
    wrong += differences(message, sent, bindings, at="message")
    if attempts is not None:
        starts = [line for line in service.server.log(call.function) if line.startswith("START ")]
        wrong += differences(attempts, len(starts), bindings, at="attempts")
    return wrong


def _received(service: Service, request_id: str) -> Any:
    """The record about this request; those about others stay."""
    answer = service.sqs.receive_message(QueueUrl=service.queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    bodies = [json.loads(message["Body"]) for message in answer.get("Messages", ())]
    return next((body for body in bodies if body["requestContext"]["requestId"] == request_id), None)


def _config(service: Service, case: Case, call: Calls, bindings: Bindings) -> list[str]:
    request = dict(case.given["request"])
    operation = request.pop("op")
    query = {key: request.pop(key) for key in ("Qualifier",) if key in request}
    itself = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{call.function}"
    body = json.loads(json.dumps(request).replace('"self"', json.dumps({"Destination": itself})))
    body = body if operation.startswith("Put") else None
    if "1" in query.values():
        call.publish()
    return service.compare(case, case.expect, call(operation, body, **query), bindings)


def _url_config(service: Service, case: Case, call: Calls, bindings: Bindings) -> list[str]:
    replies = {
        "CreateFunctionUrlConfig AuthType=NONE": lambda: call("CreateFunctionUrlConfig", {"AuthType": "NONE"}),
        "create again": lambda: call("CreateFunctionUrlConfig", {"AuthType": "NONE"}),
        "Get": lambda: call("GetFunctionUrlConfig"),
        "Update AuthType=AWS_IAM": lambda: call("UpdateFunctionUrlConfig", {"AuthType": "AWS_IAM"}),
        "Delete": lambda: call("DeleteFunctionUrlConfig"),
        "Get again": lambda: call("GetFunctionUrlConfig"),
    }
    wrong: list[str] = []
    for name in case.given["steps"]:
        wrong += service.compare(case, case.expect["steps"].get(name, {}), replies[name](), bindings)
    return wrong


def _through(service: Service, address: str) -> Reply:
    host = address.partition("://")[2].strip("/").partition(":")[0]
    return service.server.get("/", host=host)


def _no_permission(service: Service, case: Case, call: Calls, bindings: Bindings) -> list[str]:
    made = call("CreateFunctionUrlConfig", {"AuthType": "NONE"}).json()
    return service.compare(case, case.expect, _through(service, made["FunctionUrl"]), bindings)


def _url_of_alias(service: Service, case: Case, call: Calls, bindings: Bindings) -> list[str]:
    steps = case.expect["steps"]
    call.publish()
    assert call("CreateAlias", {"Name": "alias", "FunctionVersion": "1"}).status == 201
    made = call("CreateFunctionUrlConfig", {"AuthType": "NONE"}, Qualifier="alias").json()
    permission = {
        "StatementId": "open",
        "Action": "lambda:InvokeFunctionUrl",
        "Principal": "*",
        "FunctionUrlAuthType": "NONE",
    }
    assert call("AddPermission", permission, Qualifier="alias").status == 201
    replies = {
        "GET url": lambda: _through(service, made["FunctionUrl"]),
        "DeleteAlias": lambda: call("DeleteAlias", name="alias"),
        "GET url again": lambda: _through(service, made["FunctionUrl"]),
    }
    return [line for name in case.given["steps"] for line in _step(service, case, steps, name, replies, bindings)]


def _step(
    service: Service,
    case: Case,
    steps: Mapping[str, Any],
    name: str,
    replies: Mapping[str, Callable[[], Reply]],
    bindings: Bindings,
) -> list[str]:
    known = {"GET url": "GET url", "DeleteAlias": "DeleteAlias"}.get(name, "GET url again")
    return service.compare(case, steps.get(name, {}), replies[known](), bindings)


def _streams(service: Service, case: Case, call: Calls, bindings: Bindings) -> list[str]:
    reply = service.server.get("/", host=f"{call.function.lower()}.lambda-url.localhost")
    return service.compare(case, case.expect, reply, bindings)


#: How each is played, and what the function does.
SCENARIOS: dict[str, tuple[Play, str]] = {
    "versions.code-changes": (_versions, VERSIONED),
    "alias.weighted": (_weighted, VERSIONED),
    "alias.routing.too-many": (_alias, VERSIONED),
    "alias.routing.too-high": (_alias, VERSIONED),
    "alias.routing.same-version": (_alias, VERSIONED),
    "concurrency.provisioned-consumes-reserved": (_provisioned, HELLO),
    "concurrency.reserved-below-provisioned": (_below, HELLO),
    "concurrency.provisioned-above-reserved": (_above, HELLO),
    "async.destination.success": (_event, SEEN),
    "async.destination.failure": (_event, RAISES),
    "async.retries.explicit-2": (_event, ALWAYS),
    "async.config.put": (_config, HELLO),
    "async.config.missing": (_config, HELLO),
    "async.config.no-args": (_config, HELLO),
    "async.config.recursive": (_config, HELLO),
    "url.config.create": (_url_config, HELLO),
    "url.no-permission": (_no_permission, HELLO),
    "url.alias-deleted": (_url_of_alias, HELLO),
    "url.response-streaming": (_streams, STREAMS),
}


def project(cases: Iterator[Case]) -> dict[str, str]:
    """The files of a project with a function for each of these cases."""
    resources: dict[str, Any] = {}
    files: dict[str, str] = {}
    for case in cases:
        name, code = function_name(case), SCENARIOS[case.id][1]
        node = code is STREAMS
        files[f"code/{name}/app.{'js' if node else 'py'}"] = code
        properties: dict[str, Any] = {
            "FunctionName": name,
            "Runtime": "nodejs20.x" if node else "python3.12",
            "Handler": "app.handler",
            "CodeUri": f"code/{name}",
        }
        if reserved := (case.given.get("function") or {}).get("reserved"):
            properties["ReservedConcurrentExecutions"] = reserved
        if "function_url" in case.given and node:
            properties["FunctionUrlConfig"] = case.given["function_url"]
        resources[case.logical_id] = {"Type": "AWS::Serverless::Function", "Properties": properties}
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}
    return {**files, "template.json": json.dumps(template, indent=1)}


@contextmanager
def service(folder: Path, cases: Iterator[Case]) -> Iterator[Service]:
    with cloud.started(folder) as aws:
        sqs = aws.client("sqs", REGION)
        url = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
        queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        environ = cloud.environ(AWS_ENDPOINT_URL=aws.address, AWS_REGION=REGION, AWS_DEFAULT_REGION=REGION)
        with devserve(folder, project(cases), "--time-scale", SCALE, environ=environ) as server:
            yield Service(server, sqs, queue, url)

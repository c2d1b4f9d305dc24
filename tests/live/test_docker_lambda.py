"""The Lambda service with functions in containers: extensions and their telemetry, streamed answers, freezing,
versions, initialisations, tenants. One devserve for nearly all of it."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.images.recipes import PYTHON
from tests.live import agents, containers, docker_engine
from tests.live.deadline import eventually
from tests.live.devserver import DOCKER, GOOD_EXITS, STOP_SECONDS, Devserve, devserve, write
from tests.live.docker_projects import IMAGES, settings
from tests.live.raw_stream import Streaming
from tests.live.templates import function, sam
from tests.live.wire import send

pytestmark = [*docker_engine.MARKS, pytest.mark.timeout(120)]

#: Python of the images, as the first line of an extension.
INSIDE = "/usr/bin/env -S python3 -I"
#: From this version on AWS's runtime for Python hears signals while it waits for an invocation.
HEARS = "python3.12"

APP = """
import os, pathlib, signal, sys, threading, time

calls, ticks = 0, []

def leaves(*_):
    print("the runtime heard SIGTERM", flush=True)
    sys.exit(0)

signal.signal(signal.SIGTERM, leaves)

def tick():
    while True:
        ticks.append(time.monotonic())
        time.sleep(0.02)

threading.Thread(target=tick, daemon=True).start()

def handler(event, context):
    print("said by the function")
    return context.aws_request_id

def counts(event, context):
    global calls
    calls += 1
    ticks.append(time.monotonic())  # the other thread may not have had its turn since
    stood = max((after - before for before, after in zip(ticks, ticks[1:])), default=0)
    ticks.clear()
    return {"calls": calls, "stood": stood, "tenant": context.tenant_id}

def kind(event, context):
    time.sleep(event.get("seconds", 0))
    return os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]

def levels(event, context):
    import logging
    logging.getLogger().info("an info")
    logging.getLogger().error("an error")
    print("plain")
    return [os.environ["AWS_LAMBDA_LOG_FORMAT"], os.environ["AWS_LAMBDA_LOG_LEVEL"]]

def meets(event, context):
    place = pathlib.Path("/tmp/meeting")
    place.mkdir(exist_ok=True)
    (place / context.aws_request_id).touch()
    while len(list(place.iterdir())) < event["guests"]:
        time.sleep(0.01)
    return context.log_stream_name
"""

SNAPPED = """
from snapshot_restore_py import register_after_restore, register_before_snapshot
seen = []
register_before_snapshot(seen.append, "before")
register_after_restore(seen.append, "after")
def handler(event, context):
    return [context.function_version, *seen]
"""

STREAMS = """
const pause = () => new Promise((done) => setTimeout(done, 800));
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  const out = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { "x-a": "b" } });
  out.write("first;");
  await pause();
  if (event.rawPath === "/killed") { process.kill(process.pid, "SIGKILL"); await pause(); }
  out.write("second");
  out.end();
});
"""

CHUNKS = r"""#!/usr/bin/python3
import base64, http.client, json, os, socket, time

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
INVOCATION = "/2018-06-01/runtime/invocation/"
HEAD = "POST %s%s/response HTTP/1.1\r\nHost: x\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n"
HEAD += "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n"
HEAD += "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n"

while True:
    connection = http.client.HTTPConnection(API)
    connection.request("GET", INVOCATION + "next")
    answer = connection.getresponse()
    event = json.loads(answer.read())
    host, port = API.split(":")
    with socket.create_connection((host, int(port))) as sent:
        sent.sendall((HEAD % (INVOCATION, answer.headers["Lambda-Runtime-Aws-Request-Id"])).encode())
        sent.sendall(b"4\r\none;\r\n")
        time.sleep(0.8)
        sent.sendall(b"3\r\ntwo\r\n0\r\n")
        if event.get("rawPath") == "/breaks":
            body = base64.b64encode(b'{"errorMessage": "too late", "errorType": "Runtime.Late"}').decode()
            trailers = "Lambda-Runtime-Function-Error-Type: Runtime.Late\r\nLambda-Runtime-Function-Error-Body: %s\r\n"
            sent.sendall((trailers % body).encode())
        sent.sendall(b"\r\n")
        sent.recv(1000)
"""

URL = {"AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"}
PUBLISHED = {"AutoPublishAlias": "live"}
CAPACITY = {"CapacityProviderArn": "arn:aws:lambda:us-east-1:123456789012:capacity-provider:own"}


def python(name: str, handler: str, *layers: str, mode: str = "", **more: Any) -> dict[str, Any]:
    """`mode` is that of its extensions, which report to its log."""
    report = {"Variables": {"REPORT": "/dev/stdout", "MODE": mode}}
    properties = {"FunctionName": name, "Runtime": HEARS, "MemorySize": 1769, "CodeUri": "src", "Environment": report}
    return function(handler, **{**properties, "Layers": [{"Ref": layer} for layer in layers], **more})


def layer(folder: str) -> dict[str, Any]:
    return {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": folder}}


def picture(image: str) -> dict[str, Any]:
    properties = {"FunctionName": "picture", "PackageType": "Image", "ImageUri": image, "MemorySize": 1769}
    report = {"Variables": {"REPORT": "/dev/stdout"}}
    return {"Type": "AWS::Serverless::Function", "Properties": {**properties, "Environment": report}}


def managed() -> dict[str, Any]:
    provider = {
        "LambdaManagedInstancesCapacityProviderConfig": {**CAPACITY, "PerExecutionEnvironmentMaxConcurrency": 2}
    }
    properties = {"FunctionName": "managed", "Handler": "app.meets", "Runtime": "python3.13", "Code": "src"}
    more = {"MemorySize": 2048, "Timeout": 20, "Role": "arn:aws:iam::1:role/own", "CapacityProviderConfig": provider}
    return {"Type": "AWS::Lambda::Function", "Properties": {**properties, **more}}


def template(image: str) -> str:
    json_log = {"LogFormat": "JSON", "ApplicationLogLevel": "ERROR", "SystemLogLevel": "INFO"}
    ready = {**PUBLISHED, "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 1}}
    resources = {
        "Both": layer("both"),
        "One": layer("one"),
        "Watched": python("watched", "app.handler", "Both", mode="watched"),
        "Crashes": python("crashes", "app.handler", "One", mode="crashes"),
        "Stuck": python("stuck", "app.handler", "One", mode="stuck", Timeout=1),
        "Picture": picture(image),
        "Counts": python("counts", "app.counts"),
        "Tenants": python("tenants", "app.counts", TenancyConfig={"TenantIsolationMode": "PER_TENANT"}),
        "Ready": python("ready", "app.kind", **ready),
        "Snapped": python("snapped", "snapped.handler", SnapStart={"ApplyOn": "PublishedVersions"}, **PUBLISHED),
        "Levels": python("levels", "app.levels", LoggingConfig=json_log),
        "Managed": managed(),
        "Versioned": python("versioned", "code.handler", CodeUri="versioned"),
        "Streams": function(
            "app.handler", FunctionName="streams", Runtime="nodejs20.x", CodeUri="node", MemorySize=1769
        ),
        "Chunks": function("x.y", FunctionName="chunks", Runtime="provided.al2023", CodeUri="chunks", MemorySize=1769),
    }
    for name in ("Streams", "Chunks"):
        resources[name]["Properties"]["FunctionUrlConfig"] = URL
    return sam(resources)


def project(folder: Path, image: str) -> None:
    agents.install(folder / "both", "http", "tcp", interpreter=INSIDE)
    agents.install(folder / "one", "agent", interpreter=INSIDE)
    more = {"python3.12": PYTHON, "python3.13": PYTHON}
    code = {"src/app.py": APP, "src/snapped.py": SNAPPED, "node/app.js": STREAMS, "chunks/bootstrap": CHUNKS}
    write(folder, {**settings(template(image), {**IMAGES, **more}), **code, "versioned/code.py": version("first")})
    (folder / "chunks" / "bootstrap").chmod(0o755)


def version(word: str) -> str:
    return f"def handler(event, context):\n    return ['{word}', context.function_version]\n"


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    docker_engine.require_images()
    lines = [f"FROM {PYTHON}", "COPY inside /opt/extensions/inside", "COPY app.py /var/task/", 'CMD ["app.handler"]']
    files = {"inside": agents.program(INSIDE).encode(), "app.py": APP.encode()}
    with containers.image("\n".join(lines), files) as made:
        yield made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, image: str) -> Iterator[Devserve]:
    folder = tmp_path_factory.mktemp("docker-lambda")
    project(folder / "project", image)
    with devserve(folder, sandbox=DOCKER, start_seconds=60) as running:
        yield running
    assert containers.of(running) == []


def said(server: Devserve, function: str, who: str, kind: str, number: int = 1) -> list[dict[str, Any]]:
    """What an extension has reported, once there is so much of it."""

    def found() -> list[dict[str, Any]]:
        facts = server.facts("log")
        words = [f["message"] for f in facts if f["function"] == function and f["source"] == "extension"]
        lines = [json.loads(line) for line in words if line.startswith('{"who"')]
        lines = [line for line in lines if (line["who"], line["kind"]) == (who, kind)]
        return lines if len(lines) >= number else []

    return eventually(found, what=f"{who} of {function}: {number} × {kind!r}\n{server.stderr}")


def telemetry(server: Devserve, who: str, request_id: str) -> list[str]:
    """The types of all events of `watched`, once the report of that invocation is among them."""

    def found() -> list[str]:
        events = [event for line in said(server, "Watched", who, "telemetry") for event in line["events"]]
        over = [e for e in events if e["type"] == "platform.report" and e["record"]["requestId"] == request_id]
        return [event["type"] for event in events] if over else []

    return eventually(found, what=f"telemetry of {who}")


def states(server: Devserve, logical_id: str) -> list[str]:
    """Of the containers that an environment of the function is in."""
    return [
        "paused" if each["State"]["Paused"] else "running"
        for each in containers.of(server)
        if each and each["Config"]["Labels"].get("devserve.function") == logical_id and each["State"]["Running"]
    ]


def is_frozen(server: Devserve, logical_id: str) -> None:
    eventually(lambda: "paused" in states(server, logical_id), what=f"{logical_id} frozen")


# -- extensions


def test_extensions_of_a_layer_see_every_invocation_and_its_telemetry_over_both_protocols(server: Devserve) -> None:
    first = server.invoke("watched")
    assert (first.error, first.payload) == (None, first.request_id)
    telemetry(server, "tcp", first.request_id)
    is_frozen(server, "Watched")
    second = server.invoke("watched")
    for who in ("http", "tcp"):
        assert said(server, "Watched", who, "registered")[0]["body"]["handler"] == "app.handler"
        events = [line["event"] for line in said(server, "Watched", who, "event", 2)]
        assert [event["requestId"] for event in events] == [first.request_id, second.request_id]
        types = telemetry(server, who, second.request_id)
        assert types[0] == "platform.initStart"
        assert [each for each in types if each in ("platform.start", "function", "platform.runtimeDone")] == [
            *("platform.start", "function", "platform.runtimeDone") * 2
        ]
    lines = [(fact["source"], fact["message"]) for fact in server.facts("log") if fact["function"] == "Watched"]
    assert {line for source, line in lines if source == "function"} == {"said by the function\n"}
    assert ("extension", f"seen {first.request_id}\n") in lines


def test_an_extension_in_an_image_is_started_with_its_function(server: Devserve) -> None:
    answer = server.invoke("picture", {})
    assert (answer.error, answer.payload) == (None, answer.request_id)
    assert said(server, "Picture", "inside", "event")[0]["event"]["requestId"] == answer.request_id


def test_an_extension_that_crashes_in_init_fails_the_invocation(server: Devserve) -> None:
    answer = server.invoke("crashes")
    assert (answer.error, answer.payload["errorType"]) == ("Unhandled", "Extension.Crash")
    assert any(line.startswith("EXTENSION\tName: agent\tState: Crash") for line in server.log("Crashes"))


def test_an_extension_that_never_asks_for_the_next_event_costs_the_timeout_and_the_environment(
    server: Devserve,
) -> None:
    assert server.invoke("stuck").error is None
    ended = server.fact("report", lambda fact: fact["function"] == "Stuck")
    assert ended["report"]["durationMs"] == pytest.approx(1000, abs=100)
    assert server.invoke("stuck").error is None
    said(server, "Stuck", "agent", "registered", 2)


# -- streams


def url(server: Devserve, name: str, path: str) -> Streaming:
    return Streaming(server.gateway, "GET", path, [f"Host: {name}.lambda-url.localhost:{server.port}"])


@pytest.mark.parametrize(
    ("name", "status", "parts"), [("streams", 201, (b"first;", b"second")), ("chunks", 200, (b"one;", b"two"))]
)
def test_the_first_byte_leaves_a_container_long_before_the_last(
    server: Devserve, name: str, status: int, parts: tuple[bytes, bytes]
) -> None:
    with url(server, name, "/") as answer:
        assert (answer.status, answer.chunk()) == (status, parts[0])
        began = time.monotonic()
        assert answer.rest() == (parts[1], True)
        assert time.monotonic() - began > 0.3


def test_a_stream_whose_runtime_is_killed_has_no_end(server: Devserve) -> None:
    with url(server, "streams", "/killed") as answer:
        assert (answer.status, answer.rest()) == (201, (b"first;", False))
    with url(server, "streams", "/") as answer:
        assert answer.rest() == (b"first;second", True)


def test_an_error_in_the_trailers_of_a_stream_is_told(server: Devserve) -> None:
    with url(server, "chunks", "/breaks") as answer:
        assert answer.rest() == (b"one;two", False)
    path = "/2021-11-15/functions/chunks/response-streaming-invocations"
    told = send(server.lambdas, "POST", path, body=b'{"rawPath": "/breaks"}')
    assert b'"ErrorCode":"Unhandled"' in told.body
    assert b"too late" in told.body


# -- freezing


def test_an_idle_container_stands_still_until_the_next_call(server: Devserve) -> None:
    before = server.invoke("counts", {}).payload
    is_frozen(server, "Counts")
    with pytest.raises(AssertionError, match="not within"):
        eventually(lambda: "paused" not in states(server, "Counts"), seconds=0.3)
    again = server.invoke("counts", {}).payload
    assert again["calls"] == before["calls"] + 1
    assert again["stood"] > 0.25, "the function's own thread stood still too"


def test_back_to_back_calls_pay_nothing_for_freezing(server: Devserve) -> None:
    server.invoke("counts", {})
    with containers.client() as engine:
        began = int(time.time())
        for _ in range(60):
            assert server.invoke("counts", {}).error is None
        wanted = {"event": ["pause"], "label": ["devserve.function=Counts"]}
        paused = list(engine.api.events(since=began, until=int(time.time()) + 1, filters=wanted, decode=True))
        run = next(each["Config"]["Labels"][containers.RUN_LABEL] for each in containers.of(server) if each)
    mine = [each for each in paused if each["Actor"]["Attributes"].get(containers.RUN_LABEL) == run]
    assert len(mine) < 6


# -- versions and kinds of initialisation


def test_a_published_version_keeps_its_code_and_variables(server: Devserve) -> None:
    assert server.invoke("versioned", {}).payload == ["first", "$LATEST"]
    path = "/2015-03-31/functions/versioned/versions"
    assert send(server.lambdas, "POST", path, body=b"{}").json()["Version"] == "1"
    server.save("versioned/code.py", version("second"))
    eventually(lambda: server.invoke("versioned", {}).payload == ["second", "$LATEST"], what="the new code")
    assert server.invoke("versioned:1", {}).payload == ["first", "1"]


def test_provisioned_environments_are_there_before_the_first_call_and_more_are_on_demand(server: Devserve) -> None:
    told = server.fact("initReport", lambda fact: fact["function"] == "Ready", seconds=20)
    assert told["initialization"] == "provisioned-concurrency"
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(server.invoke, "ready:live", {"seconds": 1}) for _ in range(2)]
        assert sorted(job.result().payload for job in jobs) == ["on-demand", "provisioned-concurrency"]


def test_hooks_of_snap_start_run_in_a_container(server: Devserve) -> None:
    answer = server.invoke("snapped:live", {}, tail=True)
    assert (answer.error, answer.payload) == (None, ["1", "before", "after"])
    assert "Restore Duration: " in answer.log


def test_a_json_log_has_objects_and_only_what_its_levels_let_through(server: Devserve) -> None:
    answer = server.invoke("levels", {}, tail=True)
    assert answer.payload == ["JSON", "ERROR"]
    lines = [json.loads(line) for line in answer.log.splitlines()]
    assert [line.get("type") or line["message"] for line in lines] == ["platform.start", "an error", "platform.report"]


def test_tenants_never_share_a_container(server: Devserve) -> None:
    path = "/2015-03-31/functions/tenants/invocations"
    seen = [send(server.lambdas, "POST", path, [("X-Amz-Tenant-Id", who)], b"{}").json() for who in "aba"]
    assert [(each["tenant"], each["calls"]) for each in seen] == [("a", 1), ("b", 1), ("a", 2)]


def test_managed_instances_run_two_at_once_in_one_container(server: Devserve) -> None:
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(server.invoke, "managed", {"guests": 2}) for _ in range(2)]
        answers = [job.result() for job in jobs]
    assert [answer.error for answer in answers] == [None, None], [answer.reply.text for answer in answers]
    assert len({answer.payload for answer in answers}) == 1


# -- the end


def test_a_frozen_container_hears_of_its_end_with_its_extensions(tmp_path: Path) -> None:
    """Idle for too long, and Ctrl-C: both find it paused."""
    agents.install(tmp_path / "given", "given", interpreter=INSIDE)
    given = ["--extensions", str(tmp_path / "given" / "extensions")]
    watched = sam({"Watched": python("watched", "app.handler")})
    files = {**settings(watched, {**IMAGES, HEARS: PYTHON}), "src/app.py": APP}
    options = [*given, "--idle-timeout", "2", "--cold-start-delay", "0.5"]
    with devserve(tmp_path, files, *options, sandbox=DOCKER) as server:
        assert server.invoke("watched").error is None
        first = server.fact("report")["report"]
        assert first["initMs"] >= 500
        is_frozen(server, "Watched")
        server.fact("environmentStopped", lambda fact: fact["reason"] == "spindown")
        assert server.invoke("watched").error is None
        is_frozen(server, "Watched")
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(STOP_SECONDS) in GOOD_EXITS
        assert containers.of(server) == []
    events = [line["event"]["eventType"] for line in said(server, "Watched", "given", "event", 4)]
    assert events == ["INVOKE", "SHUTDOWN"] * 2
    heard = [fact for fact in server.facts("log") if fact["message"] == "the runtime heard SIGTERM\n"]
    assert heard, "within 0.6 s, so perhaps not each time on a machine that is busy"

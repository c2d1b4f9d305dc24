"""A project in containers, as a user runs it: it answers as in the process sandbox, and inside it is as on Lambda."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import containers, docker_engine
from tests.live.deadline import eventually
from tests.live.devserver import DOCKER, STOP_SECONDS, Devserve, command, devserve, environment, run, write
from tests.live.docker_projects import IMAGES, settings
from tests.live.docker_stage import CONTAINER
from tests.live.templates import function, sam

pytestmark = docker_engine.MARKS

MB = 1024 * 1024

APP = r"""
import json, os, pathlib, resource, socket, sys, time, urllib.request

calls = 0

def count(event, context):
    global calls
    calls += 1
    return {"calls": calls, "host": CONTAINER, "python": list(sys.version_info[:2])}

def web(event, context):
    return {"statusCode": 200, "body": json.dumps({"path": event["rawPath"], "where": os.getcwd()})}

def environment(event, context):
    return dict(os.environ)

def writes(event, context):
    told = {}
    for place in ("/var/task", "/opt", "/", "/usr", "/tmp", "/home"):
        try:
            pathlib.Path(place, "written").write_text("x")
            told[place] = "written"
        except OSError as error:
            told[place] = type(error).__name__ + " " + str(error.errno)
    return told

def limits(event, context):
    status = dict(line.split(":\t", 1) for line in pathlib.Path("/proc/self/status").read_text().splitlines())
    tmp = os.statvfs("/tmp")
    return {
        "tmp": tmp.f_blocks * tmp.f_frsize // 2**20,
        "tmp_mode": oct(os.stat("/tmp").st_mode & 0o7777),
        "capabilities": int(status["CapEff"], 16),
        "no_new_privileges": status["NoNewPrivs"],
        "files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        "directory": os.getcwd(),
    }

def fills_tmp(event, context):
    block = bytes(2**20)
    with open("/tmp/full", "wb") as file:
        for number in range(event["mb"]):
            file.write(block)
            file.flush()
    os.remove("/tmp/full")
    return event["mb"]

def layers(event, context):
    import shared
    opt = pathlib.Path("/opt")
    return {
        "shared": shared.WHO,
        "files": sorted(str(path.relative_to(opt)) for path in opt.rglob("*") if path.suffix == ".txt"),
        "who": (opt / "who.txt").read_text(),
    }

def calls_another(event, context):
    url = os.environ["AWS_ENDPOINT_URL_LAMBDA"] + "/2015-03-31/functions/count/invocations"
    with urllib.request.urlopen(urllib.request.Request(url, data=b"{}", method="POST"), timeout=10) as answer:
        return {"status": answer.status, "payload": json.load(answer)}

def prints(event, context):
    print("first line")
    sys.stderr.write("second line\n")
    os.write(1, b"third line\n")
    return "printed"

def reads_its_file(event, context):
    return pathlib.Path(os.environ["LAMBDA_TASK_ROOT"], "data", "words.txt").read_text()
""".replace("CONTAINER", CONTAINER)

INDEX = """
import { hostname } from "node:os";

export const handler = async (event, context) => ({
  statusCode: 200,
  body: JSON.stringify({ runtime: process.release.name, major: process.versions.node.split(".")[0],
    host: hostname(), folder: process.env.LAMBDA_TASK_ROOT, name: context.functionName }),
});
"""

BOOTSTRAP = """#!/bin/sh
set -u
API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
HEADERS="/tmp/headers.$$"
while true; do
  EVENT="$(curl -sS -D "$HEADERS" "$API/next")"
  ID="$(grep -i '^lambda-runtime-aws-request-id:' "$HEADERS" | cut -d' ' -f2 | tr -d '\\r\\n')"
  echo "handling $ID" >&2
  ANSWER="{\\"from\\": \\"shell\\", \\"event\\": $EVENT, \\"handler\\": \\"$_HANDLER\\"}"
  curl -sS -o /dev/null -d "$ANSWER" "$API/$ID/response"
done
"""

VALUES = {
    "PLAIN": "plain",
    "EMPTY": "",
    "LINES": "one\ntwo\n\nfour\n",
    "QUOTES": """it's "quoted" `twice` \\ and \\n escaped""",
    "DOLLAR": "$HOME ${PATH} $(id) !! %s",
    "WORDS": "  spaces  and\ttabs  ",
    "UNICODE": "ümläut — 日本語 🦊",
    "EQUALS": "a=b=c",
    "LONG": "x" * 3000,
}


def python(name: str, *routes: str, **properties: Any) -> dict[str, Any]:
    """A function of app.py with one vCPU, so that no test waits for Python at a seventh of one."""
    more = {"FunctionName": name, "MemorySize": 1769, **properties}
    return function(f"app.{name}", *routes, CodeUri="src", **more)


def template() -> str:
    layer = {"Type": "AWS::Serverless::LayerVersion"}
    return sam(
        {
            "One": {**layer, "Properties": {"ContentUri": "layers/one"}},
            "Two": {**layer, "Properties": {"ContentUri": "layers/two"}},
            "Count": python("count"),
            "Web": python("web", "GET /web/{proxy+}", "REST GET /rest"),
            "Environment": python("environment", Environment={"Variables": VALUES}),
            "Writes": python("writes"),
            "Limits": python("limits", MemorySize=256, EphemeralStorage={"Size": 600}),
            "FillsTmp": python("fills_tmp", MemorySize=256, EphemeralStorage={"Size": 600}, Timeout=60),
            "Layers": python("layers", Layers=[{"Ref": "One"}, {"Ref": "Two"}]),
            "CallsAnother": python("calls_another"),
            "Prints": python("prints"),
            "ReadsItsFile": python("reads_its_file"),
            "Node": function("index.handler", "GET /node", Runtime="nodejs20.x", CodeUri="node", MemorySize=1769),
            "Shell": function("some.thing", Runtime="provided.al2023", CodeUri="shell", MemorySize=512),
        }
    )


def files() -> dict[str, str]:
    return {
        **settings(template()),
        "src/app.py": APP,
        "src/data/words.txt": "words of the project",
        "node/index.mjs": INDEX,
        "shell/bootstrap": BOOTSTRAP,
        "layers/one/python/shared.py": "WHO = 'one'\n",
        "layers/one/who.txt": "one",
        "layers/one/only-one.txt": "1",
        "layers/two/who.txt": "two",
        "layers/two/deep/only-two.txt": "2",
    }


SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIDOFTHEUSERSOWN",
    "AWS_SECRET_ACCESS_KEY": "secret-of-the-users-own",
    "AWS_SESSION_TOKEN": "token-of-the-users-own",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    folder = tmp_path_factory.mktemp("docker")
    project = write(folder / "project", files())
    (project / "shell" / "bootstrap").chmod(0o755)
    with devserve(folder, sandbox=DOCKER, environ=SECRETS) as running:
        yield running


def containers_of(server: Devserve, logical_id: str) -> list[dict[str, Any]]:
    """The container of the one environment of a function that was invoked, and one that is prepared for the next."""
    held = [each for each in containers.of(server) if each["Config"]["Labels"].get("devserve.function") == logical_id]
    found = [each for each in held if each["State"]["Running"]]
    assert found, f"{logical_id} runs in no container"
    return found


def container_of(server: Devserve, logical_id: str) -> dict[str, Any]:
    return containers_of(server, logical_id)[0]


def test_ready_names_the_sandbox(server: Devserve) -> None:
    assert server.ready["sandbox"] == "docker"


def test_requests_are_answered_from_a_container(server: Devserve) -> None:
    reply = server.get("/web/some/path")
    assert (reply.status, reply.json()) == (200, {"path": "/web/some/path", "where": "/var/task"})


def test_the_first_call_is_cold_and_the_second_is_warm(server: Devserve) -> None:
    first, second = (server.invoke("count", {}, tail=True) for _ in range(2))
    assert second.payload["calls"] == first.payload["calls"] + 1
    assert second.payload["host"] == first.payload["host"] != os.uname().nodename
    assert "Init Duration" not in second.log
    reports = [line for line in server.log("count") if line.startswith("REPORT")]
    assert ["Init Duration" in line for line in reports] == [True] + [False] * (len(reports) - 1)


def test_node_runs_in_a_container(server: Devserve) -> None:
    said = server.get("/node").json()
    assert said["runtime"] == "node"
    assert said["folder"] == "/var/task"
    assert said["host"] != os.uname().nodename


def test_a_custom_runtime_of_shell_runs_in_a_container(server: Devserve) -> None:
    answers = [server.invoke("Shell", {"number": number}).payload for number in range(3)]
    assert answers == [{"from": "shell", "event": {"number": number}, "handler": "some.thing"} for number in range(3)]
    eventually(lambda: any("handling" in line for line in server.log("Shell")), what="what it wrote to stderr")


def test_variables_arrive_exactly(server: Devserve) -> None:
    seen = server.invoke("environment", {}).payload
    assert {name: seen.get(name) for name in VALUES} == VALUES


def test_variables_of_lambda_are_there(server: Devserve) -> None:
    seen = server.invoke("environment", {}).payload
    expected = {
        "AWS_LAMBDA_FUNCTION_NAME": "environment",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
        "LAMBDA_TASK_ROOT": "/var/task",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "_HANDLER": "app.environment",
        "DEVSERVE": "1",
        "AWS_SAM_LOCAL": "true",
        **SECRETS,
    }
    assert {name: seen.get(name) for name in expected} == expected
    assert "/opt/bin" in seen["PATH"].split(":")
    assert not [name for name in seen if name.startswith("DEVSERVE_TEST")]


def test_only_tmp_can_be_written(server: Devserve) -> None:
    told = server.invoke("writes", {}).payload
    assert told.pop("/tmp") == "written"
    assert "written" not in told.values(), told
    assert told["/var/task"] == "OSError 30"  # a read-only file system
    assert not (server.folder / "src" / "written").exists()


def test_the_code_is_the_users_folder(server: Devserve) -> None:
    assert server.invoke("reads_its_file", {}).payload == "words of the project"


def test_layers_are_merged_in_their_order(server: Devserve) -> None:
    assert server.invoke("layers", {}).payload == {
        "shared": "one",
        "files": ["deep/only-two.txt", "only-one.txt", "who.txt"],
        "who": "two",
    }


def test_what_the_function_can_do_is_limited(server: Devserve) -> None:
    seen = server.invoke("limits", {}).payload
    assert seen == {
        "tmp": 600,
        "tmp_mode": "0o1777",
        "capabilities": 0,
        "no_new_privileges": "1",
        "files": 1024,
        "directory": "/var/task",
    }


def test_tmp_holds_what_it_promises_and_no_more(server: Devserve) -> None:
    assert server.invoke("fills_tmp", {"mb": 590}).payload == 590
    over = server.invoke("fills_tmp", {"mb": 620})
    assert (over.error, over.payload["errorType"]) == ("Unhandled", "OSError")


def test_the_engine_holds_the_limits(server: Devserve) -> None:
    server.invoke("limits", {})
    limits = container_of(server, "Limits")["HostConfig"]
    assert not limits["Privileged"]
    assert limits["CapDrop"] == ["ALL"]
    assert not limits["CapAdd"]
    assert any(option.startswith("no-new-privileges") for option in limits["SecurityOpt"])
    assert 0 < limits["PidsLimit"] <= 1024
    assert 256 * MB <= limits["Memory"] <= (256 + 600) * MB
    assert limits["MemorySwap"] == limits["Memory"], "no swap: memory over the limit must end it"


def test_the_share_of_the_processors_follows_the_memory(server: Devserve) -> None:
    """The start is not held to it, so it may come a moment later."""

    def share() -> bool:
        server.invoke("limits", {})
        limits = [each["HostConfig"] for each in containers_of(server, "Limits")]
        return any(each["CpuQuota"] / each["CpuPeriod"] == pytest.approx(256 / 1769, rel=0.01) for each in limits)

    eventually(share, what="256/1769 vCPU")


def test_the_code_is_mounted_read_only(server: Devserve) -> None:
    server.invoke("layers", {})
    mounts = {each["Destination"]: each for each in container_of(server, "Layers")["Mounts"]}
    assert not mounts["/var/task"]["RW"]
    assert not mounts["/opt"]["RW"]


def test_containers_say_whose_they_are(server: Devserve) -> None:
    server.invoke("count", {})
    labels = container_of(server, "Count")["Config"]["Labels"]
    assert labels["devserve"]
    assert labels["devserve.function"] == "Count"


def test_no_credential_stands_in_the_engines_configuration(server: Devserve) -> None:
    assert server.invoke("environment", {}).payload["AWS_SECRET_ACCESS_KEY"] == SECRETS["AWS_SECRET_ACCESS_KEY"]
    written = json.dumps(containers.of(server))
    assert "Environment" in written
    assert [name for name, value in SECRETS.items() if value in written] == []


def test_a_function_calls_another_through_the_lambda_port(server: Devserve) -> None:
    answer = server.invoke("calls_another", {}).payload
    assert answer["status"] == 200
    assert answer["payload"]["calls"] >= 1


def test_what_is_printed_is_logged_in_order(server: Devserve) -> None:
    answer = server.invoke("prints", {}, tail=True)
    lines = answer.log.splitlines()
    written = [line for line in lines if line.endswith("line")]
    assert written == ["first line", "second line", "third line"]
    assert lines[-1].startswith("REPORT RequestId: " + answer.request_id)


def test_memory_is_reported_of_the_container(server: Devserve) -> None:
    report = next(line for line in server.invoke("count", {}, tail=True).log.splitlines() if line.startswith("REPORT"))
    used = int(report.partition("Max Memory Used: ")[2].split()[0])
    assert 5 <= used <= 400


def test_one_invocation_from_the_command_line(tmp_path: Path) -> None:
    folder = write(tmp_path / "project", {**settings(sam({"Count": python("count")})), "src/app.py": APP})
    ran = run(folder, "invoke", "Count", "--payload", "{}", "--sandbox", "docker", seconds=60)
    assert ran.code == 0, ran.stderr
    assert json.loads(ran.stdout)["calls"] == 1
    assert "REPORT RequestId" in ran.stderr


def test_an_image_given_on_the_command_line(tmp_path: Path) -> None:
    folder = write(tmp_path / "project", {"template.json": sam({"Count": python("count")}), "src/app.py": APP})
    chosen = ["--sandbox", "docker", "--invoke-image", IMAGES["python3.11"]]
    ran = run(folder, "invoke", "Count", "--payload", "{}", *chosen, seconds=60)
    assert ran.code == 0, ran.stderr
    assert json.loads(ran.stdout)["python"] == [3, 11]


@pytest.mark.parametrize(
    ("host", "chosen"), [("", "docker"), ("unix:///nowhere/at/all.sock", "process")], ids=["engine", "no engine"]
)
def test_auto_takes_docker_when_an_engine_answers_and_the_banner_says_why(
    tmp_path: Path, host: str, chosen: str
) -> None:
    project = write(tmp_path / "project", {**settings(sam({"Count": python("count")})), "src/app.py": APP})
    out = tmp_path / "out.txt"
    environ = environment(uuid.uuid4().hex, tmp_path) | ({"DOCKER_HOST": host} if host else {})
    with out.open("wb") as stream:
        process = subprocess.Popen(
            command(".", "--port", "0", "--lambda-port", "0"),
            cwd=project,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    try:
        eventually(lambda: "➜" in out.read_text(encoding="utf-8"), seconds=20, what="the banner")
        line = next(line for line in out.read_text(encoding="utf-8").splitlines() if "sandbox" in line.lower())
        assert chosen in line.lower()
        assert "docker" in line.lower(), "the reason speaks of the engine"
        assert len(line.split()) > 2, f"no reason is given: {line}"
    finally:
        process.terminate()
        assert process.wait(STOP_SECONDS) in (0, 130)

"""Functions that are container images: what the image says, what ImageConfig says, and images that cannot run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.live import containers, docker_engine
from tests.live.deadline import eventually
from tests.live.devserver import DOCKER, Devserve, devserve
from tests.live.docker_projects import IMAGES, settings
from tests.live.templates import function, sam

pytestmark = docker_engine.MARKS

APP = b"""
import os, sys
def handler(event, context):
    return {"from": "handler", "where": os.getcwd(), "baked": os.environ.get("BAKED"), "argv": sys.argv[1:]}
def other(event, context):
    return {"from": "other", "where": os.getcwd(), "name": context.function_name}
def writes(event, context):
    try:
        open("/var/task/x", "w")
        return "written"
    except OSError as error:
        return error.errno
"""

OWN_RUNTIME = b"""#!/bin/sh
# A runtime of its own: no Python, no runtime of AWS.
API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  EVENT="$(curl -sS -D /tmp/headers "$API/next")"
  ID="$(grep -i '^lambda-runtime-aws-request-id:' /tmp/headers | cut -d' ' -f2 | tr -d '\\r\\n')"
  curl -sS -o /dev/null -d "{\\"arguments\\": \\"$*\\", \\"event\\": $EVENT}" "$API/$ID/response"
done
"""


def pictured(uri: str, **properties: Any) -> dict[str, Any]:
    settings = {"PackageType": "Image", "ImageUri": uri, "Timeout": 10, "MemorySize": 1769, **properties}
    return {"Type": "AWS::Serverless::Function", "Properties": settings}


@pytest.fixture(scope="module")
def images() -> Iterator[dict[str, str]]:
    docker_engine.require_images()
    base = f"FROM {IMAGES['python3.11']}\nCOPY app.py /var/task/\nCOPY app.py /elsewhere/\nENV BAKED=in\n"
    own = f"FROM {IMAGES['provided.al2023']}\nCOPY run.sh /usr/local/bin/run\n"
    with (
        containers.image(base + 'CMD ["app.handler"]\n', {"app.py": APP}) as handler,
        containers.image(
            own + 'ENTRYPOINT ["/usr/local/bin/run", "fixed"]\nCMD ["given"]\n', {"run.sh": OWN_RUNTIME}
        ) as runs,
        containers.image("FROM scratch\nCOPY app.py /\n", {"app.py": APP}) as empty,
        containers.image(
            own + 'ENTRYPOINT ["/bin/sh", "-c", "echo said at the end; exit 7"]\n', {"run.sh": b""}
        ) as ends,
    ):
        yield {"handler": handler, "runs": runs, "empty": empty, "ends": ends}


@pytest.fixture(scope="module")
def server(images: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    command = {"ImageConfig": {"Command": ["app.other"], "WorkingDirectory": "/elsewhere"}}
    template = sam(
        {
            "Usual": pictured(images["handler"]),
            "Overridden": pictured(images["handler"], **command),
            "Writes": pictured(images["handler"], ImageConfig={"Command": ["app.writes"]}),
            "Runs": pictured(images["runs"]),
            "RunsOther": pictured(images["runs"], ImageConfig={"Command": ["one", "two"]}),
            "Entered": pictured(images["runs"], ImageConfig={"EntryPoint": ["/usr/local/bin/run", "entered"]}),
            "Empty": pictured(images["empty"]),
            "Ends": pictured(images["ends"]),
            "Nowhere": pictured("127.0.0.1:9/no/such:image"),
            "Good": function("app.handler", "GET /good", MemorySize=1769),
            "Gone": function("app.handler", Runtime="ruby3.3"),
        }
    )
    missing = {**IMAGES, "ruby3.3": "127.0.0.1:9/no/ruby:3.3"}
    files = {**settings(template, missing), "app.py": APP.decode()}
    with devserve(tmp_path_factory.mktemp("images"), files, sandbox=DOCKER, start_seconds=60) as running:
        yield running


def test_an_image_runs_its_own_command(server: Devserve) -> None:
    answer = server.invoke("Usual", {}, tail=True)
    assert answer.error is None, answer.log
    assert {key: answer.payload[key] for key in ("from", "where", "baked")} == {
        "from": "handler",
        "where": "/var/task",
        "baked": "in",
    }


def test_image_config_replaces_command_and_working_directory(server: Devserve) -> None:
    answer = server.invoke("Overridden", {}, tail=True)
    assert (answer.error, answer.payload.get("where")) == (None, "/elsewhere"), answer.log
    assert answer.payload["from"] == "other"


def test_an_image_is_read_only_but_for_tmp(server: Devserve) -> None:
    assert server.invoke("Writes", {}).payload == 30  # a read-only file system


@pytest.mark.parametrize(
    ("name", "arguments"), [("Runs", "fixed given"), ("RunsOther", "fixed one two"), ("Entered", "entered")]
)
def test_entry_point_and_command_are_joined_as_docker_does(server: Devserve, name: str, arguments: str) -> None:
    assert server.invoke(name, {"a": 1}).payload == {"arguments": arguments, "event": {"a": 1}}


def test_an_image_with_neither_entry_point_nor_command_is_told(server: Devserve) -> None:
    problem = server.fact("problem", lambda fact: "Empty" in str(fact))
    assert "entrypoint" in str(problem).lower().replace(" ", "")
    assert server.invoke("Empty", {}).error == "Unhandled"


@pytest.mark.parametrize(("name", "image"), [("Nowhere", "no/such:image"), ("Gone", "no/ruby:3.3")])
def test_an_image_that_cannot_be_had_is_told(server: Devserve, name: str, image: str) -> None:
    problem = server.fact("problem", lambda fact: name in str(fact))
    assert image in str(problem)
    answer = server.invoke(name, {})
    assert answer.error == "Unhandled"
    assert answer.payload["errorType"].startswith("Runtime.")


def test_a_container_that_ends_at_once_is_an_exit_error_with_its_words_in_the_log(server: Devserve) -> None:
    answer = server.invoke("Ends", {})
    assert (answer.status, answer.error) == (200, "Unhandled")
    assert answer.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {answer.request_id} Error: Runtime exited with error: exit status 7",
    }
    eventually(lambda: "said at the end\n" in server.log("Ends"), what="its words")


def test_the_others_go_on_answering(server: Devserve) -> None:
    for name in ("Empty", "Ends", "Nowhere"):
        server.invoke(name, {})
    assert server.get("/good").status == 200

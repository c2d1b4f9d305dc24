"""What a user gets wrong: exit code 2, one line `devserve: WHERE: WHAT`, a hint, never a traceback of ours."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.live.devserver import Files, Ran, devserve, run, write
from tests.live.templates import function, sam

pytestmark = pytest.mark.live

APP = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'ok'}\n"
SERVE = (("--port", "0"), ("--lambda-port", "0"), ("--sandbox", "process"))


def told(ran: Ran, *words: str) -> None:
    """The form of every refusal."""
    assert "Traceback" not in ran.stdout + ran.stderr, ran.stderr
    assert ran.code == 2, f"exit code {ran.code}\n{ran.stderr}"
    lines = ran.stderr.splitlines()
    complaints = [line for line in lines if line.startswith("devserve: ")]
    assert len(complaints) == 1, ran.stderr
    assert ": " in complaints[0].removeprefix("devserve: "), f"no WHERE: WHAT in {complaints[0]!r}"
    assert any(line.strip().startswith("hint:") for line in lines), f"no hint\n{ran.stderr}"
    for word in words:
        assert word in ran.stderr, f"{word!r} is not told\n{ran.stderr}"


@dataclass(frozen=True)
class Bad:
    """`words` must be among what is told."""

    id: str
    files: Files
    words: Sequence[str]
    arguments: Sequence[str] = field(default=(".",))


BAD_PROJECTS = [
    Bad("a target that is not there", {}, ["nowhere.yaml"], ["nowhere.yaml"]),
    Bad("a template option that is not there", {"app.py": APP}, ["nowhere.yaml"], ["-t", "nowhere.yaml"]),
    Bad("an empty folder", {}, []),
    Bad("bad YAML, with its line", {"template.yaml": "Resources:\n  A:\n   B: [1,\n  C: }\n"}, ["template.yaml:"]),
    Bad("bad JSON, with its line", {"template.json": '{"Resources": {\n  "A": }\n'}, ["template.json:2"]),
    Bad("bad TOML, with its line", {"devserve.toml": "[functions.x]\nhandler = \n"}, ["devserve.toml:2"]),
    Bad("a template that is a list", {"template.yaml": "- a\n- b\n"}, ["template.yaml"]),
    Bad("an empty template", {"template.yaml": ""}, ["template.yaml"]),
    Bad("a binary template", {"template.yaml": b"\x00\xff\xfe\x00binary"}, ["template.yaml"]),
    Bad(
        "a template with no functions",
        {"template.yaml": "Resources:\n  T:\n    Type: AWS::SNS::Topic\n"},
        ["template.yaml"],
    ),
    Bad(
        "a handler file that is not there",
        {"template.json": sam({"Fn": function("ap.handler")}), "app.py": APP},
        ["Fn", "ap"],
    ),
    Bad(
        "a code folder that is not there",
        {"template.json": sam({"Fn": function("app.handler", CodeUri="srcc")}), "src/app.py": APP},
        ["Fn", "srcc"],
    ),
    Bad(
        "a runtime that never was",
        {"template.json": sam({"Fn": function("app.handler", Runtime="python3.99")}), "app.py": APP},
        ["python3.99"],
    ),
    Bad(
        "circular references",
        {
            "template.json": sam(
                {
                    "Fn": function("app.handler", FunctionName={"Fn::Sub": "${A}"}),
                    "A": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "A"}}},
                }
            ).replace('"app.handler"', '{"Fn::GetAtt": ["Fn", "Handler"]}'),
            "app.py": APP,
        },
        ["Fn"],
    ),
    Bad(
        "an intrinsic that cannot be resolved here",
        {"template.json": sam({"Fn": function("x", Handler={"Fn::ImportValue": "elsewhere"})}), "app.py": APP},
        ["elsewhere"],
    ),
    Bad(
        "a parameter that nobody gave",
        {
            "template.json": json.dumps(
                {
                    "Transform": "AWS::Serverless-2016-10-31",
                    "Parameters": {"Entry": {"Type": "String"}},
                    "Resources": {"Fn": function("x", Handler={"Ref": "Entry"})},
                }
            ),
            "app.py": APP,
        },
        ["Entry", "--parameter-overrides"],
    ),
    Bad("a handler that is not in the target", {"app.py": APP}, ["nothing"], ["nothing.handler"]),
    Bad("an option that does not exist", {"app.py": APP}, ["--prot"], ["--prot", "3000"]),
    Bad("a port that is not a number", {"app.py": APP}, ["--port"], ["--port", "many"]),
    Bad("a port out of range", {"app.py": APP}, ["port"], ["--port", "70000"]),
    Bad("a sandbox that does not exist", {"app.py": APP}, ["--sandbox"], ["--sandbox", "jail"]),
    Bad("variables that are not there", {"app.py": APP}, ["vars.json"], ["--env-vars", "vars.json"]),
    Bad(
        "variables that are not JSON",
        {"app.py": APP, "vars.json": "{\n nope"},
        ["vars.json:2"],
        ["--env-vars", "vars.json"],
    ),
]


@pytest.mark.parametrize("bad", BAD_PROJECTS, ids=[bad.id for bad in BAD_PROJECTS])
def test_a_project_that_cannot_run_is_refused(tmp_path: Path, bad: Bad) -> None:
    folder = write(tmp_path / "project", bad.files)
    usual = [word for option, value in SERVE if option not in bad.arguments for word in (option, value)]
    told(run(folder, *bad.arguments, *usual), *bad.words)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "project", {"app.py": APP})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = run(folder, ".", "--port", port, "--lambda-port", "0", "--sandbox", "process")
    told(ran, port)


@pytest.mark.parametrize(
    ("name", "words"),
    [("broken.json", ["broken.json:2"]), ("missing.json", ["missing.json"]), ("empty.json", ["empty.json"])],
)
def test_an_event_that_is_not_json(tmp_path: Path, name: str, words: list[str]) -> None:
    folder = write(tmp_path / "project", {"app.py": APP, "broken.json": '{"a": 1,\n b}', "empty.json": ""})
    ran = run(folder, "invoke", "--event", name, "--sandbox", "process")
    told(ran, *words)
    assert ran.stdout == ""


def test_an_event_from_standard_input_that_is_not_json(tmp_path: Path) -> None:
    folder = write(tmp_path / "project", {"app.py": APP})
    told(run(folder, "invoke", "--event", "-", "--sandbox", "process", stdin="nope"))


def test_a_function_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path) -> None:
    template = sam({"Orders": function("app.handler"), "Users": function("app.handler")})
    folder = write(tmp_path / "project", {"app.py": APP, "template.json": template})
    told(run(folder, "invoke", "Order", "--sandbox", "process"), "Orders")


def test_a_function_that_is_broken_leaves_the_others_running(tmp_path: Path) -> None:
    template = sam(
        {
            "Good": function("app.handler", "GET /good", FunctionName="good"),
            "Bad": function("missing.handler", "GET /bad", FunctionName="bad"),
        }
    )
    with devserve(tmp_path, {"app.py": APP, "template.json": template}) as server:
        assert server.get("/good").text == "ok"
        assert server.get("/bad").status == 500
        assert "Bad" in json.dumps(server.facts("problem"))


def test_validate_names_every_problem_with_its_place(tmp_path: Path) -> None:
    template = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Good:\n    Type: AWS::Serverless::Function\n" + (
        "    Properties: {Handler: app.handler, Runtime: python3.11, CodeUri: .}\n"
        "  Bad:\n    Type: AWS::Serverless::Function\n"
        "    Properties: {Handler: gone.handler, Runtime: python3.11, CodeUri: .}\n"
    )
    folder = write(tmp_path / "project", {"app.py": APP, "template.yaml": template})
    ran = run(folder, "validate")
    assert ran.code == 2
    assert "template.yaml:8: Bad" in ran.stdout + ran.stderr
    assert "gone" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr

"""Layers, nested templates, Node and custom runtimes that cannot work: an error of AWS's, one clear line, and the rest
of the project answers. In the process sandbox, so on every machine."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve, write
from tests.live.templates import function, sam

pytestmark = pytest.mark.live

APP = "def handler(event, context):\n    return 'fine'\n"


def escaping() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("python/inside.py", "")
        archive.writestr("../../../escaped.txt", "out")
    return packed.getvalue()


def layer(content: str) -> dict[str, object]:
    return {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": content}}


def layered(name: str) -> dict[str, object]:
    return function("app.handler", FunctionName=name.lower(), Layers=[{"Ref": f"{name}Layer"}])


TEMPLATE = sam(
    {
        "NoZipLayer": layer("nozip.zip"),
        "EscapingLayer": layer("escaping.zip"),
        "AbsentLayer": layer("absent"),
        "NoZip": layered("NoZip"),
        "Escaping": layered("Escaping"),
        "Absent": layered("Absent"),
        "Child": {"Type": "AWS::Serverless::Application", "Properties": {"Location": "no-such-child.yaml"}},
        "Syntax": function("syntax.handler", "GET /syntax", FunctionName="syntax", Runtime="nodejs20.x"),
        "Throws": function("throws.handler", FunctionName="throws", Runtime="nodejs20.x"),
        "NoRun": function("any", FunctionName="norun", Runtime="provided.al2023", CodeUri="norun"),
        "NoBoot": function("any", FunctionName="noboot", Runtime="provided.al2023", CodeUri="noboot"),
        "NoProgram": function("any", FunctionName="noprogram", Runtime="provided.al2023", CodeUri="noprogram"),
        "Good": function("app.handler", "GET /good", FunctionName="good"),
    }
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    folder = tmp_path_factory.mktemp("bad-runtimes")
    project = write(
        folder / "project",
        {
            "template.json": TEMPLATE,
            "app.py": APP,
            "syntax.js": "exports.handler = async () => {\n  return {;\n};\n",
            "throws.mjs": "throw new Error('at the top');\n",
            "nozip.zip": "this is no zip",
            "escaping.zip": escaping(),
            "norun/bootstrap": "#!/bin/sh\nexit 0\n",
            "noboot/readme.txt": "",
            "noprogram/bootstrap": b"\x7fELF but not really",
        },
    )
    (project / "norun" / "bootstrap").chmod(0o644)
    (project / "noprogram" / "bootstrap").chmod(0o755)
    with devserve(folder) as running:
        yield running


def about(server: Devserve, word: str) -> str:
    """The one problem that speaks of it."""
    told = [json.dumps(fact) for fact in server.facts("problem") if word in json.dumps(fact)]
    assert len(told) == 1, f"{len(told)} problems speak of {word}: {told}"
    return told[0]


@pytest.mark.parametrize(("name", "word"), [("nozip", "nozip.zip"), ("escaping", "escaping.zip"), ("absent", "absent")])
def test_a_layer_that_cannot_be_had_is_told_once_and_nothing_of_it_lands_elsewhere(
    server: Devserve, name: str, word: str
) -> None:
    told = about(server, word)
    assert "Layer" in told
    assert server.invoke(name, {}).status == 200
    assert not list(server.folder.parent.parent.rglob("escaped.txt"))


def test_a_nested_template_that_is_missing_is_told(server: Devserve) -> None:
    assert "Child" in about(server, "no-such-child.yaml")


def test_a_syntax_error_of_node_is_answered_each_time(server: Devserve) -> None:
    for _ in range(2):
        answer = server.invoke("syntax", {})
        assert (answer.status, answer.error) == (200, "Unhandled")
        assert answer.payload["errorType"] == "Runtime.UserCodeSyntaxError"
    assert server.get("/syntax").status == 500


def test_a_syntax_error_of_node_names_its_line(server: Devserve) -> None:
    server.invoke("syntax", {})
    eventually(lambda: any("syntax.js:2" in line for line in server.log("syntax")), what="file and line")


def test_an_error_at_the_top_of_a_module_is_answered(server: Devserve) -> None:
    answer = server.invoke("throws", {})
    assert (answer.error, answer.payload["errorType"], answer.payload["errorMessage"]) == (
        "Unhandled",
        "Error",
        "at the top",
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [("norun", "chmod +x"), ("noboot", "bootstrap"), ("noprogram", "bootstrap")],
)
def test_a_bootstrap_that_cannot_be_run_is_an_error_and_a_clear_line(server: Devserve, name: str, words: str) -> None:
    for _ in range(2):
        answer = server.invoke(name, {})
        assert (answer.status, answer.error) == (200, "Unhandled")
        assert answer.payload["errorType"].startswith("Runtime.")
    told = "".join(server.log(name)) + json.dumps(server.facts("problem"))
    assert words in told


def test_the_rest_answers(server: Devserve) -> None:
    for name in ("nozip", "syntax", "norun"):
        server.invoke(name, {})
    assert server.get("/good").text == "fine"


def test_a_bootstrap_heals_when_it_may_be_run(tmp_path: Path) -> None:
    template = sam({"NoRun": function("any", FunctionName="norun", Runtime="provided.al2023", CodeUri="norun")})
    bootstrap = """#!/bin/sh
API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  curl -sS -o "$TMPDIR/event" -D "$TMPDIR/head" "$API/next"
  ID="$(grep -i '^lambda-runtime-aws-request-id:' "$TMPDIR/head" | cut -d' ' -f2 | tr -d '\\r\\n')"
  curl -sS -o /dev/null -d '"healed"' "$API/$ID/response"
done
"""
    with devserve(tmp_path, {"template.json": template, "norun/bootstrap": bootstrap}) as server:
        assert server.invoke("norun", {}).error == "Unhandled"
        (server.folder / "norun" / "bootstrap").chmod(0o755)
        eventually(lambda: server.invoke("norun", {}).error is None, what="the runtime that may be run now")
        assert server.invoke("norun", {}).payload == "healed"

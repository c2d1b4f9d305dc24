"""Save a file, send a request, with functions in containers: new code, new dependencies, new images."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from tests.live import docker_engine
from tests.live.deadline import eventually
from tests.live.devserver import DOCKER, Devserve, devserve, write
from tests.live.docker_projects import IMAGES, settings
from tests.live.docker_stage import CONTAINER
from tests.live.templates import function, sam

pytestmark = docker_engine.MARKS

APP = """
import os
import words
def handler(event, context):
    return {"word": words.WORD, "colour": os.environ.get("COLOUR"), "host": CONTAINER}
""".replace("CONTAINER", CONTAINER)
INDEX = 'exports.handler = async () => ({ statusCode: 200, body: "%s" });\n'
WITH_DEPENDENCY = """
import greetings
def handler(event, context):
    return greetings.WORD
"""
IMAGE = """
def handler(event, context):
    return "%s"
"""
DOCKERFILE = f"""FROM {IMAGES["python3.11"]}
COPY app.py /var/task/
ENV FLAVOUR=%s
CMD ["app.handler"]
"""


def template(colour: str = "red") -> str:
    quick = {"MemorySize": 1769}
    return sam(
        {
            "Plain": function("app.handler", CodeUri="plain", Environment={"Variables": {"COLOUR": colour}}, **quick),
            "Other": function("app.handler", CodeUri="other", **quick),
            "Node": function("index.handler", "GET /node", CodeUri="node", Runtime="nodejs20.x", **quick),
            "Depends": function("app.handler", CodeUri="depends", **quick),
            "Pictured": {
                "Type": "AWS::Serverless::Function",
                "Properties": {"PackageType": "Image", "Timeout": 10, **quick},
                "Metadata": {"Dockerfile": "Dockerfile", "DockerContext": "pictured", "DockerTag": "v1"},
            },
        }
    )


def wheel(name: str, word: str) -> bytes:
    """A package with one module that holds a word."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        information = f"{name}-1.0.dist-info"
        archive.writestr(f"{name}.py", f"WORD = {word!r}\n")
        archive.writestr(f"{information}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(
            f"{information}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(
            f"{information}/RECORD",
            f"{name}.py,,\n{information}/METADATA,,\n{information}/WHEEL,,\n{information}/RECORD,,\n",
        )
    return packed.getvalue()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    folder = tmp_path_factory.mktemp("reload")
    package = folder / "wheels" / "greetings-1.0-py3-none-any.whl"
    write(package.parent, {package.name: wheel("greetings", "from a dependency")})
    files = {
        **settings(template()),
        "plain/app.py": APP,
        "plain/words.py": 'WORD = "one"\n',
        "other/app.py": APP,
        "other/words.py": 'WORD = "other"\n',
        "node/index.js": INDEX % "one",
        "depends/app.py": WITH_DEPENDENCY,
        "depends/requirements.txt": f"greetings @ file://{package}\n",
        "pictured/app.py": IMAGE % "one",
        "pictured/Dockerfile": DOCKERFILE % "plain",
    }
    with devserve(folder, files, sandbox=DOCKER, start_seconds=90) as running:
        yield running


def test_a_saved_file_is_answered_with_the_new_code(server: Devserve) -> None:
    other = server.invoke("Other", {}).payload["host"]
    old = server.invoke("Plain", {}).payload
    server.save("plain/words.py", 'WORD = "saved"\n')
    new = eventually(
        lambda: (seen := server.invoke("Plain", {}).payload).get("word") == "saved" and seen, what="the new code"
    )
    assert new["word"] == "saved" != old["word"]
    assert server.invoke("Other", {}).payload["host"] == other, "a function that did not change keeps its container"


def test_a_saved_module_of_node_is_answered_with_the_new_code(server: Devserve) -> None:
    assert server.get("/node").status == 200
    server.save("node/index.js", INDEX % "two")
    eventually(lambda: server.get("/node").text == "two", what="the new code")


def test_a_setting_that_changed_reaches_the_container(server: Devserve) -> None:
    assert server.invoke("Plain", {}).payload["colour"] in ("red", "blue")
    server.save("template.json", template("blue"))
    eventually(lambda: server.invoke("Plain", {}).payload.get("colour") == "blue", what="the new value")


def test_dependencies_are_there_and_nothing_was_written_beside_the_code(server: Devserve) -> None:
    answer = server.invoke("Depends", {}, tail=True)
    assert answer.payload.startswith("from a dependency"), answer.log
    assert sorted(path.name for path in (server.folder / "depends").iterdir()) == ["app.py", "requirements.txt"]


def test_an_edit_beside_dependencies_needs_no_second_installation(server: Devserve) -> None:
    server.save("depends/app.py", WITH_DEPENDENCY.replace("greetings.WORD", "greetings.WORD + '!'"))
    eventually(lambda: server.invoke("Depends", {}).payload == "from a dependency!", what="the new code")


def test_an_image_is_built_and_built_again_when_a_file_of_it_changes(server: Devserve) -> None:
    assert server.invoke("Pictured", {}).payload in ("one", "two")
    server.save("pictured/app.py", IMAGE % "two")
    eventually(lambda: server.invoke("Pictured", {}).payload == "two", seconds=30, what="the new image")


def test_the_build_of_an_image_is_told(server: Devserve) -> None:
    server.invoke("Pictured", {})
    told = server.facts("progress")
    steps = [fact for fact in told if "Pictured" in fact["task"]]
    assert steps, told
    assert steps[-1]["done"] or any(fact["done"] for fact in steps)
    assert any("/" in fact["state"] for fact in steps), f"no step is counted: {steps}"


def test_a_dockerfile_that_breaks_keeps_the_server_and_heals(server: Devserve) -> None:
    server.invoke("Pictured", {})
    broken = DOCKERFILE % "broken" + "RUN printf 'the-%s-of-the-step' words; exit 3\n"
    server.save("pictured/Dockerfile", broken)
    problem = server.fact("problem", lambda fact: "the-words-of-the-step" in str(fact), seconds=30)
    assert "Pictured" in str(problem)
    assert server.invoke("Other", {}).error is None
    server.save("pictured/Dockerfile", DOCKERFILE % "healed")
    eventually(lambda: server.invoke("Pictured", {}).error is None, seconds=30, what="the mended image")

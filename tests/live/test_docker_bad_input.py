"""What goes wrong around containers: AWS's error at the caller, one clear line for the user, and the server goes on."""

from __future__ import annotations

import signal
import subprocess
import threading
import uuid
from pathlib import Path

import pytest

from tests.live import containers, docker_engine
from tests.live.deadline import eventually
from tests.live.devserver import DOCKER, GOOD_EXITS, STOP_SECONDS, command, devserve, environment, run, write
from tests.live.docker_projects import IMAGES, settings
from tests.live.engine_socket import engine_socket
from tests.live.templates import function, sam

pytestmark = docker_engine.MARKS

APP = """
import pathlib, platform, time
def quick(event, context):
    return {"machine": platform.machine()}
def sleeps(event, context):
    time.sleep(20)
    return "slept"
"""
WITHOUT_ENGINE = {"DOCKER_HOST": "unix:///nowhere/at/all.sock"}
USUAL = ("--port", "0", "--lambda-port", "0", "--sandbox", "docker")


def quick(**properties: object) -> dict[str, object]:
    return function("app.quick", MemorySize=1769, **properties)


@pytest.mark.parametrize("arguments", [(".", *USUAL), ("invoke", "Quick", "--payload", "{}", "--sandbox", "docker")])
def test_docker_asked_for_and_absent_is_refused_in_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    folder = write(tmp_path / "project", {"template.json": sam({"Quick": quick()}), "app.py": APP})
    ran = run(folder, *arguments, environ=WITHOUT_ENGINE)
    assert ran.code == 2, ran.stderr
    assert ran.stdout == ""
    first, *hints = ran.stderr.splitlines()
    assert first.startswith("devserve: ")
    assert "unix:///nowhere/at/all.sock" in first
    assert 1 <= len(hints) <= 3, ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_network_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    folder = write(tmp_path / "project", {**settings(sam({"Quick": quick()})), "app.py": APP})
    ran = run(folder, ".", *USUAL, "--docker-network", "no-such-network-here")
    assert ran.code == 2, ran.stderr
    assert "no-such-network-here" in ran.stderr.splitlines()[0]
    assert "bridge" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_engine_that_stops_in_mid_request_is_an_answer_and_heals(tmp_path: Path) -> None:
    template = sam({"Quick": quick(), "Sleeps": function("app.sleeps", "GET /sleeps", MemorySize=1769, Timeout=25)})
    files = {**settings(template), "app.py": APP}
    with engine_socket() as between, devserve(tmp_path, files, sandbox=DOCKER, environ=between.environ) as server:
        assert server.invoke("Quick", {}).error is None
        answers = []
        caller = threading.Thread(target=lambda: answers.append(server.invoke("Sleeps", {})))
        caller.start()
        server.fact("start", lambda fact: fact["function"] == "Sleeps")
        between.cut()
        caller.join(10)
        assert not caller.is_alive(), "the caller hangs"
        assert answers[0].error == "Unhandled"
        assert answers[0].payload["errorType"].startswith(("Runtime.", "Sandbox."))
        said = eventually(
            lambda: [line for line in server.log("Sleeps") if "engine" in line.lower() or "container" in line.lower()],
            what="a line that says why",
        )
        assert said[0].startswith("devserve: ")
        absent = server.invoke("Sleeps", {})
        assert absent.error == "Unhandled", "without an engine it answers too"
        between.mend()
        eventually(lambda: server.invoke("Quick", {}).error is None, what="an answer after the engine came back")


def test_it_stops_although_the_engine_is_gone(tmp_path: Path) -> None:
    files = {**settings(sam({"Quick": quick()})), "app.py": APP}
    with engine_socket() as between, devserve(tmp_path, files, sandbox=DOCKER, environ=between.environ) as server:
        assert server.invoke("Quick", {}).error is None
        between.cut()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(STOP_SECONDS) in GOOD_EXITS
        assert "Traceback" not in server.stderr
        eventually(lambda: not containers.of(server), what="the containers end without their devserve")


def test_a_container_that_somebody_removed_is_an_answer_and_heals(tmp_path: Path) -> None:
    template = sam({"Sleeps": function("app.sleeps", MemorySize=1769, Timeout=25), "Quick": quick()})
    with devserve(tmp_path, {**settings(template), "app.py": APP}, sandbox=DOCKER) as server:
        answers = []
        caller = threading.Thread(target=lambda: answers.append(server.invoke("Sleeps", {})))
        caller.start()
        server.fact("start", lambda fact: fact["function"] == "Sleeps")
        with containers.client() as engine:
            for each in containers.of(server):
                if each["Config"]["Labels"]["devserve.function"] == "Sleeps":
                    engine.api.remove_container(each["Id"], force=True)
        caller.join(10)
        assert not caller.is_alive(), "the caller hangs"
        assert answers[0].payload["errorType"] == "Runtime.ExitError"
        assert server.invoke("Quick", {}).error is None


def test_another_architecture_is_said_and_the_others_run(tmp_path: Path) -> None:
    docker_engine.require_engine()
    with containers.client() as engine:
        other = "x86_64" if engine.info()["Architecture"] in ("aarch64", "arm64") else "arm64"
    template = sam({"Quick": quick(), "Strange": quick(Architectures=[other])})
    with devserve(tmp_path, {**settings(template), "app.py": APP}, sandbox=DOCKER) as server:
        problem = server.fact("problem", lambda fact: "Strange" in str(fact))
        assert other in str(problem)
        assert server.invoke("Quick", {}).error is None
        server.invoke("Strange", {})  # answered either way: by an error, or by whatever can run it


def test_a_dockerfile_that_fails_shows_its_own_lines_and_the_others_run(tmp_path: Path) -> None:
    broken = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"PackageType": "Image"},
        "Metadata": {"Dockerfile": "Dockerfile", "DockerContext": "broken"},
    }
    missing = {**broken, "Metadata": {"Dockerfile": "Dockerfile.none", "DockerContext": "broken"}}
    files = {
        **settings(sam({"Quick": quick(), "Broken": broken, "Missing": missing})),
        "app.py": APP,
        "broken/Dockerfile": f"FROM {IMAGES['python3.11']}\nRUN printf 'what-%s-said' the-step; exit 3\n",
    }
    with devserve(tmp_path, files, sandbox=DOCKER) as server:
        problem = server.fact("problem", lambda fact: "Broken" in str(fact), seconds=30)
        assert "what-the-step-said" in str(problem)
        told = [fact for fact in server.facts("problem") if "Broken" in str(fact)]
        assert len(told) == 1, "once is enough"
        assert "Dockerfile.none" in str(server.fact("problem", lambda fact: "Missing" in str(fact)))
        answer = server.invoke("Broken", {})
        assert (answer.status, answer.error) == (200, "Unhandled")
        absent = server.invoke("Missing", {})
        assert absent.error == "Unhandled" or absent.status == 404
        assert server.invoke("Quick", {}).error is None


def test_a_terminal_is_told_in_few_lines_of_ones_own(tmp_path: Path) -> None:
    broken = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"PackageType": "Image"},
        "Metadata": {"Dockerfile": "Dockerfile", "DockerContext": "broken"},
    }
    nowhere = function("app.quick", "GET /nowhere", Runtime="ruby3.3")
    images = {**IMAGES, "ruby3.3": "127.0.0.1:9/no/ruby:3.3"}
    files = {
        **settings(sam({"Quick": quick(), "Broken": broken, "Nowhere": nowhere}), images),
        "app.py": APP,
        "broken/Dockerfile": f"FROM {IMAGES['python3.11']}\nRUN printf 'what-%s-said' the-step; exit 3\n",
    }
    project = write(tmp_path / "project", files)
    out = tmp_path / "out.txt"
    with out.open("wb") as stream:
        process = subprocess.Popen(
            command(".", *USUAL),
            cwd=project,
            env=environment(uuid.uuid4().hex, tmp_path),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    try:

        def told() -> str:
            text = out.read_text(encoding="utf-8")
            return text if "no/ruby:3.3" in text and "what-the-step-said" in text else ""

        said = eventually(told, seconds=15, what="both are told")
        assert "Traceback" not in said
        assert len([line for line in said.splitlines() if "no/ruby:3.3" in line]) <= 2, said
    finally:
        process.terminate()
        assert process.wait(STOP_SECONDS) in GOOD_EXITS

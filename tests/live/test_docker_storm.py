"""Everything at once, and everything that can go wrong, with functions in containers: each request gets its answer,
nobody gets code from before the last save, and nothing is left.

The containers are on a network of the tests' own. On one whose bridge has no fixed hardware address (a `docker0` that
the engine has not made itself), every container that comes or goes can cut the others off for seconds.
"""

from __future__ import annotations

import glob
import random
import shutil
import signal
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.live import containers, docker_engine, processes
from tests.live.deadline import eventually
from tests.live.devserver import DOCKER, GOOD_EXITS, STOP_SECONDS, Devserve, Invoked, devserve, write
from tests.live.docker_projects import settings
from tests.live.engine_socket import engine_socket
from tests.live.templates import function, sam

pytestmark = [*docker_engine.MARKS, processes.needs_proc]

SEED = 20261122
NAMES = ("red", "green", "blue", "white")
ACCOMPANIED = "green"
"""It has an external extension."""

APP = """
import ctypes, os, subprocess, sys, time
import version

def handler(event, context):
    match event.get("do"):
        case "sleep": time.sleep(event["seconds"])
        case "raise": raise KeyError("raised")
        case "exit": os._exit(3)
        case "leave": sys.exit(4)
        case "segfault": ctypes.string_at(0)
        case "abort": os.abort()
        case "time out": time.sleep(60)
        case "fill": kept = [b"x" * (16 << 20) for _ in range(250)]
        case "kill all": os.system("kill -9 -1"); time.sleep(60)
        case "kill others": os.kill(-1, 9)
        case "stop all": os.kill(-1, 19); os.kill(os.getpid(), 19)
        case "close": [os.close(number) for number in (1, 2)]
        case "print": os.write(1, (b"x" * 9_999 + b"\\n") * 2_000)
        case "daemon": subprocess.Popen([sys.executable, "-c", DAEMON], start_new_session=True)
    return {"id": event.get("id"), "version": version.VERSION}

DAEMON = "import time\\nwhile True: print('I live', flush=True); time.sleep(0.05)"
"""

EXTENSION = """#!/usr/bin/env -S python3 -I
import http.client, json, os

def ask(method, path, body=None, **headers):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    lines = {"Lambda-Extension-" + name: value for name, value in headers.items()}
    connection.request(method, "/2020-01-01/extension/" + path, body, lines)
    reply = connection.getresponse()
    return reply.headers, json.loads(reply.read())

headers, _ = ask("POST", "register", '{"events": ["INVOKE", "SHUTDOWN"]}', Name="beside")
while ask("GET", "event/next", Identifier=headers["Lambda-Extension-Identifier"])[1]["eventType"] != "SHUTDOWN":
    print("beside", flush=True)
"""

ENDS = {
    "nothing": "",
    "raise": "KeyError",
    "exit": "Runtime.ExitError",
    "leave": "Runtime.ExitError",
    "abort": "Runtime.ExitError",
    "segfault": "Sandbox.Timedout",
    "time out": "Sandbox.Timedout",
    "fill": "Runtime.ExitError",
    "kill all": "Runtime.ExitError",
    "stop all": "Sandbox.Timedout",
    "print": "",
    "daemon": "",
}
"""What a function does → the type of the error that its caller gets."""


def template() -> str:
    each = {"MemorySize": 1024, "Timeout": 4}
    functions = {name: function("app.handler", FunctionName=name, CodeUri=name, **each) for name in NAMES}
    functions[ACCOMPANIED]["Properties"]["Layers"] = [{"Ref": "Layer"}]
    layer = {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "layer"}}
    return sam({"Layer": layer, **{name.title(): value for name, value in functions.items()}})


def files() -> dict[str, str]:
    code = {f"{name}/app.py": APP for name in NAMES} | {f"{name}/version.py": "VERSION = 0\n" for name in NAMES}
    return {**settings(template()), **code, "layer/extensions/beside": EXTENSION}


@pytest.fixture(scope="module")
def network() -> Iterator[str]:
    docker_engine.require_engine()
    name = f"devserve-test-{uuid.uuid4().hex[:8]}"
    with containers.client() as engine:
        made = engine.networks.create(name)
        try:
            yield name
        finally:
            made.remove()


@contextmanager
def storm(folder: Path, network: str, *arguments: str, **more: Any) -> Iterator[Devserve]:
    write(folder / "project", files())
    (folder / "project" / "layer" / "extensions" / "beside").chmod(0o755)
    with devserve(
        folder, None, "--docker-network", network, *arguments, sandbox=DOCKER, start_seconds=60, **more
    ) as server:
        yield server
        assert not (server.folder / ".devserve" / "crash.log").exists()
        assert not [fact for fact in server.facts("problem") if "internal error" in str(fact)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, network: str) -> Iterator[Devserve]:
    with storm(tmp_path_factory.mktemp("storm"), network, "--max-environments", "4") as running:
        yield running
    nothing_is_left(running, seconds=0)


def nothing_is_left(server: Devserve, *, seconds: float = 15) -> None:
    logs = f"/tmp/devserve-docker-{socket.gethostname()}-{server.process.pid}-*"
    eventually(lambda: not containers.of(server), seconds=seconds, what="all containers gone")
    eventually(lambda: not glob.glob(logs), seconds=seconds, what="the folder of the logs is gone")


def asked(server: Devserve, name: str, number: int, do: str = "sleep", seconds: float = 0.05) -> Invoked:
    answer = server.invoke(name, {"id": number, "do": do, "seconds": seconds})
    assert answer.status == 200, answer.reply.text
    return answer


def ends(do: str, name: str) -> set[str]:
    """Who kills all kills the extension, and that may be noticed first."""
    return {ENDS[do], "Extension.Crash"} if do == "kill all" and name == ACCOMPANIED else {ENDS[do]}


def test_many_requests_share_few_environments(server: Devserve) -> None:
    chosen = random.Random(SEED)
    with ThreadPoolExecutor(60) as pool:
        jobs = [pool.submit(asked, server, chosen.choice(NAMES), number) for number in range(60)]
        answers = [job.result() for job in jobs]
    assert [answer.error for answer in answers] == [None] * 60
    assert [answer.payload["id"] for answer in answers] == list(range(60))


def test_whatever_functions_do_each_caller_hears_of_its_own_and_of_no_other(server: Devserve) -> None:
    todo = [(do, NAMES[number % 2]) for number, do in enumerate([*ENDS, *["nothing"] * len(ENDS)])]
    random.Random(SEED).shuffle(todo)
    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(asked, server, name, number, do) for number, (do, name) in enumerate(todo)]
        answers = [job.result() for job in jobs]
    got = [answer.payload["errorType"] if answer.error else "" for answer in answers]
    wrong = [(do, name, said) for (do, name), said in zip(todo, got, strict=True) if said not in ends(do, name)]
    assert wrong == []
    for name in NAMES[:2]:
        assert asked(server, name, 1).payload["id"] == 1


@pytest.mark.parametrize("do", ["close", "kill others"])
def test_a_function_that_cuts_itself_off_goes_on_and_its_end_is_told(server: Devserve, do: str) -> None:
    assert asked(server, "white", 1, do).error is None
    assert asked(server, "white", 2, "sleep", 0.4).error is None, "what was killed is noticed by then"
    assert asked(server, "white", 3, "exit").payload["errorType"] == "Runtime.ExitError"
    assert asked(server, "white", 4).error is None


def test_a_container_that_somebody_ends_is_an_error_and_the_next_request_has_another(server: Devserve) -> None:
    with ThreadPoolExecutor(3) as pool, containers.client() as engine:
        for way in ("kill", "remove"):
            began = len(server.facts("start"))
            job = pool.submit(asked, server, "blue", 1, "sleep", 3.7)
            eventually(lambda: len(server.facts("start")) > began, what="it runs")  # noqa: B023
            for each in containers.of(server):
                if each and each["Config"]["Labels"]["devserve.function"] == "Blue":
                    if way == "kill":
                        engine.api.kill(each["Id"])
                    else:
                        engine.api.remove_container(each["Id"], force=True)
            answer = job.result()
            assert (answer.error, answer.payload["errorType"]) == ("Unhandled", "Runtime.ExitError")
            assert asked(server, "blue", 2).payload["id"] == 2


def test_whoever_is_frozen_and_thawed_all_the_time_answers_each_caller(server: Devserve) -> None:
    chosen, never = random.Random(SEED), threading.Event()
    plans = [[(chosen.choice(NAMES[:3]), chosen.uniform(0, 0.35)) for _ in range(10)] for _ in range(3)]

    def ask(plan: list[tuple[str, float]]) -> list[object]:
        heard = []
        for number, (name, rest) in enumerate(plan):
            never.wait(rest)
            answer = asked(server, name, number, "nothing")
            heard.append((answer.error, answer.payload["id"]))
        return heard

    with ThreadPoolExecutor(3) as pool:
        for heard in pool.map(ask, plans):
            assert heard == [(None, number) for number in range(10)]
    eventually(lambda: any(each and each["State"]["Paused"] for each in containers.of(server)), what="rest at last")


def test_nobody_gets_code_from_before_the_last_save(server: Devserve) -> None:
    names, chosen = NAMES[:2], random.Random(SEED)
    saved = {name: [(0.0, -1)] for name in names}
    stale: list[object] = []
    errors: list[object] = []
    over = threading.Event()

    def ask(number: int) -> None:
        name = names[number % 2]
        while not over.is_set():
            due = max(version for at, version in tuple(saved[name]) if at < time.monotonic() - 2)
            answer = asked(server, name, number)
            if answer.error:
                errors.append(answer.payload)
            elif answer.payload["version"] < due:
                stale.append((answer.payload, due))

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(ask, number) for number in range(4)]
        for version in range(1, 11):
            name = chosen.choice(names)
            write(server.folder, {f"{name}/version.new": f"VERSION = {version}\n"})
            (server.folder / name / "version.new").rename(server.folder / name / "version.py")
            saved[name].append((time.monotonic(), version))
            over.wait(chosen.choice((0.05, 0.3, 0.8)))
        over.set()
        for job in jobs:
            job.result()
    assert (stale, errors) == ([], [])
    for name in names:
        eventually(lambda: asked(server, name, 0).payload["version"] == saved[name][-1][1])  # noqa: B023


def test_code_that_is_deleted_and_made_again_is_served_again(server: Devserve) -> None:
    for version in (101, 102):
        assert asked(server, "white", 0).error is None
        shutil.rmtree(server.folder / "white")
        asked(server, "white", 0, "exit")
        asked(server, "white", 0)
        write(server.folder / "white", {"app.py": APP, "version.py": f"VERSION = {version}\n"})

        def back(wanted: int = version) -> bool:
            answer = asked(server, "white", 0)
            return not answer.error and answer.payload["version"] == wanted

        eventually(back, seconds=5, what="the new code")


def test_two_in_one_project_do_not_disturb_each_other(tmp_path: Path, server: Devserve, network: str) -> None:
    (tmp_path / "project").symlink_to(server.folder)
    with devserve(tmp_path, None, "--docker-network", network, sandbox=DOCKER) as other:
        with ThreadPoolExecutor(8) as pool:
            both = [(each, name) for each in (server, other) for name in NAMES[:3]]
            jobs = [pool.submit(asked, each, name, 1) for each, name in both]
            assert [job.result().error for job in jobs] == [None] * 6
        other.process.send_signal(signal.SIGTERM)
        assert other.process.wait(STOP_SECONDS) in GOOD_EXITS
        nothing_is_left(other, seconds=0)
    assert asked(server, "red", 1).error is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_ended_in_the_middle_of_cold_starts_it_leaves_nothing(
    tmp_path: Path, network: str, number: signal.Signals
) -> None:
    with storm(tmp_path, network) as server, ThreadPoolExecutor(8) as pool:

        def ask(name: str) -> int:
            try:
                return server.invoke(name, {"do": "sleep", "seconds": 1}).status
            except OSError:
                return 0

        jobs = [pool.submit(ask, name) for name in NAMES * 2]
        server.fact("initStart", lambda fact: fact["environment"].endswith("#2"))
        server.process.send_signal(number)
        assert server.process.wait(STOP_SECONDS) in (*GOOD_EXITS, -signal.SIGKILL)
        answers = {job.result() for job in jobs}
        if number is signal.SIGINT:
            assert answers <= {200, 500}, "Ctrl-C leaves nobody without an answer"
            nothing_is_left(server, seconds=0)
    nothing_is_left(server)


def test_an_engine_that_hangs_does_not_keep_it_from_ending(tmp_path: Path, network: str) -> None:
    with engine_socket() as between, ThreadPoolExecutor(3) as pool:
        with storm(tmp_path, network, environ=between.environ) as server:
            assert asked(server, "red", 1).payload["id"] == 1
            between.stall()
            jobs = [pool.submit(server.invoke, name, {}) for name in ("red", "green", "green")]
            server.fact("initStart", lambda fact: fact["function"] == "Green")
            server.process.send_signal(signal.SIGINT)
            assert server.process.wait(STOP_SECONDS) in GOOD_EXITS
            assert {job.result().status for job in jobs} <= {200, 500}
            between.answer()
        nothing_is_left(server)

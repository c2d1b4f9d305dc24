"""Handlers that do what handlers do: the caller gets what AWS would answer, in time, and nothing is left running."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.live import processes
from tests.live.deadline import eventually
from tests.live.devserver import DOCKER, PROCESS, Devserve, Invoked, devserve
from tests.live.docker_projects import settings
from tests.live.templates import function, sam

pytestmark = [pytest.mark.live, processes.needs_proc]

HANDLERS = """
import os, subprocess, sys, threading, time

def fine(event, context):
    return {"pid": os.getpid()}

def prints_anything(event, context):
    print("\\x00\\x1b[31m\\udc80 \\u20ac" + "x" * 300_000)
    os.write(1, b"\\xff\\xfe raw bytes\\n")
    os.write(2, b'{"statusCode": 500, "body": "not an answer"}\\n')
    return "printed"

def closes_stdout(event, context):
    sys.stdout.close()
    os.close(1)
    os.close(2)
    return "closed"

def forks(event, context):
    if os.fork() == 0:
        return "child"
    return "parent"

def exits_at_once(event, context):
    os._exit(int(event.get("code", 0)))

def system_exit(event, context):
    raise SystemExit(event.get("code"))

def loops(event, context):
    while True:
        pass

def sleeps_through_sigterm(event, context):
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)

def returns_a_set(event, context):
    return {1, 2}

def returns_bytes(event, context):
    return b"\\xff\\x00"

def returns_7_mb(event, context):
    return "a" * (7 * 1024 * 1024)

def recurses(event, context):
    return recurses(event, context)

def daemonises(event, context):
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    return subprocess.Popen(command, start_new_session=True).pid

def prints_later(event, context):
    def later():
        time.sleep(0.05)
        print("printed by a thread, later")
    threading.Thread(target=later, daemon=True).start()
    return "first"

def eats_memory(event, context):
    kept = []
    while True:
        kept.append(bytearray(os.urandom(1024)) * 4096)

def deletes_its_folder_rights(event, context):
    os.chdir("/")
    os.environ.clear()
    return "cleared"

def raises_its_own_kind(event, context):
    class Odd(Exception):
        def __str__(self):
            raise ValueError("no text for you")
    raise Odd()

def raises_with_surrogates(event, context):
    raise ValueError("\\udc80 lone")

def returns_nan(event, context):
    return {"value": float("nan")}
"""

NAMES = [line.split()[1].partition("(")[0] for line in HANDLERS.splitlines() if line.startswith("def ")]

INIT_HANDLERS = {
    "Exits": ("init_exit.py", "import sys\nsys.exit(0)\ndef handler(event, context):\n    return 1\n"),
    "Raises": (
        "init_raise.py",
        'raise Exception("Runtime startup fails")\ndef handler(event, context):\n    return 1\n',
    ),
    "Syntax": ("init_syntax.py", "def handler(event, context)\n    return 1\n"),
    "Imports": ("init_import.py", "import no_such_module_of_ours\ndef handler(event, context):\n    return 1\n"),
    "Nothing": ("init_nothing.py", "x = 1\n"),
    "Waits": ("init_wait.py", "import threading\nthreading.Event().wait()\n"),
}


def project(memory: int = 128) -> dict[str, str]:
    resources = {
        camel(name): function(f"app.{name}", FunctionName=name, Timeout=5, MemorySize=memory) for name in NAMES
    }
    for name in ("loops", "sleeps_through_sigterm"):
        resources[camel(name)]["Properties"]["Timeout"] = 1
    resources[camel("sleeps_through_sigterm")]["Properties"]["Events"] = {
        "Http": {"Type": "HttpApi", "Properties": {"Method": "GET", "Path": "/sleeps"}},
        "Rest": {"Type": "Api", "Properties": {"Method": "GET", "Path": "/sleeps"}},
    }
    resources[camel("eats_memory")]["Properties"]["Timeout"] = 60
    resources[camel("eats_memory")]["Properties"]["MemorySize"] = 128
    files = {"app.py": HANDLERS}
    for name, (file, source) in INIT_HANDLERS.items():
        module = file.removesuffix(".py")
        resources[f"Init{name}"] = function(
            f"{module}.handler", FunctionName=f"init-{name.lower()}", Timeout=2, MemorySize=memory
        )
        files[file] = source
    return files | {"template.json": sam(resources)}


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def in_containers() -> dict[str, str]:
    """With one vCPU each: the handlers are what is tested, not a start at a fourteenth of a vCPU."""
    files = project(memory=1769)
    return files | settings(files["template.json"])


#: Its server, and what a function answers that is never initialised: asked at once, as that takes 12 seconds.
Serving = tuple[Devserve, Future[Invoked]]


@pytest.fixture(scope="module", params=[PROCESS, pytest.param(DOCKER, marks=pytest.mark.docker)])
def serving(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    files = in_containers() if request.param == DOCKER else project()
    with (
        ThreadPoolExecutor(1) as pool,
        devserve(tmp_path_factory.mktemp("misbehaving"), files, sandbox=request.param) as running,
    ):
        yield running, pool.submit(running.invoke, "init-waits", {})


@pytest.fixture
def server(serving: Serving) -> Devserve:
    return serving[0]


def test_anything_may_be_printed(server: Devserve) -> None:
    answer = server.invoke("prints_anything", {})
    assert (answer.status, answer.error, answer.payload) == (200, None, "printed")
    log = eventually(
        lambda: [line for line in server.log("prints_anything") if "raw bytes" in line], what="the log line"
    )
    assert log[0].endswith("\n")


def test_stdout_may_be_closed_and_the_environment_lives_on(server: Devserve) -> None:
    for _ in range(3):
        answer = server.invoke("closes_stdout", {})
        if answer.error is None:
            assert answer.payload == "closed"
        else:  # the second close of a closed descriptor is the handler's own error, as anywhere
            assert answer.payload["errorType"] in ("OSError", "ValueError")


def test_a_forked_child_never_answers_for_its_parent(server: Devserve) -> None:
    if server.ready["sandbox"] == DOCKER:
        pytest.skip("the image's runtime client is AWS's own, whose forked child answers in the cloud too")
    answers = [server.invoke("forks", {}) for _ in range(5)]
    assert [(answer.error, answer.payload) for answer in answers] == [(None, "parent")] * 5


@pytest.mark.parametrize(
    ("code", "reason"),
    [(0, "Runtime exited without providing a reason"), (3, "Runtime exited with error: exit status 3")],
)
@pytest.mark.parametrize("name", ["exits_at_once", "system_exit"])
def test_leaving_the_process_is_a_runtime_exit_error(server: Devserve, name: str, code: int, reason: str) -> None:
    answer = server.invoke(name, {"code": code})
    assert (answer.status, answer.error) == (200, "Unhandled")
    assert answer.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {answer.request_id} Error: {reason}",
    }


@pytest.mark.parametrize("name", ["loops", "sleeps_through_sigterm"])
def test_a_function_that_never_ends_is_timed_out_and_killed(server: Devserve, name: str) -> None:
    answer = server.invoke(name, {}, tail=True)
    assert (answer.status, answer.error) == (200, "Unhandled")
    assert answer.payload == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {answer.request_id} Error: Task timed out after 1.00 seconds",
    }
    assert answer.log.rstrip("\n").endswith("Status: timeout")


def test_a_gateway_says_500_and_502_of_a_function_that_timed_out(server: Devserve) -> None:
    apis = {api["type"]: api["id"] for api in server.ready["apis"]}
    http = server.get("/sleeps", host=f"{apis['HTTP']}.execute-api.localhost")
    assert (http.status, http.text) == (500, '{"message":"Internal Server Error"}')
    rest = server.get("/Prod/sleeps", host=f"{apis['REST']}.execute-api.localhost")
    assert (rest.status, rest.text) == (502, '{"message": "Internal server error"}')


@pytest.mark.parametrize(
    ("name", "error_type", "message"),
    [
        ("returns_a_set", "Runtime.MarshalError", "Object of type set is not JSON serializable"),
        ("recurses", "RecursionError", "maximum recursion depth exceeded"),
        ("returns_7_mb", "Function.ResponseSizeTooLarge", "exceeded maximum allowed payload size (6291556 bytes)"),
    ],
)
def test_a_result_that_lambda_does_not_take(server: Devserve, name: str, error_type: str, message: str) -> None:
    answer = server.invoke(name, {})
    assert (answer.status, answer.error, answer.payload["errorType"]) == (200, "Unhandled", error_type)
    assert message in answer.payload["errorMessage"]


def test_bytes_are_passed_on_as_they_are(server: Devserve) -> None:
    answer = server.invoke("returns_bytes", {})
    assert (answer.status, answer.error, answer.reply.body) == (200, None, b"\xff\x00")


def test_a_daemon_child_does_not_hold_the_answer_back(server: Devserve) -> None:
    answer = server.invoke("daemonises", {})
    assert answer.status == 200
    assert isinstance(answer.payload, int)


def test_a_thread_may_print_after_the_answer(server: Devserve) -> None:
    assert server.invoke("prints_later", {}).payload == "first"

    def printed() -> bool:
        server.invoke("prints_later", {})  # a frozen thread goes on with the next invocation
        return any("printed by a thread, later" in line for line in server.log("prints_later"))

    eventually(printed, what="the thread's line")


def test_a_function_that_eats_more_than_its_memory_is_killed(server: Devserve) -> None:
    answer = server.invoke("eats_memory", {}, tail=True)
    assert (answer.status, answer.error) == (200, "Unhandled")
    assert answer.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {answer.request_id} Error: Runtime exited with error: signal: killed",
    }
    assert answer.log.rstrip("\n").endswith("Status: error\tError Type: Runtime.OutOfMemory")


@pytest.mark.parametrize("name", ["deletes_its_folder_rights", "returns_nan"])
def test_odd_but_legal(server: Devserve, name: str) -> None:
    assert [server.invoke(name, {}).error for _ in range(2)] == [None, None]


@pytest.mark.parametrize("name", ["raises_its_own_kind", "raises_with_surrogates"])
def test_an_exception_that_cannot_be_told_is_still_an_answer(server: Devserve, name: str) -> None:
    answer = server.invoke(name, {})
    assert (answer.status, answer.error) == (200, "Unhandled")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("exits", {"errorType": "Runtime.ExitError"}),
        ("raises", {"errorType": "Exception", "errorMessage": "Runtime startup fails"}),
        ("syntax", {"errorType": "Runtime.UserCodeSyntaxError"}),
        ("imports", {"errorType": "Runtime.ImportModuleError"}),
        ("nothing", {"errorType": "Runtime.HandlerNotFound"}),
    ],
)
def test_code_that_does_not_load_answers_every_time_it_is_asked(
    server: Devserve, name: str, expected: dict[str, Any]
) -> None:
    for _ in range(2):
        answer = server.invoke(f"init-{name}", {})
        assert (answer.status, answer.error) == (200, "Unhandled")
        assert {key: answer.payload[key] for key in expected} == expected


def test_code_that_is_never_done_loading_is_timed_out(serving: Serving) -> None:
    answer = serving[1].result()
    assert (answer.status, answer.error, answer.payload["errorType"]) == (200, "Unhandled", "Sandbox.Timedout")


def test_every_environment_that_broke_is_replaced(server: Devserve) -> None:
    assert server.invoke("exits_at_once", {}).error == "Unhandled"
    assert server.invoke("fine", {}).error is None
    assert server.invoke("sleeps_through_sigterm", {}).error == "Unhandled"
    assert server.invoke("sleeps_through_sigterm", {}).payload["errorType"] == "Sandbox.Timedout"


def test_nothing_is_left_after_sigterm_in_the_middle_of_everything(tmp_path: Path) -> None:
    with devserve(tmp_path, project()) as server:
        server.invoke("daemonises", {})
        server.invoke("forks", {})
        assert server.invoke("loops", {}, kind="Event").status == 202
        server.fact("start", lambda fact: fact["function"] == camel("loops"))
    # leaving the block stops it and looks for left-over processes


def test_nothing_is_left_after_kill_9_of_devserve(tmp_path: Path) -> None:
    with devserve(tmp_path, project()) as server:
        daemon = server.invoke("daemonises", {}).payload
        server.invoke("forks", {})
        assert server.invoke("sleeps_through_sigterm", {}, kind="Event").status == 202
        server.fact("start", lambda fact: fact["function"] == camel("sleeps_through_sigterm"))
        children = processes.descendants(server.process.pid)
        assert daemon in {seen.pid for seen in server.own_processes()}
        server.kill()
        server.nothing_is_left(children, seconds=10)


def test_stdout_carries_facts_and_nothing_else(server: Devserve) -> None:
    server.invoke("prints_anything", {})
    assert all(isinstance(fact, dict) and "type" in fact for fact in server.facts())
    assert json.dumps(server.ready)

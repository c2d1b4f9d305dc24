"""Node handlers that do what handlers do: the caller gets what AWS would answer, in time, and nothing is left over."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.live import processes
from tests.live.deadline import eventually
from tests.live.devserver import DOCKER, PROCESS, Devserve, Invoked, devserve
from tests.live.docker_projects import settings
from tests.live.node_runtimes import needs_node
from tests.live.templates import function, sam

pytestmark = [pytest.mark.live, processes.needs_proc, needs_node]

HANDLERS = """
const { spawn, fork } = require("child_process");
const fs = require("fs");

exports.fine = async () => ({ pid: process.pid });
exports.printsAnything = async () => {
  console.log("\\0\\x1b[31m\\udc80 \\u20ac" + "x".repeat(300000));
  fs.writeSync(1, Buffer.from([0xff, 0xfe, ...Buffer.from(" raw bytes\\n")]));
  process.stderr.write('{"statusCode": 500, "body": "not an answer"}\\n');
  return "printed";
};
exports.closesStdout = async () => {
  for (const descriptor of [1, 2]) try { fs.closeSync(descriptor); } catch {}
  return "closed";
};
exports.exits = async (event) => process.exit(event.code);
exports.aborts = async () => process.abort();
exports.loops = async () => { for (;;); };
exports.ignoresSigterm = async () => {
  process.on("SIGTERM", () => {});
  await new Promise((resolve) => setTimeout(resolve, 600000));
};
exports.neverSettles = () => new Promise(() => {});
exports.neverSettlesAsync = async () => new Promise(() => {});
exports.returnsBigInt = async () => 1n;
exports.returns7Mb = async () => "a".repeat(7 * 1024 * 1024);
exports.deep = () => { const f = () => f() + 1; return f(); };
exports.daemonises = async () => {
  const child = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
  child.unref();
  return child.pid;
};
exports.forgetsAPromise = async () => {
  Promise.reject(new TypeError("nobody"));
  await new Promise((resolve) => setTimeout(resolve, 500));
};
exports.throwsLater = () => new Promise(() => setTimeout(() => { throw new TypeError("later"); }, 5));
exports.printsLater = async () => { setTimeout(() => console.log("printed later"), 20); return "first"; };
exports.eatsMemory = async () => { const kept = []; for (;;) kept.push(Buffer.alloc(4 << 20, 1)); };
exports.fillsTheHeap = async () => { const kept = []; for (;;) kept.push(new Array(100000).fill(kept.length + 0.5)); };
exports.clearsEverything = async () => {
  process.chdir("/");
  for (const name of Object.keys(process.env)) delete process.env[name];
  return "cleared";
};
exports.floods = async () => {
  for (let i = 0; i < 5000; i++) console.log(`${i} ` + "y".repeat(100));
  return "flooded";
};
exports.patchesEverything = async () => {
  globalThis.setImmediate = globalThis.setTimeout = () => {};
  globalThis.Promise = globalThis.Buffer = null;
  return "patched";
};
"""

NAMES = [line.split(" ")[0].removeprefix("exports.") for line in HANDLERS.splitlines() if line.startswith("exports.")]

INIT = {
    "Exits": "process.exit(0);",
    "Raises": "throw new RangeError('startup fails');",
    "Syntax": "exports.handler = async () => {{;",
    "Imports": "require('no-such-module-of-ours');",
    "Nothing": "exports.x = 1;",
    "Waits": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
}


def name_of(handler: str) -> str:
    return handler[:1].upper() + handler[1:]


def project(memory: int = 128) -> dict[str, str]:
    node: dict[str, Any] = {"Runtime": "nodejs20.x", "Timeout": 5, "MemorySize": memory}
    resources = {name_of(name): function(f"app.{name}", FunctionName=name, **node) for name in NAMES}
    for name in ("Loops", "IgnoresSigterm"):
        resources[name]["Properties"]["Timeout"] = 1
    for name in ("EatsMemory", "FillsTheHeap"):
        resources[name]["Properties"] |= {"Timeout": 60, "MemorySize": 128}
    files = {"app.js": HANDLERS}
    for name, source in INIT.items():
        file = f"init_{name.lower()}"
        own = {**node, "Timeout": 2, "FunctionName": f"init-{name.lower()}"}
        resources[f"Init{name}"] = function(f"{file}.handler", **own)
        files[f"{file}.js"] = source
    return files | {"template.json": sam(resources)}


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
        devserve(tmp_path_factory.mktemp("misbehaving-node"), files, sandbox=request.param) as running,
    ):
        yield running, pool.submit(running.invoke, "init-waits", {})


@pytest.fixture
def server(serving: Serving) -> Devserve:
    return serving[0]


def test_anything_may_be_printed(server: Devserve) -> None:
    answer = server.invoke("printsAnything", {})
    assert (answer.status, answer.error, answer.payload) == (200, None, "printed")
    eventually(lambda: any("raw bytes" in line for line in server.log("printsAnything")), what="the log line")


def test_stdout_may_be_closed_and_the_environment_lives_on(server: Devserve) -> None:
    for _ in range(3):
        assert server.invoke("closesStdout", {}).payload == "closed"


@pytest.mark.parametrize(
    ("name", "event", "reason"),
    [
        ("exits", {"code": 0}, "Runtime exited without providing a reason"),
        ("exits", {"code": 3}, "Runtime exited with error: exit status 3"),
        ("aborts", {}, "Runtime exited with error: signal: aborted"),
        ("fillsTheHeap", {}, "Runtime exited with error: signal: "),
    ],
)
def test_leaving_the_process_is_a_runtime_exit_error(server: Devserve, name: str, event: Any, reason: str) -> None:
    answer = server.invoke(name, event)
    assert (answer.status, answer.error, answer.payload["errorType"]) == (200, "Unhandled", "Runtime.ExitError")
    assert answer.payload["errorMessage"].startswith(f"RequestId: {answer.request_id} Error: {reason}")


@pytest.mark.parametrize("name", ["loops", "ignoresSigterm"])
def test_a_function_that_never_ends_is_timed_out_and_killed(server: Devserve, name: str) -> None:
    answer = server.invoke(name, {}, tail=True)
    assert answer.payload == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {answer.request_id} Error: Task timed out after 1.00 seconds",
    }
    assert answer.log.rstrip("\n").endswith("Status: timeout")


@pytest.mark.parametrize(
    ("name", "error_type", "message"),
    [
        ("returnsBigInt", "Error", "Unable to stringify response body"),
        ("returns7Mb", "Function.ResponseSizeTooLarge", "exceeded maximum allowed payload size (6291556 bytes)"),
        ("deep", "RangeError", "Maximum call stack size exceeded"),
        ("forgetsAPromise", "Runtime.UnhandledPromiseRejection", "TypeError: nobody"),
        ("throwsLater", "TypeError", "later"),
        ("neverSettlesAsync", "Runtime.NodeJsExit", "a Promise that was never settled"),
    ],
)
def test_what_is_no_result_is_an_error_each_time(server: Devserve, name: str, error_type: str, message: str) -> None:
    for _ in range(2):
        answer = server.invoke(name, {})
        assert (answer.status, answer.error, answer.payload["errorType"]) == (200, "Unhandled", error_type)
        assert message in answer.payload["errorMessage"]


def test_a_promise_that_is_never_settled_is_null_unless_the_function_is_async(server: Devserve) -> None:
    answer = server.invoke("neverSettles", {})
    assert (answer.error, answer.payload) == (None, None)


def test_a_daemon_child_does_not_hold_the_answer_back(server: Devserve) -> None:
    assert isinstance(server.invoke("daemonises", {}).payload, int)


def test_a_timer_may_print_after_the_answer(server: Devserve) -> None:
    assert server.invoke("printsLater", {}).payload == "first"

    def printed() -> bool:
        server.invoke("printsLater", {})  # a frozen timer goes on with the next invocation
        return any("printed later" in line for line in server.log("printsLater"))

    eventually(printed, what="the timer's line")


def test_a_function_that_eats_more_than_its_memory_is_killed(server: Devserve) -> None:
    answer = server.invoke("eatsMemory", {}, tail=True)
    assert answer.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {answer.request_id} Error: Runtime exited with error: signal: killed",
    }
    assert answer.log.rstrip("\n").endswith("Status: error\tError Type: Runtime.OutOfMemory")


@pytest.mark.parametrize(("name", "expected"), [("clearsEverything", "cleared"), ("floods", "flooded")])
def test_odd_but_legal(server: Devserve, name: str, expected: str) -> None:
    answers = [server.invoke(name, {}) for _ in range(2)]
    assert [(answer.error, answer.payload) for answer in answers] == [(None, expected)] * 2


def test_a_flood_of_output_is_all_there(server: Devserve) -> None:
    server.invoke("floods", {})
    eventually(lambda: any("\t4999 " in line for line in server.log("floods")), what="the last line")


def test_globals_of_the_function_are_not_the_runtimes(server: Devserve) -> None:
    answer = server.invoke("patchesEverything", {})
    assert (answer.status, answer.error, answer.payload) == (200, None, "patched")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("exits", {"errorType": "Runtime.ExitError"}),
        ("raises", {"errorType": "RangeError", "errorMessage": "startup fails"}),
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


def test_saving_a_file_of_a_function_reloads_it(tmp_path: Path) -> None:
    template = sam({"Fn": function("app.handler", FunctionName="fn", Runtime="nodejs20.x")})
    files = {
        "template.json": template,
        "app.js": "const part = require('./part'); exports.handler = async () => part.word;",
        "part.js": "exports.word = 'one'",
    }
    with devserve(tmp_path, files) as server:
        assert server.invoke("fn", {}).payload == "one"
        (server.folder / "part.js").write_text("exports.word = 'two'")
        eventually(lambda: server.invoke("fn", {}).payload == "two", what="the saved file")
        (server.folder / "part.js").write_text("exports.word = {;")
        eventually(lambda: server.invoke("fn", {}).error == "Unhandled", what="the broken file")
        (server.folder / "part.js").write_text("exports.word = 'three'")
        eventually(lambda: server.invoke("fn", {}).payload == "three", what="the mended file")


def test_saving_an_es_module_reloads_its_function(tmp_path: Path) -> None:
    template = sam({"Fn": function("app.handler", FunctionName="fn", Runtime="nodejs20.x")})
    files = {
        "template.json": template,
        "app.mjs": "import { word } from './part.mjs'; export const handler = async () => word;",
        "part.mjs": "export const word = 'one'",
    }
    with devserve(tmp_path, files) as server:
        assert server.invoke("fn", {}).payload == "one"
        (server.folder / "part.mjs").write_text("export const word = 'two'")
        eventually(lambda: server.invoke("fn", {}).payload == "two", what="the saved file")


def test_nothing_is_left_after_kill_9_of_devserve(tmp_path: Path) -> None:
    with devserve(tmp_path, project()) as server:
        daemon = server.invoke("daemonises", {}).payload
        assert server.invoke("ignoresSigterm", {}, kind="Event").status == 202
        server.fact("start", lambda fact: fact["function"] == "IgnoresSigterm")
        children = processes.descendants(server.process.pid)
        assert daemon in {seen.pid for seen in server.own_processes()}
        server.kill()
        server.nothing_is_left(children, seconds=10)

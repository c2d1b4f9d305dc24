"""Functions under a real debugger, attached to at the one address that was asked for, in either sandbox."""

from __future__ import annotations

import importlib.util
import json
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect

from tests.live import containers
from tests.live.dap import Editor
from tests.live.deadline import eventually
from tests.live.devserver import DOCKER, PROCESS, Devserve, Files, devserve, run, write
from tests.live.docker_engine import NO_SHELL_IMAGE, NODE_RUNTIME, PYTHON_RUNTIME, image_settings, require_images
from tests.live.wire import Reply, send

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]
needs_debugpy = pytest.mark.skipif(importlib.util.find_spec("debugpy") is None, reason="debugpy is not installed")
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")

HELD = 2.5
"""Seconds for which a debugger holds a function whose timeout is 1 s."""

PYTHON = (
    "WORD = 'hello'\n\n\ndef handler(event, context):\n    said = WORD\n    return {'statusCode': 200, 'body': said}\n"
)
NODE = "exports.handler = async () => {\n  const said = 'hello';\n  return { statusCode: 200, body: said };\n};\n"
WRAPPER = '#!/bin/sh\nexport WORD=wrapped\nexec "$@"\n'

SANDBOXES = [PROCESS, pytest.param(DOCKER, marks=pytest.mark.docker)]
in_each_sandbox = pytest.mark.parametrize("sandbox", SANDBOXES)


def python(sandbox: str, code: str = PYTHON, more: str = "") -> dict[str, str]:
    return {"app.py": code, "devserve.toml": toml(sandbox, PYTHON_RUNTIME, more)}


def node(sandbox: str, code: str = NODE, more: str = "") -> dict[str, str]:
    return {"app.js": code, "devserve.toml": toml(sandbox, NODE_RUNTIME, more)}


def toml(sandbox: str, runtime: str, more: str = "") -> str:
    """A function whose timeout is 1 s. Outside of containers Python is the one that runs the tests."""
    table = f'[functions.hello]\nhandler = "app.handler"\nruntime = "{runtime}"\ntimeout = 1\nmemory = 512\n'
    images = image_settings() if sandbox == DOCKER else ""
    return f'{table}routes = ["GET /hello"]\n{more}{images}'


@contextmanager
def debugged(folder: Path, sandbox: str, files: Files, port: int) -> Iterator[Devserve]:
    """devserve with `--debug-port`, of which nothing is left afterwards."""
    with devserve(folder, files, "--debug-port", str(port), sandbox=sandbox) as server:
        yield server
    if sandbox == DOCKER:
        pid = server.process.pid
        eventually(lambda: not containers.of_process(pid), what="all containers gone")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def asked(server: Devserve, target: str = "/hello") -> Iterator[Future[Reply]]:
    """A request that is answered when the debugger lets it."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(send, server.gateway, "GET", target)


def mapped(server: Devserve) -> list[dict[str, str]]:
    """As a launch configuration says it: the folder that is edited, and what the runtime calls it."""
    local = str(server.folder)
    return [{"localRoot": local, "remoteRoot": "/var/task" if server.ready["sandbox"] == DOCKER else local}]


def stopped_at_breakpoint(server: Devserve, editor: Editor) -> int:
    editor.attach(str(server.folder / "app.py"), 5, mapped(server))
    thread: int = editor.event("stopped")["body"]["threadId"]
    return thread


@needs_debugpy
@in_each_sandbox
def test_a_python_function_is_held_beyond_its_timeout_and_answers(sandbox: str, tmp_path: Path) -> None:
    port = free_port()
    with debugged(tmp_path, sandbox, python(sandbox), port) as server, asked(server) as reply:
        fact = server.fact("debugger")
        assert (fact["address"], fact["environment"], fact["language"]) == (f"127.0.0.1:{port}", "hello#1", "python")
        assert fact["launch"]["connect"] == {"host": "127.0.0.1", "port": port}
        assert fact["launch"]["pathMappings"] == mapped(server)
        with Editor(fact["address"]) as editor:
            thread = stopped_at_breakpoint(server, editor)
            editor.nothing_for(HELD)
            assert editor.frames(thread)[0]["source"]["path"] == str(server.folder / "app.py")
            editor.resume(thread)
            assert (reply.result(20).status, reply.result().text) == (200, "hello")


@needs_debugpy
@in_each_sandbox
def test_an_editor_that_is_early_waits_and_one_that_left_comes_back_after_a_save(sandbox: str, tmp_path: Path) -> None:
    port = free_port()
    with debugged(tmp_path, sandbox, python(sandbox), port) as server:
        with Editor(f"127.0.0.1:{port}") as editor:  # nothing runs yet
            with asked(server) as reply:
                editor.resume(stopped_at_breakpoint(server, editor))
                assert reply.result(20).text == "hello"
            server.save("app.py", PYTHON.replace("'hello'", "'changed'"))
            assert editor.cut_off
        server.fact("debugger", lambda fact: fact["environment"] == "hello#2")
        assert server.fact("reload")["functions"] == ["hello"]  # which needs nobody to attach
        with Editor(f"127.0.0.1:{port}") as again, asked(server) as reply:
            again.resume(stopped_at_breakpoint(server, again))
            assert reply.result(20).text == "changed"


@needs_debugpy
@in_each_sandbox
def test_a_function_nobody_debugs_any_more_is_timed_out_again(sandbox: str, tmp_path: Path) -> None:
    sleeps = "import time\n\n\ndef handler(event, context):\n    time.sleep(60)\n"
    with debugged(tmp_path, sandbox, python(sandbox, sleeps), free_port()) as server, asked(server) as reply:
        with Editor(server.fact("debugger")["address"]) as editor:
            stopped_at_breakpoint(server, editor)
            assert not reply.done()
        assert reply.result(20).status == 500
        assert server.fact("report")["report"]["status"] == "timeout"


WRAPPED = 'environment = { AWS_LAMBDA_EXEC_WRAPPER = "/var/task/wrapper" }\n'


def wrapped(folder: Path, files: Files) -> None:
    (write(folder / "project", {**files, "wrapper": WRAPPER}) / "wrapper").chmod(0o755)


@needs_debugpy
@in_each_sandbox
def test_a_wrapper_of_the_functions_own_starts_python_under_the_debugger(sandbox: str, tmp_path: Path) -> None:
    wrapped(tmp_path, python(sandbox, PYTHON.replace("'hello'", "__import__('os').environ['WORD']"), WRAPPED))
    port = free_port()
    with (
        debugged(tmp_path, sandbox, {}, port) as server,
        asked(server) as reply,
        Editor(f"127.0.0.1:{port}") as editor,
    ):
        editor.resume(stopped_at_breakpoint(server, editor))
        assert (reply.result(20).status, reply.result().text) == (200, "wrapped")


@needs_debugpy
def test_one_invocation_is_debugged_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PYTHON, encoding="utf-8")
    port = free_port()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run, tmp_path, "invoke", "--sandbox", "process", "-d", str(port))

        def listening() -> Editor | None:
            try:
                return Editor(f"127.0.0.1:{port}")
            except ConnectionRefusedError:
                return None

        found = eventually(listening, what="the debugger's port")
        assert found is not None
        with found as editor:
            editor.attach(str(tmp_path / "app.py"), 5)
            # Nobody waits for its answer: devserve ends as soon as the function has answered.
            editor.send("continue", threadId=editor.event("stopped")["body"]["threadId"])
            done = running.result(30)
    assert (done.code, json.loads(done.stdout)) == (0, {"statusCode": 200, "body": "hello"})
    assert f"waits for a debugger at 127.0.0.1:{port}" in done.stderr


@pytest.mark.parametrize("command", ["serve", "invoke"])
def test_a_port_that_is_taken_is_one_line(command: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PYTHON, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(tmp_path, command, "-d", str(port))
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"devserve: --debug-port {port}: the port for the debugger is taken")


class Inspector:
    """Chrome's protocol over its WebSocket, as little of it as a breakpoint takes."""

    def __init__(self, connection: ClientConnection) -> None:
        self._socket = connection
        self._count = 0

    def ask(self, method: str, **parameters: object) -> None:
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while self._read()["id"] != self._count:
            pass

    def event(self, method: str) -> dict[str, Any]:
        while (message := self._read(20)).get("method") != method:
            pass
        return message

    def nothing_for(self, seconds: float) -> None:
        with pytest.raises(TimeoutError):
            self._read(seconds)

    def cut_off(self) -> None:
        """The other side closes the connection; what it says before is read."""
        with suppress(ConnectionClosedError):
            for _ in self._socket:
                pass

    def _read(self, seconds: float = 20) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(seconds))
        return {"id": 0, **message}


@contextmanager
def inspected(address: str) -> Iterator[Inspector]:
    """As an editor finds its way: what is there to debug, and where."""
    (target,) = send(f"http://{address}", "GET", "/json/list").json()
    assert target["webSocketDebuggerUrl"].startswith(f"ws://{address}/"), target
    with connect(target["webSocketDebuggerUrl"]) as connection:
        yield Inspector(connection)


def stopped_in_node(inspector: Inspector, file: str) -> None:
    """From the first contact to a breakpoint in the handler."""
    inspector.ask("Runtime.enable")
    inspector.ask("Debugger.enable")
    inspector.ask("Debugger.setBreakpointByUrl", url=f"file://{file}", lineNumber=2)
    inspector.ask("Runtime.runIfWaitingForDebugger")
    inspector.event("Debugger.paused")  # before the first line, as `--inspect-brk` does
    inspector.ask("Debugger.resume")
    paused = inspector.event("Debugger.paused")["params"]
    assert (paused["callFrames"][0]["functionName"], len(paused["hitBreakpoints"])) == ("exports.handler", 1)


@needs_node
@in_each_sandbox
def test_a_node_function_is_held_beyond_its_timeout_and_answers_and_again_after_a_save(
    sandbox: str, tmp_path: Path
) -> None:
    port = free_port()
    with debugged(tmp_path, sandbox, node(sandbox), port) as server:
        with asked(server) as reply:
            fact = server.fact("debugger")
            assert (fact["address"], fact["language"]) == (f"127.0.0.1:{port}", "nodejs")
            launch = fact["launch"]
            assert [{key: launch[key] for key in ("localRoot", "remoteRoot")}] == mapped(server)
            with inspected(fact["address"]) as inspector:
                stopped_in_node(inspector, f"{launch['remoteRoot']}/app.js")
                inspector.nothing_for(HELD)
                inspector.ask("Debugger.resume")
                assert (reply.result(20).status, reply.result().text) == (200, "hello")
                server.save("app.js", NODE.replace("'hello'", "'changed'"))
                inspector.cut_off()
        server.fact("debugger", lambda fact: fact["environment"] == "hello#2")
        with asked(server) as reply, inspected(fact["address"]) as inspector:
            stopped_in_node(inspector, f"{launch['remoteRoot']}/app.js")
            inspector.ask("Debugger.resume")
            assert reply.result(20).text == "changed"
        assert [line for line in server.log("hello") if "listening" in line or "nodejs.org" in line] == []


@needs_node
@in_each_sandbox
def test_a_wrapper_of_the_functions_own_starts_node_under_the_debugger(sandbox: str, tmp_path: Path) -> None:
    wrapped(tmp_path, node(sandbox, NODE.replace("'hello'", "process.env.WORD"), WRAPPED))
    with debugged(tmp_path, sandbox, {}, free_port()) as server, asked(server) as reply:
        fact = server.fact("debugger")
        with inspected(fact["address"]) as inspector:
            stopped_in_node(inspector, f"{fact['remoteRoot']}/app.js")
            inspector.ask("Debugger.resume")
            assert (reply.result(20).status, reply.result().text) == (200, "wrapped")


@pytest.mark.docker
def test_an_image_runs_without_a_debugger_and_that_is_said_once(tmp_path: Path) -> None:
    table = f'[functions.hello]\nimage = "{NO_SHELL_IMAGE}"\nroutes = ["GET /hello"]\n'
    require_images()
    with debugged(tmp_path, DOCKER, {"devserve.toml": table}, free_port()) as server:
        assert server.get("/hello").status == 200
        assert server.get("/hello").status == 200
        problems = [fact["problem"] for fact in server.facts("problem")]
        said = [each for each in problems if "without a debugger" in each["what"]]
        assert [(each["where"], each["warning"]) for each in said] == [("hello", True)]
        assert server.facts("debugger") == []

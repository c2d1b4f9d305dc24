"""Functions under a real debugger, attached to at the one address that was asked for."""

from __future__ import annotations

import importlib.util
import json
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.live.dap import Editor
from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve, run
from tests.live.wire import Reply, send

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]
needs_debugpy = pytest.mark.skipif(importlib.util.find_spec("debugpy") is None, reason="debugpy is not installed")
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")

HELD = 2.5
"""Seconds for which a debugger holds a function whose timeout is 1 s."""

PYTHON = {
    "devserve.toml": '[functions.hello]\nhandler = "app.handler"\ntimeout = 1\nroutes = ["GET /hello"]\n',
    "app.py": (
        "WORD = 'hello'\n\n\ndef handler(event, context):\n    said = WORD\n"
        "    return {'statusCode': 200, 'body': said}\n"
    ),
}
NODE = {
    "devserve.toml": (
        '[functions.hello]\nhandler = "app.handler"\nruntime = "nodejs20.x"\ntimeout = 1\nroutes = ["GET /hello"]\n'
    ),
    "app.js": (
        "exports.handler = async () => {\n  const said = 'hello';\n  return { statusCode: 200, body: said };\n};\n"
    ),
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def asked(server: Devserve, target: str = "/hello") -> Iterator[Future[Reply]]:
    """A request that is answered when the debugger lets it."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(send, server.gateway, "GET", target)


def stopped_at_breakpoint(server: Devserve, editor: Editor) -> int:
    editor.attach(str(server.folder / "app.py"), 5)
    thread: int = editor.event("stopped")["body"]["threadId"]
    return thread


@needs_debugpy
def test_a_python_function_is_held_beyond_its_timeout_and_answers(tmp_path: Path) -> None:
    port = free_port()
    with devserve(tmp_path, PYTHON, "--debug-port", str(port)) as server, asked(server) as reply:
        fact = server.fact("debugger")
        assert (fact["address"], fact["environment"], fact["language"]) == (f"127.0.0.1:{port}", "hello#1", "python")
        assert fact["launch"]["connect"] == {"host": "127.0.0.1", "port": port}
        with Editor(fact["address"]) as editor:
            thread = stopped_at_breakpoint(server, editor)
            editor.nothing_for(HELD)
            editor.resume(thread)
            assert (reply.result(20).status, reply.result().text) == (200, "hello")


@needs_debugpy
def test_an_editor_that_is_early_waits_and_one_that_left_comes_back_after_a_save(tmp_path: Path) -> None:
    port = free_port()
    with devserve(tmp_path, PYTHON, "--debug-port", str(port)) as server:
        with Editor(f"127.0.0.1:{port}") as editor:  # nothing runs yet
            with asked(server) as reply:
                editor.resume(stopped_at_breakpoint(server, editor))
                assert reply.result(20).text == "hello"
            server.save("app.py", PYTHON["app.py"].replace("'hello'", "'changed'"))
            assert editor.cut_off
        server.fact("debugger", lambda fact: fact["environment"] == "hello#2")
        with Editor(f"127.0.0.1:{port}") as again, asked(server) as reply:
            again.resume(stopped_at_breakpoint(server, again))
            assert reply.result(20).text == "changed"


@needs_debugpy
def test_a_function_nobody_debugs_any_more_is_timed_out_again(tmp_path: Path) -> None:
    files = {**PYTHON, "app.py": "import time\n\n\ndef handler(event, context):\n    time.sleep(60)\n"}
    port = free_port()
    with devserve(tmp_path, files, "--debug-port", str(port)) as server, asked(server) as reply:
        with Editor(server.fact("debugger")["address"]) as editor:
            stopped_at_breakpoint(server, editor)
            assert not reply.done()
        assert reply.result(20).status == 500
        assert server.fact("report")["report"]["status"] == "timeout"


@needs_debugpy
def test_one_invocation_is_debugged_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PYTHON["app.py"], encoding="utf-8")
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
            editor.resume(editor.event("stopped")["body"]["threadId"])
            done = running.result(30)
    assert (done.code, json.loads(done.stdout)) == (0, {"statusCode": 200, "body": "hello"})
    assert f"waits for a debugger at 127.0.0.1:{port}" in done.stderr


@pytest.mark.parametrize("command", ["serve", "invoke"])
def test_a_port_that_is_taken_is_one_line(command: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PYTHON["app.py"], encoding="utf-8")
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


@needs_node
def test_a_node_function_is_held_beyond_its_timeout_and_answers(tmp_path: Path) -> None:
    port = free_port()
    with devserve(tmp_path, NODE, "--debug-port", str(port)) as server, asked(server) as reply:
        fact = server.fact("debugger")
        assert (fact["address"], fact["language"]) == (f"127.0.0.1:{port}", "nodejs")
        with inspected(fact["address"]) as inspector:
            inspector.ask("Runtime.enable")
            inspector.ask("Debugger.enable")
            inspector.ask("Debugger.setBreakpointByUrl", urlRegex=r".*app\.js$", lineNumber=2)
            inspector.ask("Runtime.runIfWaitingForDebugger")
            inspector.event("Debugger.paused")  # before the first line, as `--inspect-brk` does
            inspector.ask("Debugger.resume")
            paused = inspector.event("Debugger.paused")["params"]
            assert (paused["callFrames"][0]["functionName"], len(paused["hitBreakpoints"])) == ("exports.handler", 1)
            inspector.nothing_for(HELD)
            inspector.ask("Debugger.resume")
            assert (reply.result(20).status, reply.result().text) == (200, "hello")

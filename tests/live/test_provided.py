"""Custom runtimes, debuggers and layers in the process sandbox, with the real programs."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.ports import SandboxExited
from tests.live.deadline import eventually
from tests.live.fake_runtime_api import FakeRuntimeApi
from tests.live.node_runtimes import needs_node
from tests.live.sandboxes import Stage, play, until

pytestmark = pytest.mark.live

SHELL = """#!/bin/sh
API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  EVENT="$(curl -sS -D "$TMPDIR/head" "$API/next")" || exit 1
  ID="$(grep -i '^lambda-runtime-aws-request-id:' "$TMPDIR/head" | cut -d' ' -f2 | tr -d '\\r\\n')"
  echo "shell got $EVENT"
  curl -sS -o /dev/null -d "{\\"echo\\":$EVENT,\\"root\\":\\"$LAMBDA_TASK_ROOT\\"}" "$API/$ID/response"
done
"""

#: Echoes the event: one connection per request, nothing but the C library.
COMPILED = r"""
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static char reply[65536];

static void exchange(const char *api, const char *request) {
    char host[64];
    struct sockaddr_in to = {.sin_family = AF_INET};
    const char *colon = strchr(api, ':');
    snprintf(host, sizeof host, "%.*s", (int)(colon - api), api);
    to.sin_port = htons(atoi(colon + 1));
    inet_pton(AF_INET, host, &to.sin_addr);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, (struct sockaddr *)&to, sizeof to)) exit(1);
    write(s, request, strlen(request));
    size_t filled = 0;
    for (;;) {
        ssize_t n = read(s, reply + filled, sizeof reply - 1 - filled);
        if (n <= 0) exit(1);
        filled += n;
        reply[filled] = 0;
        char *body = strstr(reply, "\r\n\r\n"), *length = strcasestr(reply, "content-length:");
        if (body && length && strlen(body + 4) >= strtoul(length + 15, 0, 10)) break;
    }
    close(s);
}

int main(void) {
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
    char request[70000], id[64];
    setbuf(stdout, 0);
    for (;;) {
        snprintf(request, sizeof request, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n", api);
        exchange(api, request);
        char *name = strcasestr(reply, "lambda-runtime-aws-request-id:"), *body = strstr(reply, "\r\n\r\n") + 4;
        sscanf(name + 30, " %63s", id);
        printf("compiled got %s\n", body);
        snprintf(request, sizeof request,
                 "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: %s\r\n"
                 "Content-Length: %zu\r\n\r\n%s",
                 id, api, strlen(body), body);
        exchange(api, request);
    }
}
"""


def code(stage: Stage, files: Mapping[str, str]) -> Path:
    folder = stage.folder / "code"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    return folder


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_a_shell_script_is_a_runtime(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        folder = code(stage, {"bootstrap": SHELL})
        with FakeRuntimeApi() as api:
            running, heard = stage.run(replace(stage.spec(folder), runtime_api=api.address))
            for event in ({"a": 1}, {"b": 2}):
                answer = await asyncio.to_thread(api.ask, event)
                assert answer.json() == {"echo": event, "root": str(folder)}
            await until(lambda: len(heard.log) == 2)
            assert heard.log[0] == 'shell got {"a": 1}\n'
            running.kill()
            assert await heard.end() == SandboxExited(None, 9)

    play(tmp_path, story)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
@pytest.mark.parametrize("place", ["code", "layer"])
def test_a_compiled_program_is_a_runtime_in_the_code_or_in_a_layer(tmp_path: Path, place: str) -> None:
    async def story(stage: Stage) -> None:
        folder, layer = code(stage, {"main.c": "#define _GNU_SOURCE\n" + COMPILED}), stage.folder / "layer"
        layer.mkdir()
        program = (folder if place == "code" else layer) / "bootstrap"
        command = ["gcc", "-w", "-o", str(program), str(folder / "main.c")]
        await asyncio.to_thread(subprocess.run, command, check=True)
        with FakeRuntimeApi() as api:
            running, heard = stage.run(replace(stage.spec(folder), runtime_api=api.address, opt=layer))
            for event in ("one", "two"):
                assert (await asyncio.to_thread(api.ask, event)).json() == event
            running.drain()
            assert heard.log[0] == 'compiled got "one"\n'
            running.kill()
            await heard.end()

    play(tmp_path, story)


def test_a_program_that_cannot_be_run_is_awss_error(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        other = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00" + (8).to_bytes(2, "little")  # MIPS: for nobody here
        folder = code(stage, {"bootstrap": ""})
        for content, mode, text in (
            (other, 0o755, "bootstrap cannot be started: "),
            (b"#!/nonexistent/sh\n", 0o755, "bootstrap cannot be started: "),
            (b"#!/bin/sh\n", 0o644, "fork/exec /var/task/bootstrap: permission denied"),
        ):
            (folder / "bootstrap").write_bytes(content)
            (folder / "bootstrap").chmod(mode)
            with FakeRuntimeApi() as api:
                _, heard = stage.run(replace(stage.spec(folder), runtime_api=api.address))
                assert await heard.end() == SandboxExited(127)
                error = (await asyncio.to_thread(api.wait, "init_error")).json()
            assert error["errorType"] == "Runtime.InvalidEntrypoint"
            assert text in error["errorMessage"]
            assert heard.log[0].startswith(f"devserve: {folder / 'bootstrap'}")

    play(tmp_path, story)


@needs_node
def test_a_node_function_runs_with_its_layers(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        source = "const { word } = require('shared'); exports.handler = async () => [word, process.execArgv.length > 0]"
        folder, layer = code(stage, {"app.js": source}), stage.folder / "layer"
        package = layer / "nodejs" / "node_modules" / "shared"
        package.mkdir(parents=True)
        (package / "index.js").write_text("exports.word = 'of the layer'")
        with FakeRuntimeApi() as api:
            spec = replace(stage.spec(folder, runtime="nodejs20.x"), runtime_api=api.address, opt=layer)
            running, heard = stage.run(spec)
            assert (await asyncio.to_thread(api.ask, {})).json() == ["of the layer", True]
            assert 20 <= running.peak_memory() <= 200
            running.kill()
            await heard.end()

    play(tmp_path, story)


def test_a_python_function_runs_with_its_layers(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        source = "import shared, sys\ndef handler(event, context):\n    return [shared.word, sys.path[:3]]\n"
        folder, layer = code(stage, {"app.py": source, "first.py": ""}), stage.folder / "layer"
        (layer / "python").mkdir(parents=True)
        (layer / "python" / "shared.py").write_text("word = 'of the layer'\n")
        with FakeRuntimeApi() as api:
            spec = replace(stage.spec(folder, runtime="python3.11"), runtime_api=api.address, opt=layer)
            running, heard = stage.run(spec)
            word, path = (await asyncio.to_thread(api.ask, {})).json()
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            packages = str(layer / "python" / "lib" / f"python{version}" / "site-packages")
            assert (word, path) == ("of the layer", [str(folder), packages, str(layer / "python")])
            running.kill()
            await heard.end()

    play(tmp_path, story)


@pytest.mark.parametrize("runtime", ["python3.11", pytest.param("nodejs20.x", marks=needs_node)])
def test_a_wrapper_starts_the_runtime(tmp_path: Path, runtime: str) -> None:
    async def story(stage: Stage) -> None:
        files = {
            "app.py": "import os\ndef handler(event, context):\n    return os.environ['WRAPPED']\n",
            "app.js": "exports.handler = async () => process.env.WRAPPED",
            "wrapper": '#!/bin/sh\necho "starting $1"\nWRAPPED="$#" exec "$@"\n',
        }
        folder = code(stage, files)
        environ = {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrapper"}
        with FakeRuntimeApi() as api:
            spec = replace(stage.spec(folder, runtime=runtime), runtime_api=api.address, environ=environ)
            running, heard = stage.run(spec)
            assert int((await asyncio.to_thread(api.ask, {})).json()) >= 2
            assert heard.log[0].startswith("starting /")
            running.kill()
            await heard.end()

    play(tmp_path, story)


@needs_node
def test_a_node_that_is_debugged_waits_for_its_client(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        folder = code(stage, {"app.js": "exports.handler = async () => 'ran'"})
        with FakeRuntimeApi() as api:
            spec = replace(stage.spec(folder, runtime="nodejs20.x"), runtime_api=api.address, debug=True)
            running, heard = stage.run(spec)
            assert running.debugger is not None
            host, port = running.debugger

            def targets() -> list[dict[str, str]]:
                try:
                    with urllib.request.urlopen(f"http://{host}:{port}/json/list", timeout=5) as answer:
                        return list(json.load(answer))
                except OSError:
                    return []

            (target,) = await asyncio.to_thread(eventually, targets, what="the inspector")
            assert target["webSocketDebuggerUrl"].startswith(f"ws://127.0.0.1:{port}/")
            assert (api.polls, heard.log) == (0, [])
            running.kill()
            await heard.end()

    play(tmp_path, story)


@pytest.mark.skipif(importlib.util.find_spec("debugpy") is None, reason="needs debugpy")
def test_a_python_that_is_debugged_waits_for_its_client_and_runs_then(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        folder = code(stage, {"app.py": "import sys\ndef handler(event, context):\n    return sys.path[0]\n"})
        with FakeRuntimeApi() as api:
            spec = replace(stage.spec(folder, runtime="python3.11"), runtime_api=api.address, debug=True)
            running, heard = stage.run(spec)
            assert running.debugger is not None
            reader, writer = await _attached(running.debugger)
            assert api.polls == 0
            try:
                requests = (
                    ("initialize", {"adapterID": "t"}),
                    ("attach", {"justMyCode": True}),
                    ("configurationDone", {}),
                )
                for number, (command, arguments) in enumerate(requests, start=1):
                    body = json.dumps({"seq": number, "type": "request", "command": command, "arguments": arguments})
                    writer.write(f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
                    if command == "attach":
                        await asyncio.wait_for(_until_said(reader, b'"initialized"'), 15)
                assert (await asyncio.to_thread(api.ask, {})).json() == str(folder)
            finally:
                writer.close()
            running.kill()
            await heard.end()

    play(tmp_path, story)


async def _until_said(reader: asyncio.StreamReader, words: bytes) -> None:
    try:
        await reader.readuntil(words)
    except asyncio.IncompleteReadError as ended:
        raise AssertionError(f"it has hung up and said only {ended.partial!r}") from ended


async def _attached(address: tuple[str, int]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(500):
        try:
            return await asyncio.open_connection(*address)
        except OSError:
            await asyncio.sleep(0.02)
    raise AssertionError(f"nobody listens at {address}")

"""External extensions as processes beside the runtime's, and in its container: started first, heard apart, ended."""

from __future__ import annotations

import asyncio
import os
import socket
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.model.function import Image
from localstack_lite.ports import SandboxExited
from tests.live import docker_engine, docker_stage
from tests.live.fake_runtime_api import FakeRuntimeApi
from tests.live.processes import marked, needs_proc
from tests.live.sandboxes import Heard, Stage, play, until

pytestmark = pytest.mark.live

STAYS = """
echo "$(basename "$0") in $PWD for $AWS_LAMBDA_RUNTIME_API, ${_HANDLER:-no handler}, $WORD"
while :; do sleep 0.02; done
"""
CRASHES = "echo about to crash\nprintf last\nexit 3\n"
LISTENS = """
import socket, sys, time
server = socket.create_server(("sandbox.localdomain", 0))
print("at", server.getsockname()[1], flush=True)
connection, _ = server.accept()
print("heard", connection.recv(100).decode(), flush=True)
time.sleep(1000)
"""
RUNTIME = "import time\nprint('runtime', flush=True)\ntime.sleep(1000)\n"


def script(file: Path, program: str, first: str = "#!/bin/sh", mode: int = 0o755) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{first}\n{textwrap.dedent(program)}")
    file.chmod(mode)


def layers(folder: Path) -> tuple[Path, Path]:
    """What `/opt` holds, and a folder of more."""
    opt, given = folder / "opt", folder / "given"
    script(opt / "extensions" / "stays", STAYS)
    script(given / "crashes", CRASHES)
    script(given / "broken", "echo never", mode=0o644)
    return opt, given


async def launches(heard: Heard) -> None:
    """What both sandboxes have in common."""
    await until(lambda: len(heard.extension_exits) == 2 and len(heard.extension_log) >= 4)
    assert heard.launches == [("broken", "crashes", "stays")]
    assert sorted(heard.extension_exits) == [("broken", None, None), ("crashes", 3, None)]
    assert heard.denied == ["broken"]
    assert heard.log == [], "the runtime waits"
    words = [line for line in heard.extension_log if not line.startswith("devserve: the extension broken may not be ")]
    assert words.index("about to crash\n") < [line.rstrip() for line in words].index("last")
    (said,) = [line for line in words if line.startswith("stays")]
    assert said.startswith("stays in / for ")
    assert said.endswith(", no handler, it's\n")


@needs_proc
def test_extensions_run_before_the_runtime_and_until_they_are_killed(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        code = tmp_path / "code"
        code.mkdir()
        (code / "app.py").write_text(
            "import os, socket\ndef handler(event, context):\n"
            "    return [socket.gethostbyname('sandbox.localdomain'), sorted(os.listdir('/opt'))]\n"
        )
        opt, given = layers(tmp_path)
        with FakeRuntimeApi() as api:
            spec = replace(stage.spec(code, runtime="python3.11"), opt=opt, extensions=given, environ={"WORD": "it's"})
            running, heard = stage.run(replace(spec, runtime_api=api.address))
            assert (running.pending, heard.launches) == (False, [])
            await launches(heard)
            assert api.polls == 0
            running.start_runtime()
            running.start_runtime()
            answer = await asyncio.to_thread(api.ask, {})
            if os.geteuid() == 0:  # others are not allowed everywhere
                assert answer.json() == ["127.0.0.1", ["extensions"]]
            assert running.inside(4243) == ("127.0.0.1", 4243)
            running.freeze()
            running.terminate()
            await until(lambda: bool(heard.runtime_exits))
            assert (heard.runtime_exits, heard.exits) == ([SandboxExited(None, 15)], [])
            running.kill()
            assert await heard.end() == SandboxExited(None, 15)
            assert len(heard.extension_exits) == 2, "of those that are killed nobody is told"
            assert marked([f"/f#{stage._number}/"]) == []

    play(tmp_path, story)


def test_a_runtime_that_has_not_begun_is_killed_with_its_extensions(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        opt, _ = layers(tmp_path)
        code = tmp_path / "code"
        script(code / "bootstrap", "echo never")
        for wait in (False, True):
            running, heard = stage.run(replace(stage.spec(code), opt=opt))
            if wait:
                await until(lambda heard=heard: bool(heard.extension_log))  # type: ignore[misc]
            running.kill()
            running.start_runtime()
            assert await heard.end() == SandboxExited(None, 9)
            assert (heard.log, len(heard.launches)) == ([], int(wait))

    play(tmp_path, story)


def test_it_is_over_when_the_last_of_all_has_ended_by_itself(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        code, opt = tmp_path / "code", tmp_path / "opt"
        script(code / "bootstrap", "echo runtime; exit 7")
        script(opt / "extensions" / "one", f"until [ -e {tmp_path}/go ]; do sleep 0.01; done; echo bye")
        running, heard = stage.run(replace(stage.spec(code), opt=opt))
        running.start_runtime()
        await until(lambda: bool(heard.runtime_exits))
        (tmp_path / "go").touch()
        assert await heard.end() == SandboxExited(7)
        assert (heard.extension_exits, heard.extension_log, heard.log) == ([("one", 0, None)], ["bye\n"], ["runtime\n"])

    play(tmp_path, story)


def test_memory_of_extensions_counts(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        code, opt = tmp_path / "code", tmp_path / "opt"
        script(
            code / "bootstrap", "x = b'x' * 90_000_000\nimport time; time.sleep(1000)", first="#!/usr/bin/env python3"
        )
        script(opt / "extensions" / "one", (code / "bootstrap").read_text(), first="#!/usr/bin/env python3")
        running, heard = stage.run(replace(stage.spec(code, memory=150), opt=opt))
        await until(lambda: running.peak_memory() > 80)
        assert heard.exits == []
        running.start_runtime()
        assert await heard.end() == SandboxExited(None, 9, out_of_memory=True)
        assert running.peak_memory() == 150

    play(tmp_path, story)


@pytest.mark.docker
def test_extensions_in_a_container(tmp_path: Path) -> None:
    async def story(stage: docker_stage.DockerStage) -> None:
        opt, given = layers(tmp_path)
        function = stage.function(RUNTIME)
        spec = stage.spec(function, opt=opt, extensions=given, environ={"WORD": "it's"})
        running, heard = stage.again(spec)
        assert running.pending
        await launches(heard)
        assert (heard.starts, running.pending) == (1, False)
        running.start_runtime()
        await until(lambda: heard.log == ["runtime\n"])
        running.freeze()
        running.terminate()
        await until(lambda: bool(heard.runtime_exits))
        assert (heard.runtime_exits, heard.exits) == ([SandboxExited(None, 15)], [])
        running.kill()
        assert await heard.end() == SandboxExited(None, 15)
        script(given / "listens", LISTENS, first="#!/usr/bin/env python3")
        script(given / "stays", "exit 0")
        script(given / "crashes", "exit 0")
        running, heard = stage.again(spec)  # the same container
        await until(lambda: len(heard.extension_exits) == 3 and any("at" in line for line in heard.extension_log))
        assert heard.starts == 0
        port = int(heard.extension_log[-1].split()[1])
        where = running.inside(port)
        assert where is not None
        with await asyncio.to_thread(socket.create_connection, where, 5) as connection:
            connection.sendall(b"telemetry")
        await until(lambda: heard.extension_log[-1] == "heard telemetry\n")
        running.kill()
        assert await heard.end() == SandboxExited(None, 9)

    docker_stage.play(tmp_path, story)


@pytest.mark.docker
def test_without_extensions_an_image_starts_its_runtime(tmp_path: Path) -> None:
    async def story(stage: docker_stage.DockerStage) -> None:
        image = Image(docker_stage.PYTHON_IMAGE, entry_point=("echo", "runtime"))
        _, heard = stage.again(stage.spec(stage.function("", image=image)))
        assert await heard.end() == SandboxExited(0)
        assert (heard.log, heard.launches, heard.starts) == (["runtime\n"], [], 1)

    docker_stage.play(tmp_path, story)


@pytest.mark.docker
def test_what_an_image_without_a_shell_holds_is_not_started_and_that_is_said(tmp_path: Path) -> None:
    async def story(stage: docker_stage.DockerStage) -> None:
        script(tmp_path / "given" / "one", "exit 0")
        image = Image(docker_engine.NO_SHELL_IMAGE, entry_point=("/usr/bin/python3", "-uc"), command=(RUNTIME,))
        for given in (tmp_path / "given", None):
            running, heard = stage.again(stage.spec(stage.function("", image=image), extensions=given))
            await until(lambda heard=heard: "runtime\n" in heard.log)  # type: ignore[misc]
            running.kill()
            await heard.end()
            said = "devserve: no external extension is started: the function's image has no shell to do that\n"
            assert heard.log.count(said) == int(given is not None)
            assert heard.launches == []

    docker_stage.play(tmp_path, story)

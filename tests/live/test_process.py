"""The process sandbox from start to close."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.ports import SandboxExited
from tests.live.fake_runtime_api import FakeRuntimeApi
from tests.live.sandboxes import Stage, play, until

pytestmark = pytest.mark.live


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("exit 0", SandboxExited(0)),
        ("exit 127", SandboxExited(127)),
        ("kill -TERM $$", SandboxExited(None, 15)),
        ("kill -KILL $$", SandboxExited(None, 9)),
    ],
)
def test_an_exit_is_told_once_after_the_last_output(tmp_path: Path, program: str, expected: SandboxExited) -> None:
    async def story(stage: Stage) -> None:
        running, heard = stage.start(f"echo one\necho two >&2\nprintf three\n{program}\n", shell=True)
        assert await heard.end() == expected
        assert heard.log == ["one\n", "two\n", "three"]
        for late in (running.kill, running.terminate, running.freeze, running.thaw, running.drain, running.peak_memory):
            late()
        assert len(heard.exits) == 1

    play(tmp_path, story)


def test_what_cannot_be_started_is_an_exit_with_a_reason(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        empty = tmp_path / "empty"
        empty.mkdir()
        for spec, why in (
            (stage.spec(tmp_path / "missing"), "the function's code is not there"),
            (stage.spec(empty), "there is no program to start"),
            (stage.spec(empty, runtime="java21"), "runtime java21 runs only in the Docker sandbox"),
        ):
            _, heard = stage.run(spec)
            assert heard.exits == []  # never within the call
            assert await heard.end() == SandboxExited(127)
            assert heard.log[0].startswith("devserve: ")
            assert why in heard.log[0]

    play(tmp_path, story)


def test_a_python_function_runs_by_our_bootstrap(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        code = tmp_path / "code"
        code.mkdir()
        (code / "app.py").write_text(
            "import os, logging\ndef handler(event, context):\n    print('hi')\n    logging.error('a\\nb')\n"
            "    return [os.getcwd(), os.environ['TMPDIR'], 'DEVSERVE_ENVIRONMENT' in os.environ]\n"
        )
        spec = stage.spec(code, runtime="python3.11")
        with FakeRuntimeApi() as api:
            running, heard = stage.run(replace(spec, runtime_api=api.address))
            answer = await asyncio.to_thread(api.ask, {})
            running.drain()
            assert answer.json() == [str(code), str(spec.scratch), True]
            assert heard.log[0] == "hi\n"
            assert heard.log[1].endswith("a\nb\n")
            assert 5 <= running.peak_memory() <= 100
            running.kill()
            await heard.end()

    play(tmp_path, story)


def test_scratch_folders_live_as_long_as_their_environment(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        code = tmp_path / "code"
        code.mkdir()
        (code / "bootstrap").write_text('#!/bin/sh\necho x >> "$TMPDIR/file"\n')
        (code / "bootstrap").chmod(0o755)
        spec = stage.spec(code)
        for lines in (1, 2):  # a reset starts a second process
            _, heard = stage.run(spec)
            assert await heard.end() == SandboxExited(0)
            assert (spec.scratch / "file").read_text() == "x\n" * lines
        stage.sandbox.discard(spec)
        await until(lambda: not spec.scratch.exists())

    play(tmp_path, story)


def test_closing_ends_everything_that_runs(tmp_path: Path) -> None:
    heard = []

    async def story(stage: Stage) -> None:
        for _ in range(3):
            running, one = stage.start("trap '' TERM\necho up\nsleep 1000 & wait\n", shell=True)
            await until(lambda one=one: bool(one.log))  # type: ignore[misc]
            running.terminate()
            heard.append(one)

    play(tmp_path, story)
    assert [one.exits for one in heard] == [[SandboxExited(None, 9)]] * 3

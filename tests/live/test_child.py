"""One process of a sandbox: its output, its children, its memory, its signals."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from localstack_lite.ports import SandboxExited
from localstack_lite.sandbox.stragglers import SOON
from tests.live.processes import marked, needs_proc
from tests.live.sandboxes import Stage, play, until

pytestmark = pytest.mark.live


def test_drain_hands_over_what_was_written_before_it(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        done = tmp_path / "done"
        running, heard = stage.start(
            f"""
            import os, sys, time
            for number in range(200):
                print("line", number)
            print("no newline", end="")
            open({str(done)!r}, "w").close()
            time.sleep(1000)
            """
        )
        while not done.exists():
            pass  # without giving the loop a chance to read
        running.drain()
        assert heard.log == [*(f"line {number}\n" for number in range(200)), "no newline"]
        running.drain()
        assert len(heard.log) == 201
        running.kill()
        await heard.end()

    play(tmp_path, story)


def test_a_flood_of_output_neither_blocks_nor_is_lost(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        _, heard = stage.start(
            """
            import sys
            line = "x" * 99 + "\\n"
            for _ in range(1000):
                sys.stdout.write(line * 200)
            """
        )
        assert await heard.end(30) == SandboxExited(0)
        assert sum(map(len, heard.log)) == 20_000_000

    play(tmp_path, story)


def test_an_endless_writer_does_not_keep_drain_from_returning(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        running, heard = stage.start("yes endless", shell=True)
        await until(lambda: bool(heard.log))
        for _ in range(20):
            running.drain()
        running.kill()
        assert await heard.end() == SandboxExited(None, 9)

    play(tmp_path, story)


def test_a_process_that_closes_its_output_still_runs(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        done = tmp_path / "done"
        running, heard = stage.start(
            f"""
            import os, time
            os.closerange(0, 64)
            open({str(done)!r}, "w").close()
            time.sleep(1000)
            """
        )
        await until(done.exists)
        running.drain()
        assert heard.exits == []
        running.kill()
        assert await heard.end() == SandboxExited(None, 9)

    play(tmp_path, story)


DAEMONS = {
    "in the group": "sleep 1001 & echo $!; wait",
    "in the group, parent gone": "sleep 1001 & echo $!",
    "in a session of its own": "setsid sleep 1001 & echo $!; wait",
    "in a session of its own, parent gone": "setsid sleep 1001 & echo $!; sleep 0.05",
    "without our mark, in the group": "env -i sleep 1001 & echo $!; wait",
}


@needs_proc
@pytest.mark.parametrize("case", DAEMONS)
def test_nothing_that_a_process_started_outlives_it(tmp_path: Path, case: str) -> None:
    async def story(stage: Stage) -> None:
        running, heard = stage.start(DAEMONS[case] + "\n", shell=True)
        await until(lambda: bool(heard.log))
        if "gone" not in case:
            running.kill()
        await heard.end()
        pid = int(heard.log[0])
        assert not _alive(pid)
        assert marked([f"/f#{stage._number}/"]) == []

    play(tmp_path, story)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


def test_terminate_asks_and_reaches_a_frozen_process_too(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        program = "trap 'echo bye; exit 7' TERM\necho up\nwhile :; do sleep 0.01; done\n"
        running, heard = stage.start(program, shell=True)
        await until(lambda: heard.log == ["up\n"])
        running.freeze()
        running.terminate()
        assert await heard.end() == SandboxExited(7)
        assert heard.log[-1] == "bye\n"

    play(tmp_path, story)


@needs_proc
def test_frozen_processes_do_not_move_until_thawed(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        running, heard = stage.start("import time\nwhile True:\n    print('tick')\n    time.sleep(0.005)\n")
        await until(lambda: bool(heard.log))
        running.freeze()
        await until(lambda: _state(running) == "T")
        running.drain()
        written = len(heard.log)
        running.drain()
        assert len(heard.log) == written
        running.thaw()
        await until(lambda: len(heard.log) > written)
        running.freeze()
        running.kill()
        assert await heard.end() == SandboxExited(None, 9)

    play(tmp_path, story)


COUNTING = """
echo up
(env -i sh -c 'while :; do echo x >>{folder}/in-group; sleep 0.01; done') &
setsid sh -c 'while :; do echo x >>{folder}/in-tree; sleep 0.01; done' &
(setsid sh -c 'while :; do echo x >>{folder}/daemon; sleep 0.01; done' &)
wait
"""


@needs_proc
def test_children_and_daemons_stand_still_with_a_frozen_process_and_go_on_with_it(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        running, heard = stage.start(COUNTING.format(folder=tmp_path), shell=True)
        files = [tmp_path / name for name in ("in-group", "in-tree", "daemon")]

        def sizes() -> list[int]:
            return [file.stat().st_size for file in files]

        await until(lambda: all(file.exists() for file in files))
        running.freeze()
        last = [sizes()]

        def still() -> bool:
            before, last[0] = last[0], sizes()
            return before == last[0]

        await asyncio.sleep(3 * SOON)
        await until(still)
        frozen = sizes()
        await asyncio.sleep(0.1)
        assert sizes() == frozen
        running.drain()
        assert heard.log == ["up\n"]
        running.thaw()
        await until(lambda: all(now > before for now, before in zip(sizes(), frozen, strict=True)))
        running.freeze()
        await asyncio.sleep(3 * SOON)
        running.kill()
        assert await heard.end() == SandboxExited(None, 9)

    play(tmp_path, story)


def _state(running: object) -> str:
    pid = running.pid  # type: ignore[attr-defined]
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_process_over_its_memory_is_killed(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        running, heard = stage.start("x = b'x' * 200_000_000\nimport time\ntime.sleep(1000)\n", memory=128)
        assert await heard.end() == SandboxExited(None, 9, out_of_memory=True)
        assert running.peak_memory() == 128

    play(tmp_path, story)


def test_children_count_against_the_memory(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        program = """
        import os, time
        for _ in range(3):
            if not os.fork():
                x = bytearray(b"x") * 60_000_000
                time.sleep(1000)
        time.sleep(1000)
        """
        _, heard = stage.start(program, memory=128)
        assert await heard.end() == SandboxExited(None, 9, out_of_memory=True)

    play(tmp_path, story)


def test_pages_shared_with_forked_children_count_once(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        program = """
        import os, time
        x = b"x" * 60_000_000
        children = [os.fork() for _ in range(1)]
        if not children[0]:
            time.sleep(0.5)
            os._exit(0)
        for child in children:
            os.waitpid(child, 0)
        """
        _, heard = stage.start(program, memory=100)
        assert await heard.end() == SandboxExited(0)

    play(tmp_path, story)


def test_the_peak_is_remembered(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        running, heard = stage.start(
            "x = b'x' * 100_000_000\ndel x\nprint('done')\nimport time\ntime.sleep(1000)\n", memory=512
        )
        await until(lambda: bool(heard.log))
        await until(lambda: running.peak_memory() >= 95)
        assert running.peak_memory() < 200
        running.kill()
        await heard.end()

    play(tmp_path, story)


def test_environments_do_not_see_each_others_end(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        first, heard_first = stage.start("echo up\nsleep 1000\n", shell=True)
        second, heard_second = stage.start("echo up\nsleep 1000\n", shell=True)
        await until(lambda: bool(heard_first.log and heard_second.log))
        first.kill()
        await heard_first.end()
        assert heard_second.exits == []
        os.kill(second.pid, 0)  # type: ignore[attr-defined]
        second.kill()
        await heard_second.end()

    play(tmp_path, story)

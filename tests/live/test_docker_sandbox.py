"""Functions in containers: limits, output, ends, and that nothing is ever left."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.model.facts import Fact
from localstack_lite.model.function import Code, Function, Image
from localstack_lite.ports import SandboxExited
from tests.live import docker_engine
from tests.live.deadline import eventually
from tests.live.docker_stage import CONTAINER, PYTHON_IMAGE, DockerStage, play
from tests.live.sandboxes import becomes, until

pytestmark = docker_engine.MARKS


def test_a_start_is_pending_until_its_container_runs(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        running, heard, _ = stage.start("print('hello')")
        assert running.pending
        assert await heard.end() == SandboxExited(0)
        assert (heard.starts, heard.log) == (1, ["hello\n"])

    play(tmp_path, story)


def test_a_prepared_container_is_taken_and_another_one_prepared(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        function = stage.function("print('hello')")
        told: list[Fact] = []
        assert list(await stage.sandbox.prepare([function], told.append)) == []
        await until(lambda: len(stage.sandbox._spares) == 1)
        running, heard = stage.again(stage.spec(function))
        assert not running.pending
        assert await heard.end() == SandboxExited(0)
        assert (heard.starts, heard.log) == (0, ["hello\n"])
        await until(lambda: len(stage.sandbox._spares) == 1)
        assert len(stage.containers()) == 2

    play(tmp_path, story)


def test_a_reset_starts_again_in_the_same_container_and_tmp_survives(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        program = f"""
            import os
            print(sorted(os.listdir("/tmp")), {CONTAINER})
            open("/tmp/kept", "w").close()
            os.kill(os.getpid(), 9)
        """
        _, first, spec = stage.start(program)
        assert await first.end() == SandboxExited(None, 9)
        running, second = stage.again(spec)
        assert not running.pending
        assert await second.end() == SandboxExited(None, 9)
        name = first.log[0].split()[-1]
        assert (first.log, second.log) == ([f"[] {name}\n"], [f"['kept'] {name}\n"])
        stage.sandbox.discard(spec)
        _, third = stage.again(spec)
        await third.end()
        assert third.log[0].startswith("[] ")

    play(tmp_path, story)


def test_a_function_is_fenced_in(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        program = """
            import json, os, resource
            def refused(path):
                try:
                    open(path, "w").close()
                except OSError as error:
                    return error.strerror
            status = dict(line.split(":", 1) for line in open("/proc/self/status"))
            tmp = os.statvfs("/tmp")
            with open("/tmp/program", "w") as file:
                file.write("#!/bin/sh\\nexit 7\\n")
            os.chmod("/tmp/program", 0o755)
            print(json.dumps({
                "code": refused("/var/task/x"), "root": refused("/x"), "etc": refused("/etc/x"),
                "tmp": refused("/tmp/x"), "size": tmp.f_blocks * tmp.f_frsize >> 20,
                "program": os.waitstatus_to_exitcode(os.system("/tmp/program")),
                "rights": [status[name].strip() for name in ("CapEff", "CapBnd", "NoNewPrivs")],
                "files": resource.getrlimit(resource.RLIMIT_NOFILE),
                "folder": os.getcwd(),
            }))
        """
        _, heard, _ = stage.start(program, storage=600)
        assert await heard.end() == SandboxExited(0)
        seen = json.loads(heard.log[0])
        read_only = "Read-only file system"
        assert [seen[name] for name in ("code", "root", "etc", "tmp")] == [read_only, read_only, read_only, None]
        assert (seen["size"], seen["program"], seen["folder"]) == (600, 7, "/var/task")
        assert seen["rights"] == ["0" * 16, "0" * 16, "1"]
        assert seen["files"] == [1024, 1024]

    play(tmp_path, story)


def test_no_more_processes_than_on_lambda(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        program = """
            import os, threading, _thread
            threading.stack_size(1 << 16)
            wait = threading.Event().wait
            made = 0
            try:
                while made < 3000:
                    _thread.start_new_thread(wait, ())
                    made += 1
            except RuntimeError as error:
                print(error, 1000 < made < 1024, flush=True)
            os._exit(0)
        """
        _, heard, _ = stage.start(program, memory=1769)
        assert await heard.end(60) == SandboxExited(0)
        assert heard.log == ["can't start new thread True\n"]

    play(tmp_path, story)


def test_over_its_memory_it_is_killed_and_that_is_said(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        program = """
            import time
            kept = []
            while True:
                kept.append(bytearray(b"x" * (4 << 20)))
        """
        running, heard, _ = stage.start(program, memory=128)
        assert await heard.end(60) == SandboxExited(None, 9, out_of_memory=True)
        assert running.peak_memory() == 128

    play(tmp_path, story)


def test_what_lies_in_tmp_is_not_memory(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        program = """
            with open("/tmp/large", "wb") as file:
                for _ in range(300):
                    file.write(b"x" * (1 << 20))
            print("written")
            try:
                with open("/tmp/larger", "wb") as file:
                    for _ in range(300):
                        file.write(b"x" * (1 << 20))
            except OSError as error:
                print(error.strerror)
        """
        _, heard, _ = stage.start(program, memory=128)
        assert await heard.end(60) == SandboxExited(0)
        assert heard.log == ["written\n", "No space left on device\n"]

    play(tmp_path, story)


def test_output_comes_in_the_order_of_writing_and_drain_has_all_of_it(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        program = """
            import os, time
            for number in range(300):
                os.write(number % 2 + 1, b"line %d\\n" % number)
            os.write(int(os.environ["_LAMBDA_TELEMETRY_LOG_FD"]), b"no newline")
            os.mkdir("/tmp/done")
            time.sleep(1000)
        """
        running, heard, _ = stage.start(program)
        await until(lambda: len(heard.log) > 0)
        await until(lambda: heard.log[-1] == "line 299\n")
        running.drain()
        assert heard.log == [*(f"line {number}\n" for number in range(300)), "no newline"]
        running.kill()
        assert await heard.end() == SandboxExited(None, 9)

    play(tmp_path, story)


def test_a_flood_of_output_neither_blocks_nor_is_lost(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        program = """
            import sys
            for _ in range(500):
                sys.stdout.write(("x" * 99 + "\\n") * 100)
        """
        _, heard, _ = stage.start(program, memory=1769)
        assert await heard.end(60) == SandboxExited(0)
        assert sum(map(len, heard.log)) == 5_000_000

    play(tmp_path, story)


ENDS = {
    "import os; os._exit(3)": SandboxExited(3),
    "import os; os.abort()": SandboxExited(None, 6),
    "import os; os.kill(os.getpid(), 15)": SandboxExited(None, 15),
    "import os; os.system('kill -9 -1')": SandboxExited(None, 9),
    "import os; os.system('kill -9 1'); os._exit(4)": SandboxExited(4),
    "import os; os.system('(setsid sleep 1000 &) ; sleep 1000 &'); os._exit(5)": SandboxExited(5),
}


@pytest.mark.parametrize("program", ENDS)
def test_however_it_ends_nothing_of_it_runs_on_and_it_can_start_again(tmp_path: Path, program: str) -> None:
    async def story(stage: DockerStage) -> None:
        survivors = (
            "import os\nprint(len([1 for p in os.listdir('/proc') if p.isdigit() and "
            "b'sleep' in open(f'/proc/{p}/cmdline', 'rb').read()]))\n"
        )
        _, heard, spec = stage.start(survivors + program)
        assert await heard.end() == ENDS[program]
        running, heard = stage.again(spec)
        assert not running.pending
        assert await heard.end() == ENDS[program]
        assert heard.log == ["0\n"]

    play(tmp_path, story)


def test_one_that_kills_all_but_itself_runs_on_and_its_end_is_told(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        program = """
            import contextlib, os
            for number in range(2):
                with contextlib.suppress(ProcessLookupError):  # nobody else is there any more, or not yet again
                    os.kill(-1, 9)
                print("still here", number)
        """
        _, heard, spec = stage.start(program)
        assert await heard.end() == SandboxExited(None, 9)
        assert heard.log == ["still here 0\n", "still here 1\n"]
        _, heard = stage.again(spec)
        await heard.end()
        assert heard.log == ["still here 0\n", "still here 1\n"]

    play(tmp_path, story)


def test_code_that_was_deleted_and_made_again_is_the_new_one(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        _, heard, spec = stage.start("print('old')")
        await heard.end()
        old = spec.folder.rename(tmp_path / "old")
        _, heard = stage.again(spec)
        assert await heard.end() == SandboxExited(127)
        assert str(spec.folder) in heard.log[0]
        spec.folder.mkdir()
        (spec.folder / "bootstrap").write_text((old / "bootstrap").read_text().replace("old", "new"))
        (spec.folder / "bootstrap").chmod(0o755)
        _, heard = stage.again(spec)
        assert await heard.end() == SandboxExited(0)
        assert heard.log == ["new\n"]

    play(tmp_path, story)


def test_a_folder_of_logs_that_was_tidied_away_is_made_again(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        _, heard, spec = stage.start("print('hello')")
        await heard.end()
        stage.sandbox.discard(spec)
        shutil.rmtree(stage.sandbox._yard._folder)
        _, heard = stage.again(replace(spec, tag="another"))
        assert await heard.end() == SandboxExited(0)

    play(tmp_path, story)


def test_what_goes_wrong_on_this_machine_is_an_end_that_is_told(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        await stage.start("print('hello')")[1].end()
        folder = stage.sandbox._yard._folder
        stage.sandbox._yard._folder = "/proc/no/such/place"
        _, heard, _ = stage.start("print('hello')")
        assert await heard.end() == SandboxExited(127)
        assert "/proc/no" in heard.log[0]
        stage.sandbox._yard._folder = folder

    play(tmp_path, story)


def test_started_after_the_end_it_is_over_at_once(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        await stage.sandbox.close()
        _, heard, _ = stage.start("print('never')")
        assert await heard.end(1) == SandboxExited(None, 9)

    play(tmp_path, story)


def test_a_start_takes_the_spare_that_is_being_made_and_the_next_one_its_own(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        function = stage.function(f"print({CONTAINER})")
        await stage.sandbox.prepare([function], lambda _: None)
        heards = [stage.again(stage.spec(function, number))[1] for number in range(3)]
        for heard in heards:
            assert await heard.end() == SandboxExited(0)
        assert len({heard.log[0] for heard in heards}) == 3
        await until(lambda: len(stage.sandbox._spares) == 1)

    play(tmp_path, story)


def test_a_spare_of_what_a_function_was_before_is_not_kept(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        function = stage.function("print('hello')")
        for memory in (256, 512, 1024):
            await stage.sandbox.prepare([replace(function, memory=memory)], lambda _: None)
            await until(lambda: len(stage.sandbox._spares) == 1)
        await until(lambda: len(stage.containers()) == 1)

    play(tmp_path, story)


def test_a_frozen_one_stands_still_and_can_be_killed(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        program = """
            import time
            while True:
                print("tick")
                time.sleep(0.01)
        """
        running, heard, spec = stage.start(program)
        await until(lambda: len(heard.log) > 3)
        running.freeze()
        await becomes(lambda: stage.state(spec), "paused")
        running.drain()
        seen = len(heard.log)
        running.drain()
        assert len(heard.log) == seen
        running.thaw()
        await until(lambda: len(heard.log) > seen)
        running.freeze()
        await becomes(lambda: stage.state(spec), "paused")
        running.kill()
        assert await heard.end() == SandboxExited(None, 9)

    play(tmp_path, story)


@pytest.mark.parametrize("frozen", [False, True])
def test_asked_to_end_it_can_say_good_bye(tmp_path: Path, frozen: bool) -> None:
    async def story(stage: DockerStage) -> None:
        program = """
            import signal, sys, time
            signal.signal(signal.SIGTERM, lambda *_: (print("bye"), sys.exit(0)))
            print("ready")
            time.sleep(1000)
        """
        running, heard, spec = stage.start(program)
        await until(lambda: heard.log == ["ready\n"])
        if frozen:
            running.freeze()
            await becomes(lambda: stage.state(spec), "paused")
        running.terminate()
        assert await heard.end() == SandboxExited(0)
        assert heard.log == ["ready\n", "bye\n"]

    play(tmp_path, story)


def test_killed_before_its_container_runs_it_is_over_at_once(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        running, heard, spec = stage.start("print('never')")
        running.kill()
        assert await heard.end(0.2) == SandboxExited(None, 9)
        _, heard = stage.again(spec)
        assert await heard.end() == SandboxExited(0)
        assert heard.log == ["never\n"]

    play(tmp_path, story)


def test_a_container_that_somebody_removes_is_an_end_that_is_told(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        _, heard, spec = stage.start("import time; print('here'); time.sleep(1000)")
        await until(lambda: heard.log == ["here\n"])
        stage.engine.client.api.remove_container(stage.facts(spec)["Id"], force=True)
        assert await heard.end() == SandboxExited(None, 9)
        assert "removed" in heard.log[-1]
        running, heard = stage.again(spec)
        await until(lambda: heard.log == ["here\n"])
        running.kill()

    play(tmp_path, story)


def test_what_cannot_run_says_why(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        unknown = Function("Lost", "Lost", "", "", Code(tmp_path), image=Image("devserve-test/no-such-image:1"))
        stage.sandbox.remark(unknown)
        _, heard = stage.again(stage.spec(unknown))
        assert await heard.end(60) == SandboxExited(127)
        assert "devserve-test/no-such-image:1" in "".join(heard.log)
        nowhere = stage.function("")
        spec = stage.spec(nowhere)
        (nowhere.code.folder / "bootstrap").unlink()
        nowhere.code.folder.rmdir()
        _, heard = stage.again(spec)
        assert await heard.end() == SandboxExited(127)
        assert str(nowhere.code.folder) in heard.log[0]

    play(tmp_path, story)


PROGRAM = """
import os, sys, time
print(os.environ["GREETING"])
if "STAY" in os.environ:
    time.sleep(1000)
sys.exit(3)
"""


def test_an_image_without_a_shell_runs_its_own_command(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        image = Image(docker_engine.NO_SHELL_IMAGE, entry_point=("/usr/bin/python3", "-c"), command=(PROGRAM,))
        function = stage.function("", image=image)
        spec = stage.spec(function, environ={"GREETING": "it's\nme"})
        for _ in range(2):
            _, heard = stage.again(spec)
            assert await heard.end() == SandboxExited(3)
            assert (heard.starts, heard.log) == (1, ["it's\n", "me\n"])
        running, heard = stage.again(stage.spec(function, 2, environ={"GREETING": "", "STAY": "1"}))
        await until(lambda: heard.starts == 1)
        running.kill()
        assert await heard.end() == SandboxExited(None, 9)

    play(tmp_path, story)


def test_an_image_without_a_shell_that_cannot_start_says_why(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        image = Image(docker_engine.NO_SHELL_IMAGE, entry_point=("/no/such/program",))
        _, heard = stage.again(stage.spec(stage.function("", image=image)))
        assert await heard.end() == SandboxExited(127)
        assert "/no/such/program" in "".join(heard.log)
        assert "removed" not in "".join(heard.log)

    play(tmp_path, story)


def test_an_image_says_its_own_folder_and_command_unless_the_function_does(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        image = Image(
            PYTHON_IMAGE,
            entry_point=("/bin/sh", "-c"),
            command=("pwd; ls /var/task | wc -l",),
            working_directory="/usr",
        )
        function = stage.function("", image=image, runtime="")
        _, heard = stage.again(stage.spec(function))
        assert await heard.end() == SandboxExited(0)
        assert heard.log == ["/usr\n", "0\n"]

    play(tmp_path, story)


def test_many_containers_are_gone_when_it_is_closed(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        function = stage.function("import time; print('up'); time.sleep(1000)")
        heards = [stage.again(stage.spec(function, number))[1] for number in range(8)]
        await until(lambda: all(heard.log for heard in heards), 60)
        began = time.monotonic()
        await stage.sandbox.close()
        assert time.monotonic() - began < 10
        assert [heard.exits for heard in heards] == [[SandboxExited(None, 9)]] * 8
        assert stage.containers() == []

    play(tmp_path, story)


KILLED = """
import asyncio, os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.live import docker_engine
from tests.live.docker_stage import DockerStage
from tests.live.sandboxes import until

async def main():
    with docker_engine.connected() as engine:
        stage = DockerStage(Path(sys.argv[2]), engine)
        function = stage.function("import time; print('up'); time.sleep(1000)")
        frozen, first = stage.again(stage.spec(function, 1))
        _, second = stage.again(stage.spec(function, 2))
        await until(lambda: bool(first.log and second.log), 60)
        frozen.freeze()
        await until(lambda: "paused" in [each["State"] for each in stage.containers()])
        print(stage.run, stage.sandbox._yard._folder, flush=True)
        await asyncio.sleep(1000)

asyncio.run(main())
"""


def test_when_devserve_is_killed_its_containers_go_paused_ones_too(tmp_path: Path) -> None:
    docker_engine.require_images()
    root = str(Path(__file__).resolve().parents[2])
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, root, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert process.stdout is not None
    try:
        label, folder = process.stdout.readline().split()
        assert label.startswith("devserve.run="), label
        assert len(docker_engine.containers(label)) >= 2
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    eventually(lambda: docker_engine.containers(label) == [], seconds=20, what="containers of a killed devserve")
    eventually(lambda: not Path(folder).exists(), what="the folder of its logs is removed")


def test_what_a_dead_devserve_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        own = stage.sandbox._yard.run
        dead = f"devserve.run={own.host}/{2**22 + 1}/{own.began}/{own.token}"
        name, value = dead.split("=")
        api = stage.engine.client.api
        api.create_container(PYTHON_IMAGE, labels={name: value})
        assert len(docker_engine.containers(dead)) == 1
        folder = Path(tempfile.gettempdir()) / f"devserve-docker-{own.host}-{2**22 + 1}-x"
        folder.mkdir()
        _, heard, _ = stage.start("print('hello')")
        await heard.end()
        await until(lambda: docker_engine.containers(dead) == [])
        assert not folder.exists()

    play(tmp_path, story)


def test_closed_when_a_container_is_just_about_to_be_prepared_it_leaves_nothing_either(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        _, heard, _ = stage.start("print('hello')")
        await heard.end()
        await stage.sandbox.prepare([stage.function("print('never')")], lambda _: None)

    play(tmp_path, story)


def test_a_runtime_waits_for_its_debugger_at_an_address_of_this_machine(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        function = stage.function(
            "", image=Image(PYTHON_IMAGE, entry_point=("/usr/bin/env", "python3", "-c"), command=(DEBUGGER,))
        )
        running, heard = stage.again(replace(stage.spec(function, debug=True), runtime="nodejs22.x"))
        await until(lambda: heard.starts == 1)
        assert running.debugger is not None
        host, _ = running.debugger
        assert host == "127.0.0.1"
        assert await asyncio.to_thread(_greeting, running.debugger) == b"debugger"
        assert await heard.end() == SandboxExited(0)

    play(tmp_path, story)


DEBUGGER = """
import os, socket
assert os.environ["NODE_OPTIONS"].startswith("--inspect-brk=0.0.0.0:5678 ")
with socket.create_server(("0.0.0.0", 5678)) as server:
    peer, _ = server.accept()
    while peer:
        peer.sendall(b"debugger")
        peer.close()
        break
"""


def _greeting(address: tuple[str, int]) -> bytes:
    """What the port says; the engine's proxy accepts before there is anybody behind it."""

    def look() -> bytes:
        try:
            with socket.create_connection(address, 5) as peer:
                return peer.recv(100)
        except OSError:
            return b""

    return eventually(look)


def test_a_runtime_that_has_no_debugger_runs_without_and_says_so(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        function = stage.function("print('ran')")
        _, heard = stage.again(stage.spec(function, debug=True))
        assert await heard.end() == SandboxExited(0)
        assert "provided.al2023" in heard.log[0]
        assert heard.log[1:] == ["ran\n"]

    play(tmp_path, story)


def test_an_engine_on_another_machine_gets_the_code_and_sends_the_log(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        program = """
            import os
            print(os.listdir("/var/task"), os.listdir("/tmp"))
            os.makedirs("/tmp/kept", exist_ok=True)
            os.write(2, b"to stderr\\n")
            os._exit(3)
        """
        _, heard, spec = stage.start(program)
        assert await heard.end() == SandboxExited(3)
        assert heard.log == ["['bootstrap'] []\n", "to stderr\n"]
        _, heard = stage.again(spec)
        assert await heard.end() == SandboxExited(3)
        assert heard.log == ["['bootstrap'] ['kept']\n", "to stderr\n"]

    play(tmp_path, story, far=True)


def test_the_kernel_of_another_machine_kills_what_uses_too_much_memory(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        program = """
            kept = []
            while True:
                kept.append(bytearray(b"x" * (1 << 20)))
        """
        _, heard, _ = stage.start(program, memory=128)
        assert await heard.end(60) == SandboxExited(None, 9, out_of_memory=True)

    play(tmp_path, story, far=True)


def test_a_function_has_its_share_of_the_processors_from_its_first_answer_on(tmp_path: Path) -> None:
    async def story(stage: DockerStage) -> None:
        def quota() -> int:
            return int(stage.facts(spec)["HostConfig"]["CpuQuota"])

        running, heard, spec = stage.start("import time; print('up'); time.sleep(1000)", memory=442)
        await until(lambda: heard.log == ["up\n"])
        assert quota() == 20_000 * min(2, stage.engine.cpus)
        running.drain()
        await becomes(quota, 20_000 * 442 // 1769)
        running.kill()
        await heard.end()
        running, heard = stage.again(spec)
        await becomes(quota, 20_000 * min(2, stage.engine.cpus))
        running.kill()

    play(tmp_path, story)

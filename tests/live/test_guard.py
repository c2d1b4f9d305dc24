"""The guardian clears up after a devserve that was killed, however it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from localstack_lite.sandbox.guard import Guard
from tests.live.deadline import eventually
from tests.live.processes import marked, needs_proc

pytestmark = pytest.mark.live

PARENT = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox.process import ProcessSandbox

class Listener:
    def wrote(self, messages):
        for message in messages:
            print(message, end="", flush=True)
    def extension_wrote(self, messages):
        self.wrote(messages)
    def exited(self, exit):
        print(exit, flush=True)

async def main():
    root = Path(sys.argv[1])
    sandbox = ProcessSandbox(root)
    for number in range(2):
        scratch = root / "tmp" / "scratch"
        sandbox.start(SandboxSpec(f"e{number}", "provided", "", root / "code", {}, "-", 128, scratch), Listener())
    await asyncio.sleep(1000)

asyncio.run(main())
"""

FUNCTION = (
    "#!/bin/sh\ntouch $TMPDIR/file\nsetsid sleep 1002 &\nsetsid setsid sleep 1003 &\nsleep 1004 &\necho up\nwait\n"
)


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_when_devserve_is_killed(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "bootstrap").write_text(FUNCTION)
    (tmp_path / "code" / "bootstrap").chmod(0o755)
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", PARENT, str(tmp_path), root]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert [parent.stdout.readline() for _ in range(2)] == ["up\n"] * 2
        mark = f"devserve-{parent.pid}-"
        eventually(lambda: len(marked([mark])) >= 8, what="two functions with three children each")
        eventually(lambda: _guardians(parent.pid), what="the guardian")
        parent.send_signal(number)
        parent.wait()
        eventually(lambda: not marked([mark]), what="every process is gone")
        eventually(lambda: not (tmp_path / "tmp").exists(), what="its folders are removed")
        eventually(lambda: not _guardians(parent.pid), what="the guardian ends, too")


def _guardians(pid: int) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
        except OSError:
            continue
        if b"guardian.py" in command and f"devserve-{pid}-".encode() in command:
            found.append(entry.name)
    return found


def test_an_orderly_end_removes_the_folders_and_leaves_no_guardian(tmp_path: Path) -> None:
    guard = Guard("devserve-test-that-nobody-carries/")
    (tmp_path / "one" / "deep").mkdir(parents=True)
    (tmp_path / "two").mkdir()
    guard.folder_made(tmp_path / "one")
    guard.start()
    guard.start()
    guard.group_started(os.getpid() + 10_000_000)
    guard.group_ended(os.getpid() + 10_000_000)
    guard.remove_folder(tmp_path / "two")
    eventually(lambda: not (tmp_path / "two").exists(), what="removed by the guardian")
    guard.close()
    guard.close()
    assert list(tmp_path.iterdir()) == []


def test_without_a_guardian_folders_are_removed_all_the_same(tmp_path: Path) -> None:
    guard = Guard("devserve-test-that-nobody-carries/")
    (tmp_path / "two").mkdir()
    guard.remove_folder(tmp_path / "two")
    assert list(tmp_path.iterdir()) == []
    guard.close()

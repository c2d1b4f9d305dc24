from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from localstack_lite.errors import RemoteError
from localstack_lite.sync.lock import held

HOLDER = """
import sys
from pathlib import Path
from localstack_lite.sync.lock import held
with held(Path(sys.argv[1]), "dev", "mia@desk", lambda: 0.0):
    print("held", flush=True)
    sys.stdin.read()
"""


def now() -> float:
    return 0.0


def test_the_second_is_told_who_has_it_and_since_when(tmp_path: Path) -> None:
    with held(tmp_path, "dev", "ana@laptop", now):
        with pytest.raises(RemoteError) as caught, held(tmp_path, "dev", "mia@desk", now):
            pass
        assert caught.value.where == "dev"
        assert caught.value.what.startswith("is being pushed by ana@laptop (pid ")
        assert " since " in caught.value.what


def test_afterwards_it_is_free_again(tmp_path: Path) -> None:
    with pytest.raises(KeyError), held(tmp_path, "dev", "ana@laptop", now):
        raise KeyError
    with held(tmp_path, "dev", "mia@desk", now, "deleted"):
        assert b"deleted" in (tmp_path / "lock").read_bytes()


def test_another_stage_is_another_lock(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "test").mkdir()
    with held(tmp_path / "dev", "dev", "ana@laptop", now), held(tmp_path / "test", "test", "ana@laptop", now):
        pass


def test_a_lock_of_a_process_that_was_killed_is_none(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(RemoteError) as caught, held(tmp_path, "dev", "ana@laptop", now):
            pass
        assert f"mia@desk (pid {holder.pid})" in caught.value.what
        holder.kill()
        holder.wait()
    with held(tmp_path, "dev", "ana@laptop", now):
        pass


def test_what_is_in_the_file_need_not_be_readable(tmp_path: Path) -> None:
    with held(tmp_path, "dev", "ana@laptop", now):
        (tmp_path / "lock").write_text("{")
        with pytest.raises(RemoteError) as caught, held(tmp_path, "dev", "mia@desk", now):
            pass
        assert caught.value.what == "is being pushed by another devserve"

"""Several devserves in one project: each has a queue, and whoever comes later takes over what is left."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from localstack_lite.events.queue_files import Held, hold
from localstack_lite.model.project import Problem
from tests.builders import invocation
from tests.fakes import ManualClock


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = ManualClock()
        self.told: list[Problem] = []

    def hold(self, pid: int) -> Held:
        return hold(self.path, self.clock.now, self.clock.now, pid, self.told.append)

    @property
    def files(self) -> list[str]:
        return sorted(file.name for file in self.path.glob("*.sqlite"))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def ids(held: Held) -> list[str]:
    return [one.request_id for one in held.queue.waiting()]


def test_the_first_one_has_the_file_and_finds_what_it_left(folder: Folder) -> None:
    held = folder.hold(1)
    held.queue.accept(invocation("r1"))
    held.close()
    again = folder.hold(2)
    assert ids(again) == ["r1"]
    again.close()
    assert folder.files == ["events.sqlite"]
    assert folder.told == []


def test_the_second_one_has_a_file_of_its_own_which_goes_when_it_is_empty(folder: Folder) -> None:
    first, second = folder.hold(1), folder.hold(2)
    first.queue.accept(invocation("r1"))
    assert ids(second) == []
    assert folder.files == ["events-2.sqlite", "events.sqlite"]
    second.close()
    assert sorted(file.name for file in folder.path.iterdir() if file.name.startswith("events-2")) == []
    first.close()


def test_who_comes_later_takes_over_what_is_in_the_files_of_those_that_are_gone(folder: Folder) -> None:
    first, second = folder.hold(1), folder.hold(2)
    for number in range(3):
        second.queue.accept(invocation(f"r{number}"))
    event = second.queue.accept(invocation("running"))
    second.queue.began(event.seq, 1)
    second.close()
    assert folder.files == ["events-2.sqlite", "events.sqlite"]
    folder.clock.advance(10)
    third = folder.hold(3)
    assert ids(third) == ["r0", "r1", "r2", "running"]
    assert [one.running for one in third.queue.waiting()] == [False, False, False, True]
    assert third.queue.waiting()[0].accepted_at == folder.clock.now() - 10
    assert folder.files == ["events-3.sqlite", "events.sqlite"]
    third.close()
    first.close()


def test_a_file_that_is_in_use_is_left_alone(folder: Folder) -> None:
    first, second = folder.hold(1), folder.hold(2)
    second.queue.accept(invocation("r1"))
    third = folder.hold(3)
    assert ids(third) == []
    assert ids(second) == ["r1"]
    for held in (first, second, third):
        held.close()


def test_a_file_is_taken_over_once_even_when_it_could_not_be_removed(folder: Folder, tmp_path: Path) -> None:
    first, second = folder.hold(1), folder.hold(2)
    second.queue.accept(invocation("r1"))
    second.close()
    first.close()
    copy = folder.path / "kept"
    shutil.copy(folder.path / "events-2.sqlite", copy)
    third = folder.hold(3)
    assert ids(third) == ["r1"]
    third.close()
    shutil.copy(copy, folder.path / "events-2.sqlite")  # as if the kill came before it was removed
    fourth = folder.hold(4)
    assert ids(fourth) == ["r1"]
    fourth.close()


def test_a_file_that_cannot_be_read_is_put_aside_and_told_once(folder: Folder) -> None:
    (folder.path / "events.sqlite").write_bytes(b"rubbish" * 1000)
    held = folder.hold(1)
    held.queue.accept(invocation("r1"))
    assert ids(held) == ["r1"]
    held.close()
    (problem,) = folder.told
    assert problem.where == ".devserve/events.sqlite"
    assert "cannot be read" in problem.what
    assert "events.sqlite.broken-1" in problem.hint
    assert (folder.path / "events.sqlite.broken-1").read_bytes().startswith(b"rubbish")
    (folder.path / "events-9.sqlite").write_bytes(b"more rubbish" * 1000)
    again = folder.hold(2)
    assert ids(again) == ["r1"]
    assert (folder.path / "events-9.sqlite.broken-1").exists()
    assert len(folder.told) == 2
    again.close()


def test_a_file_that_another_program_holds_is_an_error_and_not_a_hang(folder: Folder) -> None:
    folder.hold(1).close()
    with closing(sqlite3.connect(folder.path / "events.sqlite", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OSError, match="locked"):
            folder.hold(2)
    folder.hold(3).close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_an_error(folder: Folder) -> None:
    folder.path.chmod(0o500)
    with pytest.raises(OSError):
        folder.hold(1)
    folder.path.chmod(0o700)

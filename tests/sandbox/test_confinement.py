"""How a process is kept from writing outside `/tmp`: the launcher's command line, by what the machine allows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox.confinement import QUIET, WRITABLE, Manner, confined, kept, manner, says
from localstack_lite.sandbox.spec import Impossible, Launch

SPEC = SandboxSpec("t", "python3.12", "app.handler", Path("/p"), {}, "127.0.0.1:9", 128, Path("/tmp/run/t"))
PLAN = Launch(("/bin/python", "boot.py"), {"A": "1", "TMPDIR": "/tmp/run/t"}, Path("/p"))


def made(how: Manner, spec: SandboxSpec = SPEC, needed: tuple[str, ...] = (), plan: Launch = PLAN) -> Launch:
    result = confined(plan, spec, how, "/d/python", "/d/launcher.py", needed)
    assert isinstance(result, Launch)
    return result


def test_the_best_manner_that_was_found_is_used() -> None:
    assert [manner(word) for word in ("mounts", "landlock", "", "odd")] == ["mounts", "landlock", "audit", "audit"]
    assert len({says(each) for each in Manner}) == 3


def test_with_mounts_the_scratch_folder_is_tmp() -> None:
    plan = made(Manner.MOUNTS, needed=("/tmp/work/p", "/usr/lib"))
    start = ("/d/python", "-I", "-S", "/d/launcher.py", "mounts", "/p", "/tmp/run/t", "1", "/tmp/work/p")
    assert plan.command == (*start, "/bin/python", "boot.py")
    assert plan.environ == {"A": "1", QUIET: "1"}  # nothing says where temporary files go, as on AWS


def test_a_tmpdir_of_the_functions_own_stays() -> None:
    assert made(Manner.MOUNTS, replace(SPEC, environ={"TMPDIR": "/tmp/mine"})).environ["TMPDIR"] == "/tmp/mine"


def test_a_project_that_is_tmp_itself_cannot_be_run() -> None:
    assert isinstance(confined(PLAN, SPEC, Manner.MOUNTS, "p", "l", ("/tmp",)), Impossible)


def test_with_landlock_tmp_can_be_written_to_unless_the_project_is_below_it() -> None:
    plan = made(Manner.LANDLOCK)
    assert plan.command[4:10] == ("landlock", "/p", "4", "/tmp/run/t", "/tmp", "/dev")
    assert plan.command[-2:] == ("/bin/python", "boot.py")
    assert plan.environ[WRITABLE] == "/tmp/run/t:/tmp"
    below = made(Manner.LANDLOCK, needed=("/tmp/work/p",))
    assert below.environ[WRITABLE] == "/tmp/run/t"
    assert below.command[6] == "3"


def test_without_either_only_our_python_runtime_is_told() -> None:
    plan = made(Manner.AUDIT)
    assert plan.command == PLAN.command
    assert plan.environ == {**PLAN.environ, WRITABLE: "/tmp/run/t:/tmp"}
    assert made(Manner.AUDIT, replace(SPEC, runtime="nodejs22.x")) == PLAN


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ((), ()),
        (("/usr", "/tmpfiles"), ()),
        (("/tmp/a/b", "/tmp/a", "/tmp/ab"), ("/tmp/a", "/tmp/ab")),
        (("/tmp/a/",), ("/tmp/a",)),
    ],
)
def test_only_what_lies_below_tmp_is_put_back(paths: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert kept(paths) == expected

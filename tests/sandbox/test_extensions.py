"""Which external extensions an environment has, and what they get to see."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.model.function import Code, Function
from localstack_lite.sandbox.extensions import Extension, found, unresolved, variables

X86 = b"\x7fELF\x02\x01\x01" + b"\0" * 9 + b"\x02\0\x3e\0"


def program(file: Path, content: bytes = b"#!/bin/sh\n", mode: int = 0o755) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    file.chmod(mode)
    return file


def test_every_file_of_both_folders_is_one_by_name(tmp_path: Path) -> None:
    opt, given = tmp_path / "opt", tmp_path / "given"
    b = program(opt / "extensions" / "b")
    a = program(given / "a")
    program(opt / "extensions" / "folder" / "not-one")
    program(opt / "extensions" / ".DS_Store")
    program(opt / "elsewhere")
    assert found(opt, given, "x86_64") == (Extension("a", a), Extension("b", b))
    assert found(opt, None, "x86_64") == (Extension("b", b),)


def test_a_given_one_takes_the_place_of_a_layers(tmp_path: Path) -> None:
    program(tmp_path / "opt" / "extensions" / "a")
    mine = program(tmp_path / "given" / "a")
    assert found(tmp_path / "opt", tmp_path / "given", "") == (Extension("a", mine),)


def test_without_folders_there_is_none(tmp_path: Path) -> None:
    assert found(None, None, "x86_64") == ()
    assert found(tmp_path, tmp_path / "missing", "x86_64") == ()


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        (b"#!/bin/sh\n", 0o644, "may not be run: chmod +x"),
        (b"echo", 0o755, "is neither a program nor a script"),
        (b"#!/no/such/shell -x\n", 0o755, "wants the interpreter '/no/such/shell'"),
        (b"#!\n", 0o755, "wants the interpreter ''"),
        (X86, 0o755, "is an x86_64 program, this machine is aarch64"),
        (b"#!/bin/sh", 0o755, ""),
    ],
)
def test_what_cannot_be_started_is_known_before(tmp_path: Path, content: bytes, mode: int, problem: str) -> None:
    program(tmp_path / "one", content, mode)
    (one,) = found(None, tmp_path, "aarch64")
    assert one.problem.startswith(problem)
    assert bool(one.problem) is bool(problem)
    assert one.denied is (mode == 0o644)


def test_for_another_machine_only_the_right_to_run_counts(tmp_path: Path) -> None:
    program(tmp_path / "one", b"echo")
    assert found(None, tmp_path, "")[0].problem == ""


def test_they_get_the_functions_variables_but_not_the_runtimes() -> None:
    both = {"AWS_LAMBDA_RUNTIME_API": "h:1", "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_REGION": "r", "MINE": "1"}
    runtimes = {"_HANDLER": "a.b", "LAMBDA_TASK_ROOT": "/t", "AWS_EXECUTION_ENV": "x", "AWS_LAMBDA_LOG_GROUP_NAME": "g"}
    search = {"PYTHONPATH": "/layers", "NODE_PATH": "/node"}
    wrapper = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/w"}
    assert variables({**both, **runtimes, **search, **wrapper}, both) == both
    assert variables({**both, **search}, {"NODE_PATH": "/mine"}) == {**both, "NODE_PATH": "/node"}


def test_who_has_some_is_told_where_the_sandboxs_name_cannot_be_known(tmp_path: Path) -> None:
    program(tmp_path / "with" / "extensions" / "one")
    (tmp_path / "without").mkdir()
    functions = [
        Function("A", "a", "python3.12", "x.y", Code(tmp_path), opt=tmp_path / "with"),
        Function("B", "b", "python3.12", "x.y", Code(tmp_path), opt=tmp_path / "without"),
    ]
    (told,) = unresolved(functions, "x86_64")
    assert (told.where, told.warning) == ("a", True)
    assert "sandbox.localdomain" in told.what
    assert "/etc/hosts" in told.hint

"""Which program is a custom runtime, and what is said when there is none that runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox import bootstrap
from localstack_lite.sandbox.spec import Impossible

AARCH64 = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\xb7\x00"


def spec(folder: Path, runtime: str = "provided.al2023", handler: str = "any") -> SandboxSpec:
    (folder / "task").mkdir()
    (folder / "opt").mkdir()
    given = SandboxSpec("t", runtime, handler, folder / "task", {}, "127.0.0.1:9", 128, folder / "tmp")
    return replace(given, opt=folder / "opt")


def put(file: Path, content: bytes = b"#!/bin/sh\n", mode: int = 0o755) -> Path:
    file.write_bytes(content)
    file.chmod(mode)
    return file


def test_the_codes_own_comes_before_a_layers(tmp_path: Path) -> None:
    given = spec(tmp_path)
    layers = put(tmp_path / "opt" / "bootstrap")
    assert bootstrap.find(given, "x86_64") == layers
    own = put(tmp_path / "task" / "bootstrap")
    assert bootstrap.find(given, "x86_64") == own


def test_go1_starts_what_the_handler_names(tmp_path: Path) -> None:
    given = spec(tmp_path, "go1.x", "main")
    program = put(tmp_path / "task" / "main")
    assert bootstrap.find(given, "x86_64") == program


def test_none_at_all_is_awss_error(tmp_path: Path) -> None:
    found = bootstrap.find(spec(tmp_path), "x86_64")
    assert isinstance(found, Impossible)
    assert (found.kind, found.error) == (
        "Runtime.InvalidEntrypoint",
        "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
    )
    assert str(tmp_path / "task" / "bootstrap") in found.why


@pytest.mark.parametrize(
    ("content", "mode", "error", "why"),
    [
        (b"#!/bin/sh\n", 0o644, "fork/exec /var/task/bootstrap: permission denied", "chmod +x"),
        (AARCH64, 0o755, "fork/exec /var/task/bootstrap: exec format error", "is an aarch64 program, this machine is"),
        (b"nonsense", 0o755, "fork/exec /var/task/bootstrap: exec format error", "begins with #!"),
    ],
)
def test_one_that_cannot_be_run_is_awss_error_and_a_line_that_helps(
    tmp_path: Path, content: bytes, mode: int, error: str, why: str
) -> None:
    given = spec(tmp_path)
    put(tmp_path / "task" / "bootstrap", content, mode)
    found = bootstrap.find(given, "x86_64")
    assert isinstance(found, Impossible)
    assert (found.kind, found.error) == ("Runtime.InvalidEntrypoint", error)
    assert why in found.why


def test_a_wrapper_has_to_be_there_and_to_be_run(tmp_path: Path) -> None:
    missing = bootstrap.wrapper(tmp_path / "wrapper", "/opt/wrapper")
    assert missing is not None
    assert missing.error == "fork/exec /opt/wrapper: no such file or directory"
    locked = bootstrap.wrapper(put(tmp_path / "wrapper", mode=0o644), "/opt/wrapper")
    assert locked is not None
    assert "chmod +x" in locked.why
    (tmp_path / "wrapper").chmod(0o755)
    assert bootstrap.wrapper(tmp_path / "wrapper", "/opt/wrapper") is None


@pytest.mark.parametrize(
    ("runtime", "expected"), [("provided", True), ("provided.al2", True), ("go1.x", True), ("python3.12", False)]
)
def test_custom_runtimes_are_those_that_functions_bring(runtime: str, expected: bool) -> None:
    assert bootstrap.custom(runtime) is expected

"""The language between devserve and a container's first process, spoken by the shells of this machine.

Only `run` is: what sweeps a container would sweep this machine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from localstack_lite.sandbox import warden
from localstack_lite.sandbox.warden import Ended, OutOfMemory, Ready, Started, Swept

SHELLS = [shell for shell in ("dash", "bash", "busybox", "sh") if shutil.which(shell)]

NASTY = {
    "PLAIN": "value",
    "EMPTY": "",
    "QUOTES": 'it\'s "quoted" `id` $(id) ${HOME} \\ \\n %s !!',
    "LINES": "first\nsecond\n\nfourth\n",
    "UNICODE": "žluťoučký 🐎 Á\u0080\u0081\u0088",
    "EDGES": "  spaces\tand tabs  ",
    "LONG": "x" * 4096 + "\n'" * 500,
    "HASH": "# no comment; exit 1 &",
    "PATH": "/usr/bin:/bin",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_variables_and_arguments_arrive_as_they_are(shell: str, tmp_path: Path) -> None:
    program = "import os, sys, json; print(json.dumps([dict(os.environ), sys.argv[1:], os.getcwd()]))"
    arguments = ("", "a b", "it's", "ü\n$HOME", "-n")
    said, output = _talk(shell, tmp_path, (sys.executable, "-c", program, *arguments), NASTY)
    environ, seen, folder = json.loads(output)
    assert {name: environ[name] for name in NASTY} == NASTY
    assert tuple(seen) == arguments
    assert folder == str(tmp_path)
    assert [type(each) for each in said] == [Started, Ended]
    assert said[1] == Ended(7, 0, None)


@pytest.mark.parametrize("shell", SHELLS)
def test_names_that_a_shell_does_not_take_arrive_too(shell: str, tmp_path: Path) -> None:
    odd = {"with.dot": "1", "with-dash": "2", "UID": "3", "PPID": "4", "IFS": "5", "SHELLOPTS": "", "1ST": "6"}
    program = "import os, json; print(json.dumps(dict(os.environ)))"
    _, output = _talk(shell, tmp_path, (sys.executable, "-c", program), odd)
    environ = json.loads(output)
    assert {name: environ[name] for name in odd} == odd


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("program", "ended"),
    [
        ("exit 0", Ended(7, 0, None)),
        ("exit 3", Ended(7, 3, None)),
        ("kill -9 $$", Ended(7, None, 9)),
        ("kill -15 $$", Ended(7, None, 15)),
        ("kill -11 $$", Ended(7, None, 11)),
    ],
)
def test_how_the_runtime_ended_is_told(shell: str, tmp_path: Path, program: str, ended: Ended) -> None:
    said, _ = _talk(shell, tmp_path, ("sh", "-c", program), {})
    assert said[-1] == ended


@pytest.mark.parametrize("shell", SHELLS)
def test_a_command_that_is_not_there_is_told_in_the_log(shell: str, tmp_path: Path) -> None:
    said, output = _talk(shell, tmp_path, ("/nowhere/bootstrap",), {})
    assert said[-1] == Ended(7, 127, None)
    assert "/nowhere/bootstrap" in output


@pytest.mark.parametrize("shell", SHELLS)
def test_the_runtime_has_its_output_three_times_and_nothing_of_the_line(shell: str, tmp_path: Path) -> None:
    program = (
        "import os; os.write(1, b'one\\n'); os.write(2, b'two\\n'); os.write(3, b'three\\n');"
        "print([fd for fd in (4, 5, 6) if os.path.exists(f'/dev/fd/{fd}')], os.read(0, 1), flush=True)"
    )
    _, output = _talk(shell, tmp_path, (sys.executable, "-c", program), {})
    assert output == "one\ntwo\nthree\n[] b''\n"


def test_half_a_character_is_no_error() -> None:
    text = warden.run(1, ("x",), {"A": "\ud83d", "B": "\udcff"}, "/", warden.OWN_OUTPUT)
    assert b"A='\xed\xa0\xbd'" in text
    assert b"B='\xff'" in warden.run(1, ("x",), {"B": "\udcff"}, "/", warden.OWN_OUTPUT)


def test_a_nul_ends_a_value() -> None:
    assert warden.quoted("ab\0cd") == "'ab'"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ready", Ready()),
        ("started 3 17", Started(3, 17)),
        ("exit 3 0", Ended(3, 0, None)),
        ("exit 3 128", Ended(3, 128, None)),
        ("exit 3 137", Ended(3, None, 9)),
        ("exit 3 192", Ended(3, None, 64)),
        ("exit 3 193", Ended(3, 193, None)),
        ("out-of-memory 2", OutOfMemory(2)),
        ("swept 3", Swept(3)),
        ("", None),
        ("started x y", None),
        ("started 3", None),
        ("what else", None),
    ],
)
def test_what_the_warden_says_is_read(line: str, message: warden.Message | None) -> None:
    assert warden.message(line) == message


def test_output_goes_to_the_containers_own_where_no_file_is_shared() -> None:
    text = warden.run(1, ("true",), {}, "/", warden.OWN_OUTPUT).decode()
    assert ">&6 2>&6 3>&1" in text
    assert "'&6'" not in text


def _talk(
    shell: str, folder: Path, command: tuple[str, ...], environ: dict[str, str]
) -> tuple[list[warden.Message], str]:
    """The reading shell of the warden by itself: it gets one run and the end of its input."""
    log = folder / "log"
    log.touch()
    text = b"exec 4>&1\n" + warden.run(7, command, environ, str(folder), str(log)) + b"wait\n"
    program = [shell, "sh", "-s"] if shell == "busybox" else [shell, "-s"]
    done = subprocess.run(program, input=text, capture_output=True, timeout=30, check=False)
    assert b"rror" not in done.stderr, "beside notices of signals, which nobody reads there"
    said = [warden.message(line) for line in done.stdout.decode().splitlines()]
    return [each for each in said if each is not None and not isinstance(each, OutOfMemory)], log.read_text("utf-8")

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
from localstack_lite.sandbox.warden import (
    Ended,
    Extension,
    Gone,
    Launched,
    OutOfMemory,
    Ready,
    Said,
    Started,
    Swept,
)

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
        ("extension 3 my ext", Extension(3, "my ext")),
        ("no-extension 3 my ext", Extension(3, "my ext", runs=False)),
        ("denied-extension 3 my ext", Extension(3, "my ext", runs=False, denied=True)),
        ("launched 3", Launched(3)),
        ("said 2  two  words", Said(2, b" two  words\n")),
        ("said 2 ", Said(2, b"\n")),
        ("said- 2 h\udcc3", Said(2, b"h\xc3")),
        ("gone 3 0 my ext", Gone(3, "my ext", 0, None)),
        ("gone 3 137 e", Gone(3, "e", None, 9)),
        ("gone 3 x e", None),
        ("extension 3", None),
        ("said x y", None),
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


@pytest.mark.parametrize("shell", SHELLS)
def test_every_file_is_started_as_an_extension_and_its_end_comes_behind_its_words(shell: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    _executable(first / "b one", "printf 'A\\\\b é '; pwd; echo \"$X ${GONE-none}\" >&2; printf end; exit 3")
    _executable(second / "b one", "echo never")
    _executable(second / "a", "kill -9 $$")
    _executable(second / "not.so", "", mode=0o644)
    (second / "folder").mkdir()
    (second / "text").write_text("echo never")
    (second / "text").chmod(0o755)
    said = _launch(shell, tmp_path, (str(first), str(second)), {"X": "it's"})
    named = [each for each in said if isinstance(each, Extension)]
    assert named == [
        Extension(7, "b one"),
        Extension(7, "a"),
        Extension(7, "not.so", runs=False, denied=True),
        Extension(7, "text", runs=False),
    ]
    assert {each for each in said if isinstance(each, Gone)} == {Gone(7, "b one", 3, None), Gone(7, "a", None, 9)}
    assert Launched(7) in said
    lines = [each for each in said if isinstance(each, Said) and each.number == 1]
    words = b"".join(line.text for line in lines)
    assert words.replace(b"\n\n", b"\n") == "A\\b é /\nit's none\nend\n".encode()
    assert said.index(Gone(7, "b one", 3, None)) > said.index(lines[-1])


@pytest.mark.parametrize("shell", SHELLS)
def test_long_lines_of_many_extensions_are_never_mixed(shell: str, tmp_path: Path) -> None:
    for letter in "ab":
        program = f"i=0; while [ $i -lt 20 ]; do printf '%05000d' 0 | tr 0 {letter}; echo é; i=$((i+1)); done"
        _executable(tmp_path / "x" / letter, program)
    said = _launch(shell, tmp_path, (str(tmp_path / "x"),), {})
    for number, letter in ((1, "a"), (2, "b")):
        text = b"".join(each.text for each in said if isinstance(each, Said) and each.number == number).decode()
        assert text.split() == [letter * 5000 + "é"] * 20


@pytest.mark.parametrize("shell", SHELLS)
def test_without_extensions_that_is_said(shell: str, tmp_path: Path) -> None:
    assert _launch(shell, tmp_path, (str(tmp_path / "missing"),), {}) == [Launched(7)]


def _executable(file: Path, program: str, mode: int = 0o755) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{program}\n")
    file.chmod(mode)


def _launch(shell: str, folder: Path, folders: tuple[str, ...], environ: dict[str, str]) -> list[warden.Message]:
    """The reading shell of the warden gets extensions to start."""
    text = b"exec 4>&1 6>&2 5</dev/null\nexport GONE=1\n" + warden.launch(7, folders, environ, ["GONE"]) + b"wait\n"
    (folder / "script").write_bytes(text)
    program = [shell, "sh"] if shell == "busybox" else [shell]
    done = subprocess.run([*program, str(folder / "script")], capture_output=True, timeout=30, check=True)
    lines = [line.decode("utf-8", "surrogateescape") for line in done.stdout.split(b"\n")[:-1]]
    return [each for each in map(warden.message, lines) if each is not None]


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

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.builds.platform_tags import Target
from localstack_lite.builds.requirement_lines import LineKind, applies, is_hashed, made, placed, read, written


@pytest.mark.parametrize(
    ("text", "kind", "name", "location"),
    [
        ("a==1", LineKind.NAMED, "a", ""),
        ("My_Name[x,y]>=1,<2", LineKind.NAMED, "my-name", ""),
        ("a ; python_version < '3'", LineKind.NAMED, "a", ""),
        ("./libs/a", LineKind.SOURCE, "", "./libs/a"),
        ("libs/a[x]", LineKind.SOURCE, "", "libs/a"),
        (".", LineKind.SOURCE, "", "."),
        ("-e ./libs/a", LineKind.SOURCE, "", "./libs/a"),
        ("-e.", LineKind.SOURCE, "", "."),
        ("--editable=git+https://host/a#egg=A_b", LineKind.SOURCE, "a-b", "git+https://host/a#egg=A_b"),
        ("a.tar.gz", LineKind.SOURCE, "", "a.tar.gz"),
        ("a-1.0-py3-none-any.whl", LineKind.WHEEL, "", "a-1.0-py3-none-any.whl"),
        ("a @ https://host/a-1.0-py3-none-any.whl", LineKind.WHEEL, "a", "https://host/a-1.0-py3-none-any.whl"),
        ("a @ git+ssh://git@host/a.git@main", LineKind.SOURCE, "a", "git+ssh://git@host/a.git@main"),
        ("a @ file:///p/a%20b", LineKind.SOURCE, "a", "/p/a b"),
        ("file:./libs/a", LineKind.SOURCE, "", "./libs/a"),
        ("-r more.txt", LineKind.INCLUDE, "", "more.txt"),
        ("--requirement=more.txt", LineKind.INCLUDE, "", "more.txt"),
        ("-c limits.txt", LineKind.CONSTRAINT, "", "limits.txt"),
        ("--pre", LineKind.OPTION, "", ""),
    ],
)
def test_a_line_says_what_has_to_be_done_for_it(text: str, kind: LineKind, name: str, location: str) -> None:
    (line,) = read(text)
    assert (line.kind, line.name, line.location) == (kind, name, location)


def test_comments_blank_lines_and_long_lines_are_pips() -> None:
    text = "# why\n\na==1 \\\n    --hash=sha256:1 \\\n    --hash=sha256:2\nb # because\nc @ https://host/c.zip#sha1=1\n"
    lines = list(read(text))
    assert [str(line) for line in lines] == [
        "a==1 --hash=sha256:1 --hash=sha256:2",
        "b",
        "c @ https://host/c.zip#sha1=1",
    ]
    assert is_hashed(lines)
    assert not is_hashed(read("a\nb\n"))
    assert is_hashed(read("--require-hashes\n"))


def test_indexes_of_the_list_stay_as_they_are() -> None:
    text = "--extra-index-url https://${USER}:${TOKEN}@host/simple\n--trusted-host host\na\n"
    assert written((placed(line, Path("/p")) for line in read(text)), None, {}) == text


def test_a_password_in_an_address_is_not_shown() -> None:
    (line,) = read("git+https://me:secret@host/a.git")
    assert line.shown == "git+https://host/a.git"


def test_paths_are_right_from_anywhere() -> None:
    text = (
        "--find-links wheels\n-f https://host/list\n-c limits.txt\n./a[x]\n/b\nc @ file:../c ; python_version > '3'\n"
    )
    lines = [placed(line, Path("/p/q")) for line in read(text)]
    assert [line.text for line in lines] == [
        "--find-links /p/q/wheels",
        "-f https://host/list",
        "-c /p/q/limits.txt",
        "/p/q/a[x]",
        "/b",
        "/p/q/../c",
    ]
    assert lines[-1].marker == "python_version > '3'"


@pytest.mark.parametrize(
    ("text", "answer"),
    [("a", True), ("./a ; sys_platform == 'win32'", False), ("a ; sys_platform == 'linux'", True), ("a ; what", True)],
)
def test_lines_for_other_machines_are_known(text: str, answer: bool) -> None:
    (line,) = read(text)
    assert applies(line, Target("3.12").markers()) is answer


def test_what_was_built_takes_the_place_of_its_source() -> None:
    (line,) = read("./libs/a[x]")
    wheel = Path("/w/a-1.0-py3-none-any.whl")
    assert str(made(line, "a", wheel, "11", hashed=False)) == "a[x] @ file:///w/a-1.0-py3-none-any.whl"
    assert str(made(line, "a", wheel, "11", hashed=True)).endswith(".whl --hash=sha256:11")


def test_a_wheel_that_was_built_is_as_good_as_those_of_the_lock() -> None:
    lines = list(read("a==1 --hash=sha256:1\nb==1\n"))
    text = written(lines, Path("/w"), {"a": {"2"}, "b": {"3"}})
    assert text == "--find-links /w\na==1 --hash=sha256:1 --hash=sha256:2\nb==1\n"

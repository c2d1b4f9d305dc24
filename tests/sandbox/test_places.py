"""What a process finds at its place: the name of the sandbox, and layers at `/opt`."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.sandbox.places import hides_needed, known, placed, with_name
from localstack_lite.sandbox.spec import Launch


@pytest.mark.parametrize(
    ("hosts", "is_known"),
    [
        ("127.0.0.1 localhost sandbox.localdomain\n", True),
        ("127.0.0.1 localhost # sandbox.localdomain\n", False),
        ("sandbox.localdomain other\n", False),
        ("", False),
    ],
)
def test_the_name_is_known_when_a_line_says_it(hosts: str, is_known: bool) -> None:
    assert known(hosts) is is_known


@pytest.mark.parametrize("hosts", ["", "1.2.3.4 a", "1.2.3.4 a\n"])
def test_the_name_is_added_and_what_was_there_stays(hosts: str) -> None:
    text = with_name(hosts)
    assert known(text)
    assert text.splitlines()[:-1] == hosts.splitlines()
    assert with_name(text) == text


def test_opt_is_let_be_when_something_there_is_needed() -> None:
    assert hides_needed(["/usr/bin", "/opt/tools/bin/python"])
    assert hides_needed(["/opt"])
    assert not hides_needed(["/usr/bin", "/optional", "/home/opt"])


def test_a_process_starts_by_the_launcher_with_pairs_of_places() -> None:
    plan = Launch(("/x/ext", "-v"), {"A": "1"}, Path("/"))
    found = placed(plan, [("/h", "/etc/hosts"), ("/l", "/opt")], "/d/python", "/d/launcher.py")
    start = ("/d/python", "-I", "-S", "/d/launcher.py", "places", "/", "4", "/h", "/etc/hosts", "/l", "/opt")
    assert found == Launch((*start, "/x/ext", "-v"), {"A": "1"}, Path("/"))
    assert placed(plan, [], "/d/python", "/d/launcher.py") is plan

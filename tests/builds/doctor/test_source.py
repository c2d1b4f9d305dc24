"""What Python files say about themselves, without being run."""

from __future__ import annotations

import pytest

from localstack_lite.builds.doctor.source import Import, Written, module_name, read


def imported(text: str, path: str = "shop/views.py") -> list[tuple[str, tuple[str, ...], bool]]:
    return [(one.module, one.names, one.late) for one in read(path, text).imports]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a.b, c", [("a.b", (), False), ("c", (), False)]),
        ("from a.b import c, d", [("a.b", ("c", "d"), False)]),
        ("from . import models", [("shop", ("models",), False)]),
        ("from .models import Order", [("shop.models", ("Order",), False)]),
        ("from ..x import y", [("x", ("y",), False)]),
        ("def f():\n    import a", [("a", (), True)]),
        ("if x:\n    import a\nelse:\n    import b", [("a", (), False), ("b", (), False)]),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a", [("typing", ("TYPE_CHECKING",), False)]),
        ("if __name__ == '__main__':\n    import a", []),
        ("try:\n    import a\nexcept ImportError:\n    a = None", []),
        ("try:\n    import a\nexcept (ModuleNotFoundError, KeyError):\n    import b", []),
        ("try:\n    import a\nexcept ValueError:\n    pass", [("a", (), False)]),
        ("class A:\n    import a", [("a", (), False)]),
    ],
)
def test_imports_that_count(text: str, expected: list[tuple[str, tuple[str, ...], bool]]) -> None:
    assert imported(text) == expected


def test_a_packages_own_file_imports_from_itself() -> None:
    assert imported("from .models import A", "shop/__init__.py") == [("shop.models", ("A",), False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open('a.txt', 'w')", [Written("a.txt", 1)]),
        ("open('a.txt', mode='ab')", [Written("a.txt", 1)]),
        ("open('a.txt', 'r+')", [Written("a.txt", 1)]),
        ("open('a.txt')", []),
        ("open('a.txt', 'rb')", []),
        ("open(name, 'w')", []),
        ("open('a.txt', mode)", []),
        ("sqlite3.connect('a.db')", [Written("a.db", 1, "sqlite")]),
        ("sqlite3.connect(':memory:')", []),
        ("sqlite3.connect('file:a.db?mode=ro', uri=True)", []),
        ("URL = 'sqlite:///shop.db'", [Written("sqlite:///shop.db", 1, "url")]),
    ],
)
def test_files_that_are_written(text: str, expected: list[Written]) -> None:
    assert list(read("a.py", text).written) == expected


def test_paths_of_somebodys_home_are_told_with_their_line() -> None:
    text = "a = '/home/me/data'\nb = '/home/'\nc = '/Users/me/x'\nd = '/home/me/x and more'\n"
    assert read("a.py", text).personal == (("/home/me/data", 1), ("/Users/me/x", 3))


def test_a_file_that_cannot_be_read_says_why_and_where() -> None:
    problem = read("a.py", "def f(:\n    pass\n").problem
    assert problem is not None
    assert problem[1] == 1
    assert "syntax" in problem[0].lower() or "invalid" in problem[0].lower()
    assert read("a.py", "x = '\0'").problem is not None


def test_modules_are_named_by_their_paths() -> None:
    assert module_name("shop/wsgi.py") == "shop.wsgi"
    assert module_name("shop/__init__.py") == "shop"
    assert Import("a.b", 1).top == "a"

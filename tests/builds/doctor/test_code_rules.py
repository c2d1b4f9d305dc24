"""Rules about a function's own files."""

from __future__ import annotations

import pytest

from localstack_lite.builds.doctor import code_rules
from localstack_lite.builds.doctor.finding import Severity
from localstack_lite.builds.doctor.source import read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open('a.txt', 'w')", [(Severity.FAILS, "files")]),
        ("open('/home/me/a.txt', 'w')", [(Severity.FAILS, "files")]),
        ("open('/tmp/a.txt', 'w')", []),
        ("open('/dev/null', 'w')", []),
        ("sqlite3.connect('shop.db')", [(Severity.FAILS, "database")]),
        ("sqlite3.connect('/tmp/shop.db')", [(Severity.DIFFERS, "database")]),
        ("u = 'sqlite:///shop.db'", [(Severity.FAILS, "database")]),
        ("u = 'sqlite:////tmp/shop.db'", [(Severity.DIFFERS, "database")]),
        ("u = 'sqlite:///:memory:'", []),
    ],
)
def test_what_is_written_where_it_cannot_be(text: str, expected: list[tuple[Severity, str]]) -> None:
    found = list(code_rules.written([read("app.py", text)], "src/"))
    assert [(one.severity, one.topic) for one in found] == expected
    assert all(one.where == "src/app.py:1" and one.hint for one in found)


def test_a_file_that_cannot_be_compiled_fails() -> None:
    (found,) = code_rules.broken([read("app.py", "x = (\n"), read("b.py", "")])
    assert found.severity is Severity.FAILS
    assert found.where.startswith("app.py:")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("app = Flask(__name__)\napp.run()", [2]),
        ("import flask\napp = flask.Flask(__name__)\nif DEBUG:\n    app.run(debug=True)", [4]),
        ("import uvicorn\nuvicorn.run(app)", [2]),
        ("app = Flask(__name__)\nif __name__ == '__main__':\n    app.run()", []),
        ("app = Flask(__name__)\ndef main():\n    app.run()", []),
        ("job = Job()\njob.run()", []),
        ("import subprocess\nsubprocess.run(['true'])", []),
    ],
)
def test_a_server_that_starts_with_the_import_fails(text: str, lines: list[int]) -> None:
    found = list(code_rules.served([read("app.py", text)], "src/"))
    assert [one.where for one in found] == [f"src/app.py:{line}" for line in lines]
    assert all(one.severity is Severity.FAILS and "__main__" in one.hint for one in found)


def test_a_path_of_this_machine_is_a_note() -> None:
    (found,) = code_rules.personal([read("app.py", "P = '/home/me/model.bin'")])
    assert (found.severity, found.where) == (Severity.NOTE, "app.py:1")
    assert "/home/me/model.bin" in found.what


def test_databases_in_the_package_are_told() -> None:
    found = code_rules.packaged_databases(["app.py", "db.sqlite3", "data/x.db", "lib/site-packages/tz.db"])
    assert [one.where for one in found] == ["data/x.db", "db.sqlite3"]


def test_modules_that_hide_zappas_are_told() -> None:
    found = code_rules.shadows(["app.py", "handler.py", "util", "wsgi.txt"])
    assert [one.where for one in found] == ["handler.py", "util"]

"""What a runtime tells about writes, in words."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from localstack_lite.lambdas.advice import Advice
from localstack_lite.model.facts import Advised
from localstack_lite.model.function import Code, Function

FUNCTION = Function("F", "f", "python3.12", "app.handler", Code(Path("/p/src")))


def told(advice: Advice, *entries: tuple[str, str], environment: str = "f#1") -> list[Advised]:
    return advice.told(7.0, FUNCTION, environment, orjson.dumps(entries))


@pytest.mark.parametrize(
    ("kind", "path", "subject", "what"),
    [
        ("wrote", "/p/src/x.txt", "x.txt", "wrote x.txt: on Lambda the code folder is read-only: this fails there"),
        ("wrote", "/home/me/x", "/home/me/x", "wrote /home/me/x: on Lambda only /tmp can be written to"),
        ("made", "/p/src/up", "up", "made the folder up: on Lambda the code folder is read-only"),
        ("removed", "/p/src/x", "x", "removed x: on Lambda"),
        ("database", "/p/src/db.sqlite3", "db.sqlite3", "opened the SQLite database db.sqlite3: on Lambda the code"),
        ("database", "/srv/db", "/srv/db", "opened the SQLite database /srv/db: on Lambda only /tmp"),
    ],
)
def test_each_kind_says_what_was_done_and_what_lambda_does(kind: str, path: str, subject: str, what: str) -> None:
    (fact,) = told(Advice(), (kind, path))
    assert (fact.at, fact.function, fact.environment, fact.subject) == (7.0, "F", "f#1", subject)
    assert fact.what.startswith(what)
    assert fact.hint


def test_a_path_is_told_once_for_all_environments() -> None:
    advice = Advice()
    assert len(told(advice, ("wrote", "/a/1"), ("wrote", "/a/2"), ("wrote", "/a/1"))) == 2
    assert told(advice, ("wrote", "/a/1"), environment="f#2") == []


@pytest.mark.parametrize("body", [b"", b"no json", b"{}", b"[1, [2], ['wrote']]", b'[["other", "/x"], ["wrote", 1]]'])
def test_what_is_no_report_is_nothing(body: bytes) -> None:
    assert Advice().told(1.0, FUNCTION, "f#1", body) == []


def test_a_function_that_writes_ever_new_files_is_told_of_some() -> None:
    advice = Advice()
    assert 10 < len(told(advice, *(("wrote", f"/a/{number}") for number in range(10_000)))) < 1000

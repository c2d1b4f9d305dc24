"""The application log level: which of a function's lines reach a JSON log."""

from __future__ import annotations

import pytest

from localstack_lite.model.application_log import kept, passed
from localstack_lite.model.function import LogFormat, Logging

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")


def at(level: str, log: LogFormat = LogFormat.JSON) -> Logging:
    return Logging(log, application_level=level)


def test_levels_act_in_json_only() -> None:
    assert kept('{"level":"TRACE"}', at("FATAL", LogFormat.TEXT))
    assert not kept('{"level":"TRACE"}', at("FATAL"))


def test_a_line_is_kept_at_its_level_and_below() -> None:
    table = [[kept(f'{{"level":"{line}"}}\n', at(least)) for line in LEVELS] for least in LEVELS]
    assert table == [[LEVELS.index(line) >= LEVELS.index(least) for line in LEVELS] for least in LEVELS]


@pytest.mark.parametrize(
    "line",
    [
        "plain text\n",
        "{broken\n",
        "[1]\n",
        '{"message":"no level"}\n',
        '{"level":"loud"}\n',
        '{"level":3}\n',
        '{"level":"ERROR","timestamp":"yesterday"}\n',
        '{"level":"DEBUG","time":12345}\n',
    ],
)
def test_a_line_without_a_level_that_counts_is_info(line: str) -> None:
    assert [kept(line, at(least)) for least in LEVELS] == [True, True, True, False, False, False]


@pytest.mark.parametrize("word", ["debug", "Debug", "DEBUG"])
def test_a_level_may_be_written_in_any_case(word: str) -> None:
    assert not kept(f'{{"level":"{word}","timestamp":"2026-11-22T10:00:00.123Z"}}', at("INFO"))


@pytest.mark.parametrize(("word", "same"), [("WARNING", "WARN"), ("CRITICAL", "FATAL")])
def test_python_s_words_are_known(word: str, same: str) -> None:
    lines = (f'{{"level":"{word}"}}', f'{{"level":"{same}"}}')
    for least in LEVELS:
        assert kept(lines[0], at(least)) is kept(lines[1], at(least))


def test_several_lines_are_filtered_in_order() -> None:
    lines = ['{"level":"DEBUG"}\n', "one\n", '{"level":"ERROR"}\n']
    assert passed(lines, at("INFO")) == lines[1:]
    assert passed(lines, at("INFO", LogFormat.TEXT)) is lines


def test_an_object_is_a_line_of_its_own() -> None:
    lines = ['{"level":"INFO"}', '{"level":"ERROR"}\n']
    assert passed(lines, at("INFO")) == ['{"level":"INFO"}\n', '{"level":"ERROR"}\n']
    assert passed(lines, at("INFO", LogFormat.TEXT)) is lines

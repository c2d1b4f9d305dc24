"""Commands for an app in the cloud, as events, and what their logs say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.cli import cloud_commands
from localstack_lite.errors import UserError
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.function import Code, Function
from localstack_lite.model.invocation import Answered, Refused, Report

OWN = Function(
    "shop", "shop", "python3.13", "x.y", Code(Path("/p")), adapter=Adapter(AppKind.WSGI, "shop.wsgi:app", "apig-wsgi")
)
ZAPPA = replace(OWN, adapter=Adapter(AppKind.ZAPPA, "shop.wsgi:app", "zappa 0.63.0"))
LOG = "START RequestId: 1 Version: 3\nApplying 0001... OK\nEND RequestId: 1\nREPORT RequestId: 1\tDuration: 3 ms\n"
DONE = Answered("1", b"null", Report("1", 3.0, 3, 512, 90), log=LOG)


def test_a_command_is_one_text_that_each_adapter_takes_apart_in_its_own_way() -> None:
    words = ["loaddata", "--exclude", "auth"]
    assert cloud_commands.manage(words, ZAPPA) == {"manage": "loaddata --exclude auth"}
    assert cloud_commands.manage(["odd", "a  b", "it's"], OWN) == {"manage": """odd 'a  b' 'it'"'"'s'"""}


@pytest.mark.parametrize("word", ["a b", "", "a\tb", "a\n"])
def test_an_argument_that_zappa_would_take_apart_is_refused(word: str) -> None:
    with pytest.raises(UserError, match="taken apart"):
        cloud_commands.manage(["odd", word], ZAPPA)


@pytest.mark.parametrize(
    "words",
    [["createsuperuser"], ["createsuperuser", "--username", "a"], ["shell"], ["dbshell"], ["changepassword", "ann"]],
)
def test_what_needs_a_terminal_is_refused(words: list[str]) -> None:
    with pytest.raises(UserError, match="needs a terminal"):
        cloud_commands.manage(words, OWN)


@pytest.mark.parametrize("words", [["createsuperuser", "--noinput"], ["shell", "-c", "1"], ["shell", "--command=1"]])
def test_what_asks_nobody_is_sent(words: list[str]) -> None:
    assert cloud_commands.manage(words, ZAPPA) == {"manage": " ".join(words)}


def test_there_has_to_be_a_command() -> None:
    with pytest.raises(UserError, match="which command"):
        cloud_commands.manage([], OWN)


def test_output_is_the_log_without_lambdas_own_lines() -> None:
    assert cloud_commands.printed(LOG) == "Applying 0001... OK"
    assert cloud_commands.printed("START RequestId: 1\nEND RequestId: 1\n") == ""


def test_a_log_of_four_kilobytes_was_longer() -> None:
    assert cloud_commands.is_cut("x" * 4096)
    assert not cloud_commands.is_cut(LOG)


@pytest.mark.parametrize(
    "outcome",
    [
        replace(DONE, error="RuntimeError"),
        replace(DONE, log="Traceback (most recent call last):\n  File"),
        replace(DONE, log="CommandError: there is no stock\n"),
        Refused("1", 429, "TooManyRequestsException", b"{}", "x"),
    ],
)
def test_a_failure_is_known_by_the_outcome_or_by_the_log(outcome: Answered | Refused) -> None:
    assert cloud_commands.failed(outcome)


def test_what_went_well_is_no_failure() -> None:
    assert not cloud_commands.failed(DONE)


def test_a_payload_is_merged_into_a_call_and_into_code() -> None:
    assert cloud_commands.call("a.b", {"x": 1}) == {"command": "a.b", "x": 1}
    assert cloud_commands.code("1", {"x": 1}) == {"raw_command": "1", "x": 1}
    with pytest.raises(UserError):
        cloud_commands.code("1", [1])


def test_an_event_is_sent_as_text_that_a_person_can_read() -> None:
    assert cloud_commands.payload({"raw_command": "é"}) == json.dumps({"raw_command": "é"}, ensure_ascii=False).encode()


@pytest.mark.parametrize("name", ["a.b", "shop.tasks.clean", "_a.b2.c"])
def test_a_dotted_python_name_is_known(name: str) -> None:
    assert cloud_commands.is_dotted(name)


@pytest.mark.parametrize("name", ["ab", "a-b.c", "a..b", ".a", "a.", "a.2b", "arn:aws:lambda"])
def test_other_names_are_no_python_functions(name: str) -> None:
    assert not cloud_commands.is_dotted(name)


def run(block: str) -> str:
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(cloud_commands.shown(block), {})
    return out.getvalue()


def test_a_block_prints_what_a_prompt_would() -> None:
    assert run("1 + 1") == "2\n"
    assert run("None") == ""
    assert run("(1 +\n 2)") == "3\n"
    assert run("x = 3") == ""
    assert run("for n in (1, 2):\n    print(n)\n") == "1\n2\n"


def test_a_block_is_whole_when_a_prompt_would_run_it() -> None:
    assert cloud_commands.whole("1 + 1")
    assert not cloud_commands.whole("for n in (1, 2):")
    assert not cloud_commands.whole("for n in (1, 2):\n    print(n)")
    assert cloud_commands.whole("for n in (1, 2):\n    print(n)\n")
    with pytest.raises(SyntaxError):
        cloud_commands.whole("1 +* 2")

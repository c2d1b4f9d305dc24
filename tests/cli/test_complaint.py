"""Every error is one line, a hint and an exit code."""

from __future__ import annotations

import click
import pytest

from localstack_lite.cli.complaint import Complaint, complaint, internal
from localstack_lite.errors import Bug, RemoteError, UserError


def test_a_fault_of_the_user_is_code_2_with_its_hint() -> None:
    said = complaint(UserError("app.py:3", "is wrong", "make it right"))
    assert said is not None
    assert str(said) == "devserve: app.py:3: is wrong\n  hint: make it right"
    assert said.code == 2


def test_without_a_hint_there_is_one_line() -> None:
    assert str(Complaint("x", "is wrong")) == "devserve: x: is wrong"


def test_text_of_several_lines_becomes_one_line() -> None:
    assert str(Complaint("x", "a\n  b", "c\nd")) == "devserve: x: a b\n  hint: c d"


def test_the_cloud_is_code_4() -> None:
    said = complaint(RemoteError("stage dev", "refused"))
    assert said is not None
    assert said.code == 4


@pytest.mark.parametrize("error", [Bug("x"), ValueError("x"), KeyError("x")])
def test_what_no_user_can_cause_is_not_blamed_on_them(error: Exception) -> None:
    assert complaint(error) is None


def test_a_fault_of_ours_is_code_70_and_says_where_the_details_are() -> None:
    said = internal(ValueError("odd\nvalue"), "/tmp/crash.log")
    assert said.code == 70
    assert str(said).startswith("devserve: internal error: ValueError: odd\n  hint: ")
    assert "/tmp/crash.log" in said.hint


@click.command()
@click.argument("name")
@click.option("--port", type=int, required=True)
@click.option("--region")
def example(name: str, port: int, region: str) -> None: ...


@pytest.mark.parametrize(
    ("arguments", "where", "what", "hint"),
    [
        (["x", "--prot", "1"], "--prot", "there is no such option", "did you mean --port?"),
        (["x", "--zzz"], "--zzz", "there is no such option", "try `example --help`"),
        (["x", "--port", "a"], "--port", "'a' is not a valid integer", "try `example --help`"),
        (["x"], "--port", "is missing", "try `example --help`"),
        (["--port", "1"], "NAME", "is missing", "try `example --help`"),
        (["x", "--port", "1", "y"], "command line", "got unexpected extra argument (y)", "try `example --help`"),
        (
            ["x", "--port", "1", "--no-overlay"],
            "--no-overlay",
            "comes in a later version (the error page in the browser)",
            None,
        ),
    ],
)
def test_a_usage_error_names_what_it_is_about(arguments: list[str], where: str, what: str, hint: str | None) -> None:
    with pytest.raises(click.UsageError) as raised:
        example.main(arguments, prog_name="example", standalone_mode=False)
    said = complaint(raised.value)
    assert said is not None
    assert (said.where, said.what, said.code) == (where, what, 2)
    assert said.hint == hint if hint else said.hint


def test_a_file_that_may_not_be_read_is_the_users_to_mend() -> None:
    said = complaint(PermissionError(13, "Permission denied", "/project/app.py"))
    assert said is not None
    assert str(said).startswith("devserve: /project/app.py: Permission denied\n  hint: ")
    assert said.code == 2

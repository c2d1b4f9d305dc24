"""What runs on a terminal inside an environment, and which variables it sees."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.ports import SandboxSpec, TerminalTask
from localstack_lite.sandbox.terminal_plan import status, variables, words

SPEC = SandboxSpec("run-1", "python3.12", "app.handler", Path("/p"), {}, "", 512, Path("/tmp/run/1"), function="shop")
SECRET = Adapter(
    AppKind.ZAPPA,
    "shop.wsgi:app",
    "zappa 0.63",
    variables={"DEVSERVE_ZAPPA": "hidden"},
    django_settings="shop.settings",
)


def test_the_command_line_says_what_to_do_and_keeps_arguments_apart() -> None:
    task, *rest = words(replace(SPEC, adapter=SECRET), TerminalTask("manage", ("loaddata", "a  b", "")))
    assert rest == ["loaddata", "a  b", ""]
    assert json.loads(task) == {
        "do": "manage",
        "handler": "app.handler",
        "kind": "zappa",
        "app": "shop.wsgi:app",
        "settings": "shop.settings",
    }


def test_no_variable_of_an_adapter_is_on_the_command_line() -> None:
    assert not any("hidden" in word for word in words(replace(SPEC, adapter=SECRET), TerminalTask("shell", (), "1")))


def test_code_is_part_of_the_task_and_missing_when_there_is_none() -> None:
    assert json.loads(words(SPEC, TerminalTask("shell", (), "print('é')"))[0])["code"] == "print('é')"
    assert json.loads(words(SPEC, TerminalTask("shell", (), ""))[0])["code"] == ""
    assert "code" not in json.loads(words(SPEC, TerminalTask("shell"))[0])


def test_a_plain_handler_has_no_app() -> None:
    assert json.loads(words(SPEC, TerminalTask("shell"))[0])["kind"] == ""


def test_the_persons_terminal_is_known_and_nothing_else_of_their_environment() -> None:
    host = {"TERM": "xterm", "EDITOR": "vi", "DJANGO_SUPERUSER_PASSWORD": "x", "SECRET_KEY": "y", "TABLE": "theirs"}
    seen = variables({"TABLE": "orders", "TZ": ":UTC"}, host)
    assert seen == {"TABLE": "orders", "TZ": ":UTC", "TERM": "xterm", "EDITOR": "vi", "DJANGO_SUPERUSER_PASSWORD": "x"}


def test_what_the_function_sets_goes_before_the_persons_own() -> None:
    assert variables({"TERM": "dumb"}, {"TERM": "xterm"}) == {"TERM": "dumb"}


def test_there_is_no_trace_of_a_runtime_that_is_not_there() -> None:
    environ = {"AWS_LAMBDA_RUNTIME_API": "", "DEVSERVE_REPORT_FILES": "1", "DEVSERVE_WATCH_ROOTS": "/opt", "A": "1"}
    assert variables(environ, {}) == {"A": "1"}


def test_an_exit_code_is_what_a_shell_would_say() -> None:
    assert [status(code) for code in (0, 3, -2, -15)] == [0, 3, 130, 143]

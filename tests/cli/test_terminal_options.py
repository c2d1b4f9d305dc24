"""Which function a command or a prompt is for, and how the command's end is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.cli.terminal_options import app_of, code_of, ended
from localstack_lite.errors import UserError
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.function import Code, Function
from localstack_lite.model.project import Project

PLAIN = Function("Orders", "orders", "python3.13", "app.handler", Code(Path("/p")))
NODE = replace(PLAIN, logical_id="Web", name="web", runtime="nodejs22.x")
APP = replace(PLAIN, logical_id="Shop", name="shop", adapter=Adapter(AppKind.WSGI, "shop:app", "apig-wsgi"))


def project(*functions: Function) -> Project:
    return Project(Path("/p"), functions)


def test_the_app_is_the_one_with_an_adapter() -> None:
    assert app_of(project(PLAIN, APP, NODE), "") is APP
    assert code_of(project(PLAIN, APP), "") is APP


def test_a_function_that_names_djangos_settings_is_an_app_behind_its_own_adapter() -> None:
    django = replace(PLAIN, environment={"DJANGO_SETTINGS_MODULE": "shop.settings"})
    assert app_of(project(NODE, django), "") is django


def test_a_prompt_is_for_the_only_python_function() -> None:
    assert code_of(project(PLAIN, NODE), "") is PLAIN


def test_the_one_that_is_named_is_meant() -> None:
    assert app_of(project(PLAIN, APP), "orders") is PLAIN
    assert code_of(project(PLAIN, APP), "Orders") is PLAIN


def test_of_several_one_has_to_be_named() -> None:
    with pytest.raises(UserError) as refused:
        app_of(project(APP, replace(APP, logical_id="Blog")), "")
    assert refused.value.hint == "--function NAME, one of Shop, Blog"


@pytest.mark.parametrize("functions", [(), (NODE,), (PLAIN,)])
def test_a_project_without_an_app_has_no_commands(functions: tuple[Function, ...]) -> None:
    with pytest.raises(UserError):
        app_of(project(*functions), "")


def test_a_project_without_python_has_no_prompt() -> None:
    with pytest.raises(UserError, match="in Python"):
        code_of(project(NODE), "")


def test_a_failed_command_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(3, "manage migrate") == 3
    assert capsys.readouterr().err == "devserve: manage migrate: exit code 3\n"


@pytest.mark.parametrize(("code", "exit_code"), [(0, 0), (130, 130), (78, 2)])
def test_what_has_been_said_is_not_said_again(code: int, exit_code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(code, "manage migrate") == exit_code
    assert capsys.readouterr().err == ""
